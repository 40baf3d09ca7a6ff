"""What a person is told, and how: in the CRM, by mail at once, in one mail a day, or not at all (ALL-4)."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import House


class Kind(models.TextChoices):
    """What there is to be told of."""

    OWNER = "owner", _("A record is yours now")
    SHARE = "share", _("A record is shared with you, or no longer")
    MENTION = "mention", _("A colleague mentions you")
    TASK = "task", _("A task is given to you")
    REMINDER = "reminder", _("A task’s reminder")
    IMPORT = "import", _("An import is done")
    EXPORT = "export", _("An export is done")
    BULK = "bulk", _("An action on many is done")
    SIGN_IN = "sign_in", _("How you sign in was changed")


class Mail(models.TextChoices):
    NOW = "now", _("At once")
    DIGEST = "digest", _("In the daily digest")
    NEVER = "never", _("Never")


ALWAYS = frozenset({Kind.SIGN_IN})  # told at once by both ways: nobody is asked, nor an intruder
CHOSEN = [kind for kind in Kind if kind not in ALWAYS]
USUALLY_NOT_MAILED = frozenset({Kind.EXPORT, Kind.BULK})
BEFORE = (
    (None, pgettext_lazy("reminder", "None")),
    (0, _("At its time")),
    (5, _("5 minutes before")),
    (15, _("15 minutes before")),
    (30, _("30 minutes before")),
    (60, _("1 hour before")),
    (120, _("2 hours before")),
    (24 * 60, _("1 day before")),
    (2 * 24 * 60, _("2 days before")),
    (7 * 24 * 60, _("1 week before")),
)


class Told(models.Model):
    """``notice_ways`` holds what a person chose: ``{"mention": {"app": false, "mail": "now"}}``."""

    notice_ways: Any = models.JSONField(_("notifications"), default=dict, blank=True)
    morning = models.PositiveSmallIntegerField(
        _("hour of the daily digest"), default=8, validators=[MaxValueValidator(23)]
    )
    remind_before = models.PositiveIntegerField(_("usual reminder"), null=True, blank=True, choices=BEFORE[1:])

    timezone: Any
    language: Any

    class Meta:
        abstract = True

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zone_of(self.timezone or House.current().timezone)

    def is_told(self, kind: str) -> bool:
        """In the CRM."""
        return kind in ALWAYS or bool(self.notice_ways.get(kind, {}).get("app", True))

    def mailed(self, kind: str) -> str:
        if kind in ALWAYS:
            return Mail.NOW.value
        usual = Mail.NEVER if kind in USUALLY_NOT_MAILED else Mail.NOW
        return str(self.notice_ways.get(kind, {}).get("mail", usual))

    def next_digest(self, now: dt.datetime | None = None) -> dt.datetime:
        """When the next daily digest goes out: at the hour chosen, in this person's time zone."""
        local = (now or timezone.now()).astimezone(self.zone)
        due = local.replace(hour=self.morning, minute=0, second=0, microsecond=0)
        if due <= local:
            due = (local + dt.timedelta(days=1)).replace(hour=self.morning, minute=0, second=0, microsecond=0)
        return due

    @contextmanager
    def spoken_to(self) -> Iterator[None]:
        """In this person's language and time zone, whoever is at the screen."""
        with (
            translation.override(self.language or House.current().language),
            timezone.override(self.zone),
        ):
            yield


@lru_cache
def zone_of(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


ICONS: dict[str, str] = {
    Kind.OWNER: "person",
    Kind.SHARE: "people",
    Kind.MENTION: "comment",
    Kind.TASK: "task",
    Kind.REMINDER: "clock",
    Kind.IMPORT: "import",
    Kind.EXPORT: "export",
    Kind.BULK: "multi",
    Kind.SIGN_IN: "key",
}
