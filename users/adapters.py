"""How the house signs people in: nobody signs up, failures are counted, a new password is journalled."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from core.models import House
from records.journal import operation
from records.models import Door
from users.changed_keys import PASSWORD_CHANGED, tell_password
from users.models import User


class Doorkeeper(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        with operation(by=user, door=Door.FORM, what="user.password"):
            user.save(update_fields=["password"])
            user.touch({"password": [None, None]})

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if not user.signs_in:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """In the person's own language; who never had a password reads an invitation. Who never signs in gets none.

        The link leads to the house, whatever host and port the request named.
        """
        if not user.signs_in:
            return
        house, path = House.current(), urlsplit(context["password_reset_url"]).path
        context = {**context, "password_reset_url": f"{settings.SITE_URL}{path}", "house": house}
        mail = "password_reset_key" if user.has_usable_password() else "invitation"
        with translation.override(user.language or house.language):
            self.send_mail(
                f"account/email/{mail}",
                email,
                {**context, "password_reset_url": f"{settings.SITE_URL}{path}", "house": house},
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only to people of the house: nobody else is written to."""
        if not template_prefix.endswith("unknown_account"):
            super().send_mail(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """A new password is told to the person by mail and notice; of a second factor, who journals it has told it."""
        if template_prefix in PASSWORD_CHANGED:
            tell_password(user, ip=self.get_client_ip(self.request))

    def format_email_subject(self, subject: str) -> str:
        return subject

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Says how many tries are left, and how long the pause is."""
        if code == "email_password_mismatch":
            left = self._tries_left()
            wrong = gettext("Wrong address or password.")
            count = ngettext(
                "%(n)s try left before a pause of 15 minutes.", "%(n)s tries left before a pause of 15 minutes.", left
            ) % {"n": left}
            return ValidationError(f"{wrong} {count}", code=code)
        if code == "too_many_login_attempts":
            return ValidationError(gettext("Too many failed tries. Try again in 15 minutes."), code=code)
        return super().validation_error(code, *args)

    def _tries_left(self) -> int:
        used = [len(cache.get(single.cache_key, [])) for single in self._login_failed_rl_usage.usage]
        return max(settings.LOGIN_TRIES - used[-1], 0)
