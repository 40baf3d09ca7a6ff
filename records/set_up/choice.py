"""Choosing one row of a managed list, from memory: no query, however many rows a form has."""

from typing import Any

from django import forms

from records.models import SetUpRecord


class SetUpChoiceField(forms.ChoiceField):
    """The rows in use, and the one chosen now, archived or not. Cleans to the row."""

    def __init__(self, model: type[SetUpRecord], **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=lambda: offered(model), **kwargs)
        self.model = model

    def keep(self, pk: int | None) -> None:
        """Offer this row, whatever became of it."""
        row = self.model.remembered().get(pk or 0)
        if row is not None and row.archived_at is not None:
            self.choices = [*offered(self.model), (str(row.pk), row.name)]

    def clean(self, value: Any) -> SetUpRecord | None:
        chosen = super().clean(value)
        return self.model.remembered()[int(chosen)] if chosen else None

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, SetUpRecord) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


def offered(model: type[SetUpRecord]) -> list[tuple[str, str]]:
    """The rows in use as choices, a blank one first."""
    rows = model.remembered().values()
    return [("", "–"), *((str(row.pk), row.name) for row in rows if row.archived_at is None)]
