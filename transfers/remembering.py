"""What was decided about files like this one, kept for the next: columns, key, what values became (DATA-2).

A file is like an earlier one of the same person and kind if its headers are the same. What values became is remembered
for every file of the kind, as far as it is still there for this person to choose (GIVE-4).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from transfers.planning.settings import REFUSE, Settings
from transfers.references import reference_of
from transfers.resources import RESOURCES
from transfers.sheet import Profile

if TYPE_CHECKING:
    from transfers.models import Import

LOOKED_AT = 20  # imports of the kind


def remembered(imported: "Import", profiles: Sequence[Profile], guessed: Settings) -> Settings:
    """The guess, with what was decided the last times in its place."""
    known = RESOURCES[imported.kind].columns()
    headers = [profile.header for profile in profiles]
    earlier = type(imported).objects.filter(job__by=imported.by, kind=imported.kind, phase="done", words__isnull=True)
    settings, found = guessed, False
    values: dict[str, dict[str, Any]] = {}
    for one in earlier.order_by("-pk").only("columns", "decisions")[:LOOKED_AT]:
        last = one.settings
        for name, decided in last.values.items():
            kept = values.setdefault(name, {})
            kept |= {text: to for text, to in decided.items() if text not in kept and to != REFUSE}
        if not found and [column["header"] for column in one.columns] == headers:
            found = True
            columns = {at: [name for name in names if name in known] for at, names in last.columns.items()}
            settings = Settings(
                kind=imported.kind,
                columns={at: names for at, names in columns.items() if names},
                match=last.match,
                duplicates=last.duplicates,
                only=last.only,
                clear_empty=last.clear_empty,
            )
    settings.values = {name: still_there(imported, name, kept) for name, kept in values.items() if name in known}
    return settings


def still_there(imported: "Import", name: str, decided: dict[str, Any]) -> dict[str, Any]:
    """The decisions whose target can still be chosen."""
    reference = RESOURCES[imported.kind].columns()[name].reference
    if not reference or not decided:
        return {}
    choices = {value for value, _label in reference_of(reference, imported.by).candidates()}
    return {text: to for text, to in decided.items() if isinstance(to, dict) and str(to["to"]) in choices}
