from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("newcomers", "0007_keys_by_sound")]

    operations = [migrations.RemoveField(model_name="moverimport", name="households")]
