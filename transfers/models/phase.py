"""How far an import has come."""

from django.db import models
from django.utils.translation import gettext_lazy


class Phase(models.TextChoices):
    READING = "reading", gettext_lazy("Reading the file")
    MAPPING = "mapping", gettext_lazy("Columns and values")
    CHECKING = "checking", gettext_lazy("Checking")
    CHECKED = "checked", gettext_lazy("Checked")
    RUNNING = "running", gettext_lazy("Importing")
    DONE = "done", gettext_lazy("Done")
    REFUSED = "refused", gettext_lazy("Refused")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
