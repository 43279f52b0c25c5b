"""Gifts of the invented region, the run of the last quarter that is printed, and this quarter's that is planned."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from django.utils.text import slugify

from portal.clock import Quarter, add_months
from portal.demo import read
from portal.municipalities.loading import LETTERS
from portal.municipalities.models import Municipality
from welcome.letters.services import LettersStopped
from welcome.packages.models import Gift, Package, PackagePlan, Partner
from welcome.packages.services import RunError, print_run, run_packages

# Gifts are valid from before the last quarter's run.
MONTHS_BACK = 6


def load_content(*, on: date) -> dict[str, int]:
    for municipality in Municipality.objects.filter(is_demo=True):
        PackagePlan.objects.get_or_create(municipality=municipality)
        for row in read("gifts"):
            _load_gift(municipality, row, on)
    return {"gifts": Gift.objects.count()}


def _load_gift(municipality: Municipality, row: dict, on: date) -> None:
    slug = slugify(row["partner"].translate(LETTERS))
    partner, _created = Partner.objects.get_or_create(
        municipality=municipality, name=row["partner"], defaults={"email": f"post@{slug}.demo.example"}
    )
    gift, created = Gift.objects.get_or_create(
        municipality=municipality,
        code=row["code"],
        defaults={
            "partner": partner,
            "per": row["per"],
            "max_per_household": row["max_per_household"],
            "min_age": row["min_age"],
            "max_age": row["max_age"],
            "agreed": row["agreed"],
        },
    )
    # Every day it is loaded again, it is valid again.
    gift.valid_from, gift.valid_to = add_months(on, -MONTHS_BACK), add_months(on, row["valid_months"])
    gift.save()
    for language, texts in row["texts"].items():
        gift.translations.update_or_create(language_code=language, defaults=texts)


def load_people(*, on: date) -> dict[str, int]:
    this = Quarter.of(on)
    first = date(this.year, 3 * this.number - 2, 1)
    day_before = first - timedelta(days=1)
    for municipality in Municipality.objects.filter(is_demo=True).order_by("code"):
        last = Quarter.of(day_before)
        run_packages(municipality=municipality, quarter=last, on=day_before)
        with suppress(RunError, LettersStopped):  # nobody had come by then, or a fact had not been checked
            print_run(municipality=municipality, quarter=last, on=day_before)
        run_packages(municipality=municipality, quarter=this, on=on)
    return {"packages": Package.objects.count()}
