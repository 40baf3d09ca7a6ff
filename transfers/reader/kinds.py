"""What a file is, by its content."""

import zipfile
from pathlib import Path

from transfers.reader.limits import Refusal

SPREADSHEETS = {
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
}


def kind_of(path: Path, start: bytes) -> str:
    """What a file is, by its content."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    for magic, container in SPREADSHEETS.items():
        if start.startswith(magic):
            return kind_of_zip(path) if container == "zip" else kind_of_ole(path)
    for magic, kind in (
        (b"%PDF", "pdf"),
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF8", "image"),
        (b"{\\rtf", "rtf"),
        (b"\x7fELF", "program"),
        (b"MZ", "program"),
        (b"Rar!", "archive"),
        (b"7z\xbc\xaf", "archive"),
    ):
        if start.startswith(magic):
            return kind
    lowered = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        return "html"
    return "text"


def kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]:
                return "ods"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Refusal("truncated") from None
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if any(name.endswith("workbook.xml") or name.startswith(("xl/", "/xl/", "xl\\")) for name in names):
        return "xlsx"
    return "archive"


def kind_of_ole(path: Path) -> str:
    """An old Excel workbook, an encrypted new one, or some other old Office file."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refusal("encrypted")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return "xls"
    return "document"
