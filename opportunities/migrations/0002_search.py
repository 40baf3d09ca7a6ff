from django.db import migrations

from records.search import AddSearchIndex


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_initial")]

    operations = [
        AddSearchIndex("opportunities_opportunity"),
    ]
