"""What the screen says, in French: ``make check`` finds what lacks its translation, ``make messages`` adds it.

    python -m tests.translations [--write]

Strings are found as gettext would find them, but in Python: nobody needs gettext to work on the CRM. Entries stand in
the order of their text, so that two branches that add some rarely meet.
"""

import ast
import io
import re
import subprocess
import sys
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

PO = Path("locale/fr/LC_MESSAGES/django.po")
FIRST, SECOND, CONTEXT = None, (1, 2), ((1, "c"), 2)
KEYWORDS = {
    "_": FIRST, "gettext": FIRST, "gettext_lazy": FIRST, "gettext_noop": FIRST,
    "ngettext": SECOND, "ngettext_lazy": SECOND,
    "pgettext": CONTEXT, "pgettext_lazy": CONTEXT,
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str | None, str]


def wanted() -> dict[Key, str | None]:
    """Every string of the code and the templates: context and text, and its plural if it has one."""
    found: dict[Key, str | None] = {}
    for path in _files():
        text = path.read_text()
        if path.suffix != ".py":
            text = templatize(text, origin=str(path))
        for _, keyword, messages, _ in extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {}):
            texts = [messages] if isinstance(messages, str) else [text for text in messages or () if text is not None]
            context = texts.pop(0) if texts and keyword.split("_")[0] in ("pgettext", "npgettext") else None
            if texts and texts[0]:
                plural = texts[1] if keyword.split("_")[0] in ("ngettext", "npgettext") else None
                found[context, texts[0]] = plural or found.get((context, texts[0]))
    return found


def hidden() -> list[str]:
    """Calls inside an f-string: before Python 3.12 nothing looks for strings there, and the reader sees English."""
    told = []
    for path in _files():
        if path.suffix == ".py":
            parts = [part for part in ast.walk(ast.parse(path.read_text())) if isinstance(part, ast.JoinedStr)]
            calls = [call for part in parts for call in ast.walk(part) if isinstance(call, ast.Call)]
            marked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS]
            told += [f"not found inside an f-string: {path}:{call.lineno}" for call in marked]
    return told


def faults(po: polib.POFile, found: dict[Key, str | None]) -> list[str]:
    """What is missing, blank, doubtful, left over, or loses a place for a value."""
    have = {(entry.msgctxt, entry.msgid): entry for entry in po if not entry.obsolete}
    told = [f"missing: {text!r}" for (context, text) in found.keys() - have.keys()]
    told += [f"left over: {text!r}" for (context, text) in have.keys() - found.keys()]
    for entry in have.values():
        said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if entry.fuzzy or not all(said):
            told.append(f"not translated: {entry.msgid!r}")
        elif set(PLACE.findall(entry.msgid_plural or entry.msgid)) != set(PLACE.findall(said[-1])):
            told.append(f"other places for values: {entry.msgid!r}")
    return sorted(told)


def write(po: polib.POFile, found: dict[Key, str | None]) -> None:
    """Add what is missing, blank; drop what is left over; keep what is translated."""
    have = {(entry.msgctxt, entry.msgid): entry for entry in po if not entry.obsolete}
    entries = []
    for (context, text), plural in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        entry = have.get((context, text)) or polib.POEntry(msgctxt=context, msgid=text)
        if plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr, entry.msgstr_plural = plural, "", {0: "", 1: ""}
        entry.comment, entry.occurrences = "", []
        entry.flags = ["python-format"] if re.search(r"%\(\w+\)[sd]", text) else []
        entries.append(entry)
    po[:] = entries
    po.save(str(PO))


def _files() -> list[Path]:
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py", "templates/"]
    names = subprocess.check_output(words, text=True).split()
    paths = [Path(name) for name in names if not name.startswith(("tests/", "bench/")) and "/migrations/" not in name]
    return sorted(path for path in paths if path.exists())


def main() -> int:
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    found, po = wanted(), polib.pofile(str(PO), wrapwidth=0)
    if "--write" in sys.argv:
        write(po, found)
    told = faults(po, found) + hidden()
    print("\n".join(told) or f"{len(found)} strings, all in French")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
