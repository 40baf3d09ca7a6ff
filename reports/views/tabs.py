"""The reports there are, as tabs over each of them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from records.set_up.page import Tab


def tabs(here: str) -> list[Tab]:
    names = (
        ("reports:activities", _("Activities")),
        ("reports:opportunities", _("By account or contact")),
    )
    return [Tab(label, reverse(name), name == here) for name, label in names]
