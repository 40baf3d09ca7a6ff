"""Which encoding a text is in (DATA-9): its mark, UTF-16 by its zero bytes, UTF-8, else what reads like words.

Of the encodings of one byte a letter, which all read anything, the one is taken whose accents stand where they do in
words: Windows-1252, that of old Macs, or that of DOS. A UTF-8 text in which a few letters are written otherwise is
still one: those letters are read as Windows-1252.
"""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterator

from transfers.reader.limits import Refusal

Pieces = Callable[[], Iterator[bytes]]
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SAMPLE = 4096
OF_ONE_BYTE = ("cp1252", "mac-roman", "cp850")  # the first, unless another reads better
_MOST_WORDS = 20_000
_WORD = re.compile(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšž"
_CAPITALS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸŒŠŽ"
_SIGNS = "\u00a0«»‘’“”„–—…€£§°²³·•©®™½¼¾×ºª¿¡"
_BESIDE_WORDS = "“”„–—…™•"  # signs that never stand between two letters


def one_letter(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8, read as Windows-1252."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("windows-1252", one_letter)


def encoding_of(pieces: Pieces) -> tuple[str, str]:
    """The encoding, and how what does not fit it is read. Raises ``Refusal`` for what is no text."""
    sample = next(pieces(), b"")[:SAMPLE]
    marked = next((encoding for mark, encoding in MARKS if sample.startswith(mark)), "")
    encoding = marked or by_zeros(sample) or "utf-8"
    if is_read_by(encoding, pieces):
        if encoding == "utf-8" and is_noise(sample):
            raise Refusal("binary")
        return encoding, "strict"
    if encoding.startswith(("utf-16", "utf-32")):
        raise Refusal("truncated" if marked else "binary")
    if is_noise(sample):
        raise Refusal("binary")
    if encoding == "utf-8-sig" or is_nearly_utf8(pieces):
        return encoding, "windows-1252"
    return of_one_byte(pieces), "replace"


def by_zeros(sample: bytes) -> str:
    """Latin letters in UTF-16 have a zero byte each, always on the same side."""
    evens, odds = sample[0::2].count(0), sample[1::2].count(0)
    if max(evens, odds) <= len(sample) // 5:
        return ""
    return "utf-16-be" if evens > odds else "utf-16-le"


def is_read_by(encoding: str, pieces: Pieces) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def is_noise(sample: bytes) -> bool:
    return sum(0 < byte < 9 or 13 < byte < 26 or 26 < byte < 32 for byte in sample) > len(sample) // 50


def is_nearly_utf8(pieces: Pieces) -> bool:
    good = bad = 0
    for piece in pieces():
        found = _UTF8.findall(piece)
        good += len(found)
        bad += len(_HIGH.findall(piece)) - sum(map(len, found))
    return good >= bad * 2


def of_one_byte(pieces: Pieces) -> str:
    words: Counter[bytes] = Counter()
    for piece in pieces():
        words.update(_WORD.findall(piece))
        if len(words) > _MOST_WORDS:
            break
    return max(OF_ONE_BYTE, key=lambda encoding: sum(reads(word, encoding) * many for word, many in words.items()))


def reads(word: bytes, encoding: str) -> float:
    """How much these letters, of which some are not ASCII, look like part of a word."""
    text = word.decode(encoding, errors="replace")
    return sum(
        looks(text[at - 1] if at else "", letter, text[at + 1 : at + 2])
        for at, letter in enumerate(text)
        if not letter.isascii()
    )


def looks(before: str, letter: str, after: str) -> float:
    """1 for an accent where one stands in a word, -1 for what stands in none, -3 for no sign at all."""
    if letter in _LETTERS:
        return -1.0 if before.isascii() and before.isupper() and after.isupper() else 1.0
    if letter in _CAPITALS:
        return -1.0 if before.islower() else 1.0
    if letter in _SIGNS:
        return -1.0 if letter in _BESIDE_WORDS and before.isalpha() and after.isalpha() else 0.5
    return -3.0 if letter == "\ufffd" else -1.0
