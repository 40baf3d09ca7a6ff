"""The opportunity's forms: parse what was typed, explain what is wrong (ALL-6)."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import AccountField, ContactField
from accounts.models import Account, Contact, Site
from attributes.forms import AttributesForm
from core import dates, money
from core.forms import AmountField, DateField, SeveralField, WholeNumberField
from core.models import House
from core.templatetags.components import language
from opportunities.models import Opportunity, Status
from opportunities.models.classifying import MOST_TIMES, Per
from opportunities.models.lines import line_totals
from opportunities.reassigning import ReassignForm
from pipelines.models import (
    Category,
    Establishment,
    Family,
    Origin,
    Pipeline,
    Sector,
    Stage,
    Subcategory,
    Subfamily,
    active_currencies,
    active_pipelines,
    all_stages,
    default_pipeline,
    open_stages,
)
from records import gate
from records.companions import parts_of_form
from records.journal import operation
from records.models import SetUpRecord
from records.set_up.choice import SetUpChoiceField
from users.models import User

CLASSES: dict[str, tuple[type[SetUpRecord], str]] = {
    "category": (Category, ""),
    "subcategory": (Subcategory, "category"),
    "establishment": (Establishment, ""),
    "sector": (Sector, ""),
    "family": (Family, ""),
    "subfamily": (Subfamily, "family"),
}
PARTIES = ("account", "contact", "site")
SECTIONS = (
    ("identity", _("Identity"), ("account", "contact", "name", "reference", "call_name", "site")),
    (
        "progress",
        _("State of progress"),
        (
            "pipeline",
            "stage",
            "probability",
            "amount",
            "currency",
            "due_on",
            "owner",
            "status",
            "status_on",
            "closed_on",
            "lost_reason",
            "lost_note",
        ),
    ),
    (
        "information",
        _("Information"),
        (
            "source",
            "origin_type",
            "origin",
            "assignees",
            "tags",
            "brief",
            "payment_per",
            "payment_times",
            "opened_on",
            "signature_on",
            "production_from",
            "production_to",
        ),
    ),
    ("classification", _("Classification"), tuple(CLASSES)),
)

SETTLED = frozenset({"status", "status_on", "probability", "closed_on", "lost_reason"})


_TIMES = dict.fromkeys(("min_value", "max_value", "invalid"), _("Enter a number between 1 and 9,999."))


class OpportunityForm(AttributesForm):
    original: Opportunity | None = None  # of which this is to be a copy
    pipeline = forms.ModelChoiceField(Pipeline.objects.active(), label=_("Pipeline"), required=False, empty_label=None)
    stage = forms.ChoiceField(label=_("Stage"))
    status = forms.ChoiceField(label=_("Status"), choices=Status, required=False)
    probability = WholeNumberField(label=_("Probability"), required=False, min_value=0, max_value=100)
    amount = AmountField(label=_("Amount"), error_messages={"required": _("Enter an amount, even a rough one.")})
    due_on = DateField(label=_("Expected close"), error_messages={"required": _("Enter a date, even a rough one.")})
    status_on = DateField(label=_("Status since"), required=False)
    closed_on = DateField(label=_("Closed on"), required=False)
    opened_on = DateField(label=_("Opened on"), error_messages={"required": _("Enter the opening date.")})
    signature_on = DateField(label=_("Expected signature"), required=False)
    production_from = DateField(label=_("Start of production"), required=False)
    production_to = DateField(label=_("End of production"), required=False)
    assignees = SeveralField(User.objects.none(), label=_("Assigned to"), required=False)

    category = SetUpChoiceField(Category, label=_("Category"))
    subcategory = SetUpChoiceField(Subcategory, of="category", label=_("Subcategory"))
    establishment = SetUpChoiceField(Establishment, label=_("Establishment"))
    sector = SetUpChoiceField(Sector, label=_("Business sector"))
    family = SetUpChoiceField(Family, label=_("Family"))
    subfamily = SetUpChoiceField(Subfamily, of="family", label=_("Sub-family"))
    origin = SetUpChoiceField(Origin, of="type", within="origin_type", label=_("Origin"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    payment_times = WholeNumberField(
        label=_("Number of payments"), required=False, min_value=1, max_value=MOST_TIMES, error_messages=_TIMES
    )

    class Meta:
        model = Opportunity
        fields = (
            "account", "contact", "name", "reference", "call_name", "site",
            "status", "status_on", "probability", "amount", "currency", "due_on", "owner",
            "closed_on", "lost_reason", "lost_note",
            "source", "origin_type", "origin", "brief", "payment_per", "payment_times", *CLASSES,
            "opened_on", "signature_on", "production_from", "production_to",
        )  # fmt: skip
        widgets = {
            "brief": forms.Textarea(attrs={"rows": 3}),
            "lost_note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, user: User, staged: ReassignForm | None = None, **kwargs: Any) -> None:
        """``staged`` is another client that was chosen; it takes the place of the account, the contact and the site."""
        super().__init__(*args, **kwargs)
        self.user, self.staged = user, staged
        self.is_new = self.instance.pk is None
        self._choose_parties()
        self._choose_stages()
        self._choose_people()
        self._follow_lines()
        self._choose_currency()
        for name in ("source", "lost_reason", "origin_type"):
            self._only_active(name)
        for name in (*CLASSES, "origin"):
            classed: Any = self.fields[name]
            classed.keep(getattr(self.instance, f"{name}_id"))
        self.fields["name"].error_messages["required"] = _("Name the opportunity.")
        self.fields["reference"].label = _("Reference")
        self.parts = parts_of_form(Opportunity) if self.is_new else []
        for part in self.parts:
            self.fields.update(part.fields)
        if self.is_new:
            del self.fields["status_on"]
            self.initial.setdefault("opened_on", dates.today())
            self.initial["owner"] = self.initial.get("owner") or user.pk
            self.initial.setdefault("status", Status.OPEN)

    def _choose_parties(self) -> None:
        creates_account = gate.allows(self.user, Account, "create")
        creates_contact = gate.allows(self.user, Contact, "create")
        self.fields["account"] = AccountField(
            user=self.user,
            may_create=creates_account,
            keeps=self.instance.account_id,
            label=_("Account"),
            required=False,
        )
        self.fields["contact"] = ContactField(
            user=self.user,
            may_create=creates_contact,
            keeps=self.instance.contact_id,
            label=_("Main contact"),
            required=False,
        )
        self.fields["contact"].widget.include = "[name=account]"
        account = self.instance.account_id or self.initial.get("account")
        sites = Site.objects.active().filter(account=account) | Site.objects.filter(pk=self.instance.site_id)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        has_client = self.instance.account_id is not None or self.instance.contact_id is not None
        self.keeps_account = not self.is_new and has_client
        self.fields["account"].disabled = self.keeps_account
        for name in PARTIES if self.staged else ():
            del self.fields[name]

    def _choose_stages(self) -> None:
        """The open stages, grouped by pipeline; an archived one only where it is the present one."""
        groups = [
            (pipeline.name, [(str(stage.pk), stage.name) for stage in open_stages(pipeline.pk)])
            for pipeline in active_pipelines()
        ]
        present = self.instance.stage_id
        if present and all_stages()[present].archived_at:
            groups.insert(0, (str(_("Archived")), [(str(present), all_stages()[present].name)]))
        stage = self.fields["stage"]
        assert isinstance(stage, forms.ChoiceField)
        stage.choices = groups if len(groups) > 1 else groups[0][1] if groups else []
        self.fields["pipeline"].queryset = Pipeline.objects.active()  # type: ignore[attr-defined]
        pipeline = default_pipeline()
        if present:
            self.initial.update(stage=str(present), pipeline=self.instance.pipeline_id)
        elif pipeline is not None:
            self.initial.setdefault("pipeline", pipeline.pk)
            self.initial.setdefault("stage", next((str(s.pk) for s in open_stages(pipeline.pk)), ""))

    def _choose_people(self) -> None:
        """Of a new one, those within the reach of the profile; later, who may share it gives it to anybody."""
        people = User.objects.active()
        if not self.is_new:
            people = people if gate.may(self.user, "share", self.instance) else people.none()
        elif (scope := self.user.scope("opportunity", "create")) == gate.Scope.TEAM:
            people = people.filter(team__in=self.user.memberships.teams)
        elif scope != gate.Scope.ALL:
            people = people.filter(pk=self.user.pk)
        own = {self.instance.owner_id, self.user.pk if self.is_new else None} - {None}
        self.fields["owner"].queryset = User.objects.filter(pk__in=own) | people  # type: ignore[attr-defined]
        self.fields["owner"].required = False
        assignees = self.fields["assignees"]
        assigned = self.instance.assigned_ids() if not self.is_new else set()
        colleagues = User.objects.active() if self.user.scope("opportunity", "view") != gate.Scope.OWN else people
        assignees.queryset = User.objects.filter(pk__in=assigned) | colleagues  # type: ignore[attr-defined]
        self.initial.setdefault("assignees", list(assigned))

    def _choose_currency(self) -> None:
        """The house's own, those set up beside it, and the present one (OPP-14)."""
        present = self.instance.currency or House.current().currency
        codes = list(dict.fromkeys([*active_currencies(), present]))
        currency: Any = self.fields["currency"]
        currency.choices = [(code, code) for code in codes]
        self.initial["currency"] = present

    def _follow_lines(self) -> None:
        """With lines, a blank amount is their total (OPP-12)."""
        total = None if self.is_new else line_totals([self.instance.pk]).get(self.instance.pk)
        self.amount_hint: Any = _("An order of magnitude is enough.")
        if total is not None:
            self.fields["amount"].required = False
            said = money.format_money(total, self.instance.currency, language())
            self.amount_hint = _("Blank: the total of the lines, %(amount)s.") % {"amount": said}

    def _only_active(self, name: str) -> None:
        field: Any = self.fields[name]
        active = field.queryset.model.objects.filter(archived_at=None)
        present = getattr(self.instance, f"{name}_id")
        field.queryset = active | field.queryset.model.objects.filter(pk=present)

    def clean_stage(self) -> Stage:
        return all_stages()[int(self.cleaned_data["stage"])]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"] or self.initial["currency"])

    def clean_status(self) -> str:
        return self.cleaned_data["status"] or Status.OPEN

    def clean_status_on(self) -> dt.date | None:
        """The day of the last change, unless it is corrected (OPP-4)."""
        return self.cleaned_data["status_on"] or self.instance.was["status_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check(cleaned)
        return cleaned

    def check(self, cleaned: dict[str, Any]) -> None:
        """Explain what only several fields together show."""
        self._check_parties(cleaned)
        self._check_progress(cleaned)
        self._check_dates(cleaned)
        self._check_origin(cleaned)
        self._check_classes(cleaned)
        self._check_reference(cleaned)
        for part in self.parts:
            for name, said in part.check(self, cleaned).items():
                self.add_error(name, said)

    def _check_parties(self, cleaned: dict[str, Any]) -> None:
        """OPP-2: an account, a contact, or both; the contact one of the account's. GIVE-1: the account of an existing
        one changes by reassigning alone."""
        if self.staged is not None:
            for wrong in [] if self.staged.is_valid() else self.staged.errors.values():
                self.add_error(None, wrong)
            return
        if {"account", "contact"} & self.errors.keys():
            return
        account, contact = cleaned.get("account"), cleaned.get("contact")
        if account is None and contact is None:
            for name in ("account", "contact"):
                self.add_error(name, ValidationError(_("Choose an account, a contact, or both."), code="party"))
            return
        gains = contact is not None and contact.account_id is not None and "contact" in self.changed_data
        if self.keeps_account and account is None and gains:
            said = _("%(contact)s has an account. Only reassigning changes the account.")
            self.add_error("contact", said % {"contact": contact})
        turned = {"account", "contact"} & set(self.changed_data) or self.is_new
        if turned and contact is not None and contact.pk and contact.account_id is not None and account is not None:
            if contact.account_id != account.pk:
                said = _("%(contact)s does not work for %(account)s. Choose one of its contacts.")
                self.add_error("contact", said % {"contact": contact, "account": account})
        site = cleaned.get("site")
        if site is not None and account is not None and site.account_id != account.pk:
            self.add_error("site", _("This site belongs to another account."))

    def _check_progress(self, cleaned: dict[str, Any]) -> None:
        """OPP-5, LIFE-1: probability, status and stage agree; closing needs its right."""
        stage, status = cleaned.get("stage"), cleaned.get("status", Status.OPEN)
        pipeline = cleaned.get("pipeline")
        if stage is not None and pipeline is not None and stage.pipeline_id != pipeline.pk:
            names = ", ".join(one.name for one in open_stages(pipeline.pk))
            said = _("“%(stage)s” is not a stage of %(pipeline)s. Its stages: %(names)s.")
            self.add_error("stage", said % {"stage": stage, "pipeline": pipeline, "names": names})
        was = Status.OPEN if self.is_new else self.instance.was["status"]
        if status != was and not self._may_close():
            self.add_error(
                "status", _("Your profile does not let you close or reopen. An administrator can change that.")
            )
        if status == Status.OPEN:
            probability = cleaned.get("probability")
            if probability is not None and not 1 <= probability <= 99:
                self.add_error("probability", _("An open opportunity lies between 1 and 99 %."))
            cleaned["closed_on"] = None
        if cleaned.get("lost_reason") and status != Status.LOST:
            self.add_error("lost_reason", _("Only a lost opportunity has a lost reason."))
        if status == Status.LOST and not cleaned.get("lost_reason") and was != Status.LOST:
            if "lost_reason" not in self.errors:
                self.add_error("lost_reason", _("Choose the reason of the loss."))

    def _may_close(self) -> bool:
        if self.is_new:
            return gate.allows(self.user, Opportunity, "close")
        return gate.may(self.user, "close", self.instance)

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        """OPP-6: nothing ends before it starts, nothing happens before the opening."""
        opened: dt.date | None = cleaned.get("opened_on")
        start, end = cleaned.get("production_from"), cleaned.get("production_to")
        if start and end and end < start:
            for name in ("production_from", "production_to"):
                self.add_error(name, _("The production ends before it starts: correct one of the two."))
        due, closed = cleaned.get("due_on"), cleaned.get("closed_on")
        if opened and due and due < opened:
            day = dates.long_date(opened, language())
            self.add_error(
                "due_on", _("This date lies before the opening on %(day)s: correct one of the two.") % {"day": day}
            )
        if opened and closed and closed < opened:
            self.add_error("closed_on", _("It lies before the opening date. Correct one of the two."))
        if closed and closed > dates.today():
            self.add_error("closed_on", _("A closing date does not lie in the future."))
        self._check_status_date(cleaned.get("status_on"), opened)

    def _check_status_date(self, day: dt.date | None, opened: dt.date | None) -> None:
        """OPP-4: corrected, but not before the opening."""
        if day is None or self.is_new or day == self.instance.was["status_on"]:
            return
        if opened and day < opened:
            self.add_error("status_on", _("It lies before the opening date. Correct one of the two."))
        if day > dates.today():
            self.add_error("status_on", _("The status did not change in the future."))

    def _check_origin(self, cleaned: dict[str, Any]) -> None:
        origin: Origin | None = cleaned.get("origin")
        kind = cleaned.get("origin_type")
        if origin is not None and kind is None:
            cleaned["origin_type"] = origin.type
        elif origin is not None and kind is not None and origin.type_id != kind.pk:
            said = _("“%(origin)s” is not an origin of the type %(type)s.")
            self.add_error("origin", said % {"origin": origin, "type": kind})

    def _check_classes(self, cleaned: dict[str, Any]) -> None:
        """OPP-8, OPP-11: a part belongs to its whole; what is paid once, or not agreed, is not paid so many times."""
        for part, (_model, whole) in CLASSES.items():
            chosen: Any = cleaned.get(part) if whole else None
            if chosen is None:
                continue
            of = getattr(chosen, whole)
            if cleaned.get(whole) is None:
                cleaned[whole] = of
            elif cleaned[whole] != of:
                said = _("“%(part)s” belongs to “%(whole)s”, not to “%(other)s”.")
                self.add_error(part, said % {"part": chosen, "whole": of, "other": cleaned[whole]})
        if cleaned.get("payment_times") and cleaned.get("payment_per") in ("", Per.ONCE):
            self.add_error("payment_times", _("Choose how often it is paid: per month, per year."))

    def _check_reference(self, cleaned: dict[str, Any]) -> None:
        """OPP-3: unique; what is taken is said to be taken, naming nothing that one may not see (GIVE-4)."""
        reference = (cleaned.get("reference") or "").strip()
        cleaned["reference"] = reference
        if not reference:
            return
        taken = Opportunity.objects.live().filter(reference=reference).exclude(pk=self.instance.pk)
        if taken.exists():
            seen = taken.visible_to(self.user).first()
            said = (
                _("The reference is taken by “%(name)s”.") % {"name": seen} if seen else _("This reference is taken.")
            )
            self.add_error("reference", said)

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            self.settle()

    def settle(self) -> None:
        """Give the opportunity what it does not take over by itself."""
        opportunity, cleaned = self.instance, self.cleaned_data
        opportunity.stage = cleaned["stage"]
        opportunity.currency = opportunity.currency or House.current().currency
        self._set_probability()

    def _get_validation_exclusions(self) -> set[str]:
        """Status, probability and dates are brought in line by the save (``settle_progress``), which also says in
        words what it refuses; before it, the database's constraints do not hold yet."""
        return super()._get_validation_exclusions() | SETTLED  # type: ignore[misc]

    def _set_probability(self) -> None:
        """A probability other than the stage's is set by hand; blank, or the stage's own, follows the stage."""
        opportunity, typed = self.instance, self.cleaned_data.get("probability")
        if not opportunity.is_open:
            opportunity.probability = opportunity.was.get("probability") or opportunity.stage.probability
            return
        before = opportunity.was.get("probability") if not self.is_new else None
        moved = opportunity.was.get("stage_id") != opportunity.stage_id
        if typed is None or typed == opportunity.stage.probability:
            opportunity.probability_by_hand = False
        elif self.is_new or typed != before:
            opportunity.probability_by_hand = True
        elif moved and not opportunity.probability_by_hand:
            typed = None
        opportunity.probability = typed if opportunity.probability_by_hand else opportunity.stage.probability

    def explain(self, error: ValidationError) -> None:
        """Put what the save refused beside its field; of a status older than the opening, the form has the opening."""
        for name, sentences in error.message_dict.items() if hasattr(error, "error_dict") else ():
            if name == "status_on":
                self.add_error("opened_on", _("Its present status is older than this day. Choose an earlier one."))
            else:
                self.add_error(name if name in self.fields else None, sentences)
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)

    def warnings(self) -> list[str]:
        """What is allowed, and worth a word: a due date in the past (OPP-4)."""
        due = self.cleaned_data.get("due_on")
        if due and self.instance.is_late:
            days = (dates.today() - due).days
            return [
                ngettext("The due date passed %(n)s day ago.", "The due date passed %(n)s days ago.", days)
                % {"n": days}
            ]
        return []

    def save_parties(self) -> None:
        """Inside an operation: create the account and the contact that were typed and not found."""
        opportunity, cleaned = self.instance, self.cleaned_data
        account, contact = cleaned.get("account", opportunity.account), cleaned.get("contact")
        if account is not None and account.pk is None:
            account.save()
            opportunity.account = account
        if contact is not None and contact.pk is None:
            contact.account = account
            contact.save()
            opportunity.contact = contact

    def save_as(self, user: User) -> Opportunity:
        """Create or edit, in one operation, the new account or contact included."""
        opportunity = self.instance
        what = f"opportunity.{'add' if self.is_new else 'reassign' if self.staged else 'edit'}"
        assignees = [person.pk for person in self.cleaned_data["assignees"]]
        with operation(by=user, door="form", what=what):
            if self.staged is not None:
                self.staged.apply()
            self.save_parties()
            if self.is_new:
                opportunity.add(by=user, assignees=assignees)
            else:
                opportunity.edit(by=user, assignees=assignees)
            self.save_attributes()
            if self.original is not None:
                opportunity.take_lines(self.original)
            for part in self.parts:
                part.save(opportunity, user)
        return opportunity
