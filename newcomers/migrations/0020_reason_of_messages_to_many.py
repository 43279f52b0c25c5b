from django.db import migrations, models

import portal.identity_numbers


class Migration(migrations.Migration):
    dependencies = [("newcomers", "0019_part_of_a_name")]

    operations = [
        migrations.AddField(
            model_name="bulkmessage",
            name="reason",
            field=models.CharField(
                blank=True,
                max_length=300,
                validators=[portal.identity_numbers.no_identity_number],
                verbose_name="reason",
            ),
        ),
    ]
