"""Whose household it is: one we know, a new one, or for the office to see. Nobody learns who lives here."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from newcomers.enums import MoveReason
from newcomers.models import Consent, Draft, Household, Merge, Person, Registration
from newcomers.office import day_page
from newcomers.registering import services as registering
from newcomers.registering import settling
from newcomers.services import restrict
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.newcomers.registering.pages import MY_PAGE, confirm, fill, page_url, register, send, typed

pytestmark = pytest.mark.django_db
KARI = "kari@home.example"
LIST = "/admin/newcomers/household/"


# --- Protected households ---


def seen_by_who_registers(**changes: str) -> list[Any]:
    """Every page, way and mail, without what differs each time."""
    client = Client()
    sent = register(client, **changes)
    pages = confirm(client)
    mails = Message.objects.order_by("kind", "recipient").values_list("kind", "recipient", "subject", "text")
    shown = [sent.url, pages.redirect_chain, pages.content.decode(), client.get("/en/gol/my/people/").content.decode()]
    return [re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|value="\w{64}"|[A-Z0-9]{4}-[A-Z0-9]{4}', "", str(part))
            for part in [*shown, *mails]]  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"name": "Other Name"}, {"street": "Lia 3"}])
def test_registering_does_not_tell_whether_somebody_protected_lives_here(
    gol: Municipality, changes: dict[str, str]
) -> None:
    seen = seen_by_who_registers(**changes)
    for model in (Household, Registration, Message, User):
        model.objects.all().delete()
    hidden = HouseholdFactory(
        municipality=gol, street="Storgata 12b", adults__name="Kari Eksempel", adults__birth_year=1990
    )
    PersonFactory(household=hidden, name="Ola Eksempel", birth_year=1988)
    restrict(hidden, by=None)
    assert seen_by_who_registers(**changes) == seen
    hidden.refresh_from_db()
    assert (hidden.street, hidden.wishes, hidden.care_of) == ("", "", "")
    assert Registration.objects.get().household not in {None, hidden}


def test_the_account_of_a_protected_household_is_for_the_office_without_what_was_typed(
    client: Client, gol: Municipality
) -> None:
    hidden = HouseholdFactory(municipality=gol, restricted_household=True, adults=0)
    PersonFactory(household=hidden, user=UserFactory(email=KARI))
    register(client, situation="considering", care_of="Hos Ola")
    confirm(client)
    registration = Registration.objects.get()
    assert (registration.household, registration.answers) == (None, {})
    assert registering.accept_as_new(registration, by=UserFactory(), on=TODAY) is None
    assert registering.accept_into_known(registration, by=UserFactory()) is None


def test_those_who_may_protect_see_who_has_the_name_and_year_of_somebody_protected(
    client: Client, gol: Municipality
) -> None:
    hidden = HouseholdFactory(municipality=gol, adults__name="Kari  EKSEMPEL", adults__birth_year=1990)
    restrict(hidden, by=None)
    HouseholdFactory(municipality=gol, adults__name="Kari Eksempel", adults__birth_year=1991)
    register(client)
    confirm(client)
    found = Registration.objects.get().household
    coordinator = StaffRoleFactory(municipality=gol, role=Role.COORDINATOR).user
    privacy = StaffRoleFactory(municipality=gol, role=Role.PRIVACY_OFFICER).user
    officer = StaffRoleFactory(municipality=gol, role=Role.SERVICE_OFFICER).user
    for user, count in ((coordinator, [1]), (privacy, [1]), (officer, [])):
        queues = day_page.queues(user, [gol], TODAY)
        assert [q.count for q in queues if q.url == f"{LIST}?show=protected"] == count
    assert list(client_of(coordinator).get(f"{LIST}?show=protected").context["cl"].queryset) == [found]
    assert list(client_of(officer).get(f"{LIST}?show=protected").context["cl"].queryset) == []
    assert found is not None
    restrict(found, by=coordinator)
    assert list(client_of(coordinator).get(f"{LIST}?show=protected").context["cl"].queryset) == []


def test_who_is_protected_while_they_register_stays_so(
    client: Client, gol: Municipality, imported: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the writing, the office protects them."""
    register(client, care_of="Hos Ola")
    may_join = settling._may_join

    def protect_first(*given: Any) -> bool:
        restrict(Household.objects.get(pk=imported.pk), by=None)
        return may_join(*given)

    monkeypatch.setattr(settling, "_may_join", protect_first)
    user = User.objects.get(email=KARI)
    only = {Registration.objects.get().pk}
    monkeypatch.setattr(registering, "pending", lambda email: Registration.objects.all())
    registering.confirm_registrations(user=user, only=only, on=TODAY)
    imported.refresh_from_db()
    assert (imported.restricted, imported.street, imported.care_of, imported.wishes) == (True, "", "", "")
    assert not Consent.objects.exists()
    assert not user.persons.exists()


# --- Known from a register, and nobody has an account there ---


@pytest.fixture
def of_the_list(imported: Household) -> Household:
    """As a list of movers brings them: without e-mail addresses."""
    imported.persons.update(email="")
    return imported


def test_a_neighbour_who_knows_name_year_and_address_sees_nothing_of_a_family(
    client: Client, gol: Municipality, of_the_list: Household
) -> None:
    register(client, wishes="Mine now", share_address="on")
    page = confirm(client)
    assert "We have your registration" in page.content.decode()
    registration = Registration.objects.get()
    assert (registration.household, registration.joined_known) == (None, False)
    assert registration.answers
    of_the_list.refresh_from_db()
    assert of_the_list.wishes == ""
    assert not of_the_list.persons.exclude(email="", user=None).exists()
    assert not Message.objects.exclude(kind="account").exists()
    assert not Consent.objects.exists()


def test_who_lives_alone_is_let_in_at_once(client: Client, gol: Municipality) -> None:
    alone = HouseholdFactory(
        municipality=gol, imported=True, street="Storgata 12b", adults__name="Kari Eksempel", adults__birth_year=1990
    )
    register(client, typed(alone=True))
    confirm(client)
    assert client.get(MY_PAGE).context["household"] == Household.objects.get() == alone
    assert Registration.objects.get().joined_known


def test_the_office_lets_them_in_once_it_has_seen_that_it_is_they(
    client: Client, gol: Municipality, of_the_list: Household
) -> None:
    Person.objects.filter(name="Ola Eksempel").update(email="ola@known.example")
    register(client, share_phone="on")
    confirm(client)
    registration, officer = Registration.objects.get(), StaffRoleFactory(municipality=gol).user
    assert registering.accept_into_known(registration, by=officer) == of_the_list
    assert registering.accept_into_known(registration, by=officer) is None
    assert registering.accept_as_new(registration, by=officer, on=TODAY) is None
    assert client.get(MY_PAGE).context["household"] == Household.objects.get()
    told = Message.objects.filter(kind__in=["household_joined", "registration_copy"])
    assert sorted(told.values_list("recipient", flat=True)) == [KARI, "ola@known.example"]
    assert Consent.objects.get().person == of_the_list.adults[0]


def test_the_office_does_not_let_in_whom_we_do_not_know(
    client: Client, gol: Municipality, of_the_list: Household
) -> None:
    register(client, name="Stranger Danger", birth_year="1970")
    confirm(client)
    registration = Registration.objects.get()
    assert registering.accept_into_known(registration, by=UserFactory()) is None
    registration.refresh_from_db()
    assert registration.answers
    restrict(of_the_list, by=None)
    assert registering.accept_into_known(registration, by=UserFactory()) is None
    registration.refresh_from_db()
    assert registration.answers == {}, "it names somebody who is protected now, and perhaps where they live"


def test_the_office_decides_on_the_page_of_those_who_wait(
    client: Client, gol: Municipality, of_the_list: Household
) -> None:
    register(client)
    confirm(client)
    registration = Registration.objects.get()
    office = client_of(StaffRoleFactory(municipality=gol, role=Role.SERVICE_OFFICER, user__language="en").user)
    page = office.get(f"/admin/newcomers/registration/{registration.pk}/change/").content.decode()
    assert f"{LIST}{of_the_list.pk}/change/" in page
    chosen = {"action": "accept_into_known", "_selected_action": [registration.pk]}
    office.post("/admin/newcomers/registration/", chosen)
    assert of_the_list.adults[0].user == User.objects.get(email=KARI)


# --- What is never kept ---


def test_health_is_not_kept_as_the_reason(client: Client, gol: Municipality) -> None:
    """With a name it would be health data. It can be chosen, and cannot be told from another reason."""
    fill(client, typed(alone=True))
    page = client.get(page_url("reason")).content.decode()
    assert "Health, or another reason" in page
    assert "we only note that there was another reason" in page
    assert 'value="health"' not in page
    client.post(page_url("reason"), {"reason": "other"})
    send(client)
    confirm(client)
    household = Household.objects.get()
    assert household.reason == "other"
    assert "ealth" not in Message.objects.get(kind="registration_copy").text
    assert "health" in MoveReason.values  # whoever leaves may say it, without a name


def test_what_stood_as_health_is_mended(gol: Municipality) -> None:
    migration = import_module("newcomers.migrations.0012_no_health_with_a_name")
    household = HouseholdFactory(municipality=gol, reason="health")
    draft = Draft.objects.create(municipality=gol, answers={"reason": {"reason": "health"}, "you": {"name": "health"}})
    changes = [["newcomers.household", str(household.pk), "reason", "health", "work"]]
    merge = Merge.objects.create(
        municipality=gol, kept=household, on=TODAY,
        snapshot={"changes": changes, "deleted": ['[{"fields": {"reason": "health"}}]']},
    )  # fmt: skip
    migration.without_health(apps, None)
    for row in (household, draft, merge):
        row.refresh_from_db()
    assert household.reason == "other"
    assert draft.answers == {"reason": {"reason": "other"}, "you": {"name": "health"}}
    assert "health" not in str(merge.snapshot)


# --- Out again ---


def test_the_office_closes_an_account_out_and_it_does_not_get_in_again(
    client: Client, gol: Municipality, imported: Household
) -> None:
    imported.persons.filter(email="").delete()
    imported.persons.update(email="")
    register(client, typed(alone=True, share_phone="on"))
    confirm(client)
    stranger = imported.adults[0]
    PersonFactory(household=imported, name="Ola Eksempel", birth_year=1988, position=1)
    office = client_of(StaffRoleFactory(municipality=gol, role=Role.SERVICE_OFFICER, user__language="en").user)
    page = office.get(f"{LIST}{imported.pk}/change/").content.decode()
    assert "Detach the account of" in page
    assert office.get(f"{LIST}{imported.pk}/detach/").status_code == 405
    assert office.post(f"{LIST}{imported.pk}/detach/", {"person": "x"}).status_code == 404
    version = Household.objects.get().version
    office.post(f"{LIST}{imported.pk}/detach/", {"person": stranger.pk})
    stranger.refresh_from_db()
    assert (stranger.user, stranger.email) == (None, "")
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert Household.objects.get().version > version
    assert "household" not in client.get(MY_PAGE).context
    register(client, typed(alone=True))
    assert "household" not in client.get(MY_PAGE).context
    assert Registration.objects.latest("created_at").household is None
