"""Texts and links."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from attributes.kinds.base import Entry, Kind, Lookup
from core.folding import fold

LONGEST_TEXT, LONGEST_LINK, LONGEST_FOUND = 200, 500, 200
SCHEMES = ("http", "https", "mailto")
_ADDRESS = re.compile(r"[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d+(/|$))", re.IGNORECASE)  # localhost:8000 has none


class Text(Kind):
    code, label, icon, lookup = "text", _("Text"), "text", Lookup.TEXT

    def input(self, field: Any, kept: Any) -> forms.Field:
        return forms.CharField(max_length=LONGEST_TEXT)

    def entries(self, plain: Any) -> list[Entry]:
        return [(fold(plain)[:LONGEST_FOUND], None)]


class LongText(Kind):
    """As long as one likes, as it was typed; not looked up."""

    code, label, icon, lookup = "long_text", _("Long text"), "longtext", Lookup.NONE

    def input(self, field: Any, kept: Any) -> forms.Field:
        return forms.CharField(max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))

    def html(self, field: Any, plain: Any, speech: str) -> SafeString:
        return format_html('<span class="prewrap">{}</span>', plain)

    def entries(self, plain: Any) -> list[Entry]:
        return []


class LinkField(forms.CharField):
    """A web or e-mail address as people type it: ``hexabio.example``, ``a@b.example``; no other scheme."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return parse_link(text) if text else ""


class Link(Kind):
    code, label, icon, lookup = "link", _("Link"), "link", Lookup.TEXT

    def input(self, field: Any, kept: Any) -> forms.Field:
        return LinkField(max_length=LONGEST_LINK, widget=forms.TextInput(attrs={"inputmode": "url"}))

    def text(self, field: Any, plain: Any, speech: str) -> str:
        """Without what nobody says aloud."""
        return re.sub(r"^(https?://(www\.)?|mailto:)", "", plain).rstrip("/")

    def html(self, field: Any, plain: Any, speech: str) -> SafeString:
        return format_html(
            '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>',
            plain,
            self.text(field, plain, speech),
        )

    def entries(self, plain: Any) -> list[Entry]:
        return [(fold(self.text(None, plain, "en"))[:LONGEST_FOUND], None)]


def parse_link(text: str) -> str:
    """Where a link leads. Raises ``ValidationError`` for anything but http, https and mailto."""
    bare = text.strip()
    if not _SCHEME.match(bare):
        bare = f"mailto:{bare}" if _ADDRESS.fullmatch(bare) else f"https://{bare}"
    try:
        parts = urlsplit(bare)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme and parts.scheme not in SCHEMES:
        raise ValidationError(_("Only web addresses (http, https) and e-mail addresses (mailto) can be linked."))
    leads = bool(_ADDRESS.fullmatch(parts.path)) if parts.scheme == "mailto" else "." in host or host == "localhost"
    if not leads or any(letter.isspace() or not letter.isprintable() for letter in bare):
        raise ValidationError(_("Enter a web or e-mail address, such as https://hexabio.example."))
    return bare
