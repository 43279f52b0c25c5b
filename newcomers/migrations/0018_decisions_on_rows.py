"""Who decided on a row of a list stays known when the row is gone, without whom it was about."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("newcomers", "0017_version_of_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            "RowDecision",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "found",
                    models.CharField(
                        choices=[("open", "to be looked at"), ("same", "the same"), ("different", "two households")],
                        max_length=10,
                        verbose_name="found",
                    ),
                ),
                ("on", models.DateField(verbose_name="decided")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="newcomers.moverimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a household of a list",
                "verbose_name_plural": "decisions on households of lists",
                "ordering": ["on", "id"],
            },
        ),
    ]
