"""The screens of sources, lost reasons, origin types and origins (SET-1)."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipelines.forms import LostReasonForm, OriginForm, OriginTypeForm, SourceForm
from pipelines.models import LostReason, Origin, OriginType, Source
from records.models import SetUpQuerySet, SetUpRecord
from records.set_up.page import SetUpPage, Tab

SALES = gettext_lazy("Sales")
IN_IMPORTS = (
    "import",
    gettext_lazy("Imports"),
    gettext_lazy("a value that is not in the list is refused by name, or mapped to one of these"),
)


class Sources(SetUpPage):
    model = Source
    form_class = SourceForm
    title = gettext_lazy("Sources")
    group = SALES
    add_label = gettext_lazy("Add a source")
    counted = "source"
    counted_label = gettext_lazy("Opportunities")
    uses = (
        ("edit", gettext_lazy("Opportunity form"), gettext_lazy("one source each, or none")),
        ("filter", gettext_lazy("List and exports"), gettext_lazy("as a filter and a column")),
        IN_IMPORTS,
    )


class LostReasons(SetUpPage):
    model = LostReason
    form_class = LostReasonForm
    title = gettext_lazy("Lost reasons")
    group = SALES
    add_label = gettext_lazy("Add a reason")
    counted = "lost_reason"
    counted_label = gettext_lazy("Opportunities")
    uses = (
        ("lost", gettext_lazy("Closing as lost"), gettext_lazy("the form asks for one of these reasons")),
        IN_IMPORTS,
    )


class _Origins(SetUpPage):
    """Origin types, and one tab with its origins for each of them."""

    title = gettext_lazy("Origins")
    group = SALES
    counted_label = gettext_lazy("Opportunities")
    uses = (
        (
            "edit",
            gettext_lazy("Opportunity form"),
            gettext_lazy("the kind of third party or action, then which one: this partner, that campaign"),
        ),
        IN_IMPORTS,
    )

    def tabs(self) -> list[Tab]:
        path = self.request.path
        home = reverse("pipelines:origin_types")
        types = [(kind, reverse("pipelines:origins", args=[kind.pk])) for kind in OriginType.objects.active()]
        return [Tab(_("Types"), home, path == home), *(Tab(kind.name, url, path == url) for kind, url in types)]


class OriginTypes(_Origins):
    model = OriginType
    form_class = OriginTypeForm
    add_label = gettext_lazy("Add a type")
    counted = "origin_type"


class Origins(_Origins):
    model = Origin
    form_class = OriginForm
    add_label = gettext_lazy("Add an origin")
    counted = "origin"

    @cached_property
    def type(self) -> OriginType:
        found: OriginType = get_object_or_404(OriginType, pk=self.kwargs["pk"])
        return found

    def listed(self) -> SetUpQuerySet:
        return Origin.objects.filter(type=self.type)

    def new_row(self) -> SetUpRecord:
        return Origin(type=self.type)

    def more_context(self) -> dict[str, Any]:
        return {"type": self.type}
