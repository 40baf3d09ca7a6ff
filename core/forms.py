"""Form fields that read what people type: amounts, dates, whole numbers, several values one per line."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext_lazy as _

from core import money
from core.dates import parse_date
from core.templatetags.components import language

LONGEST_ID = 19  # digits that a 64-bit number may not have any more


class AmountField(forms.CharField):
    """An amount as people type it (OPP-14): ``12 000``, ``12000,50``, ``12.000,50 €``. Blank is none, and not 0."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "input--num"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return money.parse_amount(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return money.typed_amount(value, language()) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


class ExactField(AmountField):
    """An amount, or a quantity, that is kept as it is typed: of at most three decimals."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is not None and number != round(number, money.SCALE):
            raise ValidationError(_("Enter at most three decimals."), code="decimals")
        return number


class QuantityField(ExactField):
    """More than nothing."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if text.startswith(("-", "\u2212", "(")):
            raise ValidationError(_("Enter a quantity above 0."), code="range")
        number = super().to_python(value)
        if number == 0:
            raise ValidationError(_("Enter a quantity above 0."), code="range")
        return number

    def prepare_value(self, value: Any) -> Any:
        return money.format_quantity(value, language()) if isinstance(value, Decimal) else value


class RateField(forms.CharField):
    """An exchange rate: above 0, of at most nine decimals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "input--num"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        sign = "," if "," in text and "." not in text else "."
        rate = money.parse_number(text, decimal=sign)
        if not 0 < rate < 10**6 or rate != round(rate, 9):
            raise ValidationError(
                _("Enter a rate above 0 and below a million, of at most nine decimals."), code="range"
            )
        return rate

    def prepare_value(self, value: Any) -> Any:
        return money.format_rate(value, language()) if isinstance(value, Decimal) else value


class DateField(forms.CharField):
    """A date from the browser's own input, or typed: ``24/11/2026``, ``24 nov. 2026``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dt.date):
            return value
        text = super().to_python(value)
        return parse_date(text) if text else None


class WholeNumberField(forms.IntegerField):
    """A whole number; ``60 %`` and ``1 200`` are read too."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "class": "input--num"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = sanitize_separators("".join(value.split())).rstrip("%").rstrip()
        return super().to_python(value)


class SeveralField(forms.ModelMultipleChoiceField):
    """Several records of the set-up or people; an id that is too large for any database is one that is not there."""

    def _check_values(self, value: Any) -> Any:
        for pk in value:
            if len(str(pk)) >= LONGEST_ID:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": pk}
                )
        return super()._check_values(value)  # type: ignore[misc]


class ListField(forms.CharField):
    """Several short texts, one per line; repeats and blank lines are dropped."""

    def __init__(self, *, checks: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)
        self.checks = checks

    def to_python(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in (super().to_python(value) or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(_("This field is required."), code="required")
        if self.checks:
            self.checks(value)

    def run_validators(self, value: Any) -> None:
        """The checks see the whole list."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class Checks(forms.CheckboxSelectMultiple):
    """Several of few choices, each with its box."""

    template_name = "components/checks.html"


class Counted:
    """A form whose summary of errors says how many there are (ALL-6)."""

    errors: Any

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())
