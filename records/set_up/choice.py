"""Choosing one row of a managed list, from memory: no query, however many rows a form has."""

from typing import Any

from django import forms

from records.models import SetUpRecord


class SetUpChoiceField(forms.ChoiceField):
    """The rows in use, and the one chosen now, archived or not. Cleans to the row."""

    def __init__(self, model: type[SetUpRecord], *, of: str = "", within: str = "", **kwargs: Any) -> None:
        """``of`` names the field by which the rows are grouped: the parts of a whole. ``within`` is the input of the
        whole in the same form, where it has another name."""
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.model, self.of = model, of
        if of:
            self.widget.attrs["data-of"] = within or of

    def __deepcopy__(self, memo: Any) -> "SetUpChoiceField":
        """The field of a form that is being built: its rows are read now, not when the page is rendered."""
        field: SetUpChoiceField = super().__deepcopy__(memo)
        field.choices = field._offered()
        return field

    def _offered(self) -> Any:
        return grouped(self.model, self.of) if self.of else offered(self.model)

    def keep(self, pk: int | None) -> None:
        """Offer this row, whatever became of it."""
        row = self.model.remembered().get(pk or 0)
        if row is not None and row.archived_at is not None:
            self.choices = [*self._offered(), (str(row.pk), row.name)]

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


def grouped(model: type[SetUpRecord], of: str) -> list[tuple[str, Any]]:
    """The parts in use as choices, a blank one first, each under the name of its whole."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in model.remembered().values():
        whole = getattr(row, of)
        if row.archived_at is None and whole.archived_at is None:
            groups.setdefault(whole.name, []).append((str(row.pk), row.name))
    return [("", "–"), *groups.items()]
