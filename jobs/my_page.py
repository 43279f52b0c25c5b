"""Vacancies that may fit what a household's adults work as or look for, on My page. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from jobs.views import card
from newcomers.access import own_person
from newcomers.enums import HouseholdState
from newcomers.models import Household, Person
from newcomers.occupations import codes_in
from newcomers.wishes import may_tell_of
from portal.municipalities.middleware import MunicipalityRequest
from portal.registry import Section
from portal.search.text import fold, tokens

MOST_SHOWN = 3
# Shorter words say too little; of a longer one, so many letters must begin the other.
WORD_LETTERS = 4


@dataclass(frozen=True)
class Wish:
    """What one adult works as and looks for."""

    occupation: str
    # STYRK-08 of the occupation, and of what the wish names.
    code: str
    wished_codes: frozenset[str]
    words: tuple[str, ...]

    @classmethod
    def of(cls, person: Person) -> Wish:
        words = dict.fromkeys(token.word for token in tokens(person.job_wish) if len(token.word) >= WORD_LETTERS)
        return cls(person.occupation, person.occupation_code, frozenset(codes_in(person.job_wish)), tuple(words))

    def why(self, title: str, occupation: str) -> tuple[int, str] | None:
        """How well a vacancy fits, 0 best, and the reason in words; None where nothing speaks for it."""
        codes = codes_in(title) | codes_in(occupation)
        if self.code and self.code in codes:
            return 0, _("Because you work as: %(occupation)s") % {"occupation": self.occupation}
        named = self._word_in(f"{title} {occupation}")
        if named or self.wished_codes & codes:
            return 1, _("Because you look for: %(words)s") % {"words": named or occupation or title}
        # Three digits are a group of occupations that are close to each other.
        if self.code and any(code[:3] == self.code[:3] for code in codes):
            return 2, _("Close to your occupation: %(occupation)s") % {"occupation": self.occupation}
        return None

    def _word_in(self, text: str) -> str:
        there = [fold(token.word) for token in tokens(text)]
        return next((word for word in self.words if any(known.startswith(fold(word)) for known in there)), "")


def my_page(request: HttpRequest, household: Household, on: date) -> Iterable[Section]:
    person = own_person(cast(MunicipalityRequest, request))
    if person is None or household.state == HouseholdState.MOVED_AWAY:
        return
    seekers = [adult for adult in may_tell_of(person, household) if adult.wants_job]
    if seekers:
        url = reverse("jobs:list", args=[household.municipality.slug])
        yield Section(60, "jobs/my_page.html", {"cards": _cards(household, seekers, on), "list_url": url})


def _cards(household: Household, seekers: list[Person], on: date) -> list[dict[str, Any]]:
    """The vacancies that fit somebody best, the most urgent of them first."""
    vacancies = household.municipality.vacancys.shown(on)
    wishes = [Wish.of(seeker) for seeker in seekers]
    fitting = []
    for pk, title, occupation in vacancies.values_list("pk", "title", "occupation"):
        reasons = [why for wish in wishes if (why := wish.why(title, occupation))]
        if reasons:
            fitting.append((*min(reasons), pk))
    best = sorted(fitting, key=lambda row: row[0])[:MOST_SHOWN]
    found = vacancies.select_related("municipality").in_bulk([pk for _rank, _why, pk in best])
    return [_card(found[pk], why) for _rank, why, pk in best if pk in found]


def _card(vacancy: Any, why: str) -> dict[str, Any]:
    plain = card(vacancy)
    return plain | {"text": f"{plain['text']} · {plain['foot']}", "foot": why}
