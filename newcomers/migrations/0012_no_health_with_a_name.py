"""Why a household moved is kept without health: with a name it would be health data. What stood so far is mended."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

OLD, NEW = "health", "other"
CHOICES = [
    ("family", "family"),
    ("work", "work"),
    ("place", "the place and its surroundings"),
    ("housing", "housing"),
    ("education", "education"),
]


def without_health(apps: Any, schema_editor: Any) -> None:
    apps.get_model("newcomers", "Household").objects.filter(reason=OLD).update(reason=NEW)
    for name, column in (("Draft", "answers"), ("Registration", "answers"), ("Merge", "snapshot")):
        for row in apps.get_model("newcomers", name).objects.exclude(**{column: {}}).iterator(chunk_size=500):
            mended = _mended(getattr(row, column))
            if mended != getattr(row, column):
                setattr(row, column, mended)
                row.save(update_fields=[column])
    for view in apps.get_model("newcomers", "SavedView").objects.filter(query__contains=f"reason__exact={OLD}"):
        view.query = view.query.replace(f"reason__exact={OLD}", f"reason__exact={NEW}")
        view.save(update_fields=["query"])


def _mended(value: Any) -> Any:
    """In what was typed, and in what a merge keeps for its undoing: rows as text, and columns with what stood there."""
    if isinstance(value, dict):
        return {k: NEW if k == "reason" and v == OLD else _mended(v) for k, v in value.items()}
    if isinstance(value, list):
        is_reason = len(value) > 3 and value[2] == "reason"
        return [NEW if is_reason and each == OLD else _mended(each) for each in value]
    return value.replace(f'"reason": "{OLD}"', f'"reason": "{NEW}"') if isinstance(value, str) else value


class Migration(migrations.Migration):
    dependencies = [("newcomers", "0011_accounts_that_said_yes")]

    operations = [
        migrations.AlterField(
            "household",
            "reason",
            models.CharField(
                blank=True, choices=[*CHOICES, (NEW, "another reason")], max_length=10, verbose_name="reason for moving"
            ),
        ),
        # What was health cannot be told from the others any more: nothing to do on the way back.
        migrations.RunPython(without_health, migrations.RunPython.noop),
    ]
