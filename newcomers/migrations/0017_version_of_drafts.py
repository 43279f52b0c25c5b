from django.db import migrations, models


class Migration(migrations.Migration):
    """A message to many counts its changes: what is sent is what was looked at."""

    dependencies = [("newcomers", "0016_address_of_desk_confirmations")]

    operations = [
        migrations.AddField(
            model_name="bulkmessage",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
