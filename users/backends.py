"""Who signs in, and who is behind a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Subquery

from core.models import House
from core.models.house import see_mark
from users.models import User


class People(AuthenticationBackend):
    """By e-mail address and password; only active people who sign in.

    Reads the person of a session with profile, team and the mark of the set-up in one query.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_active and user.signs_in)

    def get_user(self, user_id: Any) -> User | None:
        mark = House.objects.values("mark")[:1]
        user = (
            User.objects.select_related("profile", "team")
            .annotate(house_mark=Subquery(mark))
            .filter(pk=user_id)
            .first()
        )
        if user is None or not self.user_can_authenticate(user):
            return None
        see_mark(user.house_mark)
        return user
