import sys
from argparse import ArgumentParser
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.verifying import findings as account_findings
from attributes.verifying import findings as attribute_findings
from opportunities.verifying import findings as opportunity_findings
from records.verifying import findings


class Command(BaseCommand):
    help = "Ask whether what must always be true is: access index = truth, journal complete, derived columns right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="derive again what can be derived")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        broken = 0
        for finding in chain(findings(), attribute_findings(), account_findings(), opportunity_findings()):
            mended = repair and finding.repair is not None
            if mended and finding.repair is not None:
                with transaction.atomic():
                    finding.repair()
            broken += not mended
            self.stdout.write(f"{finding.text}{': repaired' if mended else ''}")
        if broken:
            sys.exit(1)
        self.stdout.write("All is as it should be.")
