"""The host's pages: only their own newcomers, only what these share, two taps to log a contact."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newcomers.enums import ShareField
from newcomers.models import Consent, Household
from portal import clock
from portal.municipalities.models import DatedTask
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, UserFactory
from tests.hosting.factories import HostFactory, PlanFactory, accepted, next_step, other_town, proposed, talked
from welcome.hosting import services
from welcome.hosting.enums import AssignmentState, Outcome
from welcome.hosting.models import Assignment, Conversation, Host

LIST = "/en/gol/host/"


def _url(assignment: Assignment, page: str = "") -> str:
    return f"{LIST}{assignment.pk}/{page}"


def _as(host: Host, client: Client | None = None) -> Client:
    client = client or Client()
    client.force_login(host.user)
    return client


def _text(response: HttpResponse) -> str:
    return response.content.decode()


def _submission(page: str) -> str:
    found = re.search(r'name="submission" value="([0-9a-f-]{36})"', page)
    assert found, "the form carries its submission"
    return found[1]


# --- Who sees what ---


@pytest.mark.django_db
def test_stranger_is_asked_to_sign_in(client: Client) -> None:
    MunicipalityFactory(gol=True)
    assert client.get(LIST).status_code == 302


@pytest.mark.django_db
def test_pages_do_not_exist_for_who_is_no_host_here(client: Client) -> None:
    assignment = accepted()
    elsewhere = HostFactory(municipality=other_town())
    for user in (UserFactory(), elsewhere.user):
        client.force_login(user)
        assert client.get(LIST).status_code == 404
        assert client.get(_url(assignment)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "method"),
    [("", "get"), ("contact/", "get"), ("contact/", "post"), ("accept/", "post"), ("decline/", "post")],
)
def test_newcomers_of_another_host_do_not_exist(page: str, method: str) -> None:
    assignment = proposed() if page in {"accept/", "decline/"} else accepted()
    client = _as(HostFactory())
    response = getattr(client, method)(_url(assignment, page), {"outcome": "reached", "submission": uuid.uuid4()})
    assert response.status_code == 404
    assignment.refresh_from_db()
    assert assignment.state in {AssignmentState.PROPOSED, AssignmentState.ACCEPTED}


@pytest.mark.django_db
def test_same_host_in_another_town_sees_nothing_of_this_one() -> None:
    assignment = accepted()
    HostFactory(municipality=other_town(), user=assignment.host.user)
    client = _as(assignment.host)
    assert assignment.household.first_names not in _text(client.get("/en/hemsedal/host/"))
    assert client.get(f"/en/hemsedal/host/{assignment.pk}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["accept/", "decline/"])
def test_opening_a_link_answers_nothing(page: str) -> None:
    """Mail scanners open every link."""
    assignment = proposed()
    assert _as(assignment.host).get(_url(assignment, page)).status_code == 405
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.PROPOSED


@pytest.mark.django_db
def test_protected_household_leaves_the_pages_at_once() -> None:
    assignment = accepted()
    client = _as(assignment.host)
    names = assignment.household.first_names
    assert names in _text(client.get(LIST))
    Household.objects.filter(pk=assignment.household.pk).update(restricted=True, street="", postcode="", address_key="")
    assert names not in _text(client.get(LIST))
    assert client.get(_url(assignment)).status_code == 404
    assert client.post(_url(assignment, "contact/"), {"outcome": "reached"}).status_code == 404


@pytest.mark.django_db
def test_what_is_over_is_gone_the_same_second() -> None:
    assignment = accepted()
    client = _as(assignment.host)
    services.end(by=None, assignment=assignment, reason="Moved", on=clock.today())
    assert assignment.household.first_names not in _text(client.get(LIST))
    assert client.get(_url(assignment)).status_code == 404


@pytest.mark.django_db
def test_header_leads_hosts_here_and_nobody_else(client: Client) -> None:
    host = HostFactory()
    assert f'href="{LIST}"' in _text(_as(host).get("/en/gol/"))
    client.force_login(UserFactory())
    assert f'href="{LIST}"' not in _text(client.get("/en/gol/"))


# --- What newcomers share ---


def _sharing(**given: Any) -> tuple[Assignment, Consent]:
    household = HouseholdFactory(adults=0, street="Hemmelegvegen 7")
    person = PersonFactory(household=household, name="Ola Nordlys", phone="00 00 00 42", email="ola@example.example")
    PersonFactory(household=household, name="Kari Nordlys", phone="00 00 00 43")
    consent = Consent.objects.create(person=person, field=ShareField.PHONE, text_version="1")
    make = given.pop("make", accepted)
    return make(household=household), consent


@pytest.mark.django_db
def test_only_the_field_and_the_person_that_agreed() -> None:
    assignment, _consent = _sharing()
    page = _text(_as(assignment.host).get(_url(assignment)))
    assert "00 00 00 42" in page
    for hidden in ("ola@example.example", "Hemmelegvegen", "00 00 00 43", "Nordlys"):
        assert hidden not in page


@pytest.mark.django_db
def test_nothing_before_the_host_has_said_yes() -> None:
    assignment, _consent = _sharing(make=proposed)
    page = _text(_as(assignment.host).get(_url(assignment)))
    assert "Ola" in page
    assert "00 00 00 42" not in page


@pytest.mark.django_db
def test_withdrawn_consent_takes_the_field_away_at_once() -> None:
    assignment, consent = _sharing()
    client = _as(assignment.host)
    assert "00 00 00 42" in _text(client.get(_url(assignment)))
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=timezone.now())
    assert "00 00 00 42" not in _text(client.get(_url(assignment)))


# --- Answering ---


@pytest.mark.django_db
def test_yes_leads_to_what_to_do_first() -> None:
    assignment = proposed()
    response = _as(assignment.host).post(_url(assignment, "accept/"), follow=True)
    page = _text(response)
    assert "first hello" in page
    assert "Ask how it goes." in page
    assert "Find a home" in page
    assert f"housing-{assignment.municipality.code}" in page


@pytest.mark.django_db
def test_no_gives_the_household_back() -> None:
    assignment = proposed()
    page = _text(_as(assignment.host).post(_url(assignment, "decline/"), follow=True))
    assert "finds somebody else" in page
    assert assignment.household.first_names not in page
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.DECLINED


@pytest.mark.django_db
def test_second_answer_is_told_kindly() -> None:
    assignment = accepted()
    response = _as(assignment.host).post(_url(assignment, "decline/"), follow=True)
    assert response.status_code == 200
    assert "has changed since you opened the page" in _text(response)


# --- Two taps ---


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", Outcome.values)
def test_second_tap_logs_the_contact(outcome: str) -> None:
    assignment = accepted(on=clock.today())
    client = _as(assignment.host)
    assert _url(assignment, "contact/") in _text(client.get(LIST))
    form = _text(client.get(_url(assignment, "contact/")))
    assert not Conversation.objects.exists()
    tapped = {"outcome": outcome, "submission": _submission(form), "note": "Coffee."}
    response = client.post(_url(assignment, "contact/"), tapped, follow=True)
    assert "Thank you" in _text(response)
    logged = Conversation.objects.get()
    assert (logged.outcome, logged.note, logged.by) == (outcome, "Coffee.", assignment.host.user)
    assert "Coffee." in _text(client.get(_url(assignment)))


@pytest.mark.django_db
def test_tap_sent_twice_counts_once() -> None:
    assignment = accepted(on=clock.today())
    client = _as(assignment.host)
    tapped = {"outcome": "reached", "submission": _submission(_text(client.get(_url(assignment, "contact/"))))}
    responses = [client.post(_url(assignment, "contact/"), tapped) for _tap in range(2)]
    assert [response.status_code for response in responses] == [302, 302]
    assert Conversation.objects.count() == 1


@pytest.mark.django_db
def test_last_tap_sent_twice_is_no_dead_end() -> None:
    """The first of the two was the last step: the household is settled and no longer the host's."""
    start = clock.today() - timedelta(days=40)
    assignment = accepted(on=start)
    talked(assignment, on=start)
    talked(assignment, on=start + timedelta(days=7))
    client = _as(assignment.host)
    tapped = {"outcome": "reached", "submission": _submission(_text(client.get(_url(assignment, "contact/"))))}
    assert "stand on their own feet" in _text(client.post(_url(assignment, "contact/"), tapped, follow=True))
    assert client.post(_url(assignment, "contact/"), tapped).status_code == 302
    assert client.post(_url(assignment, "contact/"), tapped | {"submission": uuid.uuid4()}).status_code == 404


@pytest.mark.django_db
def test_identity_number_in_the_note_is_taken_out_and_named() -> None:
    assignment = accepted(on=clock.today())
    tapped = {"outcome": "reached", "submission": uuid.uuid4(), "note": "Met them. 01010750160 is the number."}
    page = _text(_as(assignment.host).post(_url(assignment, "contact/"), tapped))
    assert "identity number" in page
    assert "Met them." in page
    assert "01010750160" not in page
    assert not Conversation.objects.exists()


@pytest.mark.django_db
def test_form_without_a_tap_keeps_the_note_and_asks() -> None:
    assignment = accepted(on=clock.today())
    page = _text(
        _as(assignment.host).post(_url(assignment, "contact/"), {"note": "Coffee.", "submission": uuid.uuid4()})
    )
    assert "Tap one of the three buttons" in page
    assert "Coffee." in page


@pytest.mark.django_db
def test_page_open_too_long_keeps_what_was_typed() -> None:
    assignment = accepted(on=clock.today())
    client = _as(assignment.host, Client(enforce_csrf_checks=True))
    submission = str(uuid.uuid4())
    tapped = {"outcome": "reached", "note": "Coffee. 01010750160", "submission": submission}
    page = _text(client.post(_url(assignment, "contact/"), tapped))
    assert "Coffee." in page
    assert "01010750160" not in page
    assert _submission(page) == submission
    assert not Conversation.objects.exists()


@pytest.mark.django_db
def test_page_open_too_long_shows_nothing_to_others() -> None:
    assignment = accepted(on=clock.today())
    for client in (Client(enforce_csrf_checks=True), _as(HostFactory(), Client(enforce_csrf_checks=True))):
        response = client.post(_url(assignment, "contact/"), {"note": "x"})
        assert response.status_code == 404
        assert assignment.household.first_names not in _text(response)


@pytest.mark.django_db
def test_contact_cannot_be_logged_before_the_answer() -> None:
    assignment = proposed()
    response = _as(assignment.host).get(_url(assignment, "contact/"))
    assert (response.status_code, response["Location"]) == (302, _url(assignment))


# --- The list ---


@pytest.mark.django_db
def test_what_is_due_first_stands_first() -> None:
    host = HostFactory(capacity=5)
    later = accepted(host=host, on=clock.today(), adults__name="Berit Sist")
    first = accepted(host=host, on=clock.today() - timedelta(days=20), adults__name="Anna Først")
    for assignment, name in ((later, "Berit Sist"), (first, "Anna Først")):
        assignment.household.persons.update(name=name)
    page = _text(_as(host).get(LIST))
    assert page.index("Anna") < page.index("Berit")
    assert "Late" in page


@pytest.mark.django_db
def test_empty_list_says_what_happens() -> None:
    assert "Nobody has been given to you yet" in _text(_as(HostFactory()).get(LIST))


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_number_of_newcomers() -> None:
    host = HostFactory(capacity=20)
    PlanFactory()
    client = _as(host)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    accepted(host=host)
    queries()
    with_one = queries()
    for _number in range(14):
        talked(accepted(host=host, family=True), on=date(2026, 11, 2))
    assert queries() == with_one


@pytest.mark.django_db
def test_host_page_is_small() -> None:
    """At most 10 queries of its own and 60 kB, whoever has many."""
    host = HostFactory(capacity=6)
    for _number in range(6):
        accepted(host=host)
    client = _as(host)
    client.get(LIST)
    for url in (LIST, _url(host.assignments.first())):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url)
        own = [q["sql"] for q in captured if "django_session" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
        assert len(own) <= 16, own
        assert len(page.content) < 60_000


@pytest.mark.django_db
def test_needs_help_stands_on_the_offices_list() -> None:
    assignment = accepted(on=clock.today())
    tapped = {"outcome": "needs_help", "submission": uuid.uuid4()}
    _as(assignment.host).post(_url(assignment, "contact/"), tapped)
    assert DatedTask.objects.get(kind="host_help").escalated_on == clock.today()
    assert next_step(assignment).owner == assignment.host.user
