"""Planning tags and custom fields, the same for every kind of record (OPP-9, OPP-13, DATA-3, DATA-5)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attributes.models import CustomField
from attributes.models.attributed import put as put_custom
from attributes.models.field import active_fields
from transfers.added import TAGS, field_of
from transfers.planning.new import New
from transfers.widgets import comes_home

if TYPE_CHECKING:
    from transfers.planning.planned import Planned
    from transfers.planning.planner import Planner


class Added:
    """What the house adds to the records of an import. Unknown values are refused by the planner, by name."""

    def __init__(self, planner: "Planner") -> None:
        self.planner = planner
        fed = planner.settings.fields
        self.fields: dict[str, CustomField] = {name: field for name in fed if (field := field_of(name)) is not None}
        self.has_tags = TAGS in fed
        self.tagged: dict[int, list[int]] = {}

    def find(self, planned: Sequence["Planned"]) -> None:
        """The tags of the records that the rows are about."""
        if self.has_tags:
            ids = [row.before["id"] for row in planned if row.before is not None]
            found = self.planner.model.tags_of(ids)
            self.tagged = {pk: sorted(tag.pk for tag in tags) for pk, tags in found.items()}

    def settle(self, row: "Planned") -> None:
        """The row's tags and values, those that are to be created left out until they are."""
        if self.has_tags and self.planner.takes(row, TAGS):
            row.tags = sorted(set(self._known(row, TAGS, row.values.get(TAGS) or [])))
        taken = {}
        for name, field in self.fields.items():
            if self.planner.takes(row, name):
                taken[field.key] = field.way.plain(self._read(row, name, field))
        if taken:
            row.row["custom"] = put_custom(row.row["custom"], taken)

    def lacking(self, row: "Planned") -> list[int]:
        """The required fields that a new record would have no value of; it is created all the same."""
        coming = {field.key for name, field in self.fields.items() if name in row.new}
        return [
            field.pk
            for field in active_fields(self.planner.model.attributed)
            if field.required and field.key not in row.row["custom"] and field.key not in coming
        ]

    def changes(self, row: "Planned") -> dict[str, list[Any]]:
        if row.tags is None:
            return {}
        before = self.tagged.get(row.row["id"], [])
        return {TAGS: [before, row.tags]} if before != row.tags else {}

    def put_new(self, row: "Planned", name: str, pk: int) -> bool:
        """Put the id of what was just created where it belongs, if it is a tag or a value."""
        if name == TAGS:
            row.tags = sorted({*(row.tags or []), pk})
            return True
        field = self.fields.get(name)
        if field is None:
            return False
        custom = row.row["custom"]
        value = [*custom.get(field.key, []), pk] if field.kind == "multiple_list" else pk
        row.row["custom"] = put_custom(custom, {field.key: value})
        return True

    def written(self, doing: Sequence["Planned"]) -> None:
        wanted = {row.row["id"]: row.tags for row in doing if row.tags is not None}
        if wanted:
            self.planner.model.tag_rows(wanted)

    def _read(self, row: "Planned", name: str, field: CustomField) -> Any:
        value = row.values.get(name)
        if isinstance(value, list):
            return sorted(set(self._known(row, name, value)), key=list(field.options()).index)
        if isinstance(value, New):
            row.new[name] = value
            return row.row["custom"].get(field.key)
        if isinstance(value, str) and comes_home(value, kept := row.row["custom"].get(field.key)):
            return kept
        return value == "yes" if field.kind == "yes_no" and value is not None else value

    def _known(self, row: "Planned", name: str, values: list[Any]) -> list[int]:
        if new := [value for value in values if isinstance(value, New)]:
            row.new[name] = list({one.text: one for one in new}.values())
        return [value for value in values if not isinstance(value, New)]
