"""The periods keep the place in the list (LOG-3), so that the list of a past day is read in its order."""

from django.db import migrations, models

FILL = {
    "sqlite": """
        UPDATE opportunities_opportunityperiod SET list_key = CASE
        WHEN status = 'open' THEN coalesce(CAST(julianday(due_on) - 1721424.5 AS INTEGER), 9000000)
        ELSE 19000000 - CAST(julianday(coalesce(CASE WHEN valid_to IS NULL THEN
            (SELECT closed_on FROM opportunities_opportunity o WHERE o.id = opportunity_id) END, date(valid_from)
        )) - 1721424.5 AS INTEGER) END
    """,
    "postgresql": """
        UPDATE opportunities_opportunityperiod SET list_key = CASE
        WHEN status = 'open' THEN coalesce(due_on - DATE '0001-01-01' + 1, 9000000)
        ELSE 19000000 - (coalesce(CASE WHEN valid_to IS NULL THEN
            (SELECT closed_on FROM opportunities_opportunity o WHERE o.id = opportunity_id) END, valid_from::date
        ) - DATE '0001-01-01' + 1) END
    """,
}


def fill(apps, schema_editor):
    """As the save computes it; a closing day that is not known any more is the day the period began."""
    schema_editor.execute(FILL[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0015_targets")]

    operations = [
        migrations.AddField("opportunityperiod", "list_key", models.IntegerField(default=0), preserve_default=False),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "opportunityperiod",
            models.Index(
                fields=["list_key", "opportunity", "valid_from"],
                condition=models.Q(valid_to=None),
                name="present_periods_in_order",
            ),
        ),
        migrations.AddIndex(
            "opportunityperiod",
            models.Index(
                fields=["list_key", "opportunity", "valid_from", "valid_to"],
                condition=models.Q(valid_to__isnull=False),
                name="past_periods_in_order",
            ),
        ),
        migrations.AddIndex(
            "opportunityperiod",
            models.Index(fields=["valid_to"], condition=models.Q(valid_to__isnull=False), name="periods_by_their_end"),
        ),
    ]
