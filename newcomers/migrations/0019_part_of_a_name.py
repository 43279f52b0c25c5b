"""PostgreSQL alone: an index that finds part of a name, as the office's list asks for it."""

from typing import Any

from django.db import migrations


def _on_postgresql(statement: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    # The search brings the extension (pg_trgm) for the whole portal.
    dependencies = [("newcomers", "0018_decisions_on_rows"), ("search", "0002_full_text_and_trigrams")]

    operations = [
        migrations.RunPython(
            _on_postgresql(
                "CREATE INDEX persons_by_part_of_name ON newcomers_person USING gin (upper(name) gin_trgm_ops)"
            ),
            _on_postgresql("DROP INDEX persons_by_part_of_name"),
        ),
    ]
