"""The screen of contact lists: their names, their order, who sees each (SET-2)."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy, ngettext

from accounts.forms import ContactListForm
from accounts.models import Account, Contact, ContactList, ListedAccount, ListedContact
from records.models import SetUpQuerySet, SetUpRecord
from records.set_up.page import SetUpPage


class ContactLists(SetUpPage):
    model = ContactList
    form_class = ContactListForm
    title = gettext_lazy("Contact lists")
    group = gettext_lazy("Sales")
    add_label = gettext_lazy("Add a list")
    fact_label = gettext_lazy("On it")
    uses = (
        ("people", gettext_lazy("Who sees it"), gettext_lazy("everybody, unless groups are ticked; who sets up does")),
        ("account", gettext_lazy("Accounts and contacts"), gettext_lazy("each is put on lists from its own page")),
        ("filter", gettext_lazy("Lists and exports"), gettext_lazy("as a filter of accounts and of contacts")),
    )

    def listed(self) -> SetUpQuerySet:
        return ContactList.objects.prefetch_related("groups")

    @cached_property
    def sizes(self) -> dict[str, dict[int, int]]:
        """How many of those that one sees are on each list."""
        kinds: Any = (("accounts", ListedAccount, Account), ("contacts", ListedContact, Contact))
        return {
            kind: dict(
                listed.objects.filter(record__in=model.objects.visible_to(self.request.user))
                .values_list("list")
                .annotate(Count("pk"))
            )
            for kind, listed, model in kinds
        }

    def fact(self, row: SetUpRecord) -> Any:
        accounts, contacts = (self.sizes[kind].get(row.pk, 0) for kind in ("accounts", "contacts"))
        parts = (
            ("accounts", ngettext("%(n)s account", "%(n)s accounts", accounts) % {"n": accounts}, accounts),
            ("contacts", ngettext("%(n)s contact", "%(n)s contacts", contacts) % {"n": contacts}, contacts),
        )
        links = [(reverse(f"{kind}:index"), row.pk, text) for kind, text, count in parts if count]
        return format_html_join(", ", '<a href="{}?list={}">{}</a>', links) or "–"
