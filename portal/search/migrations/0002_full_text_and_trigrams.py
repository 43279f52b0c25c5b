"""PostgreSQL alone: the entries' words as full text, and an index that finds words spelt alike."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

FORWARDS = [
    # A word of the title is marked A too. The database keeps it up to date itself.
    """
    ALTER TABLE search_searchentry ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', words), 'D')
    ) STORED
    """,
    # Which matches are ranked is told by their titles.
    """
    ALTER TABLE search_searchentry ADD COLUMN title_vector tsvector
    GENERATED ALWAYS AS (to_tsvector('simple', title_words)) STORED
    """,
    # Matching and ranking read it: kept in the row, and not beside the table as long texts are.
    "ALTER TABLE search_searchentry ALTER COLUMN vector SET STORAGE MAIN",
    "CREATE INDEX search_entries_by_words ON search_searchentry USING gin (vector)",
    "CREATE INDEX search_words_spelt_alike ON search_searchword USING gin (word gin_trgm_ops)",
]
BACKWARDS = [
    "DROP INDEX search_words_spelt_alike",
    "DROP INDEX search_entries_by_words",
    "ALTER TABLE search_searchentry DROP COLUMN title_vector",
    "ALTER TABLE search_searchentry DROP COLUMN vector",
]


def _on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries_words_counts")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(_on_postgresql(FORWARDS), _on_postgresql(BACKWARDS)),
    ]
