"""Each promise is reminded of once, and then it is the office's."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import registry
from portal.municipalities import reminders
from portal.municipalities.models import DatedTask
from portal.municipalities.reminders import remind
from portal.municipalities.tasks import remind as remind_task
from tests.conftest import TODAY
from tests.factories import DatedTaskFactory, UserFactory


class Written(list[tuple[Any, list[DatedTask], date]]):
    """What would have been sent."""

    def write(self, owner: Any, tasks: Any, on: date) -> None:
        self.append((owner, list(tasks), on))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    """A kind of promise about households, of its own for each test."""
    written = Written()
    kind = registry.TaskKind(
        name="test",
        title=lambda task: task.occasion,
        admin_url=lambda task: "/",
        send_reminder=written.write,
        is_current=lambda task: not task.subject.restricted,
    )
    monkeypatch.setattr(registry, "task_kinds", {"test": kind})
    return written


def _later(days: int) -> date:
    return TODAY + timedelta(days=days)


def _run(on: date = TODAY, **options: Any) -> tuple[int, int]:
    report = remind(on=on, **options)
    return report["reminded"], report["escalated"]


@pytest.mark.django_db
def test_one_message_lists_all_that_one_owner_has_due(written: Written) -> None:
    owner, other = UserFactory(), UserFactory()
    for _number in range(3):
        DatedTaskFactory(owner=owner)
    DatedTaskFactory(owner=other)
    assert _run() == (4, 0)
    assert sorted(len(tasks) for _owner, tasks, _on in written) == [1, 3]


@pytest.mark.django_db
def test_what_is_not_due_waits(written: Written) -> None:
    DatedTaskFactory(owner=UserFactory(), due_on=_later(1))
    assert _run() == (0, 0)
    assert _run(_later(1)) == (1, 0)


@pytest.mark.django_db
def test_what_is_done_is_left_in_peace(written: Written) -> None:
    DatedTaskFactory(owner=UserFactory(), done_on=TODAY)
    assert _run(_later(30)) == (0, 0)


@pytest.mark.django_db
def test_again_on_the_same_day_does_nothing_more(written: Written) -> None:
    DatedTaskFactory(owner=UserFactory())
    assert [_run(), _run()] == [(1, 0), (0, 0)]
    assert len(written) == 1


@pytest.mark.django_db
def test_promise_that_falls_due_after_the_first_run_of_the_day_gets_its_own_reminder(written: Written) -> None:
    owner = UserFactory()
    DatedTaskFactory(owner=owner)
    _run()
    DatedTaskFactory(owner=owner)
    assert _run() == (1, 0)
    assert [len(tasks) for _owner, tasks, _on in written] == [1, 1]


@pytest.mark.django_db
def test_ten_days_without_a_worker_is_one_reminder(written: Written) -> None:
    task = DatedTaskFactory(owner=UserFactory(), due_on=TODAY)
    assert _run(_later(10)) == (1, 0)
    task.refresh_from_db()
    assert (task.reminded_on, task.escalated_on) == (_later(10), None)


@pytest.mark.django_db
def test_silence_goes_to_the_office_once(written: Written) -> None:
    task = DatedTaskFactory(owner=UserFactory())
    _run()
    assert _run(_later(6)) == (0, 0)
    assert _run(_later(7)) == (0, 1)
    assert _run(_later(8)) == (0, 0)
    task.refresh_from_db()
    assert task.escalated_on == _later(7)
    assert len(written) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("owner", [None, {"is_active": False}])
def test_promise_that_nobody_has_goes_to_the_office_at_once(written: Written, owner: dict[str, bool] | None) -> None:
    DatedTaskFactory(owner=UserFactory(**owner) if owner else None)
    assert _run() == (0, 1)
    assert not written


@pytest.mark.django_db
def test_dry_run_counts_and_changes_nothing(written: Written) -> None:
    DatedTaskFactory(owner=UserFactory())
    DatedTaskFactory(owner=None)
    protected = DatedTaskFactory(owner=UserFactory(), subject__restricted_household=True)
    assert _run(dry_run=True) == (1, 1)
    assert not written
    assert not DatedTask.objects.exclude(reminded_on=None, escalated_on=None, done_on=None).exists()
    protected.refresh_from_db()
    assert protected.done_on is None
    assert _run() == (1, 1)


@pytest.mark.django_db
def test_what_lost_its_sense_is_closed_without_a_word(written: Written) -> None:
    task = DatedTaskFactory(owner=UserFactory(), subject__restricted_household=True)
    assert _run() == (0, 0)
    task.refresh_from_db()
    assert (task.done_on, task.outcome) == (TODAY, reminders.NOT_CURRENT)
    assert not written


@pytest.mark.django_db
def test_what_lost_its_sense_after_the_reminder_does_not_reach_the_office(written: Written) -> None:
    task = DatedTaskFactory(owner=UserFactory())
    _run()
    type(task.subject).objects.filter(pk=task.subject_id).update(
        restricted=True, street="", postcode="", city="", address_key=""
    )
    assert _run(_later(8)) == (0, 0)
    task.refresh_from_db()
    assert task.outcome == reminders.NOT_CURRENT


@pytest.mark.django_db
def test_kind_that_nobody_registered_waits(written: Written) -> None:
    DatedTaskFactory(owner=UserFactory(), kind="from_another_version")
    assert _run(_later(30)) == (0, 0)


@pytest.mark.django_db
def test_promise_kept_while_the_run_reads_is_not_reminded_of(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host logs the contact, or another run takes it, between this run's reading and its writing."""
    owner = UserFactory()
    kept, other = DatedTaskFactory(owner=owner), DatedTaskFactory(owner=owner)
    read = reminders._still_current
    looks: list[int] = []

    def quicker(tasks: Any, on: date, dry_run: bool) -> list[DatedTask]:
        """Kept just after the first look; the second look, in a new transaction, no longer finds it."""
        looks.append(len(tasks))
        found = read(tasks, on, dry_run)
        DatedTask.objects.filter(pk=kept.pk).update(done_on=on)
        return found if len(looks) == 1 else [task for task in found if task != kept]

    monkeypatch.setattr(reminders, "_still_current", quicker)
    assert remind(on=TODAY)["reminded"] == 1
    assert looks[:2] == [2, 2]
    assert [tasks for _owner, tasks, _on in written] == [[other]]


@pytest.mark.django_db
def test_every_owner_is_reached_when_there_are_many(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "BATCH", 2)
    for _number in range(5):
        DatedTaskFactory(owner=UserFactory())
        DatedTaskFactory(owner=None)
    assert _run() == (5, 5)
    assert len({owner for owner, _tasks, _on in written}) == 5


@pytest.mark.django_db
def test_queries_of_a_batch_do_not_grow_with_it(written: Written) -> None:
    def queries(count: int) -> int:
        owner = UserFactory()
        for _number in range(count):
            DatedTaskFactory(owner=owner)
            DatedTaskFactory(owner=None)
        with CaptureQueriesContext(connection) as captured:
            assert _run() == (count, count)
        return len(captured)

    queries(1)  # content types are looked up once
    assert queries(2) == queries(60)


@pytest.mark.django_db
def test_new_owner_gets_a_reminder_of_their_own(written: Written) -> None:
    task = DatedTaskFactory(owner=UserFactory())
    _run()
    _run(_later(7))
    task.refresh_from_db()
    colleague = UserFactory()
    reminders.give(task, to=colleague)
    assert _run(_later(8)) == (1, 0)
    assert written[-1][0] == colleague


@pytest.mark.django_db
def test_command_reports_and_can_be_tried_first(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    DatedTaskFactory(owner=UserFactory())
    for options in (["--dry-run"], [], []):
        call_command("remind", "--date", str(TODAY), "--json", *options)
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report["reminded"] for report in reports] == [1, 1, 0]
    assert set(reports[0]) == {"reminded", "escalated"}


@pytest.mark.django_db
def test_scheduled_job_does_the_same(written: Written) -> None:
    DatedTaskFactory(owner=UserFactory(), due_on=date(2020, 1, 1))
    remind_task()
    assert len(written) == 1
