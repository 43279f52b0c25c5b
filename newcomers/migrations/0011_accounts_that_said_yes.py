"""An account belongs to an adult once its owner has said so; those that were tied before and never used are not."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def untie_unused(apps: Any, schema_editor: Any) -> None:
    apps.get_model("newcomers", "Person").objects.filter(user__last_login=None).exclude(user=None).update(user=None)


class Migration(migrations.Migration):
    dependencies = [("newcomers", "0010_households_in_the_offices_order")]

    operations = [migrations.RunPython(untie_unused, migrations.RunPython.noop)]
