from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace

NOTES = [" Kommunen skriver sin hjemmel her.", " Kommunen avgjør."]


def take_out(apps, schema_editor):
    """The public privacy page shows the law, and these words are for those who decide on it."""
    purposes = apps.get_model("privacy", "Purpose").objects
    for note in NOTES:
        purposes.filter(law__endswith=note).update(law=Replace(F("law"), Value(note), Value("")))


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_met_at_the_desk")]

    operations = [migrations.RunPython(take_out, migrations.RunPython.noop)]
