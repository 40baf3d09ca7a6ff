"""Notices to people: an outbox, so that what is to be told is committed with what happened, and mailed once."""

from typing import Self

from django.conf import settings
from django.core.mail import send_mail
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.models.user import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unsent(self) -> Self:
        return self.filter(mailed_at=None)


class Notice(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    url = models.CharField(max_length=250)
    created_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(mailed_at=None), name="users_notice_unsent")]

    def __str__(self) -> str:
        return self.subject

    def mail(self) -> None:
        """Send it, unless another process has taken it; people without an address are told in the CRM only."""
        taken = Notice.objects.filter(pk=self.pk, mailed_at=None).update(mailed_at=timezone.now())
        if taken and self.user.email and self.user.is_active:
            link = f"{settings.SITE_URL}{self.url}"
            send_mail(self.subject, f"{self.text}\n\n{link}\n", None, [self.user.email])
