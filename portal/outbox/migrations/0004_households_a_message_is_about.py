import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_addresses_that_bounce")]

    operations = [
        migrations.CreateModel(
            name="MessageAbout",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("household_ref", models.UUIDField(db_index=True)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="about", to="outbox.message"
                    ),
                ),
            ],
            options={
                "verbose_name": "household in a message",
                "verbose_name_plural": "households in messages",
                "constraints": [
                    models.UniqueConstraint(fields=("message", "household_ref"), name="message_about_once")
                ],
            },
        ),
    ]
