"""Mailing what people are told (ALL-4): one mail each for what is new, one for a daily digest or all that is late.

What waits since long, because no worker or no mail server was there, is the past: it goes out in one mail, not in many.
"""

import logging
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from core import dates
from core.templatetags.components import language
from users.models import Kind, Mail, Notice, User
from users.models.notice import WAITS, still_seen
from users.models.telling import ALWAYS

log = logging.getLogger("crm.notices")
ROUND = 200  # people, and notices of each
SALT = "users.notices.stop"
FOR_GOOD = 500  # a mail server's codes from here on will not change by waiting


def post() -> None:
    """Mail what is to be mailed now. A server that cannot be reached ends the round; the rest waits for the next."""
    people = Notice.objects.to_mail().values_list("user", flat=True).order_by("user").distinct()[:ROUND]
    with Postman() as postman:
        for person in User.objects.select_related("profile", "team").filter(pk__in=list(people)):
            if not postman.serve(person):
                return


class Postman:
    """One connection to the mail server, opened when there is something to send."""

    def __init__(self) -> None:
        self.connection: Any = get_connection()

    def __enter__(self) -> "Postman":
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def serve(self, person: User) -> bool:
        """All that this person is to be mailed now; whether the server still answers."""
        waiting = list(Notice.objects.to_mail().filter(user=person.pk).order_by("pk")[:ROUND])
        late = {notice.pk for notice in waiting if notice.digest or notice.is_stale}
        alone = [notice.pk for notice in waiting if notice.pk not in late]
        failed = Notice.objects.late().filter(user=person.pk).exclude(pk__in=alone)
        late |= set(failed.values_list("pk", flat=True)[:ROUND])
        for free in (
            Notice.objects.late().filter(pk__in=late),
            *(Notice.objects.to_mail().filter(pk=pk) for pk in alone),
        ):
            taken = _wanted(free.take(), person)
            if taken and not self.send(taken, person):
                return False
        return True

    def send(self, notices: Sequence[Notice], person: User) -> bool:
        """As one mail; whether the server still answers."""
        with person.spoken_to():
            message = compose(notices, person, self.connection)
        try:
            self.connection.open()
            message.send()
        except SMTPRecipientsRefused as error:
            for_good = all(code >= FOR_GOOD for code, _said in error.recipients.values())
            return self._failed(notices, error, for_good=for_good)
        except OSError as error:
            self._failed(notices, error)
            return False
        for notice in notices:
            notice.mailed()
        return True

    def _failed(self, notices: Sequence[Notice], error: OSError, *, for_good: bool = False) -> bool:
        """Each is told so; another person's mail may still go."""
        log.warning("notices of %s were not mailed: %s", notices[0].user_id, error)
        for notice in notices:
            notice.failed(_told(error), for_good=for_good)
        self.connection.close()
        return True


def _wanted(notices: list[Notice], person: User) -> list[Notice]:
    """Of those taken, what is to be mailed by now; the rest is dropped: hidden, switched off, tried too often."""
    seen = {notice.pk for notice in still_seen(notices, person)} if person.is_active and person.email else set()
    wanted = []
    for notice in notices:
        if notice.attempts > len(WAITS) + 1:
            notice.failed(notice.error or "-", for_good=True)
        elif notice.pk in seen and person.mailed(notice.kind) != Mail.NEVER:
            wanted.append(notice)
        else:
            notice.dropped()
    return wanted


def compose(notices: Sequence[Notice], person: User, connection: Any = None) -> EmailMultiAlternatives:
    """In the language under way: plain text, and the same as simple HTML."""
    first = notices[0]
    subject = first.subject
    if len(notices) > 1:
        told = {"n": len(notices), "day": dates.long_date(dates.today(), language())}
        subject = ngettext("%(n)s piece of news, %(day)s", "%(n)s pieces of news, %(day)s", len(notices)) % told
    stops = not ALWAYS.issuperset(notice.kind for notice in notices)
    stop = f"{settings.SITE_URL}{reverse('users:stop_notices', args=[token(person, notices)])}"
    context = {
        "notices": notices,
        "person": person,
        "site": settings.SITE_URL,
        "many": len(notices) > 1,
        "why": Kind(first.kind).label if len({notice.kind for notice in notices}) == 1 else "",
        "choose": f"{settings.SITE_URL}{reverse('users:notice_ways')}",
        "stop": stop if stops else "",
        "language": language(),
    }
    message = EmailMultiAlternatives(
        subject,
        render_to_string("users/mail/notices.txt", context),
        to=[str(person.email)],
        connection=connection,
        headers={
            "Message-ID": f"<notice.{first.pk}.{len(notices)}@{_host()}>",
            "Auto-Submitted": "auto-generated",
            **(
                {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
                if stops
                else {}
            ),
        },
    )
    message.attach_alternative(render_to_string("users/mail/notices.html", context), "text/html")
    return message


def token(person: User, notices: Sequence[Notice]) -> str:
    """What lets the reader of a mail stop mails of these kinds without signing in."""
    return signing.dumps([person.pk, sorted({notice.kind for notice in notices} - ALWAYS)], salt=SALT)


def read_token(text: str) -> tuple[User, list[str]] | None:
    """The person and the kinds of a mail's token; nothing if it was made by anybody else."""
    try:
        pk, kinds = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    person = User.objects.select_related("profile").filter(pk=pk, is_active=True).first()
    return (person, [kind for kind in kinds if kind in Kind.values]) if person is not None else None


def _told(error: OSError) -> str:
    """What went wrong, as short as the server says it."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(f"{code} {_plain(said)}" for code, said in error.recipients.values())
    code = getattr(error, "smtp_code", None)
    return f"{code} {_plain(getattr(error, 'smtp_error', ''))}" if code else str(error)


def _plain(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
