"""Refused rows as a file: the columns as they were, the reason beside each (DATA-6)."""

import csv
import io
from collections.abc import Iterator

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.templatetags.components import language
from transfers.models import Import
from transfers.planning import Outcome
from transfers.preview import hidden_of
from transfers.reasons import said
from transfers.sheet import shown
from transfers.widgets import neutral


def refused_rows(imported: Import, *, run: bool) -> Iterator[bytes]:
    """A CSV that can be corrected and imported again; the last column is ignored then.

    In the language that is active when it is asked for: while the file streams by, none is.
    """
    return _pieces(imported, run, language(), _("Why it was refused"))


def _pieces(imported: Import, run: bool, speech: str, heading: str) -> Iterator[bytes]:
    lines = imported.lines.filter(run=run, outcome=Outcome.REFUSED).order_by("number")
    refused = list(lines.values_list("number", Coalesce("of_id", "record_id"), "details").iterator())
    hidden = hidden_of(imported, [record for _number, record, _details in refused])
    reasons = {number: [] if record in hidden else details for number, record, details in refused}
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if speech == "fr" else ",", lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    writer.writerow([*(profile.header for profile in imported.profiles), heading])
    width = len(imported.profiles)
    for chunk in imported.chunks_of_rows():
        for number, *cells in chunk:
            if number in reasons:
                problems = [(column, said(message, speech)) for column, _value, message in reasons[number]]
                why = " ".join(f"{column}: {message}" if column else message for column, message in problems)
                written = [neutral(shown(cell)) for cell in cells]
                writer.writerow([*written[:width], why, *written[width:]])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
