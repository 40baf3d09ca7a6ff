"""Choosing the client that an opportunity is given to, step by step: list, account, contact (GIVE-1).

Nothing is written here: what was chosen is staged in the editor, and takes effect when that is saved.
"""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.listing import seen
from accounts.models import Account, Contact, ContactList
from accounts.models.contact_list import ListedAccount, ListedContact
from accounts.views.picking import found as found_by_name
from opportunities.models import Opportunity
from users.models import User

NONE = "0"  # of accounts: the unnamed company; of contacts: assigned to the account
PICKED = "picked"  # what typing alone has picked so far: it goes on following what is typed
NAMES = ("to_list", "to_account", "to_contact", "former", "keep")  # the last two: people shown, and those ticked


class ReassignForm(forms.Form):
    """What was chosen so far. Everything that one may not see is *not found*, the same as absent (GIVE-4)."""

    use_required_attribute = False
    to_list = forms.ModelChoiceField(
        ContactList.objects.none(),
        label=gettext_lazy("List"),
        required=False,
        empty_label=gettext_lazy("All accounts"),
        error_messages={"invalid_choice": gettext_lazy("This list was not found. Choose one from the list.")},
    )
    to_account = forms.CharField(
        label=gettext_lazy("Account"), error_messages={"required": gettext_lazy("Choose the account.")}
    )
    to_contact = forms.CharField(label=gettext_lazy("Contact"), required=False)

    def __init__(self, data: Any, *, opportunity: Opportunity, user: User) -> None:
        super().__init__(data)
        self.opportunity, self.user = opportunity, user
        lists: Any = self.fields["to_list"]
        lists.queryset = ContactList.objects.active().visible_to(user)

    @classmethod
    def typing(cls, data: QueryDict, text: str, *, opportunity: Opportunity, user: User) -> "ReassignForm":
        """What was chosen and what is being typed: the only account or person of that name is picked by itself."""
        given = data.copy()
        if given.get(PICKED) and given[PICKED] == given.get("to_account"):
            given.pop("to_account")
            given.pop("to_contact", None)
        form = cls(given, opportunity=opportunity, user=user)
        form.is_valid()
        if text and "to_account" not in given:
            for name, value in form._only(text).items():
                given[name] = value
            form = cls(given, opportunity=opportunity, user=user)
            form.is_valid()
        return form

    @classmethod
    def staged_in(cls, data: Any) -> bool:
        """Whether the editor was sent with a reassignment."""
        return bool(data and "to_account" in data)

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    @property
    def query(self) -> str:
        """What was chosen, for the address of the editor or of this step."""
        return urlencode({name: self._all(name) for name in NAMES}, doseq=True)

    # What may be chosen

    @property
    def chosen_list(self) -> ContactList | None:
        chosen: ContactList | None = getattr(self, "cleaned_data", {}).get("to_list")
        return chosen

    @property
    def unnamed(self) -> bool:
        return self.data.get("to_account") == NONE

    @cached_property
    def account(self) -> Account | None:
        """The account chosen, if it is one that may be."""
        wanted = self.data.get("to_account", "")
        return self._accounts().filter(pk=wanted).first() if _is_id(wanted) else None

    @property
    def picked(self) -> str:
        return str(self.data.get(PICKED, ""))

    def accounts(self, text: str) -> list[Account]:
        """Those of the list whose names, or whose people's, are being typed; the one chosen among them."""
        options = found_by_name(self._accounts(), text)
        if text and not options:
            people = found_by_name(seen(Contact, self.user).filter(account__in=self._accounts()), text)
            options = list(self._accounts().filter(pk__in={one.account_id for one in people}))
        chosen = self.account
        return options if chosen is None or chosen in options else [chosen, *options]

    def contacts(self, text: str) -> list[Contact]:
        """Those of the account; with the unnamed company, those of no account."""
        if self.account is None and not self.unnamed:
            return []
        options = found_by_name(self._contacts(), text)
        wanted = self.data.get("to_contact", "")
        chosen = self._contacts().filter(pk=wanted).first() if _is_id(wanted) else None
        return options if chosen is None or chosen in options else [chosen, *options]

    def _only(self, text: str) -> dict[str, str]:
        """The one account of this name; or the one person, with the account."""
        accounts = self.accounts(text)
        if len(accounts) != 1:
            return {}
        only = str(accounts[0].pk)
        people = found_by_name(seen(Contact, self.user).filter(account=accounts[0]), text)
        contact = {"to_contact": str(people[0].pk)} if len(people) == 1 else {}
        return {PICKED: only, "to_account": only, **contact}

    def _accounts(self) -> Any:
        accounts = seen(Account, self.user)
        return (
            accounts
            if self.chosen_list is None
            else accounts.filter(models.Exists(_on(ListedAccount, self.chosen_list)))
        )

    def _contacts(self) -> Any:
        people = seen(Contact, self.user).filter(account=self.account)
        if self.account is None and self.chosen_list is not None:
            people = people.filter(models.Exists(_on(ListedContact, self.chosen_list)))
        return people

    # Who stays

    @cached_property
    def people(self) -> list[tuple[Contact, bool]]:
        """The people of the former client, and whether they stay on it: they do unless they were shown and unticked."""
        if self._stays_with_client:
            return []
        shown, kept = (set(self._all(name)) for name in ("former", "keep"))
        people = self.opportunity.people_of_client()
        return [(one, str(one.pk) not in shown or str(one.pk) in kept) for one in people]

    @property
    def leaving(self) -> list[Contact]:
        return [one for one, stays in self.people if not stays]

    @property
    def _stays_with_client(self) -> bool:
        """Another contact of the same account has no former client."""
        today = self.opportunity
        return today.account_id is not None and self.data.get("to_account") == str(today.account_id)

    def _all(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if isinstance(self.data, QueryDict) else []

    # What was chosen

    def clean_to_account(self) -> Account | None:
        if self.unnamed:
            return None
        wanted = self.cleaned_data["to_account"]
        visible = seen(Account, self.user).filter(pk=wanted).first() if _is_id(wanted) else None
        if visible is None:
            raise ValidationError(_("This account was not found. Choose one from the list."), code="absent")
        if self.chosen_list is not None and self.account is None:
            said = _("“%(account)s” is not on the list “%(list)s”. Choose one of its accounts.")
            raise ValidationError(said % {"account": visible, "list": self.chosen_list}, code="list")
        return visible

    def clean_to_contact(self) -> Contact | None:
        wanted = self.cleaned_data["to_contact"]
        if wanted in ("", NONE):
            if self.unnamed:
                raise ValidationError(_("Without an account, choose a contact."), code="party")
            return None
        visible = seen(Contact, self.user).filter(pk=wanted).first() if _is_id(wanted) else None
        if visible is None:
            raise ValidationError(_("This contact was not found. Choose one from the list."), code="absent")
        if not self._contacts().filter(pk=visible.pk).exists() and "to_account" not in self.errors:
            raise ValidationError(self._why_not(visible), code="account")
        return visible

    def _why_not(self, contact: Contact) -> str:
        if self.account is not None:
            said = _("%(contact)s does not work for %(account)s. Choose one of its contacts.")
            return said % {"contact": contact, "account": self.account}
        if contact.account_id is not None:
            return _("%(contact)s has an account. Choose that account.") % {"contact": contact}
        return _("%(contact)s is not on the list “%(list)s”.") % {"contact": contact, "list": self.chosen_list}

    @property
    def changes(self) -> list[tuple[Any, str, str]]:
        """What the editor shows as staged: the label, what is there today, what will be."""
        account, contact = self.cleaned_data.get("to_account"), self.cleaned_data.get("to_contact")
        today = self.opportunity
        return [
            (_("Account"), str(today.account or _("Unnamed company")), str(account or _("Unnamed company"))),
            (
                _("Main contact"),
                str(today.contact or _("assigned to the account")),
                str(contact or _("assigned to the account")),
            ),
        ]

    def apply(self) -> None:
        """Write what was staged, with the rest of the editor."""
        account, contact = self.cleaned_data["to_account"], self.cleaned_data["to_contact"]
        leaving = {one.pk for one in self.leaving}
        self.opportunity.reassign(account=account, contact=contact, by=self.user, without=leaving)


def _on(model: Any, chosen: ContactList) -> Any:
    return model.objects.filter(list=chosen, record=models.OuterRef("pk"))


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 19
