"""Saved views of the list (LIST-3): filters, order and columns under a name, one's own or shared.

A view says how to look, never what may be seen: whoever opens one sees what the gate lets them.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.house import per_set_up
from records.journal import operation
from records.models import Door, Hanging, SetUpQuerySet, SetUpRecord

if TYPE_CHECKING:
    from users.models import User

MOST = 4_000  # letters of a query


class SavedView(SetUpRecord):
    """``query`` holds the filters as the URL names them, ``sort`` the order if it is not the list's own, ``shown`` the
    chosen columns in their order, none for the usual."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    for_everybody = models.BooleanField(_("everybody sees it"), default=False)
    groups = models.ManyToManyField(Group, blank=True, related_name="+", verbose_name=_("groups that see it"))
    first_of = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    query = models.CharField(_("filters"), max_length=MOST, blank=True, default="")
    sort = models.CharField(_("sort"), max_length=30, blank=True, default="")
    shown: Any = models.JSONField(_("columns"), default=list, blank=True)

    class Meta(SetUpRecord.Meta):
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")

    def get_absolute_url(self) -> str:
        return f"{reverse('opportunities:index')}?view={self.pk}"

    def siblings(self) -> SetUpQuerySet:
        return SavedView.objects.filter(owner=self.owner_id)

    @property
    def as_query(self) -> QueryDict:
        """What it stands for, as the URL of the list spells it out."""
        query = QueryDict(self.query, mutable=True)
        if self.sort:
            query["sort"] = self.sort
        if self.shown:
            query.setlist("columns", self.shown)
        return query

    def is_seen_by(self, user: "User") -> bool:
        if self.archived_at is not None:
            return False
        return self.owner_id == user.pk or self.for_everybody or not user.memberships.groups.isdisjoint(self.group_ids)

    def may_be_changed_by(self, user: "User") -> bool:
        """Whoever saved it; a shared one also by those who set up."""
        return self.owner_id == user.pk or (self.is_shared and user.can("set_up"))

    @property
    def is_shared(self) -> bool:
        return self.for_everybody or bool(self.group_ids)

    @property
    def group_ids(self) -> Collection[int]:
        return _groups().get(self.pk, ())

    def add(self, *, by: Any, door: str = Door.FORM, groups: Collection[int] = ()) -> Self:
        with operation(by=by, door=door, what="savedview.add"):
            super().add(by=by, door=door)
            self.hang("groups", groups)
        return self

    def edit(self, *, by: Any, groups: Collection[int] | None = None, **values: Any) -> None:
        with operation(by=by, door=Door.FORM, what="savedview.edit"):
            super().edit(by=by, **values)
            if groups is not None:
                self.hang("groups", groups)

    def open_first(self, *, by: Any) -> None:
        """Have the list open with this view for this person, and with no other. Harmless twice."""
        with operation(by=by, door=Door.FORM, what="savedview.first"):
            for other in SavedView.objects.filter(first_of=by).exclude(pk=self.pk):
                other.open_no_longer(by=by)
            self.hang("first_of", {*self.first_of.values_list("pk", flat=True), by.pk})

    def open_no_longer(self, *, by: Any) -> None:
        with operation(by=by, door=Door.FORM, what="savedview.first"):
            self.hang("first_of", {*self.first_of.values_list("pk", flat=True)} - {by.pk})

    @classmethod
    def taken_back_by(cls, user: "User", ids: Collection[int]) -> set[int]:
        """One’s own, deleted ones too, and those that one sees: whoever sees a view says whether to open with it."""
        found = cls.objects.filter(pk__in=ids)
        return {view.pk for view in found if view.owner_id == user.pk or view.is_seen_by(user) or user.can("set_up")}

    @classmethod
    def hanging_fields(cls) -> dict[str, Hanging]:
        return {
            "groups": cls.hung(_("groups that see it"), "groups", "auth.Group"),
            "first_of": cls.hung(_("opened first by"), "first_of", "users.User"),
        }


def views_of(user: "User") -> dict[int, SavedView]:
    """The views that this person sees by id: the one they open first, their own, the others. From memory, like the
    rest of the set-up."""
    first = _firsts().get(user.pk)
    seen = [view for view in SavedView.remembered().values() if view.is_seen_by(user)]
    order = sorted(seen, key=lambda view: (view.pk != first, view.owner_id != user.pk, view.position, view.pk))
    return {view.pk: view for view in order}


def first_view(user: "User") -> SavedView | None:
    """The view with which the list opens for this person."""
    view = SavedView.remembered().get(_firsts().get(user.pk, 0))
    return view if view is not None and view.is_seen_by(user) else None


@per_set_up
def _groups() -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for view, group in SavedView.groups.through._default_manager.values_list("savedview_id", "group_id"):
        found.setdefault(view, set()).add(group)
    return found


@per_set_up
def _firsts() -> dict[int, int]:
    return dict(SavedView.first_of.through._default_manager.values_list("user_id", "savedview_id"))
