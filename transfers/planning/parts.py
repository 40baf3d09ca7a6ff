"""A part of a whole as a row names it: a subcategory of its category (OPP-8)."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from transfers.planning.planner import Planned, Planner


def put_part(planner: "Planner", row: "Planned", part: str, whole: str) -> None:
    """The part of this name that belongs to the row's whole; without one, the only part of this name."""
    places: dict[int, int] = row.values.get(part) or {}
    of = row.row[f"{whole}_id"] if whole in planner.headers or row.row[f"{whole}_id"] in places else None
    if not places or of in places:
        row.row[f"{part}_id"] = places.get(of) if of is not None else None
    elif of is None and len(places) == 1:
        row.row[f"{whole}_id"], row.row[f"{part}_id"] = next(iter(places.items()))
    else:
        planner.refuse(row, part, _("It belongs to none, or to several, of the row’s: write both names."))
