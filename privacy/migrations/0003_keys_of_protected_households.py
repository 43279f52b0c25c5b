from typing import Any

from django.db import migrations, models


def forget_waiting(apps: Any, schema_editor: Any) -> None:
    apps.get_model("privacy", "ErasedKey").objects.filter(erased_at=None).delete()


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_waiting_requests_have_a_household")]

    operations = [
        migrations.AlterField("erasedkey", "erased_at", models.DateTimeField(null=True)),
        migrations.AlterField("erasedkey", "until", models.DateField(null=True)),
        migrations.RunPython(migrations.RunPython.noop, forget_waiting),
    ]
