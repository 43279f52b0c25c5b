"""Registering at the desk: one page, the receipt, who is known already, who must not be registered at all."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newcomers.enums import HouseholdState, Source
from newcomers.models import Consent, DeskConfirmation, Household, Person
from newcomers.office import desk
from portal import clock
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from privacy import access_log
from privacy.models import AccessEntry
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import (
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.newcomers.movers import IDENTITY_NUMBER

pytestmark = pytest.mark.django_db
COUNTER = "/admin/newcomers/household/counter/"
PROTECTED = f"{COUNTER}protected/"
TYPED = {"name": "Kari Moen", "birth_year": "1990", "email": "kari@post.example", "phone": "00 00 00 31",
         "moved_in_on": "t", "street": "Storgata 1", "postcode": "3550", "language": "en",
         "others": "Ola Li 1988; Åse Marie Li 1961", "children": "2016, 2019"}  # fmt: skip


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return PostcodeFactory(code="3550", city="Gol").municipality


@pytest.fixture
def officer(gol: Municipality) -> Any:
    user = UserFactory(email="officer@gol.example", name="Olga Officer", language="en")
    return StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER).user


@pytest.fixture
def client(officer: Any) -> Client:
    return client_of(officer)


def register(client: Client, **typed: Any) -> Any:
    """Type the form as it is opened, and send it."""
    submission = client.get(COUNTER).context["form"]["submission"].value()
    return client.post(COUNTER, TYPED | {"submission": submission} | typed, follow=True)


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


# --- Registered ---


def test_what_was_said_is_a_household_and_is_read_back(client: Client, officer: Any) -> None:
    page = register(client, share_phone="on", news="on").content.decode()
    home = Household.objects.get()
    assert (home.source, home.state, home.owner, home.moved_in_on) == (Source.OFFICE, "moved_in", officer, TODAY)
    assert (home.street, home.postcode, home.city, home.language) == ("Storgata 1", "3550", "Gol", "en")
    assert [(a.name, a.birth_year) for a in home.adults] == [
        ("Kari Moen", 1990), ("Ola Li", 1988), ("Åse Marie Li", 1961)
    ]  # fmt: skip
    assert home.child_birth_years == [2016, 2019]
    assert home.contacted_on == TODAY
    receipt = page.partition('class="receipt"')[2].partition("</section>")[0]
    assert all(words in receipt for words in ("Kari Moen, Ola Li", "Storgata 1, 3550 Gol", "2016, 2019", "English"))
    assert "phone number, news from the municipality" in receipt
    assert "Ukrainian – Українська" in page, "the keyboard here finds it"
    # And the next one can begin.
    assert 'value="Kari Moen"' not in page


def test_without_an_e_mail_address_nothing_is_sent(client: Client) -> None:
    page = register(client, email="").content.decode()
    assert "None, so nothing is shared with anybody." in page
    assert not DeskConfirmation.objects.exists()
    assert not Message.objects.exists()


def test_who_comes_later_is_planning(client: Client) -> None:
    register(client, moved_in_on="01.02.2027")
    assert (Household.objects.get().state, Household.objects.get().moved_in_on) == ("planning", date(2027, 2, 1))


def test_sent_twice_it_is_one_household(client: Client) -> None:
    submission = str(uuid.uuid4())
    for _time in range(2):
        answer = register(client, submission=submission)
        assert 'class="receipt"' in answer.content.decode()
    assert (Household.objects.count(), Message.objects.count()) == (1, 1)


def test_another_towns_household_is_not_reached_by_its_id(client: Client) -> None:
    other = HouseholdFactory(municipality=MunicipalityFactory(aal=True))
    register(client, submission=str(other.pk))
    assert Household.objects.count() == 2
    page = client.get(f"{COUNTER}?noted={other.pk}").content.decode()
    assert 'class="receipt"' not in page
    assert client.get(f"{COUNTER}?noted=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": ""}, "name"), ({"birth_year": "1800"}, "birth_year"), ({"birth_year": "2015"}, "birth_year"),
     ({"email": "kari@"}, "email"), ({"moved_in_on": "i går"}, "moved_in_on"),
     ({"moved_in_on": "22.11.2030"}, "moved_in_on"), ({"postcode": "9999"}, "postcode"),
     ({"others": "Ola 12"}, "others"), ({"others": "Ola Li"}, "others"),
     ({"children": "1990"}, "children"), ({"children": "Per"}, "children"),
     ({"email": "", "news": "on"}, "email"), ({"name": f"Kari {IDENTITY_NUMBER}"}, "name")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_all_else_stays(client: Client, typed: Any, field: str) -> None:
    answer = register(client, **typed)
    assert field in errors(answer)
    assert not Household.objects.exists()
    page = answer.content.decode()
    assert 'value="Storgata 1"' in page
    assert IDENTITY_NUMBER not in page
    assert answer.context["form"].fields[field].widget.attrs["autofocus"]


def test_a_postcode_of_the_next_town_is_said_so(client: Client) -> None:
    PostcodeFactory(code="3570", city="Ål", municipality=MunicipalityFactory(aal=True))
    assert "lies in the municipality of Ål" in errors(register(client, postcode="3570"))["postcode"][0]


# --- Known already ---


def test_somebody_like_this_is_shown_and_nothing_is_kept_before_the_answer(client: Client) -> None:
    known = HouseholdFactory(adults=0, street="Nyvegen 4")
    PersonFactory(household=known, name="kari  MOEN", birth_year=1990)
    answer = register(client)
    page = answer.content.decode()
    assert "Somebody like this is known already" in page
    assert reverse("admin:newcomers_household_change", args=[known.pk]) in page
    assert Household.objects.count() == 1
    again = {"submission": answer.context["form"]["submission"].value(), "not_known": "1"}
    register(client, **again)
    assert Household.objects.count() == 2


@pytest.mark.parametrize("typed", [{"name": "Nora Ny"}, {"others": "Kari Moen 1990", "name": "Nora Ny"}])
def test_the_same_address_or_another_adult_is_enough(client: Client, typed: Any) -> None:
    known = HouseholdFactory(adults=0, street="Storgata 1")
    PersonFactory(household=known, name="Kari Moen", birth_year=1990)
    assert "Somebody like this is known already" in register(client, **typed).content.decode()


def test_namesakes_and_those_who_left_are_no_hindrance(client: Client) -> None:
    left = HouseholdFactory(adults=0, street="Storgata 1", state=HouseholdState.MOVED_AWAY)
    PersonFactory(household=left, name="Kari Moen", birth_year=1990)
    PersonFactory(household=HouseholdFactory(adults=0, street="A 1"), name="Kari Moen", birth_year=1960)
    register(client)
    assert Household.objects.filter(source=Source.OFFICE).count() == 1


# --- Protected ---


def test_who_is_protected_here_is_not_registered_and_nothing_is_kept(client: Client) -> None:
    hidden = HouseholdFactory(adults=0, restricted_household=True)
    PersonFactory(household=hidden, name="Kari Moen", birth_year=1990)
    page = register(client).content.decode()
    assert "Nothing was kept." in page
    assert "Kari Moen" not in page
    assert list(Household.objects.all()) == [hidden]
    assert not Message.objects.exists()


def test_nobody_tries_by_a_name_who_is_protected_and_who_meets_one_is_written_down(
    client: Client, gol: Municipality
) -> None:
    hidden = HouseholdFactory(adults=0, restricted_household=True)
    PersonFactory(household=hidden, name="Sara Skjult", birth_year=1970)
    assert "others" in errors(register(client, others="Sara Skjult"))
    assert "Nothing was kept." not in register(client, others="Sara Skjult 1971").content.decode()
    assert not access_log.unusual([gol], since=timezone.now() - timedelta(days=1))
    assert "Nothing was kept." in register(client, others="Sara Skjult 1970").content.decode()
    met = AccessEntry.objects.get(kind="met")
    assert met.household_ref == hidden.pk
    (hour,) = access_log.unusual([gol], since=timezone.now() - timedelta(days=1))
    assert hour.user == met.user_id


def test_the_page_for_a_protected_address_names_who_can_help_and_stores_nothing(
    client: Client, gol: Municipality
) -> None:
    StaffRoleFactory(user=UserFactory(name="Kristin Koordinator"), municipality=gol, coordinator=True)
    StaffRoleFactory(user=UserFactory(name="Nabo Nilsen"), municipality=MunicipalityFactory(aal=True), coordinator=True)
    page = client.get(PROTECTED).content.decode()
    assert "Kristin Koordinator" in page
    assert "Nabo Nilsen" not in page
    assert 'accesskey="p"' in client.get(COUNTER).content.decode()
    client.post(PROTECTED, TYPED)
    assert not Household.objects.exists()


# --- The copy, and what they say to it ---

SHARING = {"share_phone": "on", "news": "on"}


def copy_of(client: Client, **typed: Any) -> tuple[str, Message]:
    register(client, **(SHARING | typed))
    message = Message.objects.get(kind="desk_copy")
    row = DeskConfirmation.objects.latest("on")
    return reverse("newcomers:confirm_desk", args=["gol", row.pk]), message


def test_the_copy_says_no_more_than_a_stranger_may_read(client: Client) -> None:
    url, message = copy_of(client)
    assert message.language == "en"
    assert message.recipient == "kari@post.example"
    assert url in message.text
    for private in ("Moen", "Storgata", "00 00 00 31", "1990"):
        assert private not in message.text + message.html


def test_nothing_is_shared_before_they_confirm(client: Client) -> None:
    url, _message = copy_of(client)
    assert not Consent.objects.exists()
    assert Person.objects.get(name="Kari Moen").user is None
    page = Client().get(url).content.decode()
    assert "Kari" not in page
    assert not Consent.objects.exists()
    answer = Client().post(url, {"answer": "yes"}, follow=True).content.decode()
    assert "Now you can sign in" in answer or "Nå kan du logge inn" in answer
    given = set(Consent.objects.filter(withdrawn_at=None).values_list("person__name", "purpose", "field"))
    assert given == {("Kari Moen", "host", "phone"), ("Kari Moen", "news", "")}
    assert Person.objects.get(name="Kari Moen").user.email == "kari@post.example"
    Client().post(url, {"answer": "no"})
    assert Person.objects.get(name="Kari Moen").email == "kari@post.example"


def test_the_old_link_answers_for_no_other_address_and_the_copy_goes_to_the_right_one(client: Client) -> None:
    """Whoever got the first mail by mistake gets neither consents nor a way in."""
    url, first = copy_of(client)
    person = Person.objects.get(name="Kari Moen")
    person.email = "kari.moen@post.example"
    person.save()
    for answer in ("yes", "no"):
        Client().post(url, {"answer": answer})
    assert not Consent.objects.exists()
    assert Person.objects.get(name="Kari Moen").email == "kari.moen@post.example"
    assert 'name="answer"' not in Client().get(url).content.decode()
    desk.ask_again(person, on=TODAY)
    desk.ask_again(person, on=TODAY)
    again = Message.objects.exclude(pk=first.pk).get(kind="desk_copy")
    assert again.recipient == "kari.moen@post.example"
    assert Client().get(url).status_code == 404
    row = DeskConfirmation.objects.get()
    Client().post(reverse("newcomers:confirm_desk", args=["gol", row.pk]), {"answer": "yes"})
    assert Person.objects.get(name="Kari Moen").user.email == "kari.moen@post.example"


def test_a_stranger_who_got_the_mail_has_their_address_deleted(client: Client) -> None:
    url, _message = copy_of(client)
    Client().post(url, {"answer": "no"})
    person = Person.objects.get(name="Kari Moen")
    assert (person.email, person.user) == ("", None)
    assert not Consent.objects.exists()
    assert not User.objects.filter(email="kari@post.example").exists()
    page = client.get(reverse("admin:newcomers_household_change", args=[person.household_id])).content.decode()
    assert "The e-mail address was somebody else" in page


def test_after_two_weeks_the_link_has_run_out_and_is_forgotten(client: Client) -> None:
    url, _message = copy_of(client)
    DeskConfirmation.objects.update(on=TODAY - timedelta(days=15))
    Client().post(url, {"answer": "yes"})
    assert not Consent.objects.exists()
    assert desk.drop_unanswered(on=TODAY, dry_run=True) == 1
    assert desk.drop_unanswered(on=TODAY) == 1
    assert Client().get(url).status_code == 404


def test_an_account_that_lives_elsewhere_here_gets_no_second_household(client: Client, gol: Municipality) -> None:
    account = UserFactory(email="kari@post.example")
    PersonFactory(household=HouseholdFactory(adults=0, municipality=gol), user=account, name="Kari Annen")
    url, _message = copy_of(client)
    Client().post(url, {"answer": "yes"})
    assert Person.objects.get(name="Kari Moen").user is None


def test_the_link_leads_nowhere_in_the_next_town_or_once_they_are_protected(client: Client) -> None:
    url, _message = copy_of(client)
    MunicipalityFactory(aal=True)
    assert Client().get(url.replace("/gol/", "/aal/")).status_code == 404
    Household.objects.update(restricted=True, street="", postcode="", city="", address_key="")
    assert Client().get(url).status_code == 404
    assert Client().post(url, {"answer": "yes"}).status_code == 404


# --- Who may ---


def test_only_who_may_change_households_registers(gol: Municipality) -> None:
    for role in (Role.EDITOR, Role.ANALYST, Role.HOUSING_OFFICER):
        other = client_of(StaffRoleFactory(municipality=gol, role=role).user)
        assert other.get(COUNTER).status_code == 404
        assert other.post(COUNTER, TYPED).status_code == 404
        assert other.get(PROTECTED).status_code == 404
    assert not Household.objects.exists()


def test_who_works_in_two_towns_chooses_one_and_reaches_no_third(client: Client, officer: Any) -> None:
    aal = PostcodeFactory(code="3570", city="Ål", municipality=MunicipalityFactory(aal=True)).municipality
    StaffRoleFactory(user=officer, municipality=aal)
    assert f"{COUNTER}?municipality={aal.code}" in client.get(COUNTER).content.decode()
    client.post(f"{COUNTER}?municipality={aal.code}", TYPED | {"postcode": "3570"})
    assert Household.objects.get().municipality == aal
    assert client.get(f"{COUNTER}?municipality={MunicipalityFactory(hemsedal=True).code}").status_code == 404
