"""The screens of the plain lists: sources, lost reasons, sale types, establishments, sectors, roles (SET-1)."""

from django.utils.translation import gettext_lazy

from pipelines.forms import (
    EstablishmentForm,
    LostReasonForm,
    PersonRoleForm,
    SaleTypeForm,
    SectorForm,
    SourceForm,
)
from pipelines.models import Establishment, LostReason, PersonRole, SaleType, Sector, Source
from records.set_up.page import SetUpPage

SALES = gettext_lazy("Sales")
IN_IMPORTS = (
    "import",
    gettext_lazy("Imports"),
    gettext_lazy("a value that is not in the list is refused by name, or mapped to one of these"),
)
CLASSED = (
    "edit",
    gettext_lazy("Opportunity form"),
    gettext_lazy("in its classification, one each, or none"),
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


class SaleTypes(SetUpPage):
    model = SaleType
    form_class = SaleTypeForm
    title = gettext_lazy("Sale types")
    group = SALES
    add_label = gettext_lazy("Add a sale type")
    uses = (
        ("list", gettext_lazy("Lines"), gettext_lazy("one each: a sale, a service, a subscription")),
        ("quote", gettext_lazy("Products"), gettext_lazy("the type that a product brings along")),
    )


class Establishments(SetUpPage):
    model = Establishment
    form_class = EstablishmentForm
    title = gettext_lazy("Establishments")
    group = SALES
    add_label = gettext_lazy("Add an establishment")
    counted = "establishment"
    counted_label = gettext_lazy("Opportunities")
    uses = (CLASSED, IN_IMPORTS)


class Sectors(SetUpPage):
    model = Sector
    form_class = SectorForm
    title = gettext_lazy("Business sectors")
    group = SALES
    add_label = gettext_lazy("Add a sector")
    counted = "sector"
    counted_label = gettext_lazy("Opportunities")
    uses = (CLASSED, IN_IMPORTS)


class PersonRoles(SetUpPage):
    model = PersonRole
    form_class = PersonRoleForm
    title = gettext_lazy("Roles")
    group = SALES
    add_label = gettext_lazy("Add a role")
    uses = (
        (
            "people",
            gettext_lazy("People of an opportunity"),
            gettext_lazy("what a contact or a colleague is on it: decision maker, project manager"),
        ),
    )
