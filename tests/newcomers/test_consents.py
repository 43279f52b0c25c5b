"""What people say yes to, and that it holds no longer the second they take it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from newcomers import consents, contact, services
from newcomers.enums import CONTACT_PURPOSES, ConsentPurpose, HouseholdState, ShareField
from newcomers.models import Consent, Household, Person
from portal.outbox.enums import MessageState
from portal.outbox.models import Message
from portal.outbox.services import send
from tests.factories import MunicipalityFactory, PersonFactory, PostcodeFactory
from tests.hosting.factories import HostFactory, accepted
from tests.newcomers.registering import pages

pytestmark = pytest.mark.django_db

CHOICES = "/en/gol/my/choices/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_a_consent_given_twice_is_given_once() -> None:
    person = PersonFactory()
    consents.give_consent(person, field="phone")
    consents.give_consent(person, field="phone")
    consents.give_consent(person, field="email")
    assert sorted(consent.field for consent in person.consents.all()) == ["email", "phone"]


def test_a_consent_names_the_text_it_was_given_to() -> None:
    person = PersonFactory()
    consents.give_consent(person, field="phone")
    assert person.consents.get().text_version == consents.TEXT_VERSION


def test_the_very_text_of_the_recorded_version_stands_where_it_is_given(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On My page and while registering; who registers said yes to the text of the day they ticked."""
    PostcodeFactory(code="3550", city="Gol", municipality=MunicipalityFactory(gol=True))
    pages.fill(client, pages.typed(alone=True, share_phone="on", moved_in_on=str(timezone.localdate())))
    shown = unescape(client.get(pages.page_url("sharing")).content.decode())
    newer = {purpose: f"Newer: {purpose}" for purpose in ConsentPurpose}
    monkeypatch.setattr(consents, "TEXTS", consents.TEXTS | {"2027-01": newer})
    monkeypatch.setattr(consents, "TEXT_VERSION", "2027-01")
    pages.send(client)
    pages.confirm(client)
    consent = Consent.objects.get()
    assert consent.text_version == "2026-11"
    assert consents.text_of(consent) in shown
    assert "Newer: host" in client.get(CHOICES).content.decode()


def test_a_withdrawn_consent_stays_as_proof_and_can_be_given_anew() -> None:
    person = PersonFactory()
    consents.give_consent(person, field="address")
    consents.withdraw_consent(person, field="address")
    assert person.consents.get().withdrawn_at is not None
    consents.give_consent(person, field="address")
    assert person.consents.filter(withdrawn_at=None).count() == 1
    assert person.consents.count() == 2


def test_consents_are_for_one_field_of_one_person() -> None:
    one, other = PersonFactory(), PersonFactory()
    for person in (one, other):
        for field in ShareField.values:
            consents.give_consent(person, field=field)
    consents.withdraw_consent(one, field="phone")
    assert one.consents.filter(withdrawn_at=None).count() == 2
    assert other.consents.filter(withdrawn_at=None).count() == 3


def test_an_unknown_field_is_no_consent() -> None:
    with pytest.raises(ValueError, match="health"):
        consents.give_consent(PersonFactory(), field="health")


def test_an_unknown_purpose_is_no_consent() -> None:
    with pytest.raises(ValueError, match="advertising"):
        consents.give_consent(PersonFactory(), purpose="advertising")


def test_every_purpose_has_a_text_that_can_be_shown_again() -> None:
    person = PersonFactory()
    consents.give_consent(person, field="phone")
    for purpose in CONTACT_PURPOSES:
        consents.give_consent(person, purpose=purpose)
    texts = {consents.text_of(consent) for consent in person.consents.all()}
    assert len(texts) == len(ConsentPurpose)
    assert all(texts)


# --- Writing to people ----------------------------------------------------------------------------


@pytest.fixture
def reachable() -> Person:
    person: Person = PersonFactory(email="kari@example.example")
    consents.give_consent(person, purpose=ConsentPurpose.EVENTS)
    return person


def test_whoever_said_yes_is_written_to_for_that_alone(reachable: Person) -> None:
    assert [purpose for purpose in CONTACT_PURPOSES if consents.may_write(reachable, purpose)] == ["events"]


def test_from_the_second_it_is_taken_back_nobody_writes(reachable: Person) -> None:
    consents.withdraw_consent(reachable, purpose=ConsentPurpose.EVENTS)
    assert not consents.may_write(reachable, ConsentPurpose.EVENTS)


def test_nobody_writes_to_those_without_an_address(reachable: Person) -> None:
    Person.objects.update(email="")
    assert not consents.may_write(reachable, ConsentPurpose.EVENTS)


def test_nobody_writes_to_those_who_moved_away(reachable: Person) -> None:
    Household.objects.update(state=HouseholdState.MOVED_AWAY)
    assert not consents.may_write(reachable, ConsentPurpose.EVENTS)


def test_nobody_writes_to_protected_people(reachable: Person) -> None:
    services.restrict(reachable.household, by=None)
    assert not consents.may_write(reachable, ConsentPurpose.EVENTS)


# --- Mail that waits ------------------------------------------------------------------------------


def write(person: Person, purpose: str = ConsentPurpose.EVENTS, key: str = "meeting:1") -> Message | None:
    return contact.write_to(person, purpose=purpose, key=key, template="settled", context={})


def test_each_occasion_is_written_to_each_person_once(reachable: Person) -> None:
    first, again = write(reachable), write(reachable)
    assert first is not None
    assert first == again
    assert first != write(reachable, key="meeting:2")


def test_without_a_yes_nothing_is_written(reachable: Person) -> None:
    assert write(reachable, ConsentPurpose.NEWS) is None
    assert not Message.objects.exists()


def test_a_mail_for_a_purpose_is_sent_with_the_way_to_stop_it(reachable: Person) -> None:
    message = write(reachable)
    assert message is not None
    assert send(str(message.pk))
    headers = mail.outbox[-1].extra_headers
    address = re.fullmatch(r"<(https?://.+/unsubscribe/[^/]+/)>", headers["List-Unsubscribe"])
    assert address
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address[1] in mail.outbox[-1].body
    assert "kari" not in address[1].lower()


def test_other_mail_has_no_such_way(reachable: Person) -> None:
    services.move(reachable.household, to=HouseholdState.SETTLED, by=None, on=timezone.localdate())
    message = Message.objects.get(kind="settled")
    assert send(str(message.pk))
    assert "List-Unsubscribe" not in mail.outbox[-1].extra_headers


@pytest.mark.parametrize("what", ["withdrawn", "protected", "erased", "moved away"])
def test_what_happens_while_a_mail_waits_stops_it(reachable: Person, what: str) -> None:
    message = write(reachable)
    assert message is not None
    if what == "withdrawn":
        consents.withdraw_consent(reachable, purpose=ConsentPurpose.EVENTS)
    elif what == "protected":
        services.restrict(reachable.household, by=None)
    elif what == "erased":
        reachable.household.delete()
    else:
        Household.objects.update(state=HouseholdState.MOVED_AWAY)
    sent_before = len(mail.outbox)
    assert not send(str(message.pk))
    assert len(mail.outbox) == sent_before
    if what == "protected":  # forgotten altogether
        assert not Message.objects.filter(pk=message.pk).exists()
        return
    message.refresh_from_db()
    assert (message.state, message.text, message.html) == (MessageState.STOPPED, "", "")


def test_a_stopped_mail_is_never_tried_again(reachable: Person) -> None:
    message = write(reachable)
    assert message is not None
    consents.withdraw_consent(reachable, purpose=ConsentPurpose.EVENTS)
    send(str(message.pk))
    consents.give_consent(reachable, purpose=ConsentPurpose.EVENTS)
    Message.objects.update(next_try_at=timezone.now() - timedelta(days=1))
    assert not send(str(message.pk))
    assert not mail.outbox


def test_a_try_that_failed_is_stopped_by_a_no_before_the_next(
    reachable: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = write(reachable)
    assert message is not None

    def refuse(self: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("portal.outbox.services.EmailMultiAlternatives.send", refuse)
        assert not send(str(message.pk))
    consents.withdraw_consent(reachable, purpose=ConsentPurpose.EVENTS)
    Message.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert not send(str(message.pk))
    assert not mail.outbox


# --- One press in a mail --------------------------------------------------------------------------


def way_out(person: Person, purpose: str = ConsentPurpose.EVENTS) -> str:
    return contact.unsubscribe_url(person, purpose, "en").partition("://")[2].partition("/")[2].join(["/", ""])


def test_opening_the_link_changes_nothing(client: Client, reachable: Person) -> None:
    page = client.get(way_out(reachable)).content.decode()
    assert "Write no more to me about it" in page
    assert "Kari" not in page
    assert consents.may_write(reachable, ConsentPurpose.EVENTS)


def test_a_mail_program_stops_it_without_a_cookie(reachable: Person) -> None:
    consents.give_consent(reachable, purpose=ConsentPurpose.NEWS)
    strict = Client(enforce_csrf_checks=True)
    for _time in range(2):
        response = strict.post(way_out(reachable), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert not consents.may_write(reachable, ConsentPurpose.EVENTS)
    assert consents.may_write(reachable, ConsentPurpose.NEWS)


def test_a_link_still_answers_when_the_person_is_gone(client: Client, reachable: Person) -> None:
    url = way_out(reachable)
    reachable.household.delete()
    assert client.post(url).status_code == 200


def test_a_link_of_our_own_making_alone_counts(client: Client, reachable: Person) -> None:
    url = way_out(reachable)
    assert client.post(url[:-4] + "xyz/").status_code == 404
    assert client.post("/en/gol/unsubscribe/x/").status_code == 404
    MunicipalityFactory(hemsedal=True)
    client.post(url.replace("/gol/", "/hemsedal/"))
    assert consents.may_write(reachable, ConsentPurpose.EVENTS)


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def kari(client: Client) -> Client:
    person = PersonFactory(with_account=True, phone="00 00 00 77")
    client.force_login(person.user)
    return client


@pytest.mark.parametrize("purpose", [purpose.value for purpose in CONTACT_PURPOSES])
def test_each_purpose_has_its_button(kari: Client, purpose: str) -> None:
    person = Person.objects.get()
    kari.post(f"{CHOICES}{purpose}/", {"answer": "yes"})
    assert consents.may_write(person, purpose)
    assert [p for p in CONTACT_PURPOSES if consents.may_write(person, p)] == [purpose]
    page = kari.get(CHOICES).content.decode()
    assert page.count("Take it back") == 1
    assert "What you have said yes to" in page
    kari.post(f"{CHOICES}{purpose}/", {"answer": "no"})
    assert not consents.may_write(person, purpose)


def test_the_host_is_no_purpose_of_mail(kari: Client) -> None:
    for purpose in ("host", "advertising"):
        assert kari.post(f"{CHOICES}{purpose}/", {"answer": "yes"}).status_code == 404


def test_what_was_agreed_to_before_stays_readable_in_its_own_words(
    kari: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kari.post(f"{CHOICES}news/", {"answer": "yes"})
    newer = {purpose: f"New words about {purpose}" for purpose in ConsentPurpose}
    monkeypatch.setattr(consents, "TEXTS", consents.TEXTS | {"2027-01": newer})
    monkeypatch.setattr(consents, "TEXT_VERSION", "2027-01")
    page = kari.get(CHOICES).content.decode()
    assert "New words about news" in page.partition("What you have said yes to")[0]
    assert "New words about" not in page.partition("What you have said yes to")[2]
    assert "at most once a month" in page.partition("What you have said yes to")[2]


def test_a_host_loses_the_field_in_the_same_second(kari: Client) -> None:
    """One press by the newcomer, and the very next look of the host is without it."""
    person = Person.objects.get()
    assignment = accepted(host=HostFactory(municipality=person.household.municipality), household=person.household)
    host = Client()
    host.force_login(assignment.host.user)
    page = f"/en/gol/host/{assignment.pk}/"
    assert "00 00 00 77" not in host.get(page).content.decode()
    kari.post("/en/gol/my/consents/phone/", {"answer": "yes"})
    assert "00 00 00 77" in host.get(page).content.decode()
    kari.post("/en/gol/my/consents/phone/", {"answer": "no"})
    assert "00 00 00 77" not in host.get(page).content.decode()
