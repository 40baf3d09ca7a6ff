"""Stage gates (SET-4): what a stage asks for before an opportunity may enter it, the same at every door.

What is asked is a code: a field of the opportunity to be filled in, or what an upper app can tell of it (a linked
document, a finished track: ``Companion.asks`` and ``missing``). Skipped stages ask too; reopening and undoing do not.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from opportunities.models.status import Status
from pipelines.models import Stage, all_stages, open_stages
from records import journal
from records.companions import asked_labels, companions
from records.models import Row

# The columns that a stage may ask for; each is also the name of the form's field, without its ``_id``.
COLUMNS = (
    "account_id", "contact_id", "site_id", "call_name", "brief", "amount", "due_on", "signature_on",
    "production_from", "production_to", "source_id", "origin_type_id", "origin_id", "owner_id",
)  # fmt: skip
TEXTS = frozenset({"call_name", "brief"})  # blank, where the others are none


class Missing(ValidationError):
    """A gate that stays shut: which stage, and the codes of what is missing."""

    def __init__(self, stage: Stage, codes: Sequence[str]) -> None:
        labels = asked_labels()
        names = ", ".join(str(labels.get(code, code)) for code in codes)
        said = _("Before it enters “%(stage)s”, this is to be filled in: %(names)s.")
        super().__init__({"stage": ValidationError(said % {"stage": stage, "names": names}, code="gate")})
        self.stage, self.codes = stage, list(codes)


class Gates:
    """What upper apps say is missing of these rows; asked once for all of them, and only if a stage asks for it."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.coming: dict[int, Collection[str]] = {}  # by the identity of a row: what is about to be created for it
        self._lacking: dict[Any, set[str]] | None = None

    def lacks(self, row: Row, code: str) -> bool:
        """Whether what is asked is not there; what nobody knows any more is not asked."""
        if code in self.coming.get(id(row), ()):
            return False
        for column in (code, f"{code}_id"):
            if column in COLUMNS:
                return row[column] in (None, "")
        return code in self.lacking.get(_key(row), ())

    @property
    def lacking(self) -> dict[Any, set[str]]:
        if self._lacking is None:
            codes = {code for stage in all_stages().values() for code in stage.asks}
            self._lacking = {}
            for companion in companions():
                for at, found in companion.missing(self.rows, codes).items():
                    self._lacking.setdefault(_key(self.rows[at]), set()).update(found)
        return self._lacking


def _key(row: Row) -> Any:
    """The row's id; a new row is told by itself."""
    return row["id"] or f"new {id(row)}"


def pass_gates(row: Row, was: Mapping[str, Any], gates: Gates) -> None:
    """Raise ``Missing`` unless the row has all that the stages ask which it enters."""
    if row["status"] != Status.OPEN or row["stage_id"] == was.get("stage_id"):
        return
    stage = all_stages()[row["stage_id"]]
    before = all_stages().get(was["stage_id"]) if was else None
    reopened = bool(was) and was["status"] != Status.OPEN
    codes = asked(entered(before, stage, reopened))
    if codes and not journal.is_undo():
        lacking = [code for code in codes if gates.lacks(row, code)]
        if lacking:
            raise Missing(stage, lacking)


def entered(before: Stage | None, stage: Stage, reopened: bool = False) -> list[Stage]:
    """The stages that a move enters: the one it goes to, and those it skips on the way there."""
    there = [one for one in open_stages(stage.pipeline_id) if one.position <= stage.position]
    if before is None or before.pipeline_id != stage.pipeline_id:
        return there
    if stage.position <= before.position:
        return [] if reopened else [stage]
    return [one for one in there if one.position > before.position]


def asked(stages: Collection[Stage]) -> list[str]:
    """The codes of all that these stages ask for, each once."""
    return list(dict.fromkeys(code for stage in stages for code in stage.asks))
