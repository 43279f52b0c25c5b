from typing import Any

from django.db import migrations, models
from django.utils import timezone


def end_requests_without_household(apps: Any, schema_editor: Any) -> None:
    """Left behind by a merge: the household of the request is another one now, with a request of its own."""
    lost = apps.get_model("privacy", "ErasureRequest").objects.filter(state="asked", household=None)
    lost.update(state="withdrawn", ended_on=timezone.localdate())


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        migrations.RunPython(end_requests_without_household, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "asked"), _negated=True) | models.Q(("household__isnull", False)),
                name="who_waits_for_erasure_is_here",
            ),
        ),
    ]
