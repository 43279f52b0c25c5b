"""Municipalities and postcodes of Norway from the project's own copies (data/SOURCES.md)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from portal.municipalities.models import Municipality, Postcode

DATA = Path(settings.BASE_DIR) / "data"
# Norwegian and Sámi letters in addresses: Ål is /aal/, as on the municipality's own site.
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"})
SLUGS = {"3328": "aal"}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _slug(code: str, name: str, taken: set[str]) -> str:
    slug = SLUGS.get(code) or slugify(name.translate(LETTERS))
    if slug in taken:
        slug = f"{slug}-{code}"
    taken.add(slug)
    return slug


def _languages(written_form: str) -> list[str]:
    return ["nn", "nb", "en"] if written_form == "nn" else ["nb", "nn", "en"]


@transaction.atomic
def load_municipalities() -> dict[str, int]:
    """Add what is new and correct facts; what a municipality decided itself (address, languages, office) stays."""
    known = {m.code: m for m in Municipality.objects.all()}
    taken = {m.slug for m in known.values()}
    added, changed = [], []
    for row in _rows("municipalities.csv"):
        facts = {
            "name": row["name_no"],
            "county": row["county"],
            "centre": row["adm_centre"],
            "website": row["website"],
        }
        municipality = known.get(row["code"])
        if municipality is None:
            added.append(
                Municipality(
                    code=row["code"],
                    slug=_slug(row["code"], row["name_no"], taken),
                    written_form=row["language_decision"],
                    languages=_languages(row["language_decision"]),
                    **facts,
                )
            )
        elif any(getattr(municipality, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(municipality, name, value)
            changed.append(municipality)
    Municipality.objects.bulk_create(added)
    Municipality.objects.bulk_update(changed, ["name", "county", "centre", "website"])
    return {
        "municipalities": len(known) + len(added),
        "added": len(added),
        "changed": len(changed),
        "postcodes": _load_postcodes(),
    }


def _load_postcodes() -> int:
    by_code = dict(Municipality.objects.values_list("code", "pk"))
    rows = [
        Postcode(code=row["postal_code"], city=row["place"], municipality_id=by_code.get(row["kommune_code"]))
        for row in _rows("postcodes.csv")
    ]
    Postcode.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["city", "municipality"],
    )
    return len(rows)
