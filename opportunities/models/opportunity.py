"""The opportunity: a possible sale (OPP-1..7)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Site
from attributes.models import AttributedRecord, FieldValue, Tagging, indexes
from core import sql
from core.dates import today
from core.models import House
from core.money import MoneyField, rounded
from opportunities.models.assigning import Assignable, Assignment
from opportunities.models.classifying import Classified, settle_classification
from opportunities.models.closing import Closable
from opportunities.models.duplicating import Duplicable
from opportunities.models.freezing import settle_rate
from opportunities.models.gates import Gates, pass_gates
from opportunities.models.lines import Lined, line_totals, settle_amount, told
from opportunities.models.moving import Movable
from opportunities.models.ordering import list_key
from opportunities.models.people import Involving, roles_told
from opportunities.models.periods import PERIOD_FIELDS, OpportunityPeriod
from opportunities.models.reassigning import Reassignable
from opportunities.models.returning import Returning
from opportunities.models.status import PROGRESS, Status, follow_stage, settle_progress
from pipelines.models import LostReason, Origin, OriginType, Pipeline, Source, Stage, all_stages
from pipelines.models.currency import RateField
from records import journal
from records.journal import operation
from records.models import Hanging, OwnedQuerySet, Row

PUSHED_TOO_OFTEN = 3
NEXT_STEP = frozenset({"next_task_id", "next_task_on", "next_task_label", "next_task_icon"})
DERIVED = frozenset({"list_key", "is_incomplete", "last_exchange_on", "pushed_back"}) | NEXT_STEP


class OpportunityQuerySet(OwnedQuerySet):
    def open(self) -> Self:
        return self.filter(status=Status.OPEN)

    def asleep(self) -> Self:
        """Open ones without an exchange with the client for longer than their stage allows."""
        return self.open().filter(asleep())


class Opportunity(
    Movable, Closable, Reassignable, Assignable, Lined, Duplicable, Classified, Involving, Returning, AttributedRecord
):
    attributed = "opportunity"
    verbs = ("view", "create", "change", "reassign", "share", "close", "delete", "export", "import")
    edit_verbs = frozenset({"change", "close", "delete"})
    derived_fields = AttributedRecord.derived_fields | DERIVED
    silent_fields = frozenset({"probability_before_closing", "pipeline_id"})
    shows_names_of = frozenset({"account_id", "contact_id"})
    unique_outside_trash = "reference"
    field_verbs = {"status": "close", "account_id": "reassign", "owner_id": "share"}
    bound_fields = (
        frozenset({"pipeline_id", "stage_id"}),
        PROGRESS,
        frozenset({"account_id", "site_id", "contact_id"}),
        frozenset({"category_id", "subcategory_id"}),
        frozenset({"family_id", "subfamily_id"}),
        frozenset({"payment_per", "payment_times"}),
        frozenset({"origin_type_id", "origin_id"}),
        frozenset({"production_from", "production_to"}),
        frozenset({"amount", "amount_by_hand", "currency"}),
    )

    reference = models.CharField(_("reference"), max_length=60, blank=True, default="")
    name = models.CharField(_("name"), max_length=200)
    call_name = models.CharField(_("call name"), max_length=60, blank=True, default="")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, db_index=False, related_name="opportunities",
        verbose_name=_("account"),
    )  # fmt: skip
    site = models.ForeignKey(
        Site, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("site")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, db_index=False, related_name="opportunities",
        verbose_name=_("main contact"),
    )  # fmt: skip

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, db_index=False, related_name="+", verbose_name=_("pipeline"))
    stage = models.ForeignKey(Stage, models.PROTECT, db_index=False, related_name="+", verbose_name=_("stage"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN)
    status_on = models.DateField(_("status since"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    lost_reason = models.ForeignKey(
        LostReason, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("lost reason"),
    )  # fmt: skip
    lost_note = models.TextField(_("note on the loss"), blank=True, default="")
    probability = models.PositiveSmallIntegerField(
        _("probability"),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    probability_by_hand = models.BooleanField(_("probability set by hand"), default=False)
    probability_before_closing = models.PositiveSmallIntegerField(null=True, editable=False)

    amount = MoneyField(_("amount"), null=True, blank=True)
    amount_by_hand = models.BooleanField(_("amount set by hand"), default=False)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    closing_rate = RateField(_("rate at closing"), null=True, editable=False)
    due_on = models.DateField(_("expected close"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), default=today)
    signature_on = models.DateField(_("expected signature"), null=True, blank=True)
    production_from = models.DateField(_("start of production"), null=True, blank=True)
    production_to = models.DateField(_("end of production"), null=True, blank=True)

    origin_type = models.ForeignKey(
        OriginType, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("origin type"),
    )  # fmt: skip
    origin = models.ForeignKey(
        Origin, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("origin")
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("source")
    )
    brief = models.TextField(_("brief"), blank=True, default="")

    list_key = models.IntegerField(editable=False)
    is_incomplete = models.BooleanField(_("incomplete"), editable=False, default=False)

    last_exchange_on = models.DateField(_("last exchange"), null=True, editable=False)
    pushed_back = models.PositiveSmallIntegerField(_("times pushed back"), editable=False, default=0)
    # The first open task, written by the tasks (LIST-8).
    next_task_id = models.BigIntegerField(null=True, editable=False)
    next_task_on = models.DateField(_("next step on"), null=True, editable=False)
    next_task_label = models.CharField(_("next step"), max_length=120, editable=False, default="")
    next_task_icon = models.CharField(max_length=10, editable=False, default="")

    objects = OpportunityQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        default_permissions = ("view", "change")
        ordering = ("list_key", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="open", probability__range=(1, 99))
                | models.Q(status="won", probability=100)
                | models.Q(status__in=("lost", "cancelled"), probability=0),
                name="open_means_between_1_and_99_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | ~models.Q(status="open"),
                name="only_a_closed_opportunity_has_a_closing_date",
            ),
            models.CheckConstraint(
                condition=models.Q(lost_reason=None) | models.Q(status="lost"),
                name="only_a_lost_opportunity_has_a_lost_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(production_to__gte=models.F("production_from")),
                name="production_does_not_end_before_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(status_on__gte=models.F("opened_on")),
                name="a_status_is_not_older_than_the_opening",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="an_amount_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(payment_times=None)
                | (models.Q(payment_times__gte=1) & ~models.Q(payment_per__in=("", "once"))),
                name="only_what_is_paid_again_has_a_number_of_payments",
            ),
            models.UniqueConstraint(
                "reference",
                condition=models.Q(trashed_at=None) & ~models.Q(reference=""),
                name="a_reference_is_unique_outside_the_trash",
            ),
        ]
        indexes = [
            models.Index(
                fields=["list_key", "id"], condition=models.Q(trashed_at=None), name="opportunity_in_list_order"
            ),
            *(
                models.Index(fields=[name, "list_key", "id"], name=f"opportunity_by_{name}")
                for name in ("account", "contact", "stage", "source", "category")
            ),
            # With all that the figures of one's own need (RPT-6): they are read all day by everybody.
            models.Index(
                fields=[
                    "owner",
                    "list_key",
                    "id",
                    "trashed_at",
                    "status",
                    "currency",
                    "closing_rate",
                    "probability",
                    "amount",
                ],
                name="opportunity_by_owner",
            ),
            models.Index(fields=["name_key", "id"], name="opportunity_by_name"),
            models.Index(fields=["due_on"], name="opportunity_by_due_date"),
            # All that the totals of the list need, in the order they are grouped by. SQLite takes a partial index for
            # covering only if the column of its condition stands in it.
            models.Index(
                fields=[
                    "status",
                    "currency",
                    "closing_rate",
                    "probability",
                    "is_incomplete",
                    "amount",
                    "trashed_at",
                ],
                condition=models.Q(trashed_at=None),
                name="opportunity_totals",
            ),
            models.Index(
                fields=["next_task_id"], condition=models.Q(next_task_id__isnull=False), name="opportunity_by_next_task"
            ),
            *(
                models.Index(fields=[column, "id"], name=f"opportunity_by_{name}")  # other orders of the list
                for column, name in (("amount", "amount"), ("changed_at", "change"), ("opened_on", "opening"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("opportunities:opportunity", args=[self.pk])

    @property
    def weighted(self) -> Decimal | None:
        """The amount times the probability, rounded to the currency's own decimals (OPP-12)."""
        if self.amount is None:
            return None
        return rounded(self.amount * Decimal(self.probability) / 100, self.currency)

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    @property
    def is_late(self) -> bool:
        """Open, and its due date is past."""
        return self.is_open and self.due_on is not None and self.due_on < today()

    def add(self, *, by: Any, door: str = "form", assignees: Collection[int] = ()) -> "Opportunity":
        """Create it, with the people assigned to it."""
        with operation(by=by, door=door, what="opportunity.add"):
            self.save()
            if assignees:
                self.set_assignees(assignees)
        return self

    def edit(self, *, by: Any, door: str = "form", assignees: Collection[int] | None = None) -> None:
        """Write what was changed on this instance since it was read."""
        with operation(by=by, door=door, what="opportunity.edit"):
            self.save()
            if assignees is not None:
                self.set_assignees(assignees)

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            **super().hanging_fields(),
            "assignees": Hanging(_("assigned to"), "users.User", lambda key, wanted: cls.assign_rows(wanted)),
            "people": Hanging(
                _("people"), "accounts.Contact", lambda key, wanted: cls.write_involved("contact", wanted)
            ),
            "colleagues": Hanging(
                _("colleagues"), "users.User", lambda key, wanted: cls.write_involved("user", wanted)
            ),
            "roles": Hanging(_("roles"), write=lambda key, wanted: cls.write_roles(wanted), text_of=roles_told),
            "line": Hanging(_("line"), write=cls.write_line, text_of=told, write_keys=cls.write_lines_of),
        }

    @classmethod
    def phrases(cls) -> dict[str, Any]:
        return {
            "opportunity.move": _("moved it along"),
            "opportunity.won": _("won it"),
            "opportunity.lost": _("lost it"),
            "opportunity.cancelled": _("cancelled it"),
            "opportunity.reopen": _("reopened it"),
            "opportunity.involve": _("put a person on it"),
            "opportunity.release": _("took a person off it"),
            "opportunity.follow_lines": _("took the total of the lines"),
            "opportunity.reassign": _("reassigned it"),
        }

    @classmethod
    def around(cls, rows: Sequence[Row]) -> "Around":
        return Around(rows)

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: "Around") -> None:
        if row["contact_id"] not in (None, was.get("contact_id")) and row["account_id"] is None:
            row["account_id"] = around.contacts[row["contact_id"]][1]
        refuse_stranger(row, was, around)
        row["currency"] = row["currency"] or House.current().currency
        settle_progress(row, was, around.today)
        settle_rate(row, was, around.today)
        settle_amount(row, was, around.line_totals.get(row["id"]))
        settle_classification(row)
        pass_gates(row, was, around.gates)
        if is_later(row, was):
            row["pushed_back"] = was["pushed_back"] + 1
        row["reference"] = row["reference"].strip()

    @classmethod
    def returned(cls, row: Row, was: Mapping[str, Any]) -> None:
        """A push that is taken back does not count, and counts when it is done again."""
        follow_stage(row)
        if journal.takes_back():
            row["pushed_back"] = max(was["pushed_back"] - is_later(was, row), 0)
        else:
            row["pushed_back"] = was["pushed_back"] + is_later(row, was)

    @classmethod
    def derive(cls, row: Row, around: "Around") -> None:
        row["reference"] = row["reference"] or numbered(row["id"], row["opened_on"].year)
        row["name"] = row["name"] or named_after(row, around)
        row["list_key"] = list_key(row["status"], row["due_on"], row["closed_on"])
        row["is_incomplete"] = is_incomplete(row)
        super().derive(row, around)

    @classmethod
    def search_texts(cls, row: Row, around: "Around") -> list[str]:
        account = around.accounts.get(row["account_id"], "")
        contact, _account = around.contacts.get(row["contact_id"], ("", None))
        return search_texts(row["name"], row["reference"], row["call_name"], account, contact)

    @classmethod
    def assignment_model(cls) -> type[models.Model]:
        return Assignment

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        if not {"status", "due_on", "closed_on"}.isdisjoint(changed):
            changed = {*changed, "list_key"}
        super().follow(ids, changed)
        if not PERIOD_FIELDS.isdisjoint(changed):
            OpportunityPeriod.follow(ids)
        if "currency" in changed:
            cls.price_lines(ids)
        if not {"status", "account_id"}.isdisjoint(changed):
            won = cls.objects.filter(pk__in=sql.among(ids), status=Status.WON).exclude(account=None)
            Account.become_clients(set(won.values_list("account_id", flat=True)))


class OpportunityValue(FieldValue):
    record = models.ForeignKey(Opportunity, models.CASCADE, db_index=False, related_name="custom_values")

    class Meta:
        indexes = indexes("opportunity_value")

    def __str__(self) -> str:
        return f"{self.record_id}: {self.field_id}"


class OpportunityTag(Tagging):
    record = models.ForeignKey(Opportunity, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint("tag", "record", name="an_opportunity_has_a_tag_once")]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.tag_id}"


def asleep() -> models.Q:
    """The condition of having had no exchange for longer than the stage allows (design, *Asleep*)."""
    limits: dict[int, list[int]] = {}
    for stage in all_stages().values():
        limits.setdefault(stage.asleep_after, []).append(stage.pk)
    condition = models.Q(pk__in=[])
    for days, stages in limits.items():
        since = today() - dt.timedelta(days=days)
        last = models.Q(last_exchange_on__lt=since) | models.Q(last_exchange_on=None, opened_on__lt=since)
        condition |= models.Q(stage__in=stages) & last
    return condition


class Around:
    """What the rules of opportunities need to know: the names of their accounts and contacts, the day."""

    def __init__(self, rows: Sequence[Row]) -> None:
        contact_ids = {row["contact_id"] for row in rows} - {None}
        self.contacts: dict[int, tuple[str, int | None]] = {
            pk: (f"{first} {last}".strip(), account_id)
            for pk, first, last, account_id in Contact.objects.filter(pk__in=sql.among(contact_ids)).values_list(
                "pk", "first_name", "last_name", "account_id"
            )
        }
        account_ids: set[Any] = {row["account_id"] for row in rows}
        account_ids |= {account for _, account in self.contacts.values()}
        account_ids.discard(None)
        self.accounts: dict[int, str] = dict(
            Account.objects.filter(pk__in=sql.among(account_ids)).values_list("pk", "name")
        )
        self.line_totals = line_totals({row["id"] for row in rows} - {None})
        self.today = today()
        self.gates = Gates(rows)


def search_texts(name: str, reference: str, call_name: str, account: str, contact: str) -> list[str]:
    """What an opportunity is found by; its account's and contact's names too, which whoever sees it sees."""
    return [name, reference, call_name, account, contact]


def refuse_stranger(row: Row, was: Mapping[str, Any], around: Around) -> None:
    """The contact works for the account, whenever one of the two is chosen; who moves to another company later stays
    where they are (ACC-2)."""
    turned = any(row[name] != was.get(name) for name in ("account_id", "contact_id"))
    name, works_for = around.contacts.get(row["contact_id"], ("", None)) if turned else ("", None)
    if row["account_id"] is not None and works_for not in (None, row["account_id"]):
        said = _("%(contact)s does not work for %(account)s. Choose one of its contacts.")
        account = around.accounts.get(row["account_id"], "")
        raise ValidationError({"contact": said % {"contact": name, "account": account}}, code="account")


def is_later(row: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    """Whether the due date of a row was pushed back (LIST-8)."""
    return bool(was and row["due_on"] and was["due_on"] and row["due_on"] > was["due_on"])


def named_after(row: Row, around: Around) -> str:
    """The name of one that came without: its account and its reference."""
    account = around.accounts.get(row["account_id"], "")
    return f"{account} – {row['reference']}"[:200] if account else str(row["reference"])


def is_incomplete(row: Row) -> bool:
    """Came in without a party, an amount or a due date (OPP-2, OPP-4); blank is not 0."""
    return (row["account_id"] is None and row["contact_id"] is None) or row["amount"] is None or row["due_on"] is None


def numbered(pk: int, year: int) -> str:
    """The reference that the house's pattern gives this id (OPP-3)."""
    return House.current().reference_pattern.replace("{year}", str(year)).replace("{number}", str(pk))
