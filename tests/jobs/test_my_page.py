"""Vacancies that may fit, on a newcomer's My page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from newcomers.models import Person
from portal import clock
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, PersonFactory, UserFactory
from tests.jobs.factories import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def nurse() -> Person:
    return PersonFactory(
        with_account=True, wants_job=True, occupation="pielęgniarka", occupation_code="2223",
        job_wish="Sklep, Barnehage or sprzątaczka",
    )  # fmt: skip


def section(client: Client, person: Person) -> str:
    client.force_login(person.user)
    page = re.sub(r"\s+", " ", client.get("/en/gol/my/").content.decode())
    return page.partition('id="my-jobs"')[2].partition("</section>")[0]


def titles(text: str) -> list[str]:
    return re.findall(r'<a href="[^"]+"><span lang="nn">([^<]+)<', text)


def test_the_same_occupation_fits_in_any_language_and_the_page_says_why(client: Client, nurse: Person) -> None:
    vacancy = VacancyFactory(title="Vi treng deg", occupation="Sjukepleiar")
    VacancyFactory(title="Bakar", occupation="Bakar")
    found = section(client, nurse)
    assert titles(found) == ["Vi treng deg"]
    assert vacancy.get_absolute_url() in found
    assert "Because you work as: pielęgniarka" in found
    assert "Apply by 31 December 2026" in found


@pytest.mark.parametrize(
    ("title", "occupation", "why"),
    [
        ("Barnehagelærar", "", "Because you look for: Barnehage"),
        ("Reinhaldar på hotell", "", "Because you look for: Reinhaldar på hotell"),
        ("Helsesjukepleiar", "", "Close to your occupation: pielęgniarka"),
    ],
)
def test_what_is_wished_and_what_is_close_fits_too(
    client: Client, nurse: Person, title: str, occupation: str, why: str
) -> None:
    VacancyFactory(title=title, occupation=occupation)
    assert why in section(client, nurse)


def test_the_three_best_are_shown_the_most_urgent_first(client: Client, nurse: Person) -> None:
    VacancyFactory(title="Helsesjukepleiar", occupation="")
    VacancyFactory(title="Barnehagelærar", occupation="")
    for day in (28, 24, 26):
        VacancyFactory(title=f"Pleie {day}", occupation="Sjukepleiar", deadline=TODAY.replace(day=day))
    assert titles(section(client, nurse)) == ["Pleie 24", "Pleie 26", "Pleie 28"]


def test_what_is_not_on_the_site_or_elsewhere_is_not_shown(client: Client, nurse: Person) -> None:
    for traits in (
        {"draft": True},
        {"expired": True},
        {"withdrawn": True},
        {"municipality": MunicipalityFactory(aal=True)},
    ):
        VacancyFactory(occupation="Sjukepleiar", **traits)
    found = section(client, nurse)
    assert titles(found) == []
    assert "No vacant job here is like what you told us right now." in found
    assert "/en/gol/jobs/" in found


def test_only_those_who_look_for_work_are_shown_jobs(client: Client, nurse: Person) -> None:
    VacancyFactory(occupation="Sjukepleiar")
    Person.objects.update(wants_job=False)
    assert section(client, nurse) == ""


def test_the_others_wish_counts_unless_they_have_an_account_of_their_own(client: Client) -> None:
    kari = PersonFactory(with_account=True)
    ola = PersonFactory(
        household=kari.household, position=1, wants_job=True, occupation_code="7115", occupation="cieśla"
    )
    VacancyFactory(title="Tømrar", occupation="Tømrar")
    assert titles(section(client, kari)) == ["Tømrar"]
    Person.objects.filter(pk=ola.pk).update(user=UserFactory())
    assert section(client, kari) == ""
