"""The forms of accounts, contacts, sites and lists: parse what was typed, explain what is wrong (ALL-6)."""

from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import AccountField
from accounts.models import Account, Contact, ContactList, Site, alike
from accounts.models.account import web_address
from accounts.models.likeness import columns_of
from accounts.models.reach import check_emails, check_phones
from attributes.forms import AttributesForm
from core.folding import fold
from core.forms import AmountField, Checks, ListField, SeveralField, WholeNumberField
from records import gate
from records.forms import RecordForm
from records.journal import operation
from records.models import Door
from records.set_up.forms import SetUpForm
from users.models import User

MOST_EMPLOYEES = 100_000_000


class PartyForm(AttributesForm):
    """What the forms of accounts and contacts share: how to reach them, who owns them, the company above."""

    company: ClassVar[str]  # the field that names another account

    emails = ListField(label=_("E-mail addresses"), required=False, checks=check_emails)
    phones = ListField(label=_("Telephone numbers"), required=False, checks=check_phones)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.is_new = self.instance.pk is None
        self._choose_owner()
        self._choose_company()
        if self.is_new:
            self.initial["owner"] = self.initial.get("owner") or user.pk

    def _choose_owner(self) -> None:
        """Of a new one, those within the reach of the profile; later, who may share it gives it to anybody."""
        people = User.objects.active()
        if not self.is_new:
            people = people if gate.may(self.user, "share", self.instance) else people.none()
        elif (scope := self.user.scope(self.instance.gate_key(), "create")) == gate.Scope.TEAM:
            people = people.filter(team__in=self.user.memberships.teams)
        elif scope != gate.Scope.ALL:
            people = people.filter(pk=self.user.pk)
        own = {self.instance.owner_id, self.user.pk if self.is_new else None} - {None}
        owner: Any = self.fields["owner"]
        owner.required, owner.empty_label = False, _("Nobody")
        owner.queryset = User.objects.filter(pk__in=own) | people
        owner.widget.choices = list(owner.choices)

    def _choose_company(self) -> None:
        """A company that one may not see is neither named nor changed: its field is left out (GIVE-4)."""
        old = self.fields[self.company]
        present = getattr(self.instance, self.company)
        self.hides_company = present is not None and not gate.may(self.user, "view", present)
        if self.hides_company:
            del self.fields[self.company]
            return
        creates = gate.allows(self.user, Account, "create")
        self.fields[self.company] = AccountField(user=self.user, may_create=creates, label=old.label, required=False)
        if present is not None:
            self.initial[self.company] = (present.pk, str(present))

    def notes(self) -> list[str]:
        """What is worth a word after saving: of a new one, whom it is likely the same as (DUP-1)."""
        if not self.is_new:
            return []
        row = {name: getattr(self.instance, name) for name in columns_of(type(self.instance))}
        found = alike(type(self.instance), {0: row}, self.user).get(0, [])
        said = gettext("“%(name)s” is much like it: %(why)s.")
        return [said % {"name": one.name, "why": ", ".join(map(str, one.why))} for one in found[:1]]

    def save_as(self, user: User) -> Any:
        """Create or edit, in one operation, a new company included."""
        record = self.instance
        what = f"{record.gate_key()}.{'add' if self.is_new else 'edit'}"
        with operation(by=user, door=Door.FORM, what=what):
            company = self.cleaned_data.get(self.company)
            if company is not None and company.pk is None:
                company.add(by=user)
                setattr(record, self.company, company)
            record.add(by=user) if self.is_new else record.edit(by=user)
            self.save_attributes()
        return record


class AccountForm(PartyForm):
    company = "parent"

    employees = WholeNumberField(label=_("Employees"), required=False, min_value=0, max_value=MOST_EMPLOYEES)
    revenue = AmountField(label=_("Revenue"), required=False)

    class Meta:
        model = Account
        fields = (
            "name", "kind", "code", "parent", "owner",
            "street", "postcode", "city", "country", "emails", "phones", "website",
            "sector", "employees", "revenue", "registration",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Name the account.")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_code(self) -> str:
        """Unique outside the trash; who holds it is named only if one may see it (GIVE-4)."""
        code = " ".join(self.cleaned_data["code"].split())
        taken = Account.objects.live().filter(code=code).exclude(pk=self.instance.pk)
        if code and taken.exists():
            raise ValidationError(self.taken(taken), code="taken")
        return code

    def taken(self, holders: Any) -> Any:
        seen = holders.visible_to(self.user, few=True).first()
        return _("The code is taken by “%(name)s”.") % {"name": seen} if seen else _("This code is taken.")

    def clean_website(self) -> str:
        website: str = self.cleaned_data["website"]
        if website and not web_address(website):
            raise ValidationError(_("Enter a web address, such as https://example.com."), code="invalid")
        return website

    def clean_parent(self) -> Account | None:
        parent: Account | None = self.cleaned_data["parent"]
        if parent is None or parent.pk is None or self.is_new:
            return parent
        if parent.pk == self.instance.pk:
            raise ValidationError(_("An account is not its own parent. Choose another one."), code="circle")
        if parent.is_below(self.instance):
            said = _("%(parent)s stands below this account itself. Choose another one, or none.")
            raise ValidationError(said, code="circle", params={"parent": parent})
        return parent


class ContactForm(PartyForm):
    company = "account"

    class Meta:
        model = Contact
        fields = ("first_name", "last_name", "role", "account", "emails", "phones", "owner")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"first_name", "last_name"} & self.errors.keys():
            if not cleaned.get("first_name") and not cleaned.get("last_name"):
                for name in ("first_name", "last_name"):
                    self.add_error(name, _("Enter a first name, a last name, or both."))
        return cleaned

    def notes(self) -> list[str]:
        """Moving to another company leaves the opportunities where they are (ACC-2)."""
        before = self.instance.was.get("account_id")
        if self.is_new or before is None or self.hides_company or self.instance.account_id == before:
            return super().notes()
        left = Account.objects.get(pk=before)
        return [gettext("The opportunities made with them at %(company)s stay there.") % {"company": left}]


class SiteForm(RecordForm):
    """A site of the account that the instance names."""

    class Meta:
        model = Site
        fields = ("name", "street", "postcode", "city", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        self.fields["name"].error_messages["required"] = _("Name the site.")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = self.instance.account.sites.active().exclude(pk=self.instance.pk)
        if any(fold(site.name) == fold(name) for site in others):
            raise ValidationError(_("The account has a site of this name already."), code="taken")
        return name

    def save_as(self, user: User) -> Site:
        site: Site = self.instance
        site.add(by=user) if self.is_new else site.edit(by=user)
        return site


class ContactListForm(SetUpForm):
    """A list, and the groups that see it; none ticked, everybody does (SET-2)."""

    groups = SeveralField(Group.objects.order_by("name"), label=_("Seen by"), required=False, widget=Checks)

    class Meta(SetUpForm.Meta):
        model = ContactList
        fields = ("name", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("List")
        self.fields["name"].error_messages["required"] = _("Name the list.")

    def save_as(self, by: Any) -> ContactList:
        contact_list: ContactList = self.instance
        groups = [group.pk for group in self.cleaned_data["groups"]]
        contact_list.for_everybody = not groups
        if self.is_new:
            contact_list.add(by=by, groups=groups)
        else:
            contact_list.edit(by=by, groups=groups)
        return contact_list
