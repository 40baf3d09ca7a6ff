"""What changes how somebody signs in is journalled, and told to them by mail and notice (ALL-5)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.journal import operation
from records.models import Door
from users.models import Kind, Notice, User
from users.models.user import FACTORS

PASSWORD_CHANGED = {"account/email/password_changed", "account/email/password_set", "account/email/password_reset"}
ON = {
    "app": gettext_lazy("An authenticator app was switched on"),
    "key": gettext_lazy("A passkey was added"),
    "codes": gettext_lazy("New recovery codes were made; the old ones hold no more"),
}
OFF = {
    "app": gettext_lazy("The authenticator app was switched off"),
    "key": gettext_lazy("A passkey was removed"),
}
TYPES = {Authenticator.Type.TOTP: "app", Authenticator.Type.WEBAUTHN: "key", Authenticator.Type.RECOVERY_CODES: "codes"}


def witnessed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of allauth's that may change the second factor: with what it changes, the journal and the notice are
    written, or nothing is."""

    @wraps(view)
    def whole(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = request.user
        if request.method in ("GET", "HEAD", "OPTIONS") or not isinstance(person, User):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before = _kept(person)
            answer = view(request, *args, **kwargs)
            _note(person, before, _kept(person), get_adapter(request).get_client_ip(request))
        return answer

    return whole


def _kept(person: User) -> dict[int, str]:
    """What somebody signs in with beside the password, by id."""
    found = Authenticator.objects.filter(user=person).values_list("pk", "type")
    return {pk: TYPES[kind] for pk, kind in found if kind in TYPES}


def _note(person: User, before: dict[int, str], after: dict[int, str], ip: str | None) -> None:
    """Recovery codes come and go with what they stand in for: alone they are told."""
    added = [after[pk] for pk in after.keys() - before.keys()]
    removed = [before[pk] for pk in before.keys() - after.keys() if before[pk] != "codes"]
    if set(added) - {"codes"} or removed:
        added = [code for code in added if code != "codes"]
    for what, codes, subjects in (("user.factor_off", removed, OFF), ("user.factor_on", added, ON)):
        for code in codes:
            pair = [code, None] if subjects is OFF else [None, code]
            with operation(by=person, door=Door.FORM, what=what):
                User.objects.get(pk=person.pk).touch({"second_factor": pair})
                _tell_own(person, subjects[code], ip)


def tell_password(person: User, *, ip: str | None) -> None:
    _tell_own(person, gettext_lazy("Your password was changed"), ip)


def _tell_own(person: User, subject: Any, ip: str | None) -> None:
    """They did it themselves, or somebody with their keys."""
    with person.spoken_to():
        where = _("By you, from %(ip)s.") % {"ip": ip} if ip else _("By you.")
        hint = _("If it was not you, change your password at once and tell an administrator.")
        _tell(person, str(subject), f"{where} {hint}")


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
    return sorted({*_kept(person).values()} - {"codes"})


def factors_told(person: User) -> str:
    return ", ".join(str(FACTORS[code]) for code in factors_of(person))


def _tell(person: User, subject: str, text: str) -> None:
    Notice.post(person, Kind.SIGN_IN, subject=subject, text=text, url=reverse("users:sign_in"))
