"""What is sent with a form is read before anybody looks at it: more than the house takes is not even begun."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import ngettext


class Capped(FileUploadHandler):
    """Comes before the handlers that keep the files; keeps none."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        if content_length > settings.UPLOAD_MOST + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def too_large() -> str:
    """What is said of a file above the limit."""
    most = settings.UPLOAD_MOST // 1024 // 1024
    said = ngettext("The file is larger than %(n)s megabyte.", "The file is larger than %(n)s megabytes.", most)
    return said % {"n": most}
