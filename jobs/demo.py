"""Vacancies of the invented region, open on any day it is loaded."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.text import slugify

from jobs.models import Vacancy
from portal.demo import read
from portal.municipalities.loading import LETTERS
from portal.municipalities.models import Municipality


def load_content(*, on: date) -> dict[str, int]:
    places = Municipality.objects.in_bulk([row["municipality"] for row in read("vacancies")], field_name="code")
    for number, row in enumerate(read("vacancies")):
        employer = slugify(row["employer"].translate(LETTERS))
        Vacancy.objects.update_or_create(
            municipality=places[row["municipality"]],
            employer_name=row["employer"],
            title=row["title"],
            defaults={
                "kind": row["kind"],
                "occupation": row["occupation"],
                "workplace": row["workplace"],
                "description": row["description"],
                "language": row["language"],
                "apply_email": f"jobb@{employer}.demo.example",
                "deadline": on + timedelta(days=row["deadline_in_days"]),
                "is_published": True,
                "published_on": on - timedelta(days=number % 14),
            },
        )
    return {"vacancies": Vacancy.objects.count()}
