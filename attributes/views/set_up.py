"""The screens of tags, custom fields, their groups and the values of their lists (SET-1)."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from attributes.forms import FieldForm, GroupForm, NewFieldForm, OptionForm, TagForm
from attributes.forms.set_up import LISTS
from attributes.kinds import KINDS
from attributes.models import CustomField, FieldGroup, FieldOption, Indexing, Of, Tag
from attributes.models.field import active_fields, value_model
from records.models import SetUpQuerySet, SetUpRecord
from records.set_up.page import SetUpPage, Tab
from users.middleware import SignedIn
from users.models import Ability

RECORDS = gettext_lazy("Records")


class Tags(SetUpPage):
    model = Tag
    form_class = TagForm
    title = gettext_lazy("Tags")
    group = RECORDS
    add_label = gettext_lazy("Add a tag")
    counted = "tag"
    counted_label = gettext_lazy("Opportunities")
    uses = (
        ("edit", gettext_lazy("Opportunities, accounts, contacts"), gettext_lazy("as many as wanted on each")),
        (
            "filter",
            gettext_lazy("Lists and exports"),
            gettext_lazy("as a filter on any or all of several, as a column"),
        ),
        ("import", gettext_lazy("Imports"), gettext_lazy("several in one cell, apart by commas or semicolons")),
    )

    def lead(self, row: SetUpRecord, place: int, count: int) -> SafeString:
        """Its colour, which follows the choice beside it."""
        return mark_safe('<span class="tag-dot" aria-hidden="true"></span>')


def tabs(path: str, of: str) -> list[Tab]:
    """One tab for each kind of record, and one for the groups of this one."""
    found = []
    for kind in Of:
        url = reverse("attributes:fields", args=[kind])
        found.append(Tab(kind.label, url, path == url, size=len(active_fields(kind))))
    url = reverse("attributes:groups", args=[of])
    return [*found, Tab(_("Groups: %(records)s") % {"records": Of(of).label.lower()}, url, path == url)]


class OfKind:
    """A page under one kind of record."""

    kwargs: dict[str, Any]
    request: Any

    @cached_property
    def of(self) -> str:
        if self.kwargs["of"] not in Of:
            raise Http404
        return str(self.kwargs["of"])

    def tabs(self) -> list[Tab]:
        return tabs(self.request.path, self.of)


class Fields(OfKind, SetUpPage):
    """The fields of one kind of record, by group; at the right, a new one."""

    model = CustomField
    form_class = FieldForm
    template_name = "attributes/fields.html"
    title = gettext_lazy("Custom fields")
    group = RECORDS
    add_label = ""

    def listed(self) -> SetUpQuerySet:
        return CustomField.objects.filter(of=self.of)

    def new_row(self) -> SetUpRecord:
        return CustomField(of=self.of, kind="text")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show([self._form(row, str(row.pk)) for row in self.active], [])

    def more_context(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "new": self.kwargs.get("new") or NewFieldForm(instance=CustomField(of=self.of)),
            "kinds": KINDS.values(),
            "lists": LISTS,
            "facts": {field.pk: (field.way, values_told(field)) for field in self.rows},
        }

    def _show(self, forms: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """In the order of the groups: the rows of one stand together."""
        places: dict[Any, int] = {pk: place for place, pk in enumerate(FieldGroup.remembered())}
        forms = sorted(forms, key=lambda form: places.get(form.instance.group_id, -1))
        return super()._show(forms, *args, **kwargs)


def values_told(field: CustomField) -> str:
    """How many values its list has."""
    if field.kind not in LISTS:
        return ""
    options = field.options().values()
    active = sum(1 for option in options if not option.archived_at)
    told = ngettext("%(n)s value", "%(n)s values", active) % {"n": active}
    archived = len(options) - active
    past = ngettext("%(n)s archived", "%(n)s archived", archived) % {"n": archived}
    return f"{told}, {past}" if archived else told


@require_POST
def new_field(request: SignedIn, of: str) -> HttpResponse:
    """Add a field; or show the page with what is wrong, and what was typed."""
    request.user.require_ability(Ability.SET_UP)
    if of not in Of:
        raise Http404
    form = NewFieldForm(request.POST, instance=CustomField(of=of))
    if form.is_valid():
        try:
            field = form.save_as(request.user)
        except IntegrityError:
            form.add_error("name", _("The list has another one of this name."))
        else:
            messages.success(request, _("The field “%(name)s” is there.") % {"name": field})
            return redirect("attributes:fields", of)
    page = Fields()
    page.setup(request, of=of, new=form)
    response = page.get(request)
    response.status_code = 422
    return response


class Groups(OfKind, SetUpPage):
    """The groups under which the fields of one kind of record stand."""

    model = FieldGroup
    form_class = GroupForm
    title = gettext_lazy("Custom fields")
    group = RECORDS
    add_label = gettext_lazy("Add a group")
    fact_label = gettext_lazy("Fields")
    uses = (
        ("edit", gettext_lazy("Forms"), gettext_lazy("the fields of a group stand under its name")),
        ("list", gettext_lazy("The tab “Custom fields”"), gettext_lazy("in the same order")),
    )

    def listed(self) -> SetUpQuerySet:
        return FieldGroup.objects.filter(of=self.of)

    def new_row(self) -> SetUpRecord:
        return FieldGroup(of=self.of)

    def fact(self, row: SetUpRecord) -> str:
        return ", ".join(field.name for field in active_fields(self.of) if field.group_id == row.pk)


class Options(SetUpPage):
    """The values of one field's list."""

    model = FieldOption
    form_class = OptionForm
    group = RECORDS
    add_label = gettext_lazy("Add a value")
    uses = (
        ("edit", gettext_lazy("Renamed or archived"), gettext_lazy("a value stays on the records that have it")),
        ("import", gettext_lazy("Imports"), gettext_lazy("a value that is not here is refused by name")),
    )

    @cached_property
    def field(self) -> CustomField:
        found: CustomField = get_object_or_404(CustomField, pk=self.kwargs["pk"], kind__in=LISTS)
        return found

    @property
    def title(self) -> str:
        return self.field.name

    def tabs(self) -> list[Tab]:
        here = self.request.path
        return [*tabs(here, self.field.of)[:-1], Tab(self.field.name, here, True)]

    def listed(self) -> SetUpQuerySet:
        return FieldOption.objects.filter(field=self.field)

    def new_row(self) -> SetUpRecord:
        return FieldOption(field=self.field)


@require_safe
def filled(request: SignedIn, of: str) -> HttpResponse:
    """On how many records that the reader sees each field is filled in, of how many."""
    request.user.require_ability(Ability.SET_UP)
    if of not in Of:
        raise Http404
    values = value_model(of)
    seen = values.record_model().objects.visible_to(request.user).order_by()
    rows = values.objects.filter(record__in=seen).values_list("field").annotate(n=Count("record", distinct=True))
    counts = dict(rows)
    for field in active_fields(of):
        if not field.filterable or not field.is_indexed:
            counts[field.pk] = seen.filter(custom__has_key=field.key).count()
    percents = {one.field_id: one.percent for one in Indexing.running(of)}
    shown = [(field, counts.get(field.pk, 0), percents.get(field.pk)) for field in active_fields(of)]
    return render(request, "attributes/_filled.html", {"shown": shown, "all": seen.count()})
