"""What people say yes to, and that it holds no longer the second they take it back."""

from __future__ import annotations

import pytest

from newcomers import consents, services
from newcomers.enums import CONTACT_PURPOSES, ConsentPurpose, HouseholdState, ShareField
from newcomers.models import Household, Person
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


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
