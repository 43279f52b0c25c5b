from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from jobs.models import Vacancy
from tests.factories import MunicipalityFactory, StaffRoleFactory
from tests.jobs.factories import VacancyFactory

pytestmark = pytest.mark.django_db
LIST = "/en/gol/jobs/"


def page_of(vacancy: Vacancy) -> str:
    return f"{LIST}{vacancy.pk}/"


def titles(client: Client, url: str = LIST, **filters: str) -> list[str]:
    response = client.get(url, filters)
    assert response.status_code == 200
    return [vacancy.title for vacancy in response.context["page"]]


# --- The list ---------------------------------------------------------------------------------------


def test_list_shows_own_open_vacancies_the_most_urgent_first(client: Client) -> None:
    VacancyFactory(title="Later", deadline=date(2027, 1, 31))
    VacancyFactory(title="Last day", deadline=date(2026, 11, 22))
    VacancyFactory(title="Soon", soon=True)
    for hidden in ({"draft": True}, {"withdrawn": True}, {"expired": True}):
        VacancyFactory(**hidden)
    VacancyFactory(municipality=MunicipalityFactory(aal=True))
    assert titles(client) == ["Soon", "Last day", "Later"]


def test_kind_narrows_the_list(client: Client) -> None:
    VacancyFactory(title="Learn", kind="apprenticeship")
    VacancyFactory(title="Work")
    assert titles(client, kind="apprenticeship") == ["Learn"]


@pytest.mark.parametrize("words", ["økonom", "ØKONOM", "åmot økonom", "regnskap", "Fjelløkonomi"])
def test_every_word_stands_somewhere_in_any_case(client: Client, words: str) -> None:
    VacancyFactory(title="Økonom", workplace="Åmot", employer_name="Fjelløkonomi AS", description="Du fører regnskap.")
    VacancyFactory(title="Baker", workplace="Åmot")
    assert titles(client, q=words) == ["Økonom"]


def test_percent_sign_is_only_a_character(client: Client) -> None:
    VacancyFactory(title="Helper, 50%")
    VacancyFactory(title="Baker")
    assert titles(client, q="50%") == ["Helper, 50%"]


def test_search_follows_a_partly_saved_vacancy() -> None:
    vacancy = VacancyFactory(title="Before")
    vacancy.title = "After"
    vacancy.save(update_fields=["title"])
    assert Vacancy.objects.with_words("after").exists()


def test_pages_of_twenty_keep_the_filters(client: Client) -> None:
    VacancyFactory.create_batch(21)
    assert len(titles(client)) == 20
    assert len(titles(client, page="2")) == 1
    assert "q=baker&amp;page=2" in client.get(LIST, {"q": "baker"}).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 5000])
def test_page_that_is_not_there_shows_a_page_that_is(client: Client, page: str) -> None:
    vacancy = VacancyFactory()
    assert titles(client, page=page) == [vacancy.title]


@pytest.mark.parametrize(
    ("filters", "field"),
    [({"kind": "pirate"}, "kind"), ({"kind": "x" * 50_000}, "kind"), ({"q": "x" * 50_000}, "q"), ({"q": "a\0b"}, "q")],
)
def test_unreadable_filter_is_named_and_left_out(client: Client, filters: dict[str, str], field: str) -> None:
    vacancy = VacancyFactory()
    response = client.get(LIST, filters)
    assert list(response.context["form"].errors) == [field]
    assert escape(response.context["form"].errors[field][0]) in response.content.decode()
    assert list(response.context["page"]) == [vacancy]


def test_thousands_of_parameters_are_refused(client: Client) -> None:
    MunicipalityFactory(gol=True)
    assert client.get(LIST + "?" + "&".join(f"a{n}=1" for n in range(3000))).status_code == 400


def test_empty_list_says_what_to_do(client: Client) -> None:
    MunicipalityFactory(gol=True)
    assert "https://arbeidsplassen.nav.no/" in client.get(LIST).content.decode()
    assert "Show all vacancies" in client.get(LIST, {"q": "pilot"}).content.decode()


def test_words_from_employers_are_text(client: Client) -> None:
    vacancy = VacancyFactory(title="<b>Baker</b>", description="<script>alert(1)</script>")
    for url in (LIST, page_of(vacancy)):
        page = client.get(url).content.decode()
        assert "<b>Baker" not in page
        assert "<script>alert" not in page


def test_list_takes_as_few_queries_for_a_thousand(client: Client) -> None:
    VacancyFactory.create_batch(10)
    few = count_queries(client, LIST)
    Vacancy.objects.bulk_create(VacancyFactory.build_batch(990, municipality=Vacancy.objects.all()[0].municipality))
    assert count_queries(client, LIST) == few


def count_queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# --- One vacancy ------------------------------------------------------------------------------------


def test_vacancy_shows_what_one_needs_to_apply(client: Client) -> None:
    vacancy = VacancyFactory(apply_url="https://jobb.example/1")
    page = client.get(page_of(vacancy)).content.decode()
    for words in (
        "<strong>brød</strong>", 'href="https://jobb.example/1"', "Full time", "31 December 2026", vacancy.contact,
    ):  # fmt: skip
        assert words in page
    assert f'<h1 lang="nn">{vacancy.title}</h1>' in page


def test_mail_is_the_way_to_apply_without_a_web_address(client: Client) -> None:
    page = client.get(page_of(VacancyFactory())).content.decode()
    assert 'href="mailto:jobb@morgonbrod.example"' in page


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_deadline_is_written_in_norwegian(client: Client, language: str) -> None:
    vacancy = VacancyFactory()
    assert "31. desember 2026" in client.get(f"/{language}/gol/jobs/").content.decode()
    assert "31. desember 2026" in client.get(f"/{language}/gol/jobs/{vacancy.pk}/").content.decode()


@pytest.mark.parametrize("hidden", [{"draft": True}, {"withdrawn": True}, {"expired": True}])
def test_hidden_vacancy_leads_back_to_the_list(client: Client, hidden: dict[str, Any]) -> None:
    response = client.get(page_of(VacancyFactory(**hidden)))
    assert response.status_code == 404
    assert f'<a class="ds-button" href="{LIST}"' in response.content.decode()


def test_vacancy_of_another_town_is_like_one_that_never_was(client: Client) -> None:
    MunicipalityFactory(gol=True)
    other = VacancyFactory(municipality=MunicipalityFactory(aal=True))
    there, nowhere = client.get(f"{LIST}{other.pk}/"), client.get(f"{LIST}{uuid4()}/")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert other.title.encode() not in there.content


def test_office_sees_its_drafts_and_no_other_town_does(client: Client) -> None:
    draft = VacancyFactory(draft=True)
    client.force_login(StaffRoleFactory(municipality=draft.municipality).user)
    assert client.get(page_of(draft)).context["is_shown"] is False
    client.force_login(StaffRoleFactory(municipality=MunicipalityFactory(aal=True)).user)
    assert client.get(page_of(draft)).status_code == 404


@pytest.mark.parametrize("url", ["", "{pk}/"])
def test_switched_off_town_has_no_vacancies(client: Client, url: str) -> None:
    vacancy = VacancyFactory(municipality=MunicipalityFactory(gol=True, switched_off=True))
    assert client.get(LIST + url.format(pk=vacancy.pk)).status_code == 404
