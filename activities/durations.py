"""Durations as people type and read them: ``1:30``, ``1h30``, ``90``, ``1,5 h``."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_HOURS = re.compile(r"(\d{1,3})\s*(?:h|:)\s*(\d{1,2})?(?:\s*(?:m|min))?", re.IGNORECASE)
_DECIMAL = re.compile(r"(\d{1,3})[.,](\d{1,2})\s*h?", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,4})\s*(?:m|min|minutes?|mn)?", re.IGNORECASE)


def parse_minutes(text: str) -> int:
    """Minutes. Raises ``ValidationError`` with a sentence for whoever typed it."""
    bare = text.strip()
    if found := _HOURS.fullmatch(bare):
        return int(found[1]) * 60 + int(found[2] or 0)
    if found := _DECIMAL.fullmatch(bare):
        return round(float(f"{found[1]}.{found[2]}") * 60)
    if found := _MINUTES.fullmatch(bare):
        return int(found[1])
    raise ValidationError(_("Enter a duration, such as 1:30 or 90 min."), code="invalid")


def told(minutes: int) -> str:
    """``18 min``, ``1 h``, ``1 h 30``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


class DurationField(forms.CharField):
    def to_python(self, value: object) -> int | None:  # type: ignore[override]
        text = super().to_python(value)
        return parse_minutes(text) if text else None

    def prepare_value(self, value: object) -> object:
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value
