from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from crm.set_up.first import check_password, install
from crm.translations import compile_messages

USAGE = 2


class Command(BaseCommand):
    help = (
        "Set up an installation: its tables, its first super administrator, what everybody starts with. Harmless twice."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="the address to sign in with")
        parser.add_argument("--password", required=True)
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], required=True)

    def handle(self, *args: Any, email: str, password: str, language: str, verbosity: int, **options: Any) -> None:
        try:
            validate_email(email)
            check_password(password, email)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=USAGE) from None
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        compile_messages()
        call_command("migrate", verbosity=0, interactive=False)
        person = install(email=email, password=password, language=language)
        if verbosity:
            self.stdout.write(f"{email} can sign in." if person else f"{email} is there already; nothing was changed.")
