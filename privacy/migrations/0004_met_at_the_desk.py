from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever has a protected address and is typed in at the desk is written down as such."""

    dependencies = [("privacy", "0003_keys_of_protected_households")]

    operations = [
        migrations.AlterField(
            model_name="accessentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("viewed", "looked at"),
                    ("listed", "looked through a list"),
                    ("changed", "changed"),
                    ("exported", "fetched a file"),
                    ("printed", "printed a letter"),
                    ("met", "typed their name and birth year at the desk"),
                ],
                max_length=10,
                verbose_name="what",
            ),
        ),
    ]
