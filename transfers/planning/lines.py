"""Planning the lines of opportunities: found by their ID, or by their opportunity and their place on it (OPP-12).

A line is seen with its opportunity and written with it: the amount follows, and the journal keeps the line there, as
when it is changed by hand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from core import sql
from core.folding import fold
from opportunities.models import Line, Opportunity
from opportunities.models.lines import VALUES, Values, plain, priced
from pipelines.models import Product, settle_category
from records import gate
from records.models import Change
from records.models.owned import NAME_KEY_LENGTH
from transfers.planning.merging import Merging, Written
from transfers.planning.parts import put_part
from transfers.planning.planned import Outcome, Planned
from transfers.planning.planner import Planner, put
from transfers.sheet import shown
from transfers.widgets import comes_home

NAMED = ("product", "sale_type", "category")
TYPED = ("position", "quantity", "unit_price", "unit_cost", "months")
SAYING = ("opportunity_id", "reference", "opportunity")  # which opportunity it is: what is said first is heard


class LineMerging(Merging):
    """Lines compared with what their export held: the journal keeps each with its opportunity (DATA-11)."""

    planner: "LinePlanner"

    def written(self, moved: Collection[int], after: int) -> Written:
        of = {line: self.planner.opportunity_of[line] for line in moved}
        lines: dict[int, list[int]] = {}
        for line, opportunity in of.items():
            lines.setdefault(opportunity, []).append(line)
        kind = ContentType.objects.get_for_model(Opportunity)
        changes = Change.objects.filter(model=kind, record_id__in=lines, version__gt=after).order_by("pk")
        for pk, version, operation, fields in changes.values_list("record_id", "version", "operation_id", "fields"):
            for line in lines[pk]:
                if pair := fields.get(f"line:{line}"):
                    was, now = ({} if values is None else values for values in pair)
                    told = {name: [was.get(name), now.get(name)] for name in VALUES}
                    yield line, version, operation, {name: both for name, both in told.items() if both[0] != both[1]}

    def here(self, row: Planned) -> dict[str, Any]:
        assert row.before is not None
        return {name: row.before[name] for name in VALUES}


class LinePlanner(Planner):
    """A row's columns hold what the journal keeps of a line, exact decimals as text."""

    kind = "line"
    merges_by = LineMerging

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.blank = {"id": None, "opportunity_id": None, **plain({"label": ""})}

    def missing(self) -> list[Any]:
        fed = self.settings.fields
        if "id" in fed or any(name in fed for name in SAYING):
            return []
        return [self.columns["opportunity_id"].label]

    def look_for_repeats(self, chunks: Iterable[Sequence[Any]]) -> None:
        if self.match != "position":
            super().look_for_repeats(chunks)
            return
        fed = self.settings.fields
        first: dict[Any, int] = {}
        for chunk in chunks:
            for number, *cells in chunk:
                said = [(name, shown(cells[fed[name]]).strip()) for name in SAYING if name in fed]
                place = shown(cells[fed["position"]]).strip()
                which = next((one for one in said if one[1]), None)
                if which and place:
                    earlier = first.setdefault((which, place), number)
                    if earlier != number:
                        self.repeated[number] = earlier

    # Finding

    def find(self, planned: Sequence[Planned], *, lock: bool) -> None:
        lines = self._by_id({row.values["id"] for row in planned if self.match == "id" and "id" in row.values})
        self._find_opportunities(planned, {line["opportunity_id"] for line in lines.values()}, lock)
        self.of: dict[int, int] = {}  # by the number of the row
        for row in planned:
            line = lines.get(row.values.get("id", 0))
            if line is not None and line["opportunity_id"] in self.deals:
                row.before = line | {"version": self.deals[line["opportunity_id"]]["version"]}
                self.of[row.number] = line["opportunity_id"]
                self._refuse_another(row)
            elif self.match == "id" and "id" in row.values:
                self.refuse(row, "id", _("There is no line with this ID."))
            elif (found := self._said(row)) is not None:
                self.of[row.number] = found
        if self.match == "position":
            self._find_by_position(planned)
        self.opportunity_of = {row.before["id"]: row.before["opportunity_id"] for row in planned if row.before}

    def _by_id(self, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        found = Line.objects.filter(pk__in=ids).values("id", "opportunity_id", *VALUES) if ids else ()
        return {line["id"]: kept(line) for line in found}

    def _find_opportunities(self, planned: Sequence[Planned], beside: Collection[int], lock: bool) -> None:
        """The opportunities of these lines, and those that rows name, as far as they are seen (GIVE-4)."""
        said = {name: {row.values[name] for row in planned if name in row.values} for name in SAYING[:2]}
        names = {row.values["opportunity"] for row in planned if which(row) == "opportunity"}
        keys = {fold(name)[:NAME_KEY_LENGTH] for name in names}
        self.deals: dict[int, dict[str, Any]] = {}
        self.by_name: dict[str, dict[str, list[int]]] = {"reference": {}, "name": {}}
        for column, wanted in (
            ("id", said["opportunity_id"] | set(beside)),
            ("reference", said["reference"]),
            ("name_key", keys),
        ):
            seen: Any = Opportunity.objects.visible_to(self.user, few=True)
            is_reference = column == "reference"
            found = seen.identified_by(wanted) if is_reference else seen.filter(**{f"{column}__in": sql.among(wanted)})
            if lock and connection.features.has_select_for_update:
                found = found.select_for_update(of=("self",))
            for deal in found.values("id", "reference", "name", "currency", "version") if wanted else ():
                self.deals[deal["id"]] = deal
        for deal in self.deals.values():
            for column, known in self.by_name.items():
                known.setdefault(deal[column], []).append(deal["id"])

    def _said(self, row: Planned) -> int | None:
        """The opportunity that the row names; refused if there is none, or several, or if it names two."""
        name = which(row)
        if not name:
            if {problem.column for problem in row.problems} & {self.headers.get(one, "-") for one in ("id", *SAYING)}:
                return None  # the cell that says it cannot be read, and that is said
            fed = next((name for name in SAYING if name in self.headers), "id")
            self.refuse(row, fed, _("Say which opportunity it belongs to, by its ID or its reference."))
            return None
        found = self._called(row, name)
        if len(found) != 1:
            self.refuse(row, name, none_or_several(name, found))
            return None
        self._refuse_second(row, found[0])
        return found[0]

    def _called(self, row: Planned, name: str) -> list[int]:
        value = row.values[name]
        if name == "opportunity_id":
            return [value] if value in self.deals else []
        return self.by_name["reference" if name == "reference" else "name"].get(value, [])

    def _refuse_second(self, row: Planned, pk: int) -> None:
        """The ID is what counts; a reference beside it may be an old one, but not another opportunity's."""
        if "reference" in row.values and self._called(row, "reference") not in ([], [pk]):
            self.refuse(row, "reference", _("This is the reference of another opportunity."))

    def _refuse_another(self, row: Planned) -> None:
        """A line stays on its opportunity."""
        assert row.before is not None
        pk = row.before["opportunity_id"]
        if "opportunity_id" in row.values and row.values["opportunity_id"] != pk:
            if self._called(row, "opportunity_id"):
                said = _("The line belongs to another opportunity, and stays there. Leave its ID blank to add another.")
            else:
                said = none_or_several("opportunity_id", [])
            self.refuse(row, "opportunity_id", said)
        else:
            self._refuse_second(row, pk)

    def _find_by_position(self, planned: Sequence[Planned]) -> None:
        asked = {self.of[row.number] for row in planned if row.number in self.of and "position" in row.values}
        places: dict[tuple[int, int], list[dict[str, Any]]] = {}
        found = Line.objects.filter(opportunity__in=asked).order_by("position", "id") if asked else Line.objects.none()
        for line in found.values("id", "opportunity_id", *VALUES):
            places.setdefault((line["opportunity_id"], line["position"]), []).append(kept(line))
        new: dict[tuple[int, int], int] = {}
        for row in planned:
            of, position = self.of.get(row.number), row.values.get("position")
            if of is None or position is None:
                continue
            lines = places.get((of, position), [])
            earlier = new.setdefault((of, position), row.number)
            if len(lines) > 1:
                self.refuse(row, "position", _("Several lines stand at this position. Add the ID of the line."))
            elif lines:
                row.before = lines[0] | {"version": self.deals[of]["version"]}
            elif earlier != row.number and row.number not in self.repeated:
                self.repeated[row.number] = earlier

    # Settling

    def settle(self, row: Planned) -> None:
        row.row["opportunity_id"] = self.of[row.number]
        for name in TYPED:
            if self.takes(row, name) and not (name == "position" and name in row.blank):
                row.row[name] = sql.plain(self.value_of(row, name))
        if self.takes(row, "label"):
            row.row["label"] = self.value_of(row, "label")
        for name in NAMED:
            if self.takes(row, name):
                put(row, name, f"{name}_id")
        if self.takes(row, "subcategory"):
            put_part(self, row, "subcategory", "category")
        product = Product.remembered().get(row.row["product_id"] or 0)
        if row.before is None:
            self._fill(row, product)
        row.row["label"] = row.row["label"] or (product.name if product else "")
        row.row["unit_cost"] = row.row["unit_cost"] or "0"
        try:
            settle_category(row.row)
        except ValidationError as error:
            self.explain(row, error)
        self._require(row)

    def _fill(self, row: Planned, product: Product | None) -> None:
        """What the product says where a new line says nothing, and one of it where no column says how many."""
        new = row.row
        if "quantity" not in self.headers:
            new["quantity"] = "1"
        if product is None:
            return
        if new["category_id"] is None and "category" not in row.new:
            new["category_id"], new["subcategory_id"] = product.category_id, product.subcategory_id
        for name in ("sale_type_id", "unit_price", "unit_cost"):
            if new[name] is None:
                new[name] = sql.plain(getattr(product, name))

    def _require(self, row: Planned) -> None:
        for name, said in (
            ("label", _("Choose a product, or label the line.")),
            ("quantity", _("Enter a quantity.")),
            ("unit_price", _("Enter a unit price.")),
        ):
            if row.row[name] in (None, ""):
                self.refuse(row, name, said)

    def settle_all(self, planned: Sequence[Planned]) -> None:
        for row in planned:
            self.settle(row)
            if row.before is not None:
                row.changes = {
                    name: [row.before[name], row.row[name]] for name in VALUES if row.before[name] != row.row[name]
                }
            writes = row.before is None or row.changes or row.new
            if writes and not row.problems:
                self._price(row)
            if writes and not row.problems:
                self.check_rights(row)
        self._place([row for row in planned if row.before is None and not row.problems])

    def _price(self, row: Planned) -> None:
        try:
            priced(row.row, self.deals[row.row["opportunity_id"]]["currency"])
        except ValidationError as error:
            self.explain(row, error)

    def _place(self, new: Sequence[Planned]) -> None:
        """A new line without a position comes behind the others."""
        of = {row.row["opportunity_id"] for row in new}
        lines = Line.objects.filter(opportunity__in=of).values("opportunity_id") if of else Line.objects.none()
        ends = dict(lines.annotate(end=Max("position")).order_by().values_list("opportunity_id", "end"))
        for row in new:
            pk = row.row["opportunity_id"]
            row.row["position"] = row.row["position"] or ends.get(pk, 0) + 1
            ends[pk] = max(ends.get(pk, 0), row.row["position"])

    def value_of(self, row: Planned, name: str) -> Any:
        value = row.values.get(name)
        if value is None:
            return self.blank[name]
        return row.row[name] if isinstance(value, str) and comes_home(value, row.row[name]) else value

    # Rights: those of the opportunity

    def check_creating(self, row: Planned) -> None:
        """Adding a line changes its opportunity: that is asked once it is settled."""

    def check_rights(self, row: Planned) -> None:
        pk = row.row["opportunity_id"]
        if pk not in self.allowed("change"):
            self.refuse(row, "", gate.refusal(self.user, "change", Opportunity.objects.get(pk=pk)))

    def allowed(self, verb: str) -> set[int]:
        if verb not in self._allowed:
            found = gate.allowing(Opportunity.objects.live().filter(pk__in=self.deals), self.user, verb, few=True)
            self._allowed[verb] = set(found.values_list("pk", flat=True))
        return self._allowed[verb]

    # Telling and writing

    def called(self, row: Planned) -> str:
        label = str(row.row.get("label") or row.values.get("label") or "")
        deal = self.deals.get(self.record_of(row) or 0)
        return f"{deal['name']} – {label}" if deal and label else label or (deal["name"] if deal else "")

    def record_of(self, row: Planned) -> int | None:
        return self.of.get(row.number)

    def as_stored(self, row: Planned) -> dict[str, Any]:
        return {name: row.row[name] for name in VALUES if row.row[name] not in (None, "")}

    def write(self, planned: Sequence[Planned]) -> None:
        doing = [row for row in planned if row.outcome in (Outcome.CREATED, Outcome.UPDATED)]
        self.create_names(doing)
        new = [row for row in doing if row.before is None]
        for row, pk in zip(new, sql.reserve_ids(Line, len(new)), strict=True):
            row.row["id"] = pk
        wanted: dict[int, dict[int, Values | None]] = {}
        for row in doing:
            wanted.setdefault(row.row["opportunity_id"], {})[row.row["id"]] = plain(row.row)
        Opportunity.write_lines(wanted)


def kept(line: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": line["id"], "opportunity_id": line["opportunity_id"], **plain(line)}


def which(row: Planned) -> str:
    """By which of its cells a row says its opportunity; blank if by none."""
    return next((name for name in SAYING if name in row.values), "")


def none_or_several(name: str, found: Collection[int]) -> str:
    """Why what a row says leads to no opportunity; one that is hidden is as if it were absent (GIVE-4)."""
    if found:
        return _("Several opportunities are called so. Write the ID or the reference.")
    return {
        "opportunity_id": _("There is no opportunity with this ID."),
        "reference": _("There is no opportunity with this reference."),
        "opportunity": _("There is no opportunity of this name."),
    }[name]
