"""Where one came from: *Save and close* and *Give up* lead back there (NEW-2)."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def coming_from(request: HttpRequest, default: str) -> str:
    """The page of ours named by the form, the URL or the browser, as a path; else the default."""
    for url in (request.POST.get("back"), request.GET.get("back"), request.headers.get("referer")):
        if url and url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()):
            path = urlsplit(url)._replace(scheme="", netloc="").geturl()
            elsewhere = not path.startswith("/auth/") and urlsplit(path).path != request.path
            if path.startswith("/") and elsewhere and url_has_allowed_host_and_scheme(path, None):
                return path
    return default
