import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from crm.demo.language import house_language
from crm.demo.seed import seed
from crm.translations import compile_messages


class Command(BaseCommand):
    help = "Add demo data: the cast, its teams, accounts, contacts and so many opportunities."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--opportunities", type=int, default=400, help="how many to add; 0 makes only the cast")
        parser.add_argument("--language", choices=("en", "fr"), default=house_language())

    def handle(self, *args: Any, opportunities: int, language: str, verbosity: int, **options: Any) -> None:
        started = time.monotonic()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        compile_messages()
        call_command("migrate", verbosity=0, interactive=False)
        seed(opportunities, language, say=self.stdout.write if verbosity else lambda text: None)
        if verbosity:
            self.stdout.write(f"{time.monotonic() - started:.1f} s")
