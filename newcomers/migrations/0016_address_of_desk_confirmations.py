from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def went_to(apps: Any, schema_editor: Any) -> None:
    """Until now nothing says where a mail went: to the address that stands there."""
    theirs = apps.get_model("newcomers", "Person").objects.filter(pk=OuterRef("person_id"))
    apps.get_model("newcomers", "DeskConfirmation").objects.update(email=Subquery(theirs.values("email")[:1]))


class Migration(migrations.Migration):
    """A confirmation after the desk holds for the address that got the mail."""

    dependencies = [("newcomers", "0015_households_by_arrival")]

    operations = [
        migrations.AddField(
            model_name="deskconfirmation",
            name="email",
            field=models.EmailField(default="", max_length=254),
            preserve_default=False,
        ),
        migrations.RunPython(went_to, migrations.RunPython.noop),
    ]
