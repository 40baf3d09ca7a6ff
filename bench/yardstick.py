"""django-import-export as it comes: a ``ModelResource`` that saves row by row, with skip and diff as by default."""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

import tablib  # noqa: E402
from django.db import connection, models  # noqa: E402
from import_export import resources  # noqa: E402


class Plain(models.Model):
    reference = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    account = models.CharField(max_length=200)
    stage = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    due_on = models.DateField(null=True)

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.name


class PlainResource(resources.ModelResource):
    class Meta:
        model = Plain
        import_id_fields = ("reference",)
        fields = ("reference", "name", "account", "stage", "amount", "due_on")


def main(rows: int) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    try:
        data = tablib.Dataset(headers=["reference", "name", "account", "stage", "amount", "due_on"])
        for number in range(rows):
            data.append([f"R{number}", f"Deal {number}", f"House {number % 90}", "Proposal", "1054", "2026-11-24"])
        started = time.perf_counter()
        result = PlainResource().import_data(data)
        assert not result.has_errors()
        print(rows / (time.perf_counter() - started))
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Plain)


main(int(sys.argv[1]))
