"""Which field a column feeds, guessed from its header in French and English, and from what it holds (DATA-2)."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from core.folding import fold
from transfers.columns import Column, key
from transfers.planning.settings import Settings
from transfers.products import columns_of, recognised
from transfers.resources import RESOURCES
from transfers.sheet import Profile
from transfers.widgets import Amount, Choice, Date, Id, Widget

NEAR = 0.85  # how alike two spellings are at least
SHORTEST = 5  # letters: of shorter words, another is soon nearly the same


def guess(kind: str, profiles: Sequence[Profile]) -> Settings:
    """Settings with each column given to the field whose name or synonym it bears; each field is fed once.

    The columns of another product's export are known beforehand (DATA-12). A header that is nearly a field's name comes
    last, where its cells fit.
    """
    resource = RESOURCES[kind]
    settings = Settings(kind=kind)
    fields = resource.columns()
    product = recognised(profiles)
    passed_over: set[str] = set()
    if product is not None:
        settings.columns = columns_of(product, kind, profiles)
        passed_over = {key(header) for header in product.passed_over}
    taken = set(settings.fields)
    for nearly in (False, True):
        for at, profile in enumerate(profiles):
            header = key(profile.header)
            if at in settings.columns or header in passed_over:
                continue
            free = {name: column for name, column in fields.items() if name not in taken}
            name = nearest(header, profile, free) if nearly else bearing(header, profile, free)
            if name:
                settings.columns[at] = [name]
                taken.add(name)
    _closing_date(settings, profiles)
    filled = {name for name, at in settings.fields.items() if profiles[at].filled or not any_filled(profiles)}
    settings.match = next((match for match in resource.matches if filled.issuperset(match.split("_"))), "")
    return settings


def bearing(header: str, profile: Profile, fields: Mapping[str, Column]) -> str:
    """The field that is called so, and can hold such cells; blank for none."""
    for name, column in fields.items():
        if header not in words_of(name, column):
            continue
        certain = header in (key(name), key(str(column.label))) and not isinstance(column.widget, Id)
        if certain or fits(column.widget, profile):
            return name
    return ""


def nearest(header: str, profile: Profile, fields: Mapping[str, Column]) -> str:
    """The field whose name is spelt nearly so; blank for none."""
    words = {word: name for name, column in fields.items() for word in words_of(name, column) if len(word) >= SHORTEST}
    close = get_close_matches(header, words, n=1, cutoff=NEAR) if len(header) >= SHORTEST else []
    name = words[close[0]] if close else ""
    return name if name and fits(fields[name].widget, profile) else ""


def words_of(name: str, column: Column) -> tuple[str, ...]:
    return (key(name), *column.synonyms, key(str(column.label)))


def any_filled(profiles: Sequence[Profile]) -> bool:
    return any(profile.filled for profile in profiles)


def fits(widget: Widget, profile: Profile) -> bool:
    """Whether a column's cells can be of this kind at all: most IDs of ours are whole numbers, dates look like some."""
    if not profile.filled:
        return True
    if isinstance(widget, Id):
        return profile.whole_numbers * 5 >= profile.filled * 4
    if isinstance(widget, Date):
        dated = profile.day_first + profile.month_first + profile.either_first + profile.other_dates + profile.serials
        return dated * 2 >= profile.filled
    if isinstance(widget, Choice):
        return any(fold(text) in widget.codes for text in profile.samples)
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
