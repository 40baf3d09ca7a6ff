"""What can be done to many opportunities at once (BULK-2): each action says what it needs, asks, refuses and writes.

An action is applied to rows that the gate allows, chunk by chunk, inside an operation. Each record is done wholly or
not at all: what a rule refuses stays as it was, with the reason.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from attributes.models.attributed import put
from attributes.models.field import active_fields
from opportunities.models.closing import stage_to_reopen_at
from opportunities.models.opportunity import Opportunity
from opportunities.models.status import Status
from records.companions import companions
from records.models import Operation

Row = dict[str, Any]
Given = Mapping[str, Any]
"""What the form of the action asked, as JSON keeps it: ids, ISO dates, texts."""

DONE, UNCHANGED = "", "="
BULK = "bulk"  # the ability to close and delete many at once
MODES = (("add", gettext_lazy("Add")), ("remove", gettext_lazy("Remove")), ("replace", gettext_lazy("Replace")))

VERB_FIRST = gettext_lazy("%(label)s %(what)s")


class Action:
    """``verb`` is what the gate is asked for each record, ``ability`` what the profile must give besides."""

    code: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]
    verb: ClassVar[str] = "change"
    ability: ClassVar[str] = ""
    what: ClassVar[str] = "opportunity.edit"  # the name of the operation in the journal
    is_danger: ClassVar[bool] = False
    mends: ClassVar[Mapping[str, Any]] = {}  # what needs looking after that it puts right, and what that is called
    title: ClassVar[Any] = gettext_lazy("%(label)s, %(what)s")
    button: ClassVar[Any] = gettext_lazy("Apply to %(what)s")

    @property
    def is_there(self) -> bool:
        """Whether its subject exists in this house."""
        return True

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        """Why this record cannot be done; blank if it can, ``=`` if nothing is to do."""
        return DONE

    def write(self, rows: Sequence[Row], given: Given, by: Any) -> dict[int, str]:
        """Do it; what became of each, by id: blank where done, ``=`` where unchanged, else the reason."""
        outcome = {row["id"]: self.refusal(row, given) for row in rows}
        self.write_rows([row for row in rows if outcome[row["id"]] == DONE], given, by, outcome)
        return outcome

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        raise NotImplementedError

    def tell(self, done: Operation, given: Given, by: Any) -> None:
        """Tell whom it concerns, each once, after all of it is done, however many chunks it took."""


class Changing(Action):
    """Writes columns."""

    def change(self, row: Row, given: Given) -> None:
        raise NotImplementedError

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        changed, befores, tracked = [], [], Opportunity.tracked()
        around = Opportunity.around(rows)
        for before in rows:
            row = dict(before)
            self.change(row, given)
            try:
                Opportunity.rule(row, before, around)
            except ValidationError as error:
                outcome[before["id"]] = " ".join(error.messages)
                continue
            if all(row[name] == before[name] for name in tracked):
                outcome[before["id"]] = UNCHANGED
                continue
            changed.append(row)
            befores.append(before)
        Opportunity.change_rows(changed, befores, around)


class Close(Changing):
    code, label, icon, verb, ability = "close", pgettext_lazy("opportunity", "Close"), "won", "close", BULK
    title = button = VERB_FIRST

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        if row["status"] == Status.OPEN:
            return DONE
        return UNCHANGED if row["status"] == given.get("status") else _("It is closed already.")

    def change(self, row: Row, given: Given) -> None:
        row["status"] = given["status"]
        row["closed_on"] = _day(given.get("closed_on"))
        row["lost_reason_id"], row["lost_note"] = given.get("lost_reason"), given.get("lost_note", "")


class Reopen(Changing):
    what = "opportunity.reopen"
    code, label, icon, verb, ability = "reopen", gettext_lazy("Reopen"), "reopen", "close", BULK
    title = button = VERB_FIRST

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        return _("It is open.") if row["status"] == Status.OPEN else DONE

    def change(self, row: Row, given: Given) -> None:
        row["status"], row["stage_id"] = Status.OPEN.value, stage_to_reopen_at(row["stage_id"])


class Move(Changing):
    what = "opportunity.move"
    code, label, icon = "move", gettext_lazy("Stage"), "opportunity"

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        return DONE if row["status"] == Status.OPEN else _("It is closed. Reopen it to move it.")

    def change(self, row: Row, given: Given) -> None:
        row["stage_id"] = given["stage"]


class Due(Changing):
    code, label, icon = "due", gettext_lazy("Expected close"), "calendar"
    mends = dict.fromkeys(("overdue", "pushed"), gettext_lazy("Move the expected close"))

    def refusal(self, row: Mapping[str, Any], given: Given) -> str:
        return _("It has no date to shift.") if given.get("days") and row["due_on"] is None else DONE

    def change(self, row: Row, given: Given) -> None:
        if given.get("days"):
            try:
                row["due_on"] += dt.timedelta(days=given["days"])
            except OverflowError:
                raise ValidationError(_("This date does not exist.")) from None
        else:
            row["due_on"] = _day(given["due_on"])


class Own(Changing):
    code, label, icon, verb = "own", gettext_lazy("Owner"), "person", "share"

    def change(self, row: Row, given: Given) -> None:
        row["owner_id"] = given["owner"]


class FromSource(Changing):
    code, label, icon = "source", gettext_lazy("Source"), "link"

    def change(self, row: Row, given: Given) -> None:
        row["source_id"] = given.get("source")


class Hung(Action):
    """Adds to, removes from, or replaces ids that hang on the records."""

    key: ClassVar[str]

    def present(self, ids: Sequence[int]) -> dict[int, set[int]]:
        raise NotImplementedError

    def put(self, wanted: Mapping[int, set[int]]) -> None:
        raise NotImplementedError

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        chosen = set(given[self.key])
        before = self.present([row["id"] for row in rows])
        wanted = {}
        for row in rows:
            had = before.get(row["id"], set())
            has = {"add": had | chosen, "remove": had - chosen, "replace": chosen}[given["mode"]]
            if has == had:
                outcome[row["id"]] = UNCHANGED
            else:
                wanted[row["id"]] = has
        self.put(wanted)


class Assign(Hung):
    code, label, icon, key = "assign", gettext_lazy("Assigned colleagues"), "people", "people"

    def present(self, ids: Sequence[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        rows = Opportunity.assignment_model()._default_manager.filter(record__in=ids)
        for pk, user in rows.values_list("record_id", "user_id"):
            found.setdefault(pk, set()).add(user)
        return found

    def put(self, wanted: Mapping[int, set[int]]) -> None:
        Opportunity.assign_rows(wanted)


class Retag(Hung):
    code, label, icon, key = "tags", gettext_lazy("Tags"), "tag", "tags"

    def present(self, ids: Sequence[int]) -> dict[int, set[int]]:
        return {pk: {tag.pk for tag in tags} for pk, tags in Opportunity.tags_of(ids).items()}

    def put(self, wanted: Mapping[int, set[int]]) -> None:
        Opportunity.tag_rows(wanted)


class Share(Action):
    """With a person or a group, to see or to edit; or withdrawn."""

    code, label, icon, verb = "share", gettext_lazy("Sharing"), "people", "share"

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        wanted, before = {}, Opportunity.shares_of([row["id"] for row in rows])
        for row in rows:
            had = before[row["id"]]
            has = {key: level for key, level in had.items() if key != given["to"]}
            if given["level"]:
                has[given["to"]] = given["level"]
            if has == had:
                outcome[row["id"]] = UNCHANGED
            else:
                wanted[row["id"]] = has
        Opportunity.share_rows(wanted)


class Customize(Changing):
    """Gives custom fields a value, or empties them; those not named stay."""

    code, label, icon = "custom", gettext_lazy("Custom fields"), "sliders"

    @property
    def is_there(self) -> bool:
        return bool(active_fields(Opportunity.attributed))

    def change(self, row: Row, given: Given) -> None:
        row["custom"] = put(row["custom"], given["values"])


class Delete(Action):
    what = "opportunity.delete"
    code, label, icon, verb, ability = "delete", gettext_lazy("Delete"), "trash", "delete", BULK
    title = button = VERB_FIRST
    is_danger = True

    def write_rows(self, rows: Sequence[Row], given: Given, by: Any, outcome: dict[int, str]) -> None:
        Opportunity.trash_rows([row["id"] for row in rows], by=by)


ACTIONS: dict[str, Action] = {
    action.code: action
    for action in (
        Move(),
        Due(),
        Own(),
        Assign(),
        Share(),
        Retag(),
        FromSource(),
        Customize(),
        Close(),
        Reopen(),
        Delete(),
    )
}


@cache
def actions() -> dict[str, Action]:
    """All of them by code, those of upper apps too."""
    added = {action.code: action for companion in companions() for action, _form in companion.bulk_actions()}
    return ACTIONS | added


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
