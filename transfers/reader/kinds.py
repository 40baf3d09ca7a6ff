"""What a file is, by its content."""

import re
import zipfile
from pathlib import Path

from transfers.reader.limits import Refusal

MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"{\\rtf", "rtf"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"SQLite format 3", "database"),
    (b"MIME-Version:", "html"),
)
BOOKS = ("xlsx", "xls", "ods", "xlsb")
TEXT_NAMES = (".csv", ".tsv", ".txt", ".tab")
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]|\[\s*$')
_OTHERS = {
    "opendocument.text": "text document",
    "opendocument.presentation": "presentation",
    "word/document.xml": "text document",
    "ppt/presentation.xml": "presentation",
    "index/document.iwa": "numbers",
    "index.zip": "numbers",
}


def kind_of(path: Path, start: bytes) -> str:
    """What a file is."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"PK\x03\x04"):
        return kind_of_zip(path)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return kind_of_ole(path)
    return kind_of_text(start)


def kind_of_text(start: bytes) -> str:
    """``text``, or what else stands in a file without a container."""
    for magic, kind in MAGIC:
        if start.startswith(magic):
            return kind
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = bare[:4096].lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<style", b"<body")):
        return "html"
    if lowered.startswith((b"<?xml", b"<!doctype", b"<!--")):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in lowered and b"<html" not in lowered:
            return "xml book"
        return "html" if b"<html" in lowered else "xml"
    return "json" if _JSON.match(bare) else "text"


def kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:200].decode("latin-1") if "mimetype" in names else ""
            packed = texts_in(archive)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Refusal("truncated") from None
    if "opendocument.spreadsheet" in mimetype:
        return "ods"
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if any(name.endswith("workbook.xml") or name.startswith(("xl/", "/xl/", "xl\\")) for name in names):
        return "xlsx"
    if len(packed) == 1 and packed[0].filename.lower().endswith(TEXT_NAMES):
        return "zipped"
    lowered = {name.lower() for name in names}
    return next((kind for mark, kind in _OTHERS.items() if mark in lowered or mark in mimetype), "archive")


def texts_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, without the folders and what Macs add."""
    infos = archive.infolist()
    return [info for info in infos if not info.is_dir() and not info.filename.startswith("__MACOSX/")]


def kind_of_ole(path: Path) -> str:
    """An old Excel workbook, an encrypted new one, or some other old Office file."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refusal("encrypted")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return "xls"
    return "document"
