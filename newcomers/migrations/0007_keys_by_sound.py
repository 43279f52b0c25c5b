"""Gives households and persons their keys by sound, and lists that were under way their rows."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from newcomers.matching import place_key, sound_key

BATCH = 1000


def fill(model: Any, field: str, wanted: Any, key: Callable[[Any], str]) -> None:
    batch = []
    for row in wanted.values_list("pk", flat=True).iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            fill_batch(model, field, batch, key)
            batch = []
    fill_batch(model, field, batch, key)


def fill_batch(model: Any, field: str, ids: list[Any], key: Callable[[Any], str]) -> None:
    rows = list(model.objects.filter(pk__in=ids))
    for row in rows:
        setattr(row, field, key(row))
    model.objects.bulk_update(rows, [field], batch_size=200)


def forwards(apps: Any, schema_editor: Any) -> None:
    Household, Person = apps.get_model("newcomers", "Household"), apps.get_model("newcomers", "Person")
    homes = Household.objects.exclude(street="").filter(place_key="").order_by("pk")
    fill(Household, "place_key", homes, lambda home: place_key(home.street, home.postcode))
    adults = Person.objects.exclude(name="").filter(sound_key="").order_by("pk")
    fill(Person, "sound_key", adults, lambda person: sound_key(person.name))
    MoverImport, MoverRow = apps.get_model("newcomers", "MoverImport"), apps.get_model("newcomers", "MoverRow")
    for record in MoverImport.objects.exclude(state="done"):
        left = enumerate(record.households[record.done :], start=record.done)
        rows = [MoverRow(record=record, position=place, packed=packed) for place, packed in left]
        MoverRow.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        MoverImport.objects.filter(pk=record.pk).update(state="waiting", compared=record.done, households=[])


def backwards(apps: Any, schema_editor: Any) -> None:
    """Keys go with their columns; rows of lists under way go back to where they stood."""
    MoverImport = apps.get_model("newcomers", "MoverImport")
    for record in MoverImport.objects.exclude(state="done"):
        packed = [row.packed for row in record.rows.order_by("position")]
        MoverImport.objects.filter(pk=record.pk).update(
            state="waiting", households=packed, total=len(packed), done=0
        )


class Migration(migrations.Migration):
    # Each batch stands by itself: begun again, it goes on where it stopped.
    atomic = False

    dependencies = [("newcomers", "0006_movers_pairs_and_merges")]

    operations = [migrations.RunPython(forwards, backwards, elidable=True)]
