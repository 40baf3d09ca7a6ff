"""An import: a file, what was decided about it, and the job that reads, checks and runs it (DATA-2..10).

Three phases are jobs over the same row: reading the file into packed chunks, checking (the dry run), running. Each
chunk of the run is one transaction with its records, its journal, its lines, its counts and the cursor.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import sql
from core.collecting import uncollected
from core.models import House, Job
from records import gate
from records.journal import operation
from records.models import Door, Operation
from transfers.commands import Usage
from transfers.framing import Frame
from transfers.guessing import guess
from transfers.models.exporting import Export
from transfers.models.forgetting import ForgettableQuerySet, ForgettableRows
from transfers.models.found import ImportChunk, ImportConflict, ImportLine, ImportLink
from transfers.models.phase import Phase
from transfers.planning import PLANNERS, Outcome, Planned, Planner, Settings
from transfers.planning.merging import Choices
from transfers.planning.settings import OVERWRITE
from transfers.reading import FileRefused, open_sheet, refusal
from transfers.reasons import Reasons
from transfers.remembering import remembered
from transfers.resources import RESOURCES
from transfers.sheet import Profile, SheetBuilder, pack, profiles_as_json, profiles_from_json, unpack
from transfers.words import Words, why_not
from users.models import Kind, Notice, User

if TYPE_CHECKING:
    from records.gate import Person


class ImportQuerySet(ForgettableQuerySet):
    def visible_to(self, user: "Person") -> Self:
        """One's own: a file may hold what others may not see."""
        return self.filter(job__by=user.pk)


class Import(ForgettableRows):
    job = models.OneToOneField(Job, models.PROTECT, related_name="import_job")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in RESOURCES])
    name = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=300)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.READING)
    format: Any = models.JSONField(default=dict)
    columns: Any = models.JSONField(default=list)
    rows = models.BigIntegerField(default=0)
    decisions: Any = models.JSONField(default=dict)
    words: Any = models.JSONField(null=True)
    counts: Any = models.JSONField(default=dict)
    result: Any = models.JSONField(default=dict)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="+")
    export = models.ForeignKey(Export, models.SET_NULL, null=True, related_name="imports")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"

    def get_absolute_url(self) -> str:
        return reverse("transfers:import", args=[self.pk])

    # What is known of it

    @property
    def by(self) -> User:
        user: Any = self.job.by
        return user

    @cached_property
    def profiles(self) -> list[Profile]:
        return profiles_from_json(self.columns)

    @property
    def settings(self) -> Settings:
        return Settings.from_json(self.decisions or {"kind": self.kind})

    @property
    def refusal(self) -> str:
        """Why the file as a whole was refused, in the reader's language as far as that is known."""
        if why := self.format.get("file"):
            return refusal(*why)
        return str(self.format.get("refused", ""))

    @property
    def in_work(self) -> bool:
        return self.phase in (Phase.READING, Phase.CHECKING, Phase.RUNNING)

    @property
    def is_over(self) -> bool:
        return self.phase in (Phase.DONE, Phase.REFUSED, Phase.CANCELLED)

    def chunks_of_rows(self) -> Iterator[list[Any]]:
        for packed in self.chunks.order_by("first").values_list("cells", flat=True).iterator():
            yield unpack(bytes(packed))

    # Verbs

    @classmethod
    def start(cls, *, kind: str, name: str, file: Any, by: User, words: dict[str, Any] | None = None) -> "Import":
        """Keep the file and have it read; with the ``words`` of a command, which runs it itself, have it run too."""
        with transaction.atomic():
            job = Job.objects.create(kind=cls._meta.label, by=by)
            made = cls.objects.create(job=job, kind=kind, name=Path(name).name[:255], file=file, words=words)
            if words is None:
                job.ring()
        return made

    def decide(self, decided: Settings) -> None:
        """Keep what was decided; a check that was made before is no longer worth anything."""
        with transaction.atomic():
            self.decisions, self.counts, self.phase = decided.as_json(), {}, Phase.MAPPING
            self.save(update_fields=["decisions", "counts", "phase"])
            self.lines.filter(run=False).delete()

    def read_again(self, *, sheet: str = "", header: int = 0, whole: bool = False, bare: bool | None = None) -> None:
        """Have another sheet read, or from other headers, or with all rows; the columns are guessed anew."""
        with transaction.atomic():
            self.format = {"asked": {"sheet": sheet, "header": header, "whole": whole, "bare": bare}}
            self.decisions = {}
            self.save(update_fields=["format", "decisions"])
            self.lines.filter(run=False).delete()
            self._next_phase(Phase.READING)

    def check_rows(self) -> None:
        """Have the dry run made."""
        self._next_phase(Phase.CHECKING)

    def run_rows(self, *, ring: bool = True) -> None:
        """Have it run, by a worker or by whoever calls ``job.run()`` next."""
        self._next_phase(Phase.RUNNING, ring=ring)

    def cancel(self) -> None:
        """Stop after the present chunk; what is written stays, and the receipt says what it is."""
        self.job.cancel()

    def discard(self) -> None:
        """Remove an import that has written nothing: its file and all that was read of it."""
        with transaction.atomic():
            self._let_go_of_file()
            self.delete()
            self.job.delete()

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        with translation.override(self._language()):
            if self.phase == Phase.READING:
                return self._read() if self.job.cursor == 0 else None
            if self.job.cursor < self.rows:
                return self.job.cursor
            return self._links() if self.phase == Phase.RUNNING else None

    def commit(self, chunk: Any) -> int:
        with translation.override(self._language()):
            if self.phase == Phase.READING:
                return self._keep(chunk)
            if self.phase == Phase.CHECKING:
                return self._check_chunk(chunk)
            return self._link(chunk) if isinstance(chunk, list) else self._run_chunk(chunk)

    def finish(self) -> None:
        with translation.override(self._language()):
            if self.phase == Phase.READING:
                if self.words is None:
                    self._turn(Phase.MAPPING)
                else:
                    self._follow_words(self.words)
            elif self.phase == Phase.CHECKING:
                self._turn(Phase.CHECKED)
            elif self.phase == Phase.RUNNING:
                self._turn(Phase.DONE)
                self._tell()

    def fail(self, error: str) -> None:
        with translation.override(self._language()):
            self.format = {**self.format, "refused": error or _("Cancelled.")} if error else self.format
            ended = self.phase == Phase.RUNNING
            if self.phase == Phase.CHECKING and not error:
                self._turn(Phase.MAPPING)
            else:
                self._turn(Phase.REFUSED if error else Phase.CANCELLED)
            if ended:
                self._tell()

    # Reading

    def _read(self) -> dict[str, Any]:
        """The whole file in packed chunks; or why it is refused."""
        asked = self.format.get("asked", {})
        frame = Frame(header=asked.get("header", 0), whole=asked.get("whole", False), bare=asked.get("bare"))
        builder = SheetBuilder(frame)
        packed: list[tuple[int, int, bytes]] = []
        try:
            opened = open_sheet(Path(self.file.path), self.name, self.job.renew, sheet=asked.get("sheet", ""))
            frame.learn(opened.format)
            for chunk in builder.chunks(opened.rows):
                packed.append((builder.count - len(chunk), len(chunk), pack(chunk)))
        except FileRefused as refused:
            return {"refused": [refused.code, refused.detail]}
        found = {"header": builder.header_row, "bare": bool(frame.bare), "left": frame.left}
        found |= {"left_count": frame.count, "asked": asked}
        return {"format": {**opened.format, **found}, "chunks": packed, "builder": builder}

    def _keep(self, read: dict[str, Any]) -> int:
        if "refused" in read:
            self.format, self.phase = {"file": read["refused"]}, Phase.REFUSED
            self.save(update_fields=["format", "phase"])
            self.file.delete(save=True)
            return 1
        builder: SheetBuilder = read["builder"]
        ImportChunk.objects.filter(import_job=self).delete()
        ImportChunk.objects.bulk_create(
            ImportChunk(import_job=self, first=first, count=count, cells=cells)
            for first, count, cells in read["chunks"]
        )
        self.format, self.columns, self.rows = read["format"], profiles_as_json(builder.profiles), builder.count
        self._know_export()
        if not self.decisions:
            guessed = guess(self.kind, builder.profiles)
            settings = remembered(self, builder.profiles, guessed) if self.words is None else guessed
            if self.export is not None and "id" in settings.fields:
                settings.match, settings.duplicates, settings.clear_empty = "id", OVERWRITE, True
            self.decisions = settings.as_json()
        self.save(update_fields=["kind", "format", "columns", "rows", "decisions", "export"])
        return 1

    def _know_export(self) -> None:
        """A workbook knows its export, and so what it holds: better than whoever chose it from a list."""
        kinds = [kind for kind, one in RESOURCES.items() if gate.allows(self.by, one.record(), "import")]
        self.export = Export.of_mark(self.format.get("mark") or "", kinds if self.words is None else [self.kind])
        self.kind = self.export.kind if self.export is not None else self.kind

    def _follow_words(self, words: dict[str, Any]) -> None:
        """Decide as the command said, and go on to run: by whoever has read the file."""
        said = Words(self.kind, self.by, words)
        try:
            settings = said.settings(self.profiles)
        except Usage as error:
            self._refuse(str(error), usage=True)
            return
        planner = PLANNERS[self.kind](settings, self.profiles, self.by)
        if refusal := why_not(planner, self.profiles):
            self._refuse(refusal)
            return
        said.choose(planner, self.chunks_of_rows())
        self.decide(settings)
        self.run_rows(ring=False)

    def _refuse(self, why: str, **more: Any) -> None:
        self.format = {**self.format, "refused": why, **more}
        self._turn(Phase.REFUSED)

    # Checking and running

    @cached_property
    def planner(self) -> Planner:
        planner = self.new_planner()
        planner.look_for_repeats(self.chunks_of_rows())
        return planner

    def new_planner(self, settings: Settings | None = None) -> Planner:
        """For these settings, or for those that were decided."""
        planner = PLANNERS[self.kind](settings or self.settings, self.profiles, self.by)
        if self.export is not None:
            planner.compare(self.export.held.versions, self.export.operations(), self._choices)
        return planner

    def _choices(self, ids: Collection[int]) -> Choices:
        """What was decided for the file, of these records."""
        decided = self.conflicts.filter(run=False, choice=ImportConflict.Choice.FILE, record_id__in=ids)
        found = decided.values_list("record_id", "column", "details")
        return {(pk, column): (details["file"], details["here"]) for pk, column, details in found}

    def _check_chunk(self, cursor: int) -> int:
        chunk = self._chunk(cursor)
        with uncollected():
            planned = self.planner.plan(chunk)
        self._count(self.counts, planned)
        self._note(planned, self._reasons(planned), run=False)
        self._note_conflicts(planned, run=False)
        self.save(update_fields=["counts"])
        return cursor + len(chunk)

    def _run_chunk(self, cursor: int) -> int:
        chunk = self._chunk(cursor)
        writes = operation(
            by=self.by, door=Door.IMPORT, what=f"{self.kind}.import", job=self.job, resume=self.operation
        )
        with uncollected(), writes as writing:
            planned = self.planner.plan(chunk, lock=True)
            reasons = self._reasons(planned)
            self.planner.write(planned)
        if self.operation is None and writing.operation.pk is not None:
            self.operation = writing.operation
        self._count(self.result, planned)
        self._note(planned, reasons, run=True)
        self._note_conflicts(planned, run=True)
        self._note_links(planned)
        self.save(update_fields=["result", "operation"])
        return cursor + len(chunk)

    def _chunk(self, cursor: int) -> list[Any]:
        """The rows from the cursor to the end of the chunk it lies in."""
        chunk = self.chunks.filter(first__lte=cursor).order_by("-first").first()
        assert chunk is not None
        return unpack(bytes(chunk.cells))[cursor - chunk.first :]

    def _count(self, counts: dict[str, int], planned: Sequence[Planned]) -> None:
        outcomes = Counter(row.outcome for row in planned)
        found = Counter({str(outcome): outcomes[outcome] for outcome in Outcome})
        found["read"] = len(planned)
        found["withheld"] = sum(row.withheld for row in planned)
        found["warned"] = sum(bool(row.warnings) for row in planned)
        for row in planned:
            if row.conflicts:
                found["conflicts"] += len(row.conflicts)
                found["conflicts_file"] += sum(one.for_file for one in row.conflicts)
            for name, many in (("taken", row.taken), ("kept_here", row.kept_here), ("agreed", row.agreed)):
                if many:
                    found[name] += many
            for name in row.new:
                found[f"new_{name}"] += 1
            if row.changes and row.outcome == Outcome.UPDATED:
                for name in row.changes:
                    found[f"field_{name}"] += 1
        for name, many in found.items():
            counts[name] = counts.get(name, 0) + many

    def _reasons(self, planned: Sequence[Planned]) -> Reasons:
        """Why rows are refused, in each language: whoever reads it later may have chosen another one."""
        refused = [row for row in planned if row.outcome == Outcome.REFUSED]
        reasons = Reasons(refused)
        for code, _name in settings.LANGUAGES if refused else ():
            if code != reasons.language:
                with translation.override(code):
                    planner = self.new_planner()
                    planner.repeated, planner.in_file = self.planner.repeated, self.planner.in_file
                    reasons.add(planner.plan([row.cells for row in refused]))
        return reasons

    def _note(self, planned: Sequence[Planned], reasons: Reasons, *, run: bool) -> None:
        """Keep a line for each refused row; of the check, which the preview shows whole, for every row."""
        lines = []
        for row in planned:
            outcome = row.outcome
            if outcome == Outcome.REFUSED:
                details: Any = reasons.of(row)
            elif run:
                continue
            elif outcome == Outcome.CREATED:
                details = self.planner.as_stored(row)
            else:
                details = row.changes
            pk = row.before["id"] if row.before is not None else None
            name, of = self.planner.called(row)[:200], self.planner.record_of(row)
            lines.append((self.pk, run, row.number, str(outcome), pk, of, name, sql.as_json(details)))
        sql.insert_rows(ImportLine, ImportLine.COLUMNS, lines)

    def _note_conflicts(self, planned: Sequence[Planned], *, run: bool) -> None:
        """Keep each cell that both sides changed; a check made again keeps what was decided of the same values."""
        if self.export is None:
            return
        mine = self.conflicts.filter(run=run)
        numbers = (planned[0].number, planned[-1].number)
        kept: dict[Any, tuple[str, Any]] = {}
        if not run:
            there = mine.filter(number__range=numbers)
            kept = {
                (pk, column): (choice, details)
                for pk, column, choice, details in there.values_list("record_id", "column", "choice", "details")
            }
            there.delete()
        rows = []
        for row in planned:
            for one in row.conflicts:
                pk = row.row["id"]
                details = {"field": one.field, "base": one.base, "file": one.file, "here": one.here}
                choice, before = kept.get((pk, one.column), ("", None))
                if run:
                    choice = ImportConflict.Choice.FILE if one.for_file else ImportConflict.Choice.HERE
                elif before != details:
                    choice = ""
                about = (self.pk, run, row.number, pk, self.planner.record_of(row), self.planner.called(row)[:200])
                rows.append((*about, one.column, sql.as_json(details), one.operation_id, choice))
        sql.insert_rows(ImportConflict, ImportConflict.COLUMNS, rows)

    # What a row names that stands further down: parent accounts

    def _note_links(self, planned: Sequence[Planned]) -> None:
        rows = [
            (self.pk, row.row["id"], text)
            for row in planned
            if row.outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)
            and (text := row.values.get("later"))
        ]
        sql.insert_rows(ImportLink, ("import_job_id", "record_id", "text"), rows)

    def _links(self) -> list[Any] | None:
        links = list(self.links.order_by("pk").values_list("pk", "record_id", "text")[:1_000])
        return links or None

    def _link(self, links: list[Any]) -> int:
        with operation(by=self.by, door=Door.IMPORT, what=f"{self.kind}.import", job=self.job, resume=self.operation):
            self.new_planner().link([(record_id, text) for _pk, record_id, text in links])
        self.links.filter(pk__in=[pk for pk, _record, _text in links]).delete()
        return int(self.job.cursor) + len(links)

    # Ends

    def _next_phase(self, phase: "Phase", *, ring: bool = True) -> None:
        with transaction.atomic():
            self.phase = phase
            if phase == Phase.CHECKING:
                self.counts = {}
                self.lines.filter(run=False).delete()
            self.save(update_fields=["phase", "counts"])
            self.job.again()
            Job.objects.filter(pk=self.job.pk).update(total=self.rows)
            if ring:
                self.job.ring()

    def _turn(self, phase: "Phase") -> None:
        self.phase = phase
        self.save(update_fields=["phase", "format"])

    def _tell(self) -> None:
        """A notice to the importer, mailed from the outbox (DATA-6)."""
        done = {str(outcome): self.result.get(outcome, 0) for outcome in Outcome}
        text = ngettext("%(read)s row read", "%(read)s rows read", self.result.get("read", 0))
        counts = _(
            "%(created)s created, %(updated)s changed, %(unchanged)s unchanged, %(skipped)s left alone, "
            "%(refused)s refused"
        )
        body = f"{text % {'read': self.result.get('read', 0)}}: {counts % done}."
        subject = _("Import of %(name)s: %(phase)s") % {"name": self.name, "phase": Phase(self.phase).label}
        Notice.post(self.by, Kind.IMPORT, subject=subject, text=body, url=self.get_absolute_url())

    def _language(self) -> str:
        return self.by.language or House.current().language
