"""Notices to people: what is to be told is committed with what happened, shown in the CRM, and mailed (ALL-4).

The rows are the outbox. What is to be mailed has a time to try it; whoever takes it moves that time on first, so that
two workers mail it once and a worker that dies leaves it to the next one.
"""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.models.telling import Kind, Mail
from users.models.user import User

WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, *[120] * 36))  # three days in all
STALE = dt.timedelta(hours=1)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def told_to(self, user: User) -> Self:
        """What this person reads in the CRM, newest first."""
        return self.filter(user=user.pk, in_app=True).order_by("-pk")

    def to_mail(self) -> Self:
        """What is to be tried now."""
        return self.filter(try_at__lte=timezone.now())

    def late(self) -> Self:
        """What is to be tried now; and what was due long ago and failed: that does not wait for its own next try when
        something else goes out."""
        failed = models.Q(held=False, due_at__lt=timezone.now() - STALE) & ~models.Q(error="")
        return self.filter(models.Q(try_at__lte=timezone.now()) | failed, try_at__isnull=False)

    def take(self) -> list["Notice"]:
        """Hold these for oneself, all or, if somebody was quicker, none of them.

        Each is tried again later unless it is marked as mailed or dropped, whatever becomes of whoever took it.
        """
        taken: list[Notice] = []
        with transaction.atomic():
            for notice in self.select_related("user").order_by("pk"):
                mine = Notice.objects.filter(pk=notice.pk, try_at=notice.try_at)
                if mine.update(try_at=_held_until(), held=True, attempts=models.F("attempts") + 1):
                    notice.attempts += 1
                    taken.append(notice)
        return taken

    def seen(self) -> None:
        self.filter(read_at=None).update(read_at=timezone.now())


class Notice(models.Model):
    """``about`` is the record that it names: whoever may not see that any more is told nothing of it (GIVE-4)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=20)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    url = models.CharField(max_length=250)
    about_model = models.ForeignKey(ContentType, models.CASCADE, null=True, db_index=False, related_name="+")
    about_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    in_app = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    digest = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    try_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], condition=models.Q(in_app=True, read_at=None), name="notice_unread"),
            models.Index(fields=["try_at", "user"], condition=models.Q(try_at__isnull=False), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def of(
        cls, person: User, kind: Kind, *, subject: str, text: str = "", url: str, about: Any = None, at: Any = None
    ) -> "Notice | None":
        """What is to be told by the ways that this person chose for the kind, unsaved; nothing if by none.

        ``at`` is when it was due, if that was not now.
        """
        mail = person.mailed(kind) if person.email and person.is_active else Mail.NEVER
        if mail == Mail.NEVER and not person.is_told(kind):
            return None
        due = {Mail.NOW: at or timezone.now(), Mail.DIGEST: person.next_digest()}.get(Mail(mail))
        return cls(
            user=person, kind=kind, subject=" ".join(subject.split())[:250], text=text, url=url,
            about_model=ContentType.objects.get_for_model(type(about)) if about is not None else None,
            about_id=about.pk if about is not None else None,
            in_app=person.is_told(kind), digest=mail == Mail.DIGEST, due_at=due, try_at=due,
        )  # fmt: skip

    @classmethod
    def post(cls, person: User, kind: Kind, **said: Any) -> None:
        """Tell it: written with the transaction under way, mailed after it."""
        if (notice := cls.of(person, kind, **said)) is not None:
            notice.save(force_insert=True)

    @property
    def is_stale(self) -> bool:
        """Due so long ago that it goes out with whatever else is late, in one mail."""
        return self.due_at is not None and self.due_at < timezone.now() - STALE

    @property
    def is_given_up(self) -> bool:
        return bool(self.error) and self.try_at is None and self.mailed_at is None

    def mailed(self) -> None:
        Notice.objects.filter(pk=self.pk).update(mailed_at=timezone.now(), try_at=None, error="")

    def dropped(self) -> None:
        """Not to be mailed any more."""
        Notice.objects.filter(pk=self.pk).update(try_at=None)

    def failed(self, error: str, *, for_good: bool = False) -> None:
        """Try again later, each time after a longer while; in the end it is given up, and says so."""
        over = for_good or self.attempts > len(WAITS)
        again = None if over else timezone.now() + WAITS[self.attempts - 1]
        Notice.objects.filter(pk=self.pk).update(try_at=again, held=False, error=error[:300])


def _held_until() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.NOTICE_HELD_SECONDS)


def seen_at(user: Any, url: str) -> None:
    """This person is on the page that a notice leads to: nothing new about it is left to tell."""
    if getattr(user, "has_news", False):
        Notice.objects.filter(user=user.pk, url=url).seen()


def still_seen(notices: list[Notice], user: User) -> list[Notice]:
    """Those about nothing that is hidden from the person by now: the gate is asked again, once per kind of record."""
    about: dict[int, set[int]] = {}
    for notice in notices:
        if notice.about_model_id is not None and notice.about_id is not None:
            about.setdefault(notice.about_model_id, set()).add(notice.about_id)
    seen: dict[int, set[int]] = {}
    for pk, ids in about.items():
        model: Any = ContentType.objects.get_for_id(pk).model_class()
        seen[pk] = set(model._default_manager.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        notice for notice in notices if notice.about_model_id is None or notice.about_id in seen[notice.about_model_id]
    ]
