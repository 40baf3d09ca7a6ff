"""Giving records: a new owner, shares, and telling those whom it concerns (GIVE-2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.translation import gettext as _

from records.journal import operation
from records.models import OwnedRecord
from records.sharing import Shares, holder
from users.models.notice import Notice
from users.models.telling import Kind
from users.models.user import User


@dataclass(frozen=True)
class Given:
    """What was given of one record: its owner and its shares, before and after."""

    record: OwnedRecord
    owners: tuple[int | None, int | None]
    shares: tuple[Shares, Shares]


def give(record: Any, *, owner: User | None, shares: Shares, by: User, door: str = "form", tell: bool = True) -> bool:
    """Have the record belong to this person and be shared exactly so; whether that changed anything."""
    given = Given(record, (record.was["owner_id"], owner.pk if owner else None), (record.shares(), shares))
    if given.owners[0] == given.owners[1] and given.shares[0] == shares:
        return False
    with operation(by=by, door=door, what=f"{record.gate_key()}.share"):
        record.owner = owner
        record.save()
        record.set_shares(shares)
        if tell:
            tell_of([given], by=by)
    return True


def tell_of(given: Sequence[Given], *, by: User | None) -> None:
    """A notice to each person concerned, one for all records: owners, those shared with, those withdrawn from."""
    news = news_of(given)
    people = User.objects.active().filter(pk__in=news).exclude(pk=by.pk if by else None)
    notices = []
    for person in people:
        with person.spoken_to():
            notices.append(_notice(person, news[person.pk], by))
    Notice.objects.bulk_create([notice for notice in notices if notice is not None])


def news_of(given: Iterable[Given]) -> dict[int, dict[str, list[OwnedRecord]]]:
    """For each person: the records they own now, may edit now, see now, or are withdrawn from."""
    found: dict[int, dict[str, list[OwnedRecord]]] = {}
    members = _members(key for one in given for side in one.shares for key in side)
    for one in given:
        for pk, news in _told(one, members).items():
            found.setdefault(pk, {}).setdefault(news, []).append(one.record)
    return found


def _told(given: Given, members: Mapping[int, set[int]]) -> dict[int, str]:
    """The news of one record by person: the best, where several ways lead to the same person."""
    before, after = (dict(_reached(side, members)) for side in given.shares)
    news = dict.fromkeys(before.keys() - after.keys(), "withdrawn")
    news |= {pk: level for pk, level in after.items() if before.get(pk) != level}
    was, now = given.owners
    if now is not None and now != was:
        news[now] = "owner"
    return news


def _reached(shares: Shares, members: Mapping[int, set[int]]) -> Iterable[tuple[int, str]]:
    """Each person whom the shares reach, those who may edit last."""
    for key, level in sorted(shares.items(), key=lambda item: item[1], reverse=True):
        kind, pk = holder(key)
        for person in (pk,) if kind == "user" else members.get(pk, ()):
            yield person, level


def _members(keys: Iterable[str]) -> dict[int, set[int]]:
    groups = {holder(key)[1] for key in keys if holder(key)[0] == "group"}
    found: dict[int, set[int]] = {pk: set() for pk in groups}
    if groups:
        through: Any = User.groups.through
        for group, person in through._default_manager.filter(group__in=groups).values_list("group_id", "user_id"):
            found[group].add(person)
    return found


def _notice(person: User, news: Mapping[str, list[OwnedRecord]], by: User | None) -> Notice | None:
    """What is withdrawn is not named: it may be hidden from them now. Nor is one of several; where there is one, it is
    what the notice is about, which goes as the record is hidden (GIVE-4)."""
    seen: list[Any] = [record for kind, records in news.items() if kind != "withdrawn" for record in records]
    named = seen[0] if len(seen) == 1 else None
    lines = [_line(kind, records, by, named) for kind, records in sorted(news.items())]
    return Notice.of(
        person,
        Kind.OWNER if "owner" in news else Kind.SHARE,
        subject=lines[0],
        text="\n".join(lines),
        url=named.get_absolute_url() if named is not None else reverse("home"),
        about=named,
    )


def _line(kind: str, records: list[OwnedRecord], by: User | None, named: OwnedRecord | None) -> str:
    meta, one = records[0]._meta, len(records) == 1
    what = f"{len(records)} {meta.verbose_name if one else meta.verbose_name_plural}"
    if named is not None and kind != "withdrawn":
        what = _("“%(name)s”") % {"name": named}
    said = {
        "owner": _("%(who)s gave you %(what)s."),
        "change": _("%(who)s shares %(what)s with you, to edit."),
        "view": _("%(who)s shares %(what)s with you, to see."),
        "withdrawn": _("%(who)s no longer shares with you: %(what)s."),
    }
    return said[kind] % {"who": by or _("The CRM"), "what": what}


def group_sizes(groups: Iterable[Group]) -> dict[int, int]:
    """How many people are in each of these groups."""
    members = _members(f"group:{group.pk}" for group in groups)
    return {pk: len(people) for pk, people in members.items()}
