from django.db import migrations

from records.search import AddSearchIndex


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        AddSearchIndex("accounts_account"),
        AddSearchIndex("accounts_contact"),
    ]
