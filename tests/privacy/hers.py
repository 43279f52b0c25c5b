"""Somebody of whom there is a row in every table that may hold a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.utils import timezone

from newcomers.consents import give_consent
from newcomers.models import (
    AddressChange,
    BulkMessage,
    BulkRecipient,
    DeskConfirmation,
    Draft,
    Household,
    HouseholdMove,
    Introduction,
    Merge,
    MoverImport,
    MoverRow,
    Note,
    ObjectionCode,
    Pair,
    Person,
    Preferences,
    Registration,
    StepTick,
)
from newcomers.movers.comparing import as_moved
from portal import personal_data
from portal.accounts.models import User
from portal.documents.models import PrintJob
from portal.outbox.models import BouncedAddress, Message, MessageAbout
from privacy import erasure
from privacy.export import subject_of
from privacy.models import AccessEntry, ArchiveHold, RetentionNotice
from tests.conftest import TODAY
from tests.documents.sample import letter as facts_of_letter
from tests.enquiries.factories import asked
from tests.factories import HouseholdFactory, StepFactory
from tests.packages.factories import make_gift
from welcome.hosting.models import Assignment, Conversation
from welcome.letters.models import Letter
from welcome.packages.models import Package, PackageItem, PackageRun

# What works here itself, or opens an account: with it she would be one of those who look.
NOT_HERS = {"municipalities.StaffRole", "hosting.Host", "mfa.Authenticator"}


def tables_without(person: Person) -> set[str]:
    subject = subject_of(person)
    return {table.model for table in personal_data.tables.values() if not table.rows_of(subject).exists()}


def typed_and_told(person: Person, user: User) -> None:
    """What she and others typed before she was a household, and what is known of her now."""
    household, town = person.household, person.household.municipality
    answers = {"street": household.street, "adults": [{"name": person.name, "email": person.email}]}
    here: dict[str, Any] = {"municipality": town, "email": person.email}
    Registration.objects.create(**here, answers=answers, household=household)
    Registration.objects.create(**here, answers=answers, confirmed_at=timezone.now())
    Draft.objects.create(**here, answers={"contact": {"email": person.email, "name": person.name}})
    Introduction.objects.create(**here, employer="Smia", contact_name="Per", contact_email="per@smia.example",
                                name=person.name)  # fmt: skip
    asked(town, email=person.email, name=person.name, question=f"{person.name}: har {household.street} brøyting?")
    Preferences.objects.create(household=household, segment=person.name)
    Note.objects.create(household=household, text=person.name, on=TODAY)
    StepTick.objects.create(household=household, step=StepFactory(municipality=town), on=TODAY)
    AddressChange.objects.create(household=household, on=TODAY)
    ObjectionCode.objects.create(household=household, code="HERSCODE")
    DeskConfirmation.objects.create(person=person, on=TODAY)
    HouseholdMove.objects.create(household=household, from_state="planning", to_state="moved_in", on=TODAY)
    give_consent(person, field="phone")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="idporten", uid="pairwise")
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key="hers", user_agent="a phone")


def lists_and_pairs(household: Household) -> None:
    """She stands in a list of movers that waits, beside somebody alike, and was two households once."""
    town = household.municipality
    record = MoverImport.objects.create(municipality=town, basis="Velkomst", state="done")
    moved = as_moved(household)
    packed = {**asdict(moved), "moved_in_on": moved.moved_in_on.isoformat()}
    MoverRow.objects.create(record=record, position=1, packed=packed, household=household, kind="known")
    other = HouseholdFactory(municipality=town)
    Pair.objects.create(municipality=town, household=household, other=other, reasons=["name_alike"])
    Merge.objects.create(municipality=town, kept=household, on=TODAY, snapshot={"street": household.street})
    bulk = BulkMessage.objects.create(
        municipality=town, state="done", purpose="news", sent_at=timezone.now(), texts={"nb": {"subject": "Treff"}}
    )
    BulkRecipient.objects.create(bulk=bulk, household=household, outcome="written")


def printed_and_sent(household: Household, user: User, assignment: Assignment) -> None:
    """A letter and a package in a printed run, mail, a host who has talked with her, and what privacy keeps."""
    town, name = household.municipality, household.name
    job = PrintJob.objects.create(
        municipality=town, kind="letters", state="done", content=household.street.encode(), total=1
    )
    letter = Letter.objects.create(
        municipality=town, household=household, language="nb", template_version=1, sha256="0" * 64, issued_on=TODAY,
        facts=facts_of_letter(recipient_lines=[name, household.street]), print_job=job,
    )  # fmt: skip
    run = PackageRun.objects.get_or_create(municipality=town, quarter="2026Q4")[0]
    PackageRun.objects.filter(pk=run.pk).update(letters_file=job, packing_list=job)
    package = Package.objects.create(municipality=town, household=household, run=run, letter=letter, number=1)
    PackageItem.objects.create(package=package, gift=make_gift(town, "hers"), quantity=1)
    message = Message.objects.create(
        municipality=town, kind="test", key="to-her", recipient=user.email, language="nb", subject=name, text=name,
        next_try_at=timezone.now(), user=user,
    )  # fmt: skip
    MessageAbout.objects.create(message=message, household_ref=household.pk)
    BouncedAddress.objects.create(municipality=town, email=user.email, status="5.1.1", on=TODAY)
    Conversation.objects.create(assignment=assignment, on=TODAY, outcome="talked", note=name)
    erasure.ask(household=household, by=user, on=TODAY)
    ArchiveHold.objects.create(municipality=town, household=household, reason="Klagesak 26/17")
    RetentionNotice.objects.create(municipality=town, household=household, rule="newcomers.silent", on=TODAY)
    AccessEntry.objects.create(municipality=town, household_ref=household.pk, kind="viewed", role="host", page="p")
