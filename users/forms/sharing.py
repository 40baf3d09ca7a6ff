"""Who a record belongs to and whom it is shared with, as one chooses it; nothing is written before it is saved."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from records import gate
from records.sharing import LEVELS, Shares, holder, key_of, ordered
from records.since import Moment, Since
from users.models import User
from users.models.giving import group_sizes

MOST = 10
BY_WAY = {
    "profile": gettext_lazy("by their profile"),
    "owner": gettext_lazy("as the owner"),
    "assigned": gettext_lazy("as assigned"),
    "team": gettext_lazy("by the team"),
    "share": gettext_lazy("by a share"),
    "group": gettext_lazy("by a group"),
}


@dataclass
class Row:
    """A person or a group in the dialog: how far the share reached when it was opened, and reaches on saving."""

    key: str
    to: Any
    was: str
    level: str
    since: Moment | None = None
    size: int = 0
    still: str = ""

    @property
    def is_group(self) -> bool:
        return isinstance(self.to, Group)

    @property
    def is_new(self) -> bool:
        return not self.was

    @property
    def leaves(self) -> bool:
        return not self.level


class HolderWidget(forms.Widget):
    template_name = "components/pick.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        pk, text = value if isinstance(value, tuple) else ("", "")
        context["widget"] |= {"pk": pk, "text": text, "url": reverse_lazy("users:holders")}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return str(data.get(name, "")).strip(), str(data.get(f"{name}_name", "")).strip()


class HolderField(forms.Field):
    """An active person or a group, chosen from the suggestions or named in full."""

    widget = HolderWidget
    always_set = True  # left blank when nobody is to be added

    def to_python(self, value: Any) -> User | Group | None:
        key, text = value if isinstance(value, tuple) else ("", "")
        if not key and not text:
            return None
        found = named(key) if key else next(iter(holders_like(text, exactly=True)), None)
        if found is None:
            said = _("Nobody is called “%(name)s”, and no group. Choose from the list.")
            raise forms.ValidationError(said % {"name": text or key}, code="absent")
        return found


class ShareForm(forms.Form):
    """The rows come back with the form, each with what it was and what it is to be, so that two people who share at
    once do not undo each other: only what differs is written."""

    use_required_attribute = False
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Owner"), required=False)
    to = HolderField(label=gettext_lazy("Add a person or a group"), required=False)
    tell = forms.BooleanField(label=gettext_lazy("Tell those added or withdrawn"), required=False, initial=True)
    tell.widget.attrs["class"] = "check"

    def __init__(self, data: Any, *, record: Any, user: User, put_in: str = "") -> None:
        super().__init__(data)
        self.data: Any = self.data
        self.record, self.user = record, user
        owners: Any = self.fields["owner"]
        owners.queryset = User.objects.filter(models.Q(is_active=True) | models.Q(pk=record.owner_id))
        if record.owner_id is not None:
            owners.empty_label = None
        self.initial["owner"] = record.owner_id
        self.fields["to"].widget.attrs["autofocus"] = True
        self.rows = self._rows()
        if put_in and (to := named(put_in)) is not None and all(row.key != put_in for row in self.rows):
            self.rows.append(Row(put_in, to, "", "view"))

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    def _rows(self) -> list[Row]:
        """The shares as they are, and as the form has turned them so far."""
        now = self.record.shares()
        asked = dict.fromkeys([*now, *self.data.getlist("holder")] if self.is_bound else now)
        known = {key: to for key in asked if (to := named(key, active=False)) is not None}
        rows = []
        for key in ordered(known):
            level = self.data.get(f"level-{key}") if self.is_bound else None
            posted = self.is_bound and key in self.data.getlist("holder")
            was = self.data.get(f"was-{key}", "") if posted else now[key]
            wanted = level if posted and level in (*LEVELS, "") else was
            rows.append(Row(key, known[key], was if was in LEVELS else "", wanted or ""))
        return [row for row in rows if row.was or row.level]

    def turn(self, button: str) -> bool:
        """Follow a button that only changes the form: ``add``, ``drop:user:3``, ``keep:user:3``; whether it was one."""
        verb, _colon, key = button.partition(":")
        row = next((row for row in self.rows if row.key == key), None)
        if verb == "add":
            self.is_valid()
            self._add(required=True)
        elif verb == "drop" and row is not None:
            row.level = ""
        elif verb == "keep" and row is not None:
            row.level = row.was or "view"
        else:
            return False
        self.rows = [row for row in self.rows if row.was or row.level]
        return True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("owner") is None and self.record.owner_id is not None:
            cleaned["owner"] = self.record.owner
        return cleaned

    def _add(self, *, required: bool = False) -> None:
        to = self.cleaned_data.get("to")
        if to is None:
            if required and "to" not in self.errors:
                self.add_error("to", _("Name a person or a group."))
            return
        row = next((row for row in self.rows if row.key == key_of(to)), None)
        if row is None:
            self.rows.append(Row(key_of(to), to, "", "view"))
        elif row.leaves:
            row.level = row.was or "view"
        self.data = self.data.copy()
        self.data["to"] = self.data["to_name"] = ""

    def wanted(self) -> Shares:
        """What the shares are to be: those of now, with what was turned in this form."""
        self._add()
        shares = self.record.shares()
        for row in self.rows:
            if row.level != row.was:
                shares.pop(row.key, None)
                if row.level:
                    shares[row.key] = row.level
        return ordered(shares)

    def explain_rows(self) -> None:
        """Since when each share is, and who sees the record still once it is withdrawn."""
        since = Since.of(self.record)
        sizes = group_sizes(row.to for row in self.rows if row.is_group)
        for row in self.rows:
            row.since, row.size = since.shared.get(row.key), sizes.get(row.to.pk, 0) if row.is_group else 0
        owner = self.cleaned_data.get("owner") if self.is_bound and self.is_valid() else self.record.owner
        left = {row.key: row.level for row in self.rows if row.level}
        facts = gate.Facts(owner, frozenset(self.record.assigned_ids()), left)
        for row in self.rows:
            if row.leaves:
                row.still = self._still(row, facts)

    def _still(self, row: Row, facts: gate.Facts) -> str:
        """Whether withdrawing changes anything."""
        people = User.objects.active().select_related("profile", "team")
        people = people.filter(groups=row.to) if row.is_group else people.filter(pk=row.to.pk)
        ways = [[way.way for way in gate.explain(one, "view", self.record, facts) if way.held] for one in people]
        seeing = [held for held in ways if held]
        if not seeing:
            return ""
        if not row.is_group:
            return _("but still sees it %(way)s") % {"way": BY_WAY[seeing[0][0]]}
        if len(seeing) == len(ways):
            return _("but its members still see it otherwise")
        return _("but %(n)s of its members still see it otherwise") % {"n": len(seeing)}

    def told(self) -> list[Row]:
        """The rows that were turned, and so would be told."""
        return [row for row in self.rows if row.level != row.was]


def named(key: str, *, active: bool = True) -> User | Group | None:
    """The person or group of a key like ``user:3``; nothing for any other text."""
    kind, _colon, number = key.partition(":")
    if kind not in ("user", "group") or not number.isdecimal() or len(number) > 18:
        return None
    pk = holder(key)[1]
    if kind == "group":
        return Group.objects.filter(pk=pk).first()
    people = User.objects.active() if active else User.objects.all()
    person: User | None = people.select_related("team").filter(pk=pk).first()
    return person


def holders_like(text: str, *, exactly: bool = False) -> list[User | Group]:
    """The active people and the groups whose names hold the words, accents and case aside."""
    words, key = fold(text).split(), fold(text)
    found: list[User | Group] = []
    everybody: list[User | Group] = [*User.objects.active().select_related("team"), *Group.objects.order_by("name")]
    for one in everybody:
        name = fold(f"{one} {one.email or ''}" if isinstance(one, User) else one.name)
        if (fold(str(one)) == key) if exactly else all(word in name for word in words):
            found.append(one)
        if len(found) == MOST:
            break
    return found
