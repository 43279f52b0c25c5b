from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobs.models import Vacancy
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, StaffRoleFactory
from tests.jobs.factories import VacancyFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/jobs/vacancy/"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(StaffRoleFactory().user)
    return client


def form_data(**changes: str) -> dict[str, str]:
    """What an officer in Gol types."""
    return {
        "municipality": str(MunicipalityFactory(gol=True).pk),
        "title": "Baker",
        "employer_name": "Morgonbrød",
        "kind": "full_time",
        "description": "Vi bakar.",
        "language": "nn",
        "apply_email": "jobb@morgonbrod.example",
    } | changes


def test_officer_posts_a_vacancy_that_is_on_the_site_at_once(officer: Client) -> None:
    assert officer.post(f"{LIST}add/", form_data(is_published="on")).status_code == 302
    assert Vacancy.objects.shown(TODAY).get().published_on == TODAY


def test_draft_stays_off_the_site(officer: Client) -> None:
    assert officer.post(f"{LIST}add/", form_data()).status_code == 302
    assert Vacancy.objects.get().published_on is None


def test_unticked_vacancy_is_withdrawn(officer: Client) -> None:
    vacancy = VacancyFactory()
    assert officer.post(f"{LIST}{vacancy.pk}/change/", form_data()).status_code == 302
    vacancy.refresh_from_db()
    assert (vacancy.is_published, vacancy.title) == (False, "Baker")


def test_missing_way_to_apply_is_said_at_its_field(officer: Client) -> None:
    response = officer.post(f"{LIST}add/", form_data(apply_email=""))
    assert list(response.context["errors"]) == [["Say how to apply: a web address or an e-mail address."]]
    assert not Vacancy.objects.exists()


def test_vacancy_of_another_town_is_not_there(officer: Client) -> None:
    own, other = VacancyFactory(), VacancyFactory(municipality=MunicipalityFactory(aal=True))
    assert list(officer.get(LIST).context["cl"].queryset) == [own]
    assert other not in officer.get(f"{LIST}?municipality=3328").context["cl"].queryset
    assert officer.get(f"{LIST}{other.pk}/change/").status_code == 404
    officer.post(LIST, {"action": "withdraw", "_selected_action": [str(own.pk), str(other.pk)]})
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.is_published, other.is_published) == (False, True)


def test_vacancy_cannot_be_posted_in_another_town(officer: Client) -> None:
    elsewhere = form_data(municipality=str(MunicipalityFactory(aal=True).pk))
    assert officer.post(f"{LIST}add/", elsewhere).status_code == 200
    assert not Vacancy.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("housing_officer", 403), ("analyst", 403)])
def test_roles(client: Client, role: str, status: int) -> None:
    client.force_login(StaffRoleFactory(**{role: True}).user)
    assert client.get(LIST).status_code == status


@pytest.mark.parametrize("state", ["draft", "shown", "expired", "withdrawn"])
def test_state_filter(officer: Client, state: str) -> None:
    rows = {name: VacancyFactory(**{name: True}) for name in ("draft", "expired", "withdrawn")}
    rows["shown"] = VacancyFactory()
    response = officer.get(LIST, {"state": state, "_facets": "True"})
    assert list(response.context["cl"].queryset) == [rows[state]]


def test_publishing_what_is_past_its_deadline_is_said(officer: Client) -> None:
    vacancy = VacancyFactory(draft=True, expired=True)
    response = officer.post(LIST, {"action": "publish", "_selected_action": [str(vacancy.pk)]}, follow=True)
    assert [str(message).split()[0:2] for message in response.context["messages"]] == [
        ["1", "published."],
        ["1", "stay"],
    ]


def test_posting_what_is_past_its_deadline_is_said(officer: Client) -> None:
    typed = form_data(is_published="on", deadline="2020-01-01")
    response = officer.post(f"{LIST}add/", typed, follow=True)
    assert any("stay off the site" in str(message) for message in response.context["messages"])


def test_admin_list_takes_as_few_queries_for_a_thousand(officer: Client) -> None:
    VacancyFactory.create_batch(10)
    few = count_queries(officer)
    Vacancy.objects.bulk_create(VacancyFactory.build_batch(990, municipality=Vacancy.objects.all()[0].municipality))
    assert count_queries(officer) == few


def count_queries(officer: Client) -> int:
    officer.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        assert officer.get(LIST).status_code == 200
    return len(queries)
