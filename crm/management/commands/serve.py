import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from crm.demo import cast
from crm.demo.language import house_language
from crm.demo.seed import seed
from crm.supervisor import Service, Supervisor
from crm.translations import compile_messages
from users.models import User

WEB_WORKERS = os.environ.get("WEB_WORKERS", "2")
WEB_THREADS = os.environ.get("WEB_THREADS", "3")
DEMO_OPPORTUNITIES = 400
MIGRATION_LOCK = 20_261_122


class Command(BaseCommand):
    help = "Set up what is missing, then serve the CRM with its worker and beat until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--only", choices=("web", "worker", "beat"), action="append", help="just these processes")

    def handle(self, *args: Any, port: str, host: str, only: list[str] | None, **options: Any) -> None:
        prepare()
        if settings.DEMO and not User.objects.exists():
            self.stdout.write("Making the demo data…")
            seed(DEMO_OPPORTUNITIES, house_language())
        self.stdout.write(greeting(host, port))
        self.stdout.flush()
        chosen = [service for service in services(host, port) if not only or service.name in only]
        Supervisor(chosen).run()


def prepare() -> None:
    """Folders, database, translations, static files: whatever a fresh clone lacks."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    compile_messages()
    with one_at_a_time():
        call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Several machines may start at once: on PostgreSQL they migrate one after the other."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def services(host: str, port: str) -> list[Service]:
    python = sys.executable
    bin_folder = Path(python).parent
    celery = [python, "-m", "celery", "-A", "crm", "--quiet"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    return [
        Service(
            "web",
            [
                str(bin_folder / "granian"),
                *("--interface", "wsgi", "--host", host, "--port", port),
                *("--workers", WEB_WORKERS, "--blocking-threads", WEB_THREADS),
                *("--workers-kill-timeout", "2", "--respawn-failed-workers", "--log-level", "warning"),
                "crm.wsgi:application",
            ],
        ),
        Service("worker", [*celery, "worker", "-P", "threads", "--concurrency", "2", *quiet]),
        Service("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
    ]


def greeting(host: str, port: str) -> str:
    lines = ["", f"  The CRM is at http://{host}:{port}"]
    if settings.DEMO and User.objects.filter(email=cast.address("ada")).exists():
        people = ", ".join(cast.address(key) for key in cast.SIGN_INS)
        lines += [f"  Sign in as {people}", f"  with the password {settings.DEMO_PASSWORD}"]
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])
