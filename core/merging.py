"""Two versions of one text, both made from a third: what each changed, joined where it does not collide (REC-5)."""

import re
from difflib import SequenceMatcher
from itertools import pairwise

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
Edit = tuple[int, int, list[str]]


def merged(base: str, mine: str, theirs: str) -> str:
    """Both changes in one text; end to end where they touch the same words."""
    words = _WORDS.findall(base)
    joined = sorted([*_edits(words, mine), *_edits(words, theirs)], key=lambda edit: edit[:2])
    if not words or any(later[0] < earlier[1] for earlier, later in pairwise(joined)):
        return f"{mine.rstrip()}\n{theirs.lstrip()}"
    out: list[str] = []
    at = 0
    for start, end, new in joined:
        out += words[at:start]
        beside = out and new and at == start == end
        out += [" "] if beside and not new[0].isspace() else []
        out += new
        at = end
    return "".join([*out, *words[at:]])


def _edits(words: list[str], text: str) -> list[Edit]:
    """What turns the words into the text: from, to, the words instead."""
    new = _WORDS.findall(text)
    found = SequenceMatcher(None, words, new, autojunk=False).get_opcodes()
    return [(start, end, new[a:b]) for tag, start, end, a, b in found if tag != "equal"]
