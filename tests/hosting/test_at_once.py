"""Two at once, on two connections: what the database alone can decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from newcomers.models import Household
from portal.municipalities.reminders import remind
from portal.outbox.models import Message
from tests.conftest import two_writers
from tests.factories import HouseholdFactory
from tests.hosting.factories import HostFactory, PlanFactory, accepted, next_step, proposed, talked
from welcome.hosting import services
from welcome.hosting.models import Assignment, Conversation, Host
from welcome.hosting.services import MoveRefused

DAY = date(2026, 11, 1)
pytestmark = [pytest.mark.django_db(transaction=True), two_writers]


def _at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Each in its own thread and connection; a refusal is an outcome."""
    start = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return step()
        except (ValidationError, MoveRefused) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def _refusals(outcomes: list[Any]) -> int:
    return sum(isinstance(outcome, Exception) for outcome in outcomes)


def test_last_place_is_given_once() -> None:
    host = HostFactory(capacity=1)
    PlanFactory()
    households = [HouseholdFactory() for _number in range(4)]

    def ask(household: Household) -> Callable[[], Assignment]:
        return lambda: services.assign_host(by=None, household=household, host=host, on=DAY)

    assert _refusals(_at_once(*map(ask, households))) == 3
    assert Host.objects.get(pk=host.pk).open_assignments == Assignment.objects.open().count() == 1


def test_household_gets_one_host() -> None:
    household = HouseholdFactory()
    PlanFactory()
    hosts = [HostFactory() for _number in range(4)]

    def ask(host: Host) -> Callable[[], Assignment]:
        return lambda: services.assign_host(by=None, household=household, host=host, on=DAY)

    assert _refusals(_at_once(*map(ask, hosts))) == 3
    assert sum(Host.objects.values_list("open_assignments", flat=True)) == Assignment.objects.count() == 1


def test_yes_and_no_give_one_answer() -> None:
    assignment = proposed()
    user = assignment.host.user
    phone, laptop = (Assignment.objects.get(pk=assignment.pk) for _device in range(2))
    outcomes = _at_once(
        lambda: services.accept(by=user, assignment=phone, on=DAY),
        lambda: services.decline(by=user, assignment=laptop, on=DAY),
    )
    assert _refusals(outcomes) == 1
    assignment.refresh_from_db()
    assert assignment.tasks.open().count() == (1 if assignment.is_open else 0)


def test_double_tap_counts_once() -> None:
    assignment = accepted(on=DAY)
    submission = uuid.uuid4()

    def tap() -> Conversation:
        return talked(Assignment.objects.get(pk=assignment.pk), on=DAY, submission=submission)

    outcomes = _at_once(tap, tap, tap)
    assert _refusals(outcomes) == 0
    assert Conversation.objects.count() == 1
    assert next_step(assignment).occasion == "one_week"


def test_two_runs_send_one_reminder() -> None:
    host = HostFactory(capacity=6)
    for _number in range(6):
        accepted(host=host, on=DAY)
    outcomes = _at_once(*[lambda: remind(on=date(2026, 11, 10))] * 3)
    assert sum(outcome["reminded"] for outcome in outcomes) == 6
    assert Message.objects.filter(kind="hosting_reminder").count() == 1
