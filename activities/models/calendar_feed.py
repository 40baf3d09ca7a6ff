"""The address under which a calendar program reads one's tasks and events: whoever knows it reads them (ALL-7)."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

BYTES = 20  # 160 bits: nobody guesses it


class CalendarFeed(models.Model):
    user: Any = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user}"

    @classmethod
    def of(cls, user: Any) -> "CalendarFeed | None":
        return cls.objects.filter(user=user.pk).first()

    @classmethod
    def read_by(cls, token: str) -> Any | None:
        """Whose it is, if they may still sign in."""
        readers = cls.objects.select_related("user__profile", "user__team")
        found = readers.filter(token=token, user__is_active=True, user__signs_in=True).first()
        return found.user if found is not None else None

    @classmethod
    def renew(cls, user: Any) -> None:
        """Another address; under the one before there is nothing any more."""
        made = {"token": secrets.token_urlsafe(BYTES), "made_at": timezone.now()}
        cls.objects.update_or_create(user_id=user.pk, defaults=made)

    @classmethod
    def stop(cls, user: Any) -> None:
        cls.objects.filter(user=user.pk).delete()
