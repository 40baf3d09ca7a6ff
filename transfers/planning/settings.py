"""What was decided about an import: which column feeds what, how rows are found again, what unknown values become."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

SKIP, UPDATE, OVERWRITE = "skip", "update", "overwrite"
CREATE, REFUSE, LEAVE = "create", "refuse", "leave"


@dataclass
class Settings:
    """``columns`` maps the number of a column to the fields it feeds; ``values`` a field's texts to what they become:
    ``create``, ``refuse``, or ``{"to": id}``; ``likely`` a row that is likely there already to ``create``, ``leave``,
    or ``{"to": id}``."""

    kind: str
    columns: dict[int, list[str]] = field(default_factory=dict)
    match: str = ""
    duplicates: str = SKIP
    only: str = ""
    clear_empty: bool = False
    date_orders: dict[int, str] = field(default_factory=dict)
    decimals: dict[int, str] = field(default_factory=dict)
    create: list[str] = field(default_factory=list)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    likely: dict[int, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        numbered = {
            name: {int(at): value for at, value in kept.get(name, {}).items()}
            for name in ("columns", "date_orders", "decimals", "likely")
        }
        return cls(**{**kept, **numbered})

    @property
    def fields(self) -> dict[str, int]:
        """The fields that are fed, each with the number of its column."""
        return {name: at for at, names in self.columns.items() for name in names}

    @property
    def updates(self) -> bool:
        return self.duplicates in (UPDATE, OVERWRITE) and self.only != "create"

    @property
    def creates(self) -> bool:
        return self.only != "update"

    def decision(self, name: str, text: str) -> Any:
        """What was decided for an unknown text of a field; nothing if nobody decided."""
        decided = self.values.get(name, {}).get(text)
        if decided is None and name in self.create:
            return CREATE
        return decided
