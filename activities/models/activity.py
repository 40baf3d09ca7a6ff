"""An activity: what happened, or will, with a client (ACT-1..3). Seen by whoever sees the record that it is on."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from activities.models import last_exchange
from activities.models.kind import ActivityType, activity_types
from activities.models.linking import Linkable
from opportunities.models import Opportunity
from records import gate, journal
from records.journal import operation
from records.models import Hanging, OwnedRecord, Record, RecordQuerySet, Row

PARENTS: dict[str, type[OwnedRecord]] = {"opportunity": Opportunity, "account": Account, "contact": Contact}


class ActivityQuerySet(RecordQuerySet):
    def live(self) -> Self:
        return self.filter(removed_at=None)

    def visible_to(self, user: Any) -> Self:
        """Those on a record that this person sees."""
        seen = models.Q(pk__in=[])
        for name, model in PARENTS.items():
            seen |= gate.sees_related(user, model, name)
        return self.live().filter(seen)

    def about(self, record: OwnedRecord) -> Self:
        """Those on the record; of an opportunity, those linked to it as well."""
        here = models.Q(**{record.gate_key(): record.pk})
        if isinstance(record, Opportunity):
            here |= models.Q(pk__in=ActivityLink.objects.filter(opportunity=record.pk).values("activity"))
        return self.live().filter(here)


class Activity(Linkable, Record):
    class Outcome(models.TextChoices):
        NONE = "", gettext_lazy("Not said")
        REACHED = "reached", gettext_lazy("Reached")
        MESSAGE = "message", gettext_lazy("Left a message")
        NO_ANSWER = "no_answer", gettext_lazy("No answer")

    away = "removed_at"
    derived_fields = Record.derived_fields | {"happened_on"}
    silent_fields = frozenset({"removed_at", "made_by_id"})

    type = models.ForeignKey(
        ActivityType, models.PROTECT, db_index=False, related_name="+", verbose_name=gettext_lazy("type")
    )
    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, null=True, blank=True, db_index=False, related_name="activities",
        verbose_name=gettext_lazy("opportunity"),
    )  # fmt: skip
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, db_index=False, related_name="activities",
        verbose_name=gettext_lazy("account"),
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, db_index=False, related_name="activities",
        verbose_name=gettext_lazy("contact"),
    )  # fmt: skip
    at = models.DateTimeField(gettext_lazy("when"), default=timezone.now)
    minutes = models.PositiveSmallIntegerField(gettext_lazy("minutes"), null=True, blank=True)
    outcome = models.CharField(gettext_lazy("outcome"), max_length=10, choices=Outcome, blank=True, default="")
    place = models.CharField(gettext_lazy("place"), max_length=200, blank=True, default="")
    subject = models.CharField(gettext_lazy("subject"), max_length=200, blank=True, default="")
    text = models.TextField(gettext_lazy("text"), blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, editable=False)
    happened_on = models.DateField(editable=False)

    objects = ActivityQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = gettext_lazy("activity")
        verbose_name_plural = gettext_lazy("activities")
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opportunity__isnull=False, account=None, contact=None)
                | models.Q(opportunity=None, account__isnull=False, contact=None)
                | models.Q(opportunity=None, account=None, contact__isnull=False),
                name="an_activity_is_on_one_record",
            )
        ]
        indexes = [
            *(models.Index(fields=[name, "-at", "-id"], name=f"activity_of_{name}") for name in PARENTS),
            models.Index(fields=["happened_on", "type", "made_by"], name="activity_by_day"),
        ]

    def __str__(self) -> str:
        return self.subject or self.text.split("\n")[0][:80] or str(self.type)

    @property
    def parent(self) -> Any:
        """The record it is on."""
        return next(getattr(self, name) for name in PARENTS if getattr(self, f"{name}_id") is not None)

    def get_absolute_url(self) -> str:
        return f"{self.parent.get_absolute_url()}activity/#activity-{self.pk}"

    def may_be_changed_by(self, user: Any) -> bool:
        """Whoever wrote it, or may change the record that it is on."""
        return user.pk == self.made_by_id or gate.may(user, "change", self.parent)

    def add(self, *, by: Any, door: str = "form") -> "Activity":
        self.made_by = by
        with operation(by=by, door=door, what="activity.add"):
            self.save()
        return self

    def edit(self, *, by: Any, door: str = "form") -> None:
        with operation(by=by, door=door, what="activity.edit"):
            self.save()

    def remove(self, *, by: Any, door: str = "form") -> None:
        """Take it out of the history; the journal keeps it. Harmless twice."""
        if self.removed_at is not None:
            return
        with operation(by=by, door=door, what="activity.remove"):
            self.removed_at = timezone.now()
            self.save()

    @classmethod
    def taken_back_by(cls, user: Any, ids: Collection[int]) -> set[int]:
        """Those that one wrote, and those on a record that one may change; removed ones too."""
        mine = models.Q(made_by=user.pk)
        for name, model in PARENTS.items():
            mine |= gate.changes_related(user, model, name)
        return set(cls.objects.filter(mine, pk__in=ids).values_list("pk", flat=True))

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            "linked": Hanging(
                gettext_lazy("also on"), "opportunities.Opportunity", lambda key, wanted: cls.link_rows(wanted)
            )
        }

    @classmethod
    def rule(cls, row: Row, was: Mapping[str, Any], around: Any) -> None:
        row["subject"], row["text"] = row["subject"].strip(), row["text"].strip()
        kind = activity_types()[row["type_id"]]
        if not row["subject"] and not row["text"] and kind.code in ("", "comment", "note"):
            raise ValidationError({"text": _("Write something.")}, code="required")
        if kind.code == "event" and not row["subject"]:
            raise ValidationError({"subject": _("Say what the event is.")}, code="required")
        if row["minutes"] is not None and row["minutes"] > 24 * 60:
            raise ValidationError({"minutes": _("At most 24 hours.")}, code="range")

    @classmethod
    def derive(cls, row: Row, around: Any) -> None:
        row["happened_on"] = timezone.localtime(row["at"]).date()

    @classmethod
    def follow(cls, ids: Sequence[int], changed: Collection[str]) -> None:
        super().follow(ids, changed)
        last_exchange.refresh(ids, journal.current().former(cls, ids, "opportunity_id"))


class ActivityLink(models.Model):
    """An activity that is shown on another opportunity as well (ACT-2)."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="links")
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("activity", "opportunity", name="an_activity_is_linked_once")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.opportunity_id}"
