from django.db import migrations

from accounts.models.likeness import CHUNK, rows_of
from core import sql

COLUMNS = {
    "Account": ("id", "name", "registration", "emails", "phones"),
    "Contact": ("id", "first_name", "last_name", "emails", "phones"),
}


def fill(apps, schema_editor):
    """Give the accounts and contacts that are there their keys."""
    for name, columns in COLUMNS.items():
        model, keys = apps.get_model("accounts", name), apps.get_model("accounts", f"{name}Key")
        last = 0
        while kept := list(model._base_manager.filter(pk__gt=last).order_by("pk").values(*columns)[:CHUNK]):
            last = kept[-1]["id"]
            sql.insert_rows(keys, ("key", "record_id"), list(rows_of(kept)))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_likeness")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
