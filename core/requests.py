"""What is mended in a request before any view sees it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class WithoutNul:
    """Middleware: drops NUL from an address; nobody types one, and no database takes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "")
        return self.get_response(request)
