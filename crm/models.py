"""Everything in one file, made by a job for whoever may have it, and kept for a day (DATA-12)."""

import datetime as dt
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import models, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Job
from crm.archive.file import count, export
from crm.archive.holding import Holding, Stopped
from records.journal import operation
from records.models import Door
from users.models import Ability, Kind, Notice, User

KEPT = dt.timedelta(hours=24)


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def over(self) -> "ArchiveQuerySet":
        """Those whose file is to go."""
        return self.exclude(file="").filter(job__finished_at__lte=timezone.now() - KEPT)


class Archive(models.Model):
    """``written`` are the rows so far, of about ``total``; ``file`` is its name in the folder, blank once gone."""

    job = models.OneToOneField(Job, models.PROTECT, related_name="archive_job")
    total = models.BigIntegerField(null=True)
    written = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    downloads = models.PositiveIntegerField(gettext_lazy("downloads"), default=0)
    file = models.CharField(gettext_lazy("file"), max_length=100, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = gettext_lazy("full export")
        verbose_name_plural = gettext_lazy("full exports")

    def __str__(self) -> str:
        return _("everything (full export no. %(id)s)") % {"id": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("archives")

    # What is known of it

    @property
    def by(self) -> User:
        user: Any = self.job.by
        return user

    @property
    def file_name(self) -> str:
        return f"crm-{timezone.localdate(self.created_at):%Y-%m-%d}-{self.pk}.zip"

    @property
    def path(self) -> Path:
        return folder() / self.file

    @property
    def until(self) -> dt.datetime | None:
        """When the file goes."""
        return self.job.finished_at + KEPT if self.file and self.job.finished_at else None

    @property
    def is_there(self) -> bool:
        return self.until is not None and self.until > timezone.now()

    @property
    def share(self) -> int:
        """How much of it is written, in per cent."""
        return min(99, 100 * self.written // self.total) if self.total else 0

    # Verbs

    @classmethod
    def start(cls, *, by: User) -> "Archive":
        """Have one made; the one that is being made for them already, if there is one."""
        with transaction.atomic():
            User.objects.select_for_update().get(pk=by.pk)
            waiting = cls.objects.filter(job__by=by, job__state__in=(Job.State.WAITING, Job.State.RUNNING)).first()
            if waiting is not None:
                return waiting
            with operation(by=by, door=Door.SET_UP, what="archive.export") as writing:
                job = Job.objects.create(kind=cls._meta.label, by=by)
                made = cls.objects.create(job=job)
                writing.created(cls, made.pk, {})
                job.ring()
        return made

    def open(self, *, by: User) -> IO[bytes]:
        """The file, to be handed out: written to the journal each time. Raises ``Http404`` when it is gone."""
        with transaction.atomic(), operation(by=by, door=Door.SET_UP, what="archive.download") as writing:
            there = Archive.objects.select_for_update(of=("self",)).select_related("job").get(pk=self.pk)
            if not there.is_there or not there.path.is_file():
                raise Http404
            times = there.downloads + 1
            Archive.objects.filter(pk=self.pk).update(downloads=times)
            writing.changed(Archive, self.pk, times + 1, {"downloads": [there.downloads, times]})
            return there.path.open("rb")

    def discard(self, *, by: User) -> None:
        """Stop writing it, or remove the file before its time. Harmless twice."""
        if not self.job.is_over:
            self.job.cancel()
        elif self.file:
            with operation(by=by, door=Door.SET_UP, what="archive.delete") as writing:
                writing.changed(Archive, self.pk, self.downloads + 2, {"file": [self.file_name, ""]})
                self.remove()

    def remove(self) -> None:
        Archive.objects.filter(pk=self.pk).update(file="")
        transaction.on_commit(self._sweep)

    # The job (core.models.job.Work)

    def prepare(self) -> Any | None:
        """The whole file, as all stood at one moment; begun again from the start by whoever takes over."""
        if self.job.cursor:
            return None
        self._sweep()
        if not self.by.can(Ability.ARCHIVE):
            self.job.cancel()
            return ""
        Archive.objects.filter(pk=self.pk).update(total=count(), written=0)
        path = folder() / f"{self.pk}-{self.job.lease}.zip"
        try:
            with Holding(self) as holding:
                done = export(path, holding.went)
        except Stopped:
            return ""
        self.written, self.size = done["rows"], path.stat().st_size
        return path.name

    def commit(self, name: str) -> int:
        if not name:
            return 0
        self.file = name
        self.save(update_fields=["file", "written", "size"])
        return max(self.written, 1)

    def finish(self) -> None:
        """The page finds the file; who left it is told (ALL-4)."""
        self._tell(gettext_lazy("Everything is exported: the file is ready for 24 hours."))

    def fail(self, error: str) -> None:
        """The page finds why, and so does who left it, unless they stopped it themselves."""
        self._sweep()
        if error:
            self._tell(gettext_lazy("Everything was to be exported, and was not."))

    def _tell(self, subject: Any) -> None:
        with self.by.spoken_to():
            Notice.post(self.by, Kind.EXPORT, subject=str(subject), url=self.get_absolute_url())

    def _sweep(self) -> None:
        """Remove what is left of it in the folder, from whoever wrote it."""
        for path in folder().glob(f"{self.pk}-*"):
            path.unlink(missing_ok=True)


def folder() -> Path:
    """Where the files lie: they hold everything, and are nobody else's to read."""
    found = Path(settings.MEDIA_ROOT) / "archives"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found
