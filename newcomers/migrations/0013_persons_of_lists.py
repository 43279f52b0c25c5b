"""Who a list of movers brought is known person by person: of those so far, by their household."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def listed_with_their_household(apps: Any, schema_editor: Any) -> None:
    households = apps.get_model("newcomers", "Household").objects.filter(source="register")
    persons = apps.get_model("newcomers", "Person").objects
    for household, created_at in households.values_list("pk", "created_at").iterator(chunk_size=2000):
        persons.filter(household=household).update(listed_on=created_at.date())


class Migration(migrations.Migration):
    dependencies = [("newcomers", "0012_no_health_with_a_name")]

    operations = [
        migrations.AddField(
            "person",
            "listed_on",
            models.DateField(blank=True, editable=False, null=True, verbose_name="brought by a list of movers"),
        ),
        migrations.RunPython(listed_with_their_household, migrations.RunPython.noop),
    ]
