"""What an import read in its file, and what it found or did with each row."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from records.models import Operation


class ImportChunk(models.Model):
    """Up to a thousand rows of the file, packed; each row led by its number in the file."""

    import_job = models.ForeignKey("transfers.Import", models.CASCADE, related_name="chunks")
    first = models.BigIntegerField()
    count = models.PositiveIntegerField()
    cells = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("import_job", "first", name="a_chunk_stands_in_one_place")]

    def __str__(self) -> str:
        return f"{self.import_job_id}: {self.first}"


class AboutRecord(models.Model):
    """A row of the file and what it is about: ``record_id`` is the record; of what only hangs on one, ``of_id`` is."""

    record_id: Any
    of_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def about_id(self) -> int | None:
        """The record whose gate decides."""
        found: int | None = self.record_id if self.of_id is None else self.of_id
        return found


class ImportLine(AboutRecord):
    """What the check found, or the run did, with one row of the file."""

    COLUMNS = ("import_job_id", "run", "number", "outcome", "record_id", "of_id", "name", "details")

    import_job = models.ForeignKey("transfers.Import", models.CASCADE, related_name="lines")
    run = models.BooleanField()
    number = models.BigIntegerField()
    outcome = models.CharField(max_length=10)
    record_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    details: Any = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["import_job", "run", "outcome", "number"], name="transfers_lines_in_order")]

    def __str__(self) -> str:
        return f"{self.import_job_id}: {self.number} {self.outcome}"


class ImportConflict(AboutRecord):
    """A cell that the file and the house changed differently since the export (DATA-11)."""

    class Choice(models.TextChoices):
        FILE = "file", gettext_lazy("from the file")
        HERE = "here", gettext_lazy("from here")

    COLUMNS = (
        "import_job_id", "run", "number", "record_id", "of_id", "name", "column", "details", "operation_id", "choice",
    )  # fmt: skip

    import_job = models.ForeignKey("transfers.Import", models.CASCADE, related_name="conflicts")
    run = models.BooleanField()
    number = models.BigIntegerField()
    record_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    column = models.CharField(max_length=60)
    details: Any = models.JSONField()
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=4, choices=Choice, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["import_job", "run", "number"], name="transfers_conflicts_in_order")]

    def __str__(self) -> str:
        return f"{self.import_job_id}: {self.number} {self.column}"


class ImportLink(models.Model):
    """A record that names another which the file brings later."""

    import_job = models.ForeignKey("transfers.Import", models.CASCADE, related_name="links")
    record_id = models.BigIntegerField()
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.record_id} → {self.text}"
