"""The people of a household: who comes, who is corrected, who signs in, who moves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation

from newcomers import members, services
from newcomers.models import Household, Person
from newcomers.services import ChangedMeanwhile
from portal import clock
from portal.accounts.models import User
from portal.outbox.models import Message
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db

PEOPLE = "/en/gol/my/people/"
ADD = PEOPLE + "add/"
OLA = {"version": "1", "name": "Ola Eksempel", "birth_year": "1988", "email": "", "phone": ""}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    with translation.override("en"):
        yield


@pytest.fixture
def person() -> Person:
    return PersonFactory(with_account=True, name="Kari Eksempel")


@pytest.fixture
def kari(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


def second(person: Person, **fields: Any) -> Person:
    return PersonFactory(household=person.household, position=1, **({"name": "Ola Eksempel"} | fields))


# --- Adults ---------------------------------------------------------------------------------------


def test_an_adult_is_added_and_written_to(kari: Client, person: Person) -> None:
    response = kari.post(ADD, OLA | {"email": "Ola@Example.example"})
    assert response.url == PEOPLE
    ola = person.household.persons.get(name="Ola Eksempel")
    assert (ola.position, ola.email, ola.name_key) == (1, "ola@example.example", "olaeksempel")
    assert ola.user is None
    assert Message.objects.get().recipient == "ola@example.example"
    assert "/my/invited/" in Message.objects.get().text


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("birth_year", "1800"), ("birth_year", "2015"), ("email", "nothing"), ("name", "01817012309")],
)
def test_a_wrong_adult_is_not_added(kari: Client, person: Person, field: str, value: str) -> None:
    response = kari.post(ADD, OLA | {field: value})
    assert list(response.context["form"].errors) == [field]
    assert person.household.persons.count() == 1


@pytest.mark.parametrize("name", ["محمد الأحمد", "გიორგი ბერიძე", "Nguyễn Thị Ánh"])
def test_names_in_every_script(kari: Client, person: Person, name: str) -> None:
    kari.post(ADD, OLA | {"name": name})
    assert name in kari.get(PEOPLE).content.decode()


def test_two_adults_do_not_share_an_address(kari: Client, person: Person) -> None:
    response = kari.post(ADD, OLA | {"email": person.email.upper()})
    assert list(response.context["form"].errors) == ["email"]


def test_thirty_people_have_room_and_no_more(kari: Client, person: Person) -> None:
    PersonFactory.create_batch(28, household=person.household, child=True)
    assert kari.post(ADD, OLA).status_code == 302
    response = kari.post(ADD, OLA | {"name": "Per", "version": "2"})
    assert "Call the service office" in response.content.decode()
    assert kari.post(PEOPLE + "children/", {"birth_year": "2020"}).status_code == 200
    assert person.household.persons.count() == 30


def test_who_does_not_sign_in_is_corrected_by_the_others(kari: Client, person: Person) -> None:
    ola = second(person)
    kari.post(
        f"{PEOPLE}{ola.pk}/", OLA | {"name": "Ola Riktig", "email": "ola@example.example", "phone": "00 00 00 09"}
    )
    ola.refresh_from_db()
    assert (ola.name, ola.phone, ola.email) == ("Ola Riktig", "00 00 00 09", "ola@example.example")


def test_a_mistyped_address_is_mended_before_it_is_used(kari: Client, person: Person) -> None:
    ola = second(person, email="wrong@example.example")
    kari.post(f"{PEOPLE}{ola.pk}/invite/")
    kari.post(f"{PEOPLE}{ola.pk}/", OLA | {"email": "right@example.example"})
    gol = person.household.municipality
    for email, named in (("wrong@example.example", []), ("right@example.example", [ola])):
        assert list(members.invitations(User.objects.get(email=email), gol)) == named


def test_who_signs_in_corrects_themselves(kari: Client, person: Person) -> None:
    ola = second(person, with_account=True)
    assert kari.get(f"{PEOPLE}{ola.pk}/").status_code == 302
    assert kari.post(f"{PEOPLE}{ola.pk}/", OLA | {"name": "Somebody"}).status_code == 302
    ola.refresh_from_db()
    assert ola.name == "Ola Eksempel"
    with pytest.raises(ValidationError):
        members.correct_adult(ola, version=1, name="X", birth_year=1990, email="", phone="", by=person.user, on=TODAY)


def test_the_own_page_is_the_place_for_oneself(kari: Client, person: Person) -> None:
    assert kari.get(f"{PEOPLE}{person.pk}/").url == "/en/gol/my/edit/"


def test_people_of_others_and_children_are_not_there(kari: Client, person: Person) -> None:
    child = PersonFactory(household=person.household, child=True)
    for other in (PersonFactory(), child):
        for page in ("", "left/"):
            assert kari.get(f"{PEOPLE}{other.pk}/{page}").status_code == 404
            assert kari.post(f"{PEOPLE}{other.pk}/{page}", OLA).status_code == 404
        assert kari.post(f"{PEOPLE}{other.pk}/invite/").status_code == 404


def test_two_tabs_add_an_adult_once_and_say_what_happened(kari: Client, person: Person) -> None:
    kari.post(ADD, OLA)
    response = kari.post(ADD, OLA | {"name": "Per"})
    assert "Somebody else has changed this" in response.content.decode()
    assert response.context["form"]["name"].value() == "Per"
    assert person.household.persons.count() == 2


# --- Signing in -----------------------------------------------------------------------------------


def test_an_invitation_is_written_once_a_day(kari: Client, person: Person) -> None:
    ola = second(person, email="ola@example.example")
    for _time in range(3):
        response = kari.post(f"{PEOPLE}{ola.pk}/invite/", follow=True)
        assert "We write to ola@example.example" in response.content.decode()
    assert Message.objects.count() == 1
    ola.refresh_from_db()
    assert ola.user is None


INVITED = "/en/gol/my/invited/"


def test_an_adult_belongs_to_the_household_once_they_have_said_so(client: Client, person: Person) -> None:
    ola = second(person, email="Ola@Example.example")
    client.force_login(UserFactory(email="ola@example.example"))
    assert client.get("/en/gol/my/").url == INVITED
    page = client.get(INVITED).content.decode()
    assert "Kari" in page
    assert person.household.street not in page
    assert "Kari Eksempel" not in page
    ola.refresh_from_db()
    assert ola.user is None  # looking says nothing yet
    assert client.post(INVITED, {"person": ola.pk, "answer": "yes"}).url == "/en/gol/my/"
    assert client.get("/en/gol/my/").context["household"] == person.household


def test_who_says_no_is_forgotten_there(client: Client, person: Person) -> None:
    ola = second(person, email="ola@example.example")
    client.force_login(UserFactory(email="ola@example.example"))
    assert client.post(INVITED, {"person": ola.pk, "answer": "no"}).url == "/en/gol/my/"
    ola.refresh_from_db()
    assert (ola.email, ola.user) == ("", None)
    assert client.get("/en/gol/my/").status_code == 200


def test_only_who_was_named_answers(client: Client, person: Person) -> None:
    ola = second(person, email="ola@example.example")
    client.force_login(UserFactory())
    assert client.post(INVITED, {"person": ola.pk, "answer": "yes"}).url == "/en/gol/my/"
    client.force_login(UserFactory(email="ola@example.example"))
    services.restrict(person.household, by=None)
    assert client.post(INVITED, {"person": ola.pk, "answer": "yes"}).url == "/en/gol/my/"
    ola.refresh_from_db()
    assert ola.user is None


def test_every_address_looks_the_same_until_somebody_has_said_yes(client: Client, kari: Client, person: Person) -> None:
    """Whether it has an account, or a household of its own here: nobody is taken out of theirs by an invitation."""
    known = PersonFactory(with_account=True, user__last_login=timezone.now())
    pages = []
    for email in ("nobody@example.example", known.email):
        ola = second(person, email=email)
        answer = kari.post(f"{PEOPLE}{ola.pk}/invite/", follow=True).content.decode()
        card = answer.partition(f"{PEOPLE}{ola.pk}/invite/")[0].rpartition("<article")[2]
        pages.append(card.replace(email, "").replace(str(ola.pk), ""))
        assert Message.objects.filter(recipient=email).count() == 1
        ola.delete()
    assert pages[0] == pages[1]
    ola = second(person, email=known.email)
    client.force_login(known.user)
    assert "household of your own" in client.get(INVITED).content.decode()
    client.post(INVITED, {"person": ola.pk, "answer": "yes"})
    assert client.get("/en/gol/my/").context["household"] == known.household


def test_a_household_cannot_have_strangers_written_to_without_end(kari: Client, person: Person) -> None:
    for number in range(15):
        version = Household.objects.get().version
        kari.post(ADD, OLA | {"version": version, "name": f"Ola {number}", "email": f"ola{number}@example.example"})
    assert Message.objects.count() == 10
    assert person.household.persons.count() == 11


# --- Children -------------------------------------------------------------------------------------


def test_a_child_comes_and_goes(kari: Client, person: Person) -> None:
    kari.post(PEOPLE + "children/", {"birth_year": "2020"})
    assert "2020 (turns 6 this year)" in kari.get(PEOPLE).content.decode()
    kari.post(PEOPLE + "children/2020/")
    assert not person.household.persons.filter(is_adult=False).exists()
    assert kari.post(PEOPLE + "children/2020/").status_code == 302


def test_of_two_children_of_a_year_one_goes(kari: Client, person: Person) -> None:
    PersonFactory.create_batch(2, household=person.household, child=True, birth_year=2019)
    kari.post(PEOPLE + "children/2019/")
    assert person.household.persons.filter(birth_year=2019).count() == 1


@pytest.mark.parametrize("year", ["1800", "2008", "2027", "six", ""])
def test_no_child_is_born_then(kari: Client, person: Person, year: str) -> None:
    response = kari.post(PEOPLE + "children/", {"birth_year": year})
    assert list(response.context["form"].errors) == ["birth_year"]
    assert person.household.persons.count() == 1


def test_a_change_of_people_makes_an_open_page_of_the_office_old(kari: Client, person: Person) -> None:
    from newcomers.services import claim_version

    kari.post(PEOPLE + "children/", {"birth_year": "2020"})
    with pytest.raises(ChangedMeanwhile):
        claim_version(person.household, 1)


# --- Moved out ------------------------------------------------------------------------------------


def test_looking_at_the_page_moves_nobody_out(kari: Client, person: Person) -> None:
    ola = second(person)
    assert "Has Ola Eksempel moved out?" in kari.get(f"{PEOPLE}{ola.pk}/left/").content.decode()
    assert Person.objects.filter(pk=ola.pk).exists()


def test_who_moved_out_is_gone(kari: Client, person: Person) -> None:
    ola = second(person, email="ola@example.example")
    kari.post(f"{PEOPLE}{ola.pk}/left/")
    assert not Person.objects.filter(pk=ola.pk).exists()
    assert not Message.objects.exists()


def test_who_signs_in_is_asked_and_says_it_themselves(client: Client, kari: Client, person: Person) -> None:
    ola = second(person, with_account=True)
    for _time in range(2):
        kari.post(f"{PEOPLE}{ola.pk}/left/")
    assert Person.objects.filter(pk=ola.pk).exists()
    message = Message.objects.get()
    assert message.recipient == ola.email
    assert f"{PEOPLE}{ola.pk}/left/" in message.text
    assert "Kari" not in message.text + message.html
    with pytest.raises(ValidationError):
        members.moved_out(ola, by=person.user)
    client.force_login(ola.user)
    client.post(f"{PEOPLE}{ola.pk}/left/")
    assert not Person.objects.filter(pk=ola.pk).exists()
    assert "Kari" not in client.get("/en/gol/my/").content.decode()


def test_one_moves_out_oneself(kari: Client, person: Person) -> None:
    ola = second(person)
    response = kari.post(f"{PEOPLE}{person.pk}/left/")
    assert response.url == "/en/gol/my/"
    assert list(ola.household.persons.all()) == [ola]
    assert not Message.objects.exists()


def test_the_last_adult_cannot_move_out(kari: Client, person: Person) -> None:
    PersonFactory(household=person.household, child=True)
    response = kari.post(f"{PEOPLE}{person.pk}/left/", follow=True)
    assert "last adult" in response.content.decode()
    assert Person.objects.filter(pk=person.pk).exists()


def test_a_long_list_costs_no_more_queries(kari: Client, person: Person, django_assert_max_num_queries: Any) -> None:
    kari.get(PEOPLE)
    for number in range(12):
        second(person, with_account=True, name=f"Adult {number}")
        PersonFactory(household=person.household, child=True)
    with django_assert_max_num_queries(20):
        assert "Adult 11" in kari.get(PEOPLE).content.decode()


def test_a_stranger_finds_no_page(client: Client, person: Person) -> None:
    client.force_login(UserFactory())
    HouseholdFactory()
    for url in (PEOPLE, ADD, f"{PEOPLE}{person.pk}/"):
        assert client.get(url).status_code == 404
