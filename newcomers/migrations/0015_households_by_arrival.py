from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """New households are looked up whoever has them: a colleague may have left since."""

    dependencies = [("newcomers", "0014_farewell_once")]

    operations = [
        migrations.RemoveIndex(model_name="household", name="households_unowned"),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["municipality", "created_at"], condition=Q(restricted=False), name="households_by_arrival"
            ),
        ),
    ]
