"""The screens of lists in two levels, one tab for each row of the upper one: origins, categories, families (SET-1)."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from pipelines.forms import (
    CategoryForm,
    FamilyForm,
    OriginForm,
    OriginTypeForm,
    SubcategoryForm,
    SubfamilyForm,
)
from pipelines.models import Category, Family, Origin, OriginType, Subcategory, Subfamily
from pipelines.views.lists import CLASSED, IN_IMPORTS, SALES
from records.models import SetUpQuerySet, SetUpRecord
from records.set_up.page import SetUpPage, Tab


class TwoLevels(SetUpPage):
    """A list, and one tab with its parts for each of its rows."""

    group = SALES
    upper: ClassVar[type[SetUpRecord]]
    first_tab: ClassVar[Any]
    pages: ClassVar[tuple[str, str]]  # the names of the two URLs

    def tabs(self) -> list[Tab]:
        path, home = self.request.path, reverse(self.pages[0])
        rows = [(row, reverse(self.pages[1], args=[row.pk])) for row in self.upper.objects.active()]
        return [Tab(self.first_tab, home, path == home), *(Tab(row.name, url, path == url) for row, url in rows)]


class Parts(TwoLevels):
    """The parts of one row of the upper list."""

    whole_name: ClassVar[str]  # the field of a part that names its whole

    @cached_property
    def whole(self) -> SetUpRecord:
        found: SetUpRecord = get_object_or_404(self.upper, pk=self.kwargs["pk"])
        return found

    def listed(self) -> SetUpQuerySet:
        return self.model.objects.filter(**{self.whole_name: self.whole})

    def new_row(self) -> SetUpRecord:
        return self.model(**{self.whole_name: self.whole})


class _Origins(TwoLevels):
    upper = OriginType
    title = gettext_lazy("Origins")
    first_tab = gettext_lazy("Types")
    pages = ("pipelines:origin_types", "pipelines:origins")
    counted_label = gettext_lazy("Opportunities")
    uses = (
        (
            "edit",
            gettext_lazy("Opportunity form"),
            gettext_lazy("the kind of third party or action, then which one: this partner, that campaign"),
        ),
        IN_IMPORTS,
    )


class OriginTypes(_Origins):
    model = OriginType
    form_class = OriginTypeForm
    add_label = gettext_lazy("Add a type")
    counted = "origin_type"


class Origins(_Origins, Parts):
    model = Origin
    form_class = OriginForm
    whole_name = "type"
    add_label = gettext_lazy("Add an origin")
    counted = "origin"


class _Categories(TwoLevels):
    upper = Category
    title = gettext_lazy("Revenue categories")
    first_tab = gettext_lazy("Categories")
    pages = ("pipelines:categories", "pipelines:subcategories")
    counted_label = gettext_lazy("Opportunities")
    uses = (
        CLASSED,
        ("list", gettext_lazy("Lines and products"), gettext_lazy("each line has its own, the product’s by default")),
        ("report", gettext_lazy("Reports"), gettext_lazy("amounts by category")),
        IN_IMPORTS,
    )


class Categories(_Categories):
    model = Category
    form_class = CategoryForm
    add_label = gettext_lazy("Add a category")
    counted = "category"


class Subcategories(_Categories, Parts):
    model = Subcategory
    form_class = SubcategoryForm
    whole_name = "category"
    add_label = gettext_lazy("Add a subcategory")
    counted = "subcategory"


class _Families(TwoLevels):
    upper = Family
    title = gettext_lazy("Families")
    first_tab = gettext_lazy("Families")
    pages = ("pipelines:families", "pipelines:subfamilies")
    counted_label = gettext_lazy("Opportunities")
    uses = (CLASSED, IN_IMPORTS)


class Families(_Families):
    model = Family
    form_class = FamilyForm
    add_label = gettext_lazy("Add a family")
    counted = "family"


class Subfamilies(_Families, Parts):
    model = Subfamily
    form_class = SubfamilyForm
    whole_name = "family"
    add_label = gettext_lazy("Add a sub-family")
    counted = "subfamily"
