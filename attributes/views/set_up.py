"""The screen of tags (SET-1)."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from attributes.forms import TagForm
from attributes.models import Tag
from records.models import SetUpRecord
from records.set_up.page import SetUpPage

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
