"""A managed list on one page: edited in place, ordered by hand, archived rather than deleted (SET-1).

One form is one list: the order of its ``row`` fields is the order, ``12-name`` is the name of row 12, ``new1-name``
that of a row to add. Whichever button is pressed, what was typed is saved with it, or kept on the page with the reason.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from core.models.house import look_at_mark
from records.forms import RecordForm
from records.journal import operation
from records.models import Door, SetUpQuerySet, SetUpRecord, StaleRecord
from records.models.set_up import reorder
from records.set_up.forms import SetUpForm, refuse_same_names, sentences
from records.set_up.lines import line

NEW = re.compile(r"new\d{1,3}")


@dataclass(frozen=True)
class Tab:
    label: Any
    url: str
    here: bool
    count_id: str = ""  # the id of the element that tells how many opportunities are open in it
    size: int | None = None  # how many rows it has


class SetUpPage(View):
    """A list of one kind of row. Each list subclasses it and says what is its own."""

    http_method_names = ["get", "head", "post"]
    template_name = "set_up/list.html"
    ability = "set_up"
    model: ClassVar[type[SetUpRecord]]
    form_class: ClassVar[type[SetUpForm]]
    title: ClassVar[Any]
    group: ClassVar[Any]
    add_label: ClassVar[Any]
    units: ClassVar[dict[str, Any]] = {}
    counted: ClassVar[str] = ""  # the field by which opportunities are counted for each row
    counted_label: ClassVar[Any] = ""
    fact_label: ClassVar[Any] = ""  # a column that only tells something of each row: ``fact``
    uses: ClassVar[Sequence[tuple[str, Any, Any]]] = ()  # at the right: icon, where the list shows, what it does there

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.user.require_ability(self.ability)
        return super().dispatch(request, *args, **kwargs)

    # What a list says of itself

    def listed(self) -> SetUpQuerySet:
        """All rows of the list, archived ones too."""
        return self.model.objects.all()

    def new_row(self) -> SetUpRecord:
        return self.model()

    def tabs(self) -> list[Tab]:
        return []

    def lead(self, row: SetUpRecord, place: int, count: int) -> Any:
        """What stands before the name of a row."""
        return ""

    def fact(self, row: SetUpRecord) -> Any:
        """What the column ``fact_label`` tells of a row."""
        return ""

    def check(self, forms: Sequence[SetUpForm]) -> None:
        """Explain what only the whole list shows."""
        posted = {form.instance.pk for form in forms}
        refuse_same_names(forms, [row for row in self.active if row.pk not in posted])

    def more_forms(self, data: Any) -> list[RecordForm]:
        """Forms beside the rows, saved along with them."""
        return []

    def more_context(self) -> dict[str, Any]:
        return {}

    # The page

    @cached_property
    def rows(self) -> list[Any]:
        return list(self.listed())

    @property
    def active(self) -> list[Any]:
        return [row for row in self.rows if row.archived_at is None]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        forms = [self._form(row, str(row.pk)) for row in self.active]
        if "add" in request.GET or not forms:
            forms.append(self._form(self.new_row(), "new1"))
        return self._show(forms, self.more_forms(None))

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        forms, more = self._read(request.POST), self.more_forms(request.POST)
        if "add" in request.POST:
            return self._show([*forms, self._form(self.new_row(), _next(forms))], more)
        self._step(forms)
        if not any(form.errors for form in (*forms, *more)):
            self.check(forms)
        if any(form.errors for form in (*forms, *more)):
            return self._show(forms, more)
        try:
            said = self._write(forms, more)
        except ValidationError as error:
            return self._refuse(forms, more, error.messages, 422)
        except StaleRecord:
            return self._refuse(forms, more, [_("Somebody else saved this just now. Save again to merge both.")], 409)
        messages.success(request, said)
        return redirect(request.get_full_path())

    def _read(self, data: Any) -> list[SetUpForm]:
        """The posted rows in their order; those that are no rows of this list are passed over."""
        rows = {str(row.pk): row for row in self.rows}
        forms: dict[str, SetUpForm] = {}
        for key in data.getlist("row"):
            row = rows.get(key) or (self.new_row() if NEW.fullmatch(key) else None)
            if row is not None and key not in forms:
                forms[key] = self._form(row, key, data)
        return list(forms.values())

    def _form(self, row: SetUpRecord, key: str, data: Any = None) -> SetUpForm:
        return self.form_class(data, instance=row, prefix=key)

    def _step(self, forms: list[SetUpForm]) -> None:
        """*Move up* and *Move down* of the row menu, for those who cannot drag."""
        for name, step in (("up", -1), ("down", 1)):
            wanted = self.request.POST.get(name)
            at = next((at for at, form in enumerate(forms) if form.prefix == wanted), None)
            if at is not None:
                forms.insert(max(at + step, 0), forms.pop(at))

    def _write(self, forms: Sequence[SetUpForm], more: Iterable[Any]) -> str:
        """All that was typed and the act of the button, in one operation; what to say about it."""
        by: Any = self.request.user
        with operation(by=by, door=Door.SET_UP, what=f"{self.model._meta.model_name}.set_up"):
            for form in more:
                form.save_as(by)
            kept = [form.save_as(by) for form in forms if not form.is_blank]
            said = self._act(by)
            reorder([row for row in kept if row.archived_at is None], by=by)
        return said or _("Saved.")

    def _act(self, by: Any) -> str:
        for verb, said in (
            ("archive", _("“%(name)s” is archived. What uses it keeps it.")),
            ("unarchive", _("“%(name)s” is back in the list.")),
        ):
            wanted = self.request.POST.get(verb)
            row = next((row for row in self.rows if str(row.pk) == wanted), None)
            if row is not None:
                getattr(row, verb)(by=by)
                return said % {"name": row}
        return ""

    def _refuse(self, forms: Any, more: Any, refused: Iterable[str], status: int) -> HttpResponse:
        look_at_mark()  # what this thread read inside the failed transaction is forgotten
        return self._show(forms, more, [("", sentence) for sentence in refused], status)

    def _show(
        self,
        forms: Sequence[SetUpForm],
        more: Sequence[RecordForm],
        refused: Sequence[tuple[str, str]] = (),
        status: int = 200,
    ) -> HttpResponse:
        everything = (*forms, *more)
        archived = [row for row in self.rows if row.archived_at is not None]
        context = {
            "page": self,
            "tabs": self.tabs(),
            "heads": [bound.label for bound in self._form(self.new_row(), "new").visible_fields()],
            "lines": [
                line(
                    form,
                    place,
                    len(forms),
                    self.units,
                    self.lead(form.instance, place, len(forms)),
                    "" if form.is_new else self.fact(form.instance),
                )
                for place, form in enumerate(forms, 1)
            ],
            "archived": [(row, self.fact(row)) for row in archived],
            "counted_query": "&".join(f"row={row.pk}" for row in self.rows),
            "more": more,
            "errors": [*refused, *sentences(everything)],
            **self.more_context(),
        }
        if any(form.errors for form in everything):
            status = 409 if any(form.clashes for form in everything) else 422
        return render(self.request, self.template_name, context, status=status)


def _next(forms: Sequence[SetUpForm]) -> str:
    """A key for one more new row."""
    taken = {form.prefix for form in forms}
    return next(key for number in range(1, 1000) if (key := f"new{number}") not in taken)
