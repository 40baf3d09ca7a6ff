"""Pages that belong to no app: health, the icon, robots."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from core.models import Pulse
from crm.celery import app


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database answers, the broker takes messages, beat and a worker were seen lately."""
    checks = {"database": _database, "broker": _broker, "worker": Pulse.is_alive}
    lines, ready = [], True
    for name, check in checks.items():
        try:
            ok = check()
        except Exception:
            ok = False
        ready &= ok
        lines.append(f"{name} {'ok' if ok else 'down'}\n")
    return HttpResponse("".join(lines), content_type="text/plain", status=200 if ready else 503)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _broker() -> bool:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return True


@require_safe
@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("img/favicon.svg"))


@require_safe
@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
