"""What changes how somebody signs in is journalled, and told to them by mail and notice (ALL-5).

allauth says what happened by the name of the mail that it would send; ``CHANGES`` reads it.
"""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.journal import operation
from records.models import Door
from users.models import Kind, Notice, User
from users.models.user import FACTORS


@dataclass(frozen=True)
class Change:
    """``pair`` is what the journal keeps of the second factor, before and after; ``None`` where it keeps it already."""

    subject: Any
    what: str = ""
    pair: tuple[str | None, str | None] | None = None


_APP_ON = Change(gettext_lazy("An authenticator app was switched on"), "user.factor_on", (None, "app"))
_PASSWORD = Change(gettext_lazy("Your password was changed"))
CHANGES = {
    "mfa/email/totp_activated": _APP_ON,
    "mfa/email/totp_deactivated": Change(
        gettext_lazy("The authenticator app was switched off"), "user.factor_off", ("app", None)
    ),
    "mfa/email/webauthn_added": Change(gettext_lazy("A passkey was added"), "user.factor_on", (None, "key")),
    "mfa/email/webauthn_removed": Change(gettext_lazy("A passkey was removed"), "user.factor_off", ("key", None)),
    "mfa/email/recovery_codes_generated": Change(
        gettext_lazy("New recovery codes were made; the old ones hold no more"), "user.factor_on", (None, "codes")
    ),
    "account/email/password_changed": _PASSWORD,
    "account/email/password_set": _PASSWORD,
    "account/email/password_reset": _PASSWORD,
}


def note(change: Change, person: User, *, ip: str | None) -> None:
    """Somebody changed how they sign in: to the journal, and to them."""
    with transaction.atomic():
        if change.pair is not None:
            now = User.objects.get(pk=person.pk)
            with operation(by=person, door=Door.FORM, what=change.what):
                now.touch({"second_factor": list(change.pair)})
        with person.spoken_to():
            where = _("By you, from %(ip)s.") % {"ip": ip} if ip else _("By you.")
            hint = _("If it was not you, change your password at once and tell an administrator.")
            _tell(person, str(change.subject), f"{where} {hint}")


def reset_factor(person: User, *, by: User) -> None:
    """Take off a second factor that is lost: app, passkeys and recovery codes; every session ends. The password alone
    signs in then. Raises ``ValidationError`` for one's own: that asks for the password first, in the preferences."""
    if person.pk == by.pk:
        raise ValidationError(_("Change your own second factor in your preferences."), code="self")
    present = factors_of(person)
    if not present:
        return
    with operation(by=by, door=Door.SET_UP, what="user.factor_reset"):
        User.objects.get(pk=person.pk).touch({"second_factor": [present, None]})
        Authenticator.objects.filter(user=person).delete()
        with person.spoken_to():
            text = _(
                "By %(who)s. Your password alone signs you in until you set up another one in your preferences. "
                "If you did not ask for it, tell another administrator."
            )
            _tell(person, _("Your second factor was reset"), text % {"who": by})
    for session in UserSession.objects.filter(user=person):
        session.end()


def factors_of(person: User) -> list[str]:
    """What somebody signs in with beside the password: ``app``, ``key``; recovery codes come along with these."""
    types = {Authenticator.Type.TOTP: "app", Authenticator.Type.WEBAUTHN: "key"}
    found = Authenticator.objects.filter(user=person).values_list("type", flat=True)
    return sorted({types[kind] for kind in found if kind in types})


def factors_told(person: User) -> str:
    return ", ".join(str(FACTORS[code]) for code in factors_of(person))


def _tell(person: User, subject: str, text: str) -> None:
    Notice.post(person, Kind.SIGN_IN, subject=subject, text=text, url=reverse("users:sign_in"))
