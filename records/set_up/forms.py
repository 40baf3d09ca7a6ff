"""The form of one row of a managed list."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.folding import fold
from records.forms import RecordForm
from records.models import SetUpRecord


class SetUpForm(RecordForm):
    """One row; a new one that was left blank is not there at all."""

    class Meta:
        fields: ClassVar[Sequence[str]] = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.is_new = self.instance.pk is None
        self.empty_permitted = self.is_new
        self.fields["name"].error_messages["required"] = _("Give it a name.")

    @property
    def is_blank(self) -> bool:
        return self.is_new and not self.has_changed()

    def save_as(self, by: Any) -> SetUpRecord:
        row: SetUpRecord = self.instance
        if self.is_new:
            row.add(by=by)
        else:
            row.edit(by=by)
        return row


def refuse_same_names(forms: Iterable[SetUpForm], others: Iterable[SetUpRecord]) -> None:
    """Two rows of one list must not be called the same, accents and case aside: an import could not tell them apart."""
    names = {fold(row.name) for row in others}
    for form in sorted(forms, key=lambda form: "name" in form.changed_data):
        name = fold(form.cleaned_data.get("name") or "")
        if name and name in names:
            form.add_error("name", _("The list has another one of this name."))
        names.add(name)


def sentences(forms: Iterable[RecordForm]) -> list[tuple[str, str]]:
    """What is to be corrected: the id of the input, and the sentence, led by the row’s name if that is not at fault."""
    return [
        (form[name].id_for_label if name in form.fields else "", _named(form, name, str(error)))
        for form in forms
        for name, errors in form.errors.items()
        for error in errors
    ]


def _named(form: RecordForm, field: str, error: str) -> str:
    told = field not in ("name", "__all__") and "name" in form.fields
    row = form["name"].value() if told else ""
    return _("%(row)s: %(error)s") % {"row": row, "error": error} if row else error
