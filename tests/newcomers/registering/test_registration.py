"""Registering: from what was typed to a household, exactly once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.apps import apps
from django.test import Client
from django.utils import timezone

from newcomers.enums import HouseholdState, Source
from newcomers.models import Consent, Draft, Household, Person, Registration
from newcomers.office import day_page
from newcomers.registering import services as registering
from newcomers.registering.questionnaire import Questionnaire
from newcomers.services import restrict
from portal import clock, registry
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.models import BouncedAddress, Message
from portal.outbox.services import send as send_mail
from tests.conftest import TODAY
from tests.factories import (
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.newcomers.registering.pages import (
    CHECK,
    CODE_PAGE,
    MY_PAGE,
    URL,
    change,
    confirm,
    fill,
    latest_registration,
    register,
    send,
    sign_in,
    typed,
)

pytestmark = pytest.mark.django_db

MINE = f"{URL}mine/"


# --- The whole way --------------------------------------------------------------------------------


def test_the_page_is_public_and_says_what_happens_before_the_button(client: Client, gol: Municipality) -> None:
    fill(client, typed())
    page = client.get(CHECK).content.decode()
    assert page.index("What happens with what you write") < page.index("Register and get a code")
    assert page.count("<h1") == 1


def test_a_household_is_registered(client: Client, gol: Municipality) -> None:
    response = register(client, share_phone="on")
    assert response.url.startswith("/en/account/login/code/confirm/")
    assert not Household.objects.exists()

    response = confirm(client)

    assert response.redirect_chain[-1][0] == MY_PAGE
    household = Household.objects.get()
    assert household.name == "Kari Eksempel, Ola Eksempel"
    assert household.child_birth_years == [2016, 2019]
    assert (household.street, household.postcode, household.city) == ("Storgata 12 B", "3550", "Gol")
    assert (household.state, household.moved_in_on) == (HouseholdState.MOVED_IN, date(2026, 11, 1))
    assert (household.language, household.reason, household.source) == ("pl", "work", Source.SELF)
    kari = household.adults[0]
    assert kari.user == User.objects.get(email="kari@home.example")
    assert [consent.field for consent in Consent.objects.all()] == ["phone"]
    assert Consent.objects.get().person == kari


def test_what_was_typed_is_kept_once_only(client: Client, gol: Municipality) -> None:
    register(client)
    confirm(client)
    registration = Registration.objects.get()
    assert registration.answers == {}
    assert registration.household == Household.objects.get()


def test_the_code_comes_from_the_outbox_in_the_language_of_the_page(client: Client, gol: Municipality) -> None:
    register(client, start="/nb/gol/register/")
    message = Message.objects.get()
    assert (message.recipient, message.language, message.is_secret) == ("kari@home.example", "nb", True)


def test_a_wrong_code_makes_no_household(client: Client, gol: Municipality) -> None:
    register(client)
    client.post(CODE_PAGE, {"code": "AAAA-AAAA"})
    assert not Household.objects.exists()
    assert Registration.objects.get().confirmed_at is None


def test_who_is_yet_to_move_is_planning(client: Client, gol: Municipality) -> None:
    register(client, situation="planning", moved_in_on="2026-11-23")
    confirm(client)
    assert Household.objects.get().state == HouseholdState.PLANNING


def test_who_moves_today_has_moved_in(client: Client, gol: Municipality) -> None:
    register(client, moved_in_on="2026-11-22")
    confirm(client)
    assert Household.objects.get().state == HouseholdState.MOVED_IN


def test_somebody_alone_needs_only_the_needed_fields(client: Client, gol: Municipality) -> None:
    register(client, typed(alone=True, phone="", reason="", wishes=""))
    confirm(client)
    assert Household.objects.get().persons.count() == 1


def test_who_is_signed_in_needs_no_code(client: Client, gol: Municipality) -> None:
    account = UserFactory(email="host@home.example")
    client.force_login(account)
    response = register(client, email="other@home.example")
    assert response.url == MY_PAGE
    assert Household.objects.get().adults[0].user == account
    assert Household.objects.get().adults[0].email == "host@home.example"
    assert not Message.objects.filter(kind="account").exists()


def test_who_has_a_household_is_led_to_my_page(client: Client, gol: Municipality) -> None:
    person = PersonFactory(household__municipality=gol, with_account=True)
    client.force_login(person.user)
    assert client.get(URL).url == MY_PAGE


def test_a_second_adult_is_told_and_signs_in_to_the_same_household(client: Client, gol: Municipality) -> None:
    register(client)
    confirm(client)
    message = Message.objects.get(kind="registered_with_others")
    assert message.recipient == "ola@home.example"
    assert "Kari" not in message.text + message.html

    other = Client()
    sign_in(other, "ola@home.example")
    ola = Household.objects.get().adults[1]
    assert ola.user is None
    other.post("/en/gol/my/invited/", {"person": ola.pk, "answer": "yes"})
    assert other.get(MY_PAGE).context["household"] == Household.objects.get()


def test_a_second_adult_with_a_household_of_their_own_keeps_it(client: Client, gol: Municipality) -> None:
    own = PersonFactory(household__municipality=gol, with_account=True)
    register(client, second_email=own.email)
    confirm(client)
    assert list(own.user.persons.all()) == [own]


def test_a_copy_of_the_answers_comes_by_mail_without_what_is_nobodys_business(
    client: Client, gol: Municipality
) -> None:
    register(client, language="en", share_phone="on")
    confirm(client)
    copy = Message.objects.get(kind="registration_copy")
    assert (copy.recipient, copy.language, copy.is_secret) == ("kari@home.example", "en", True)
    for words in ("Kari Eksempel, Ola Eksempel", "Storgata 12 B, 3550 Gol", "Kor og språkkafé", "1 November 2026"):
        assert words in copy.text
        assert words in copy.html
    for secret in ("1990", "1988", "2019", "00 00 00 71", "ola@home.example"):
        assert secret not in copy.text + copy.html


def test_who_waits_for_the_office_gets_no_copy(client: Client, gol: Municipality, imported: Household) -> None:
    """Whether somebody here is protected is not to be read from a mail that comes or does not come."""
    Person.objects.filter(household=imported, birth_year=1990).update(user=UserFactory())
    register(client)
    confirm(client)
    assert not Message.objects.filter(kind="registration_copy").exists()


NO_MAIL = "No mail after five minutes? Try another address, or call us."


def test_who_waits_for_a_code_that_never_comes_learns_what_to_do(client: Client, gol: Municipality) -> None:
    """An address that bounces gets no mail; the page is the same for all, and says whom to call."""
    gol.office_phone = "32 02 90 00"
    gol.save()
    BouncedAddress.objects.create(municipality=gol, email="gone@home.example", status="5.1.1", on=TODAY)
    pages = []
    for email in ("gone@home.example", "kari@home.example"):
        browser = Client()
        page = browser.get(register(browser, email=email).url).content.decode()
        pages.append(re.sub(r'value="\w{64}"|nonce="[^"]*"', "", page).replace(email, ""))
        assert send_mail(str(Message.objects.latest("created_at").pk)) is ("kari" in email)
    assert pages[0] == pages[1]
    assert NO_MAIL in pages[0]
    assert "tel:32029000" in pages[0]
    fill(client, typed())
    assert NO_MAIL in client.post(f"{URL}later/", {"email": "gone@home.example"}).content.decode()
    assert NO_MAIL in client.post(f"{URL}return/", {"email": "a@b.example", "new_code": "1"}).content.decode()
    assert NO_MAIL in client.get(f"{URL}employee/sent/").content.decode()


# --- Once -----------------------------------------------------------------------------------------


def test_pressed_twice_it_is_one_registration_and_one_code(client: Client, gol: Municipality) -> None:
    first, second = register(client), send(client)
    assert first.url == second.url
    assert Registration.objects.count() == Message.objects.count() == 1
    confirm(client)
    assert Household.objects.count() == 1


def test_reloaded_after_the_code_it_leads_to_my_page(client: Client, gol: Municipality) -> None:
    register(client)
    confirm(client)
    assert client.post(CHECK, {"seen": "x"}).url == client.get(URL).url == MY_PAGE
    assert (Household.objects.count(), Registration.objects.count()) == (1, 1)


def test_sent_again_without_the_session_it_begins_anew(client: Client, gol: Municipality) -> None:
    register(client)
    assert Client().post(CHECK, {"seen": "x"}).url == URL
    assert (Registration.objects.count(), Message.objects.count()) == (1, 1)


def test_what_changed_in_another_tab_is_shown_before_it_is_sent(client: Client, gol: Municipality) -> None:
    fill(client, typed())
    seen = client.get(CHECK).context["seen"]
    change(client, "address", {"street": "Lia 3", "care_of": "", "postcode": "3550"})
    response = client.post(CHECK, {"seen": seen})
    assert response.status_code == 409
    assert "Lia 3" in response.content.decode()
    assert not Registration.objects.exists()
    assert client.post(CHECK, {"seen": response.context["seen"]}).status_code == 302


def test_a_mended_address_gets_its_own_code(client: Client, gol: Municipality) -> None:
    register(client, email="karri@home.example")
    change(client, "contact", {"email": "kari@home.example", "phone": ""})
    send(client)
    assert Registration.objects.get().email == "kari@home.example"
    confirm(client)
    assert Household.objects.get().adults[0].email == "kari@home.example"


def test_two_registrations_of_one_household_become_one(client: Client, gol: Municipality) -> None:
    register(Client())
    first = Registration.objects.get()
    register(client, street="storgata  12b")
    confirm(client)
    user = User.objects.get(email="kari@home.example")
    registering.confirm_registrations(user=user, only={first.pk}, on=TODAY)
    assert Registration.objects.count() == 2
    assert Household.objects.count() == 1
    assert Person.objects.count() == 4


def test_confirmed_twice_it_is_one_household(client: Client, gol: Municipality) -> None:
    register(client)
    user = User.objects.get(email="kari@home.example")
    only = {Registration.objects.get().pk}
    assert len(registering.confirm_registrations(user=user, only=only, on=TODAY)) == 1
    assert registering.confirm_registrations(user=user, only=only, on=TODAY) == []
    assert Household.objects.count() == 1


def test_what_another_request_just_confirmed_is_left_alone(
    client: Client, gol: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client)
    only = {Registration.objects.get().pk}
    Registration.objects.update(confirmed_at=timezone.now())
    # What this request read before the other one wrote.
    monkeypatch.setattr(registering, "pending", lambda email: Registration.objects.all())
    user = User.objects.get(email="kari@home.example")
    assert registering.confirm_registrations(user=user, only=only, on=TODAY) == []


# --- In another browser ---------------------------------------------------------------------------


def test_a_lost_session_loses_nothing(client: Client, gol: Municipality) -> None:
    """Where we cannot know who typed it, signing in asks; one press, and it is theirs."""
    register(client)
    later = Client()
    assert sign_in(later, "kari@home.example").url == MINE
    assert not Household.objects.exists()
    page = later.get(MINE)
    assert "Kari Eksempel, Ola Eksempel" in page.content.decode()
    answer = {"registration": page.context["registration"].pk, "answer": "yes"}
    assert later.post(MINE, answer).url == MY_PAGE
    assert later.get(MY_PAGE).context["household"] == Household.objects.get()
    assert later.post(MINE, answer).url == MY_PAGE


def test_what_a_stranger_typed_with_my_address_is_deleted_when_i_say_so(client: Client, gol: Municipality) -> None:
    account = UserFactory(email="kari@home.example")
    register(Client())
    assert sign_in(client, account.email).url == MINE
    page = client.get(MINE)
    client.post(MINE, {"registration": page.context["registration"].pk, "answer": "no"})
    assert not Registration.objects.exists()
    assert not Household.objects.exists()
    assert not Draft.objects.exists()


def test_my_page_leads_to_what_waits_for_an_answer(client: Client, gol: Municipality) -> None:
    register(Client())
    sign_in(client, "kari@home.example")
    assert client.get(MY_PAGE).url == MINE


@pytest.mark.parametrize("answer", [{}, {"answer": "maybe"}, {"registration": "x", "answer": "yes"}])
def test_no_clear_answer_changes_nothing(client: Client, gol: Municipality, answer: dict[str, str]) -> None:
    register(Client())
    sign_in(client, "kari@home.example")
    pk = str(Registration.objects.get().pk)
    assert client.post(MINE, {"registration": pk} | answer).status_code == 200
    assert Registration.objects.get().confirmed_at is None


def test_nobody_answers_for_another(client: Client, gol: Municipality) -> None:
    register(Client())
    UserFactory(email="other@home.example")
    sign_in(client, "other@home.example")
    client.post(MINE, {"registration": Registration.objects.get().pk, "answer": "yes"})
    assert not Household.objects.exists()
    assert Registration.objects.get().confirmed_at is None


def test_signing_in_to_register_asks_nothing_of_what_was_typed_here(client: Client, gol: Municipality) -> None:
    """Two municipalities in one browser: both are theirs."""
    hemsedal = MunicipalityFactory(hemsedal=True)
    PostcodeFactory(code="3560", city="Hemsedal", municipality=hemsedal)
    register(client, start="/en/hemsedal/register/", postcode="3560")
    register(client)
    confirm(client)
    assert {household.municipality for household in Household.objects.all()} == {gol, hemsedal}


# --- Known already --------------------------------------------------------------------------------


def test_a_household_from_the_list_of_movers_is_matched(client: Client, gol: Municipality, imported: Household) -> None:
    register(client)
    confirm(client)
    household = Household.objects.get()
    assert household.name == "KARI  Eksempel, Ola Eksempel"
    assert household.child_birth_years == [2016, 2019]
    assert [adult.email for adult in household.adults] == ["Kari@home.example", "ola@home.example"]
    assert household.adults[0].user == User.objects.get(email="kari@home.example")
    assert (household.source, household.language) == (Source.REGISTER, "pl")
    assert client.get(MY_PAGE).context["household"] == household


def test_who_lives_there_learns_that_an_account_was_let_in(
    client: Client, gol: Municipality, imported: Household
) -> None:
    """Name, birth year and address are known to many: the other adult is told at the address the office knows."""
    Person.objects.filter(name="Ola Eksempel").update(email="ola@known.example")
    register(client)
    confirm(client)
    told = Message.objects.get(kind="household_joined")
    assert told.recipient == "ola@known.example"
    assert "KARI  Eksempel" in told.text
    assert not Message.objects.filter(kind="registered_with_others").exists()
    for for_staff in (True, False):
        entries = registry.timeline(Household.objects.get(), TODAY, for_staff=for_staff)
        assert "An account was let into this household" in [entry.title for entry in entries]


def test_what_stands_there_is_not_overwritten(client: Client, gol: Municipality, imported: Household) -> None:
    Person.objects.filter(name="Ola Eksempel").update(email="office@knows.example", phone="00 00 00 09")
    register(client)
    confirm(client)
    ola = Person.objects.get(name="Ola Eksempel")
    assert (ola.email, ola.phone) == ("office@knows.example", "00 00 00 09")


def test_an_adult_of_the_same_age_is_not_taken_for_the_registrant(client: Client, gol: Municipality) -> None:
    HouseholdFactory(municipality=gol, street="Storgata 12 B", adults__name="Kari Eksempel", adults__birth_year=1990)
    register(client, second_birth_year="1990")
    confirm(client)
    assert Household.objects.get().name == "Kari Eksempel, Ola Eksempel"


@pytest.mark.parametrize("other", [{"birth_year": "1991"}, {"street": "Storgata 14"}, {"name": "Kaia Eksempel"}])
def test_another_household_is_not_matched(
    client: Client, gol: Municipality, imported: Household, other: dict[str, str]
) -> None:
    register(client, typed(alone=True, **other))
    confirm(client)
    assert Household.objects.count() == 2
    assert not imported.persons.exclude(user=None).exists()


def test_the_same_household_in_another_town_is_not_matched(
    client: Client, gol: Municipality, imported: Household
) -> None:
    Household.objects.update(municipality=MunicipalityFactory(hemsedal=True))
    register(client)
    confirm(client)
    assert Household.objects.filter(municipality=gol).count() == 1


def test_who_moved_away_and_comes_back_is_new(client: Client, gol: Municipality, imported: Household) -> None:
    Household.objects.update(state=HouseholdState.MOVED_AWAY)
    register(client)
    confirm(client)
    assert Household.objects.count() == 2


# --- Strangers ------------------------------------------------------------------------------------


def left_to_the_office(client: Client) -> bool:
    """Nothing made, nobody linked, what was typed is kept for the office, and the page says so."""
    page = client.get(MY_PAGE)
    registration = latest_registration()
    assert "We have your registration" in page.content.decode()
    assert "household" not in page.context
    return registration.household is None and registration.confirmed_at is not None and bool(registration.answers)


def test_a_stranger_does_not_get_into_a_household_with_an_account(
    client: Client, gol: Municipality, imported: Household
) -> None:
    Person.objects.filter(household=imported, birth_year=1990).update(user=UserFactory())
    register(client, email="stranger@evil.example", share_address="on")
    confirm(client, "stranger@evil.example")
    assert left_to_the_office(client)
    assert Household.objects.count() == 1
    assert not User.objects.get(email="stranger@evil.example").persons.exists()
    assert not Consent.objects.exists()
    assert not Person.objects.filter(email="ola@home.example").exists()


def test_an_account_of_the_other_adult_is_enough_to_keep_strangers_out(
    client: Client, gol: Municipality, imported: Household
) -> None:
    Person.objects.filter(household=imported, birth_year=1988).update(user=UserFactory())
    register(client)
    confirm(client)
    assert left_to_the_office(client)


def test_nobody_gets_into_a_household_by_naming_its_adult_as_their_partner(
    client: Client, gol: Municipality, imported: Household
) -> None:
    register(client, name="Stranger Danger", birth_year="1970")
    confirm(client)
    assert left_to_the_office(client)
    assert Household.objects.count() == 1


def test_a_second_household_of_one_account_is_for_the_office(client: Client, gol: Municipality) -> None:
    register(client)
    confirm(client)
    account = User.objects.get(email="kari@home.example")
    other = Client()
    register(other, street="Lia 3")
    only = {latest_registration().pk}
    (second,) = registering.confirm_registrations(user=account, only=only, on=TODAY)
    assert second.household is None
    assert Household.objects.get().street == "Storgata 12 B"


def test_what_a_protected_person_is_typing_is_forgotten(client: Client, gol: Municipality) -> None:
    account = UserFactory(email="kari@home.example", last_login=timezone.now())
    household = HouseholdFactory(municipality=gol, adults__user=account)
    fill(client, typed())
    fill(Client(), typed(email="other@home.example"))
    restrict(household, by=None)
    assert [draft.answers["contact"]["email"] for draft in Draft.objects.all()] == ["other@home.example"]
    assert client.get(CHECK).url == URL


def test_the_office_sees_how_many_wait(client: Client, gol: Municipality, imported: Household) -> None:
    Person.objects.filter(household=imported, birth_year=1990).update(user=UserFactory())
    register(client)
    confirm(client)
    officer, elsewhere = StaffRoleFactory(municipality=gol).user, MunicipalityFactory(hemsedal=True)
    assert _to_look_at(officer, [gol, elsewhere]) == [1]
    assert _to_look_at(officer, [elsewhere]) == []
    assert _to_look_at(StaffRoleFactory(editor=True).user, [gol]) == []


def _to_look_at(user: User, municipalities: list[Municipality]) -> list[int]:
    queues = day_page.queues(user, municipalities, TODAY)
    return [queue.count for queue in queues if queue.title == "Registrations to look at"]


def test_the_office_may_take_it_as_a_household_of_its_own(
    client: Client, gol: Municipality, imported: Household
) -> None:
    register(client, name="Other Name")
    confirm(client)
    officer = StaffRoleFactory(municipality=gol).user
    registration = Registration.objects.get()
    household = registering.accept_as_new(registration, by=officer, on=TODAY)
    assert household is not None
    assert registering.accept_as_new(registration, by=officer, on=TODAY) is None
    assert client.get(MY_PAGE).context["household"] == household != imported
    assert Household.objects.count() == 2


def test_what_was_typed_before_the_situation_was_asked_can_still_be_taken_in(client: Client, gol: Municipality) -> None:
    migration = import_module("newcomers.migrations.0009_situation_in_registrations")
    register(client)
    registration = Registration.objects.get()
    registration.confirmed_at = timezone.now()
    registration.save()
    migration.remove_situation(apps, None)
    assert "situation" not in Registration.objects.get().answers
    migration.add_situation(apps, None)
    registration = Registration.objects.get()
    household = registering.accept_as_new(registration, by=UserFactory(), on=TODAY)
    assert household is not None
    assert household.state == HouseholdState.MOVED_IN


# --- Forgotten ------------------------------------------------------------------------------------


def age(registration: Registration, days: int) -> None:
    Registration.objects.filter(pk=registration.pk).update(created_at=registration.created_at - timedelta(days=days))


def test_what_nobody_confirms_is_dropped_after_a_week(client: Client, gol: Municipality) -> None:
    register(client)
    registration = Registration.objects.get()
    today = timezone.localdate(registration.created_at)
    assert registering.drop_unconfirmed(on=today + timedelta(days=7)) == 0
    assert registering.drop_unconfirmed(on=today + timedelta(days=8), dry_run=True) == 1
    assert Registration.objects.exists()
    assert registering.drop_unconfirmed(on=today + timedelta(days=8)) == 1
    assert not Registration.objects.exists()
    assert not User.objects.filter(email="kari@home.example").exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("used", ["role", "household", "sign_in"])
def test_an_account_in_use_outlives_its_registration(client: Client, gol: Municipality, used: str) -> None:
    register(client)
    account = User.objects.get(email="kari@home.example")
    if used == "role":
        StaffRoleFactory(user=account)
    elif used == "household":
        PersonFactory(user=account)
    else:
        User.objects.filter(pk=account.pk).update(last_login=timezone.now())
    assert registering.drop_unconfirmed(on=timezone.localdate() + timedelta(days=8)) == 1
    assert User.objects.filter(pk=account.pk).exists()


def test_confirmed_registrations_stay(client: Client, gol: Municipality) -> None:
    register(client)
    confirm(client)
    assert registering.drop_unconfirmed(on=TODAY + timedelta(days=400)) == 0


def test_the_day_is_norways(client: Client, gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late on 30 June in UTC it is 1 July in Gol, so the whole year ahead ends on 1 July."""
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 7, 1)
    draft = Draft(municipality=gol, answers={"situation": {"situation": "planning"}})
    form = Questionnaire(draft, on=clock.today()).form("date", {"moved_in_on": "2027-07-01"})
    assert form.is_valid()


def test_the_session_holds_no_answers(client: Client, gol: Municipality) -> None:
    register(client)
    assert LOGIN_SESSION_KEY in client.session
    assert "Storgata" not in str(dict(client.session))
