"""Who signs in, and who is behind a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, Subquery

from core.models import House
from core.models.house import see_mark
from users.models import Notice, User


class People(AuthenticationBackend):
    """By e-mail address and password; only active people who sign in.

    Reads the person of a session with profile, team, the mark of the set-up, and whether there is something new to
    tell them, in one query.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_active and user.signs_in)

    def get_user(self, user_id: Any) -> User | None:
        mark = House.objects.values("mark")[:1]
        news = Notice.objects.filter(user=OuterRef("pk"), in_app=True, read_at=None)
        user = (
            User.objects.select_related("profile", "team")
            .annotate(house_mark=Subquery(mark), has_news=Exists(news))
            .filter(pk=user_id)
            .first()
        )
        if user is None or not self.user_can_authenticate(user):
            return None
        see_mark(user.house_mark)
        return user
