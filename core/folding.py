"""Text without accents or case, for search, sorting and comparison (ALL-2)."""

import unicodedata
from functools import lru_cache

_ALIKE = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("‘’‛′", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    "…": "...",
}


@lru_cache(maxsize=4096)
def _bare(letter: str) -> str:
    alike = _ALIKE.get(letter.casefold(), letter).casefold()
    return "".join(part for part in unicodedata.normalize("NFKD", alike) if not unicodedata.combining(part))


# Latin letters, spaces and signs, looked up at once; what lies beyond is normalised letter by letter.
_TABLE = {ord(letter): _bare(letter) for letter in map(chr, (*range(0x250), *range(0x2000, 0x2100), 0x2212))}


def fold(text: str) -> str:
    """Lower case, no accents, ligatures taken apart, single blanks: ``Œuvre  Évry`` → ``oeuvre evry``."""
    if not text.isascii():
        text = text.translate(_TABLE)
        if not text.isascii():
            text = "".join(map(_bare, text))
    return " ".join(text.lower().split())
