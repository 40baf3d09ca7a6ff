"""Which field a column feeds, guessed from its header in French and English, and from what it holds (DATA-2)."""

from collections.abc import Sequence

from transfers.columns import key
from transfers.planning.settings import Settings
from transfers.resources import RESOURCES
from transfers.sheet import Profile
from transfers.widgets import Amount, Date, Id, Widget


def guess(kind: str, profiles: Sequence[Profile]) -> Settings:
    """Settings with each column given to the field whose name or synonym it bears; each field is fed once."""
    resource = RESOURCES[kind]
    settings = Settings(kind=kind)
    taken: set[str] = set()
    for at, profile in enumerate(profiles):
        header = key(profile.header)
        for name, column in resource.columns().items():
            if name in taken or header not in (key(name), *column.synonyms, key(str(column.label))):
                continue
            certain = header in (key(name), key(str(column.label))) and not isinstance(column.widget, Id)
            if not certain and not fits(column.widget, profile):
                continue
            settings.columns[at] = [name]
            taken.add(name)
            break
    _closing_date(settings, profiles)
    planner_matches = resource.matches
    fields = settings.fields
    settings.match = next((match for match in planner_matches if all(part in fields for part in match.split("_"))), "")
    return settings


def fits(widget: Widget, profile: Profile) -> bool:
    """Whether a column's cells can be of this kind at all: an ID of ours is a whole number, a date looks like one."""
    if not profile.filled:
        return True
    if isinstance(widget, Id):
        return profile.whole_numbers == profile.filled
    if isinstance(widget, Date):
        dated = profile.day_first + profile.month_first + profile.either_first + profile.other_dates
        return dated * 2 >= profile.filled
    if isinstance(widget, Amount):
        return profile.numbers * 2 >= profile.filled
    return True


def _closing_date(settings: Settings, profiles: Sequence[Profile]) -> None:
    """A *close date* that many rows lack is the date of closing, not the one expected."""
    fields = settings.fields
    if "due_on" not in fields or "closed_on" in fields:
        return
    at = fields["due_on"]
    most = max((profile.filled for profile in profiles), default=0)
    if key(profiles[at].header) in ("close date", "date de cloture") and profiles[at].filled < most * 0.9:
        settings.columns[at] = ["closed_on"]
