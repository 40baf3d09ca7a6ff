"""Who signs in, and who is behind a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core.models import House
from core.models.house import see_mark
from core.prepared import Prepared
from users.models import Notice, User


def _asked(pk: int) -> QuerySet[User]:
    news = Notice.objects.filter(user=OuterRef("pk"), in_app=True, read_at=None)
    return (
        User.objects.select_related("profile", "team")
        .annotate(house_mark=Subquery(House.objects.values("mark")[:1]), has_news=Exists(news))
        .filter(pk=pk)
    )


_person = Prepared(_asked)  # every page asks who reads it


class People(AuthenticationBackend):
    """By e-mail address and password; only active people who sign in.

    Reads the person of a session with profile, team, the mark of the set-up, and whether there is something new to
    tell them, in one query.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.is_active and user.signs_in)

    def get_user(self, user_id: Any) -> User | None:
        user: Any = next(iter(_person(int(user_id))), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        see_mark(user.house_mark)
        return user
