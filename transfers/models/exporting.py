"""An export: a query and a format, and the job that writes the file (DATA-1)."""

import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from django.core.files import File
from django.db import models, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from attributes.columns import chosen_columns
from core.models import Job
from opportunities.columns import chosen
from transfers.columns import Column
from transfers.marking import Versions, export_id_of, mark_of
from transfers.models.forgetting import Forgettable, ForgettableQuerySet
from transfers.offering import offered
from transfers.resources import RESOURCES
from transfers.selecting import VERSION, rows, selected
from transfers.writing import csv_lines
from transfers.xlsx import Aside, write_xlsx
from users.models import Kind, Notice, User

if TYPE_CHECKING:
    from records.gate import Person

SHOWN = {
    "account": ("id", "name", "kind", "city", "phone", "owner"),
    "contact": ("id", "first_name", "last_name", "account", "role", "phone", "email", "owner"),
}
# What stands in a file for a column of the list of opportunities, where not a column of that name.
STANDS_FOR = {
    "due": ("due_on",),
    "stage": ("stage", "status", "probability"),
    "amount": ("amount", "currency"),
    "opened": ("opened_on",),
    "closed": ("closed_on",),
}


class ExportQuerySet(ForgettableQuerySet):
    def visible_to(self, user: "Person") -> Self:
        """One's own."""
        return self.filter(job__by=user.pk)


class Export(Forgettable):
    class Format(models.TextChoices):
        XLSX = "xlsx", gettext_lazy("Excel (.xlsx)")
        CSV = "csv", gettext_lazy("CSV")

    job = models.OneToOneField(Job, models.PROTECT, related_name="export_job")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in RESOURCES])
    format = models.CharField(max_length=4, choices=Format)
    query = models.TextField(blank=True, default="")
    only_shown = models.BooleanField(default=False)
    speech = models.CharField(max_length=2, blank=True, default="")
    file = models.FileField(upload_to="exports/%Y/%m/", max_length=300)
    rows = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.format} ({self.pk})"

    def get_absolute_url(self) -> str:
        return reverse("transfers:exported", args=[self.pk])

    @property
    def by(self) -> User:
        user: Any = self.job.by
        return user

    @property
    def file_name(self) -> str:
        return f"{RESOURCES[self.kind].plural}-{timezone.localdate(self.created_at):%Y-%m-%d}.{self.format}"

    @classmethod
    def of_mark(cls, mark: str, kinds: Collection[str]) -> "Export | None":
        """The export, of one of these kinds, that a workbook's mark names, if it kept what it held."""
        number = export_id_of(mark) if mark else None
        return cls.objects.filter(pk=number, kind__in=kinds, held__isnull=False).first() if number is not None else None

    @classmethod
    def here(cls, *, by: User, **given: Any) -> "Export":
        """An export that the caller writes and keeps, as done as any other."""
        now = timezone.now()
        with transaction.atomic():
            job = Job.objects.create(kind=cls._meta.label, by=by, state=Job.State.DONE, started_at=now, finished_at=now)
            return cls.objects.create(job=job, **given)

    @classmethod
    def start(cls, *, by: User, **given: Any) -> "Export":
        with transaction.atomic():
            job = Job.objects.create(kind=cls._meta.label, by=by)
            made = cls.objects.create(job=job, **given)
            job.ring()
        return made

    def prepare(self) -> Any | None:
        """Write the whole file, as the person may see it now; begun again from the start by whoever takes over."""
        if self.job.cursor:
            return None
        file = tempfile.NamedTemporaryFile(suffix=f".{self.format}")  # noqa: SIM115 - closed by commit
        self.write(file)
        file.flush()
        return file

    def commit(self, file: Any) -> int:
        with Path(file.name).open("rb") as content:
            self.file.save(self.file_name, File(content), save=False)
        file.close()
        self.save(update_fields=["file", "rows"])
        self.keep()
        return max(self.rows, 1)

    def keep(self) -> None:
        """Remember the version of each record that was written: what its cells held, the journal tells (DATA-11)."""
        Held.objects.update_or_create(export=self, defaults={"packed": Versions(self._versions).packed()})

    def finish(self) -> None:
        """The page that follows the job finds the file; who left it is told (ALL-4)."""
        with self.by.spoken_to():
            subject = _("Your export is ready: %(file)s") % {"file": self.file_name}
            Notice.post(self.by, Kind.EXPORT, subject=subject, url=self.get_absolute_url())

    def fail(self, error: str) -> None:
        """The page that follows the job finds why, and so does who left it."""
        with self.by.spoken_to():
            subject = _("Your export did not come about: %(file)s") % {"file": self.file_name}
            Notice.post(self.by, Kind.EXPORT, subject=subject, url=self.get_absolute_url())

    def operations(self) -> set[int]:
        """What imports of this export wrote and nobody took back."""
        written = self.imports.filter(operation__isnull=False, operation__undone_by__isnull=True)
        return set(written.values_list("operation", flat=True))

    def write(self, file: IO[bytes]) -> None:
        """The rows in list order, into an open file."""
        speech = self.speech or None
        columns = self.columns()
        names = [*columns, VERSION]
        chosen = selected(self.kind, self.by, self.query)
        chunks = self._counted(rows(self.kind, names, chosen, self.by), names.index("id"))
        if self.format == self.Format.XLSX:
            title = str(RESOURCES[self.kind].model._meta.verbose_name_plural).capitalize()
            write_xlsx(file, title, columns, chunks, speech, self._aside(columns))
        else:
            for piece in csv_lines(columns, chunks, speech):
                file.write(piece)

    def columns(self) -> dict[str, Column]:
        exported = RESOURCES[self.kind].exported()
        if self.only_shown and self.kind != "line":
            return {name: exported[name] for name in self._shown() if name in exported}
        return exported

    def _shown(self) -> Iterable[str]:
        """The columns that the list shows, as its query chooses them; the ID is always among them."""
        query = QueryDict(self.query)
        if self.kind != "opportunity":
            return (
                *SHOWN[self.kind],
                *(column.code for column in chosen_columns(RESOURCES[self.kind].record(), query)),
            )
        listed = chosen(query)
        return ("id", *(name for column in listed for name in STANDS_FOR.get(column.code, (column.code,))))

    def _aside(self, columns: dict[str, Column]) -> Aside:
        with override(self.speech or self.by.language or None):
            words = _("Export no. %(id)s of %(day)s, by %(who)s. What you import again is compared with it.")
            day = timezone.localdate(self.created_at).isoformat()
            return Aside(
                mark=mark_of(self.pk) if self.pk else "",
                words=(words % {"id": self.pk, "day": day, "who": self.by},) if self.pk else (),
                offered=offered(columns, self.by, self.speech or None),
                warning=_("This value is not one of the list. The import will ask what it becomes."),
            )

    def _counted(self, chunks: Iterator[list[Any]], id_at: int) -> Iterator[list[Any]]:
        """The rows, counted; their versions, which stand last, are noted, and no column of the file shows them."""
        self.rows = 0
        self._versions: list[tuple[int, int]] = []
        for chunk in chunks:
            self.rows += len(chunk)
            self._versions += [(row[id_at], row[-1]) for row in chunk]
            if self.job.lease:
                self.job.renew()
            yield chunk


class Held(models.Model):
    """Which version of each record an export holds, packed."""

    export = models.OneToOneField(Export, models.CASCADE, primary_key=True, related_name="held")
    packed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.export_id)

    @property
    def versions(self) -> Versions:
        return Versions.unpacked(bytes(self.packed))
