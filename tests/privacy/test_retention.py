"""Three years, month by month, with a small cast: what goes, when, and what stays."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from newcomers.enums import HouseholdState, Source
from newcomers.models import Consent, Household, HouseholdMove, Person
from portal import personal_data
from portal.accounts.models import User
from portal.clock import add_months
from portal.documents.models import PrintJob
from portal.enquiries.models import Enquiry
from portal.enquiries.retention import forget as forget_questions
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.models import BouncedAddress, Message, MessageAbout
from privacy import purposes, retention
from privacy.models import AccessEntry, ArchiveHold, Purpose, Remainder, RetentionNotice
from tests.enquiries.factories import answered
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, UserFactory
from tests.hosting.factories import HostFactory, accepted
from welcome.hosting.models import Assignment, Host

START = date(2026, 1, 15)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def gol(db: None) -> Municipality:
    return MunicipalityFactory(gol=True)


def household(gol: Municipality, name: str, *, email: str = "", **fields: Any) -> Household:
    """Registered on the first day, and silent since."""
    row = HouseholdFactory(municipality=gol, adults=0, moved_in_on=START, **fields)
    PersonFactory(household=row, name=name, email=email)
    Household.objects.filter(pk=row.pk).update(created_at=at(START))
    return row


def sign_in(person: Person, on: date) -> None:
    user = UserFactory(email=person.email)
    User.objects.filter(pk=user.pk).update(last_login=at(on), created_at=at(START))
    Person.objects.filter(pk=person.pk).update(user=user)


def names() -> set[str]:
    return set(Person.objects.values_list("name", flat=True))


@pytest.fixture
def cast(gol: Municipality) -> Municipality:
    household(gol, "Never in touch", source=Source.REGISTER)
    household(gol, "Never, but with mail", email="never@a.example", source=Source.REGISTER)
    household(gol, "Held", source=Source.REGISTER)
    ArchiveHold.objects.create(
        municipality=gol, household=Household.objects.get(persons__name="Held"), reason="Klagesak 26/17"
    )
    household(gol, "Talked to", source=Source.REGISTER, contacted_on=add_months(START, 6))
    silent = household(gol, "Silent", email="silent@a.example")
    sign_in(silent.persons.get(), START)
    returning = household(gol, "Returns when told", email="returns@a.example")
    sign_in(returning.persons.get(), START)
    gone = household(gol, "Moved away", state=HouseholdState.MOVED_AWAY)
    HouseholdMove.objects.create(household=gone, from_state="moved_in", to_state="moved_away", on=add_months(START, 3))
    hosted = household(gol, "Had a host", contacted_on=add_months(START, 30))
    assignment = accepted(host=HostFactory(municipality=gol), household=hosted)
    ended = {"state": "ended", "ended_on": add_months(START, 4)}
    Assignment.objects.filter(pk=assignment.pk).update(**ended)
    consent = Consent.objects.create(person=hosted.persons.get(), field="phone", text_version="1")
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=at(START))
    entry = AccessEntry.objects.create(municipality=gol, kind="viewed", role=Role.COORDINATOR, page="p")
    AccessEntry.objects.filter(pk=entry.pk).update(created_at=at(START))
    PrintJob.objects.create(municipality=gol, kind="letters", content=b"Kari", finished_at=at(START))
    Message.objects.all().delete()
    mail = Message.objects.create(
        municipality=gol, kind="test", key="k", recipient="old@a.example", language="nb", subject="Hei", state="sent",
        next_try_at=timezone.now(),
    )  # fmt: skip
    Message.objects.filter(pk=mail.pk).update(created_at=at(START))
    for town in (gol, None):
        BouncedAddress.objects.create(
            municipality=town, email=f"gone@{town or 'none'}.example", status="5.1.1", on=START
        )
    return gol


def night(on: date) -> dict[str, Any]:
    out = StringIO()
    call_command("retention", "--json", "--date", on.isoformat(), stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


# What is left of each after so many months. Those told by mail stay for 30 days more, and go the month after.
EVERYONE = {
    "Never in touch", "Never, but with mail", "Held", "Talked to", "Silent", "Returns when told", "Moved away",
    "Had a host",
}  # fmt: skip
LEAVES = {
    "Never in touch": 12, "Never, but with mail": 13, "Moved away": 15, "Silent": 25, "Talked to": 30,
}  # fmt: skip


def test_through_thirty_six_months(cast: Municipality) -> None:
    for month in range(1, 37):
        on = add_months(START, month)
        report = night(on)
        if month == 24:  # she reads the mail and signs in, as one does
            User.objects.filter(email="returns@a.example").update(last_login=at(on + timedelta(days=3)))
        assert names() == {n for n in EVERYONE if LEAVES.get(n, 99) > month}, f"after {month} months"
        assert PrintJob.objects.exclude(content=None).exists() is (month < 3), month
        assert AccessEntry.objects.exists() is (month < 12), month
        assert Message.objects.filter(recipient="old@a.example").exists() is (month < 12), month
        assert BouncedAddress.objects.count() == (2 if month < 12 else 0), month
        assert Assignment.objects.exists() is (month < 16), month
        assert Consent.objects.exists() is (month < 36), month
        assert [hold["reason"] for hold in report["holds"]] == ["Klagesak 26/17"]
    held = [row for row in report["rules"] if row["held"]]
    assert {(row["rule"], row["held"]) for row in held} == {("newcomers.never_in_touch", 1)}
    assert Remainder.objects.get(source=Source.REGISTER).households == 3
    assert not User.objects.filter(email="silent@a.example").exists()


def test_who_can_be_written_to_is_told_once_thirty_days_ahead(cast: Municipality) -> None:
    due = add_months(START, 24)
    for days in (0, 1, 29):
        night(due + timedelta(days=days))
    told = Message.objects.filter(kind="retention_notice", recipient="silent@a.example")
    assert told.count() == 1
    assert "14 February 2028" in told.get().text
    assert "Silent" in names()
    night(due + timedelta(days=30))
    assert "Silent" not in names()


def test_whoever_comes_back_is_told_anew_another_time(cast: Municipality) -> None:
    due = add_months(START, 24)
    night(due)
    User.objects.filter(email="returns@a.example").update(last_login=at(due))
    night(due + timedelta(days=31))
    assert not RetentionNotice.objects.filter(household__persons__name="Returns when told").exists()
    again = add_months(due, 24)
    night(again)
    assert "Returns when told" in names()
    assert Message.objects.filter(kind="retention_notice", recipient="returns@a.example").count() == 2


def test_a_dry_run_says_the_same_and_changes_nothing(cast: Municipality) -> None:
    on = add_months(START, 12)
    out = StringIO()
    call_command("retention", "--dry-run", "--json", "--date", on.isoformat(), stdout=out)
    assert names() == EVERYONE
    assert not Purpose.objects.exists()
    planned = json.loads(out.getvalue())
    assert planned["rules"] == night(on)["rules"]


def test_the_municipalitys_own_terms_are_what_is_gone_by(cast: Municipality) -> None:
    purposes.set_up(cast, on=START)
    Purpose.objects.filter(code="welcome").update(keep_for=45, unit="days")
    night(START + timedelta(days=44))
    assert "Never in touch" in names()
    night(START + timedelta(days=45))
    assert "Never in touch" not in names()


def test_every_rule_goes_by_a_purpose_that_is_told_of_and_every_term_that_can_be_changed_has_a_rule() -> None:
    told = {row["code"] for row in purposes.defaults()}
    assert told - set(purposes.fixed_terms()) == {rule.purpose for rule in personal_data.rules.values()}
    assert {row["code"] for row in purposes.defaults() if row.get("fixed")} == set(purposes.fixed_terms())
    assert all(purposes.usual(code).keep_for for code in told)


def test_a_fixed_term_is_told_as_the_job_goes_by_it(gol: Municipality, settings: Any) -> None:
    settings.ERASED_MONTHS = 36
    purposes.set_up(gol, on=START)
    told = dict(Purpose.objects.filter(municipality=gol).values_list("code", "keep_for"))
    assert (told["drafts"], told["introductions"], told["movers"], told["erased"]) == (7, 14, 30, 36)
    assert told["sign_in"] == settings.SESSION_COOKIE_AGE // 86400
    Purpose.objects.filter(code="movers").update(keep_for=3660)  # as it could be typed before
    night(START)
    assert Purpose.objects.get(municipality=gol, code="movers").keep_for == 30


def test_accounts_of_those_who_worked_here_go_by_the_municipalitys_own_term(gol: Municipality) -> None:
    purposes.set_up(gol, on=START)
    Purpose.objects.filter(code="staff").update(keep_for=6)
    user = UserFactory()
    User.objects.filter(pk=user.pk).update(last_login=at(START), created_at=at(START))
    night(add_months(START, 6) - timedelta(days=1))
    assert User.objects.filter(pk=user.pk).exists()
    night(add_months(START, 6))
    assert not User.objects.filter(pk=user.pk).exists()


def test_a_host_who_has_stopped_goes_after_the_last_assignment_and_so_does_the_account(gol: Municipality) -> None:
    resting, followed = HostFactory(municipality=gol, is_active=False), HostFactory(municipality=gol)
    followed_household = household(gol, "Had a host", contacted_on=add_months(START, 30))
    assignment = accepted(host=followed, household=followed_household)
    Assignment.objects.filter(pk=assignment.pk).update(state="ended", ended_on=add_months(START, 20))
    Host.objects.update(is_active=False, open_assignments=0, created_at=at(START))
    User.objects.filter(hosts__isnull=False).update(last_login=at(START), created_at=at(START))
    night(add_months(START, 24))
    assert [host.pk for host in Host.objects.all()] == [followed.pk]
    assert not User.objects.filter(pk=resting.user_id).exists()
    night(add_months(START, 33))
    assert not Host.objects.exists()
    assert not User.objects.filter(pk=followed.user_id).exists()


def test_sign_in_mail_of_no_municipality_is_let_go_too(gol: Municipality) -> None:
    mail = Message.objects.create(
        kind="account", key="account:1", recipient="kari@a.example", language="nb", subject="Kode", state="sent",
        next_try_at=timezone.now(),
    )  # fmt: skip
    Message.objects.filter(pk=mail.pk).update(created_at=at(START))
    night(add_months(START, 12) - timedelta(days=1))
    assert Message.objects.filter(recipient="kari@a.example").exists()
    night(add_months(START, 12))
    assert not Message.objects.filter(recipient="kari@a.example").exists()


def test_one_that_is_missing_does_not_stop_the_night(cast: Municipality, monkeypatch: Any) -> None:
    """Erased by the office between the look and the deed."""
    rows = list(Household.objects.filter(persons__name="Silent"))
    Household.objects.filter(pk=rows[0].pk).delete()
    assert retention.erase_households(rows, START) == 0


def test_one_that_fails_stops_neither_the_others_nor_the_other_rules(cast: Municipality, monkeypatch: Any) -> None:
    silent = Household.objects.get(persons__name="Never in touch")

    def fail_for(household: Household) -> None:
        if household == silent:
            raise RuntimeError

    def fail(municipality: Municipality, last: date) -> Any:
        raise RuntimeError

    monkeypatch.setitem(personal_data._erasers, "accounts", fail_for)
    rule = dataclasses.replace(personal_data.rules["newcomers.never_in_touch"], name="first of all", due=fail)
    monkeypatch.setattr(personal_data, "rules", {"first of all": rule} | personal_data.rules)
    report = night(add_months(START, 15))
    assert names() == EVERYONE - {"Moved away"}
    assert [row["rule"] for row in report["rules"] if row["failed"]] == ["first of all"]


def test_the_archive_holds_what_was_written_from_and_to_them_too(gol: Municipality) -> None:
    held = household(gol, "Held", email="held@a.example")
    sign_in(held.persons.get(), START)
    ArchiveHold.objects.create(municipality=gol, household=held, reason="Klagesak 26/17")
    here, _next_door = (answered(town, email="Held@a.example", on=START) for town in (gol, MunicipalityFactory()))
    Message.objects.all().delete()
    waiting = {"language": "nb", "state": "sent", "next_try_at": timezone.now(), "municipality": gol}
    to_account = Message.objects.create(**waiting, key="1", recipient="held@a.example")
    before = Message.objects.create(**waiting, key="2", recipient="before@a.example")
    MessageAbout.objects.create(message=before, household_ref=held.pk)
    Message.objects.create(**waiting, key="3", recipient="other@a.example")
    Message.objects.update(created_at=at(START))
    report = night(add_months(START, 13))
    forget_questions(on=add_months(START, 13))
    assert set(Message.objects.exclude(recipient="")) == {to_account, before}
    assert {row["rule"]: row["held"] for row in report["rules"] if row["held"]}["outbox.messages"] == 2
    assert list(Enquiry.objects.exclude(question="")) == [here]
