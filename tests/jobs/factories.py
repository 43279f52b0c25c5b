from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from jobs.enums import VacancyKind
from jobs.models import Vacancy
from tests.factories import MunicipalityFactory


class VacancyFactory(DjangoModelFactory[Vacancy]):
    """On the site in Gol until 31 December 2026."""

    class Meta:
        model = Vacancy

    class Params:
        draft = factory.Trait(is_published=False, published_on=None)
        withdrawn = factory.Trait(is_published=False)
        expired = factory.Trait(deadline=date(2026, 11, 21))
        soon = factory.Trait(deadline=None)

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    title = factory.Sequence(lambda n: f"Baker {n}")
    employer_name = "Morgonbrød"
    kind = VacancyKind.FULL_TIME
    occupation = "Baker"
    workplace = "Gol sentrum"
    description = "Vi bakar **brød**."
    language = "nn"
    apply_email = "jobb@morgonbrod.example"
    deadline = date(2026, 12, 31)
    contact = "Kari Eksempel, 00 00 00 03"
    is_published = True
    published_on = date(2026, 11, 1)
