"""What happens by itself: set up once, at the right times, pausable, and each with a task that does what it says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks

from newcomers.enums import HouseholdState
from portal.celery import app
from portal.municipalities.enums import Role
from portal.schedules import SCHEDULES, set_up
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, StaffRoleFactory, UserFactory
from tests.outbox.factories import MessageFactory

LIST = "/admin/django_celery_beat/periodictask/"


@pytest.mark.django_db
def test_set_up_twice_is_set_up_once() -> None:
    assert set_up() == {"schedules": len(SCHEDULES), "added": len(SCHEDULES)}
    assert set_up() == {"schedules": len(SCHEDULES), "added": 0}
    assert PeriodicTask.objects.exclude(task__startswith="celery.").count() == len(SCHEDULES)


@pytest.mark.django_db
def test_what_staff_paused_stays_paused_and_a_wrong_time_is_corrected() -> None:
    set_up()
    other = CrontabSchedule.objects.create(minute="59", hour="23")
    PeriodicTask.objects.filter(task="municipalities.remind").update(enabled=False, crontab=other)
    set_up()
    task = PeriodicTask.objects.get(task="municipalities.remind")
    assert not task.enabled
    assert (task.crontab.minute, task.crontab.hour, str(task.crontab.timezone)) == ("0", "7", "Europe/Oslo")


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.task)
def test_every_schedule_starts_a_task_that_exists(schedule: Any) -> None:
    app.loader.import_default_modules()
    assert schedule.task in app.tasks


@pytest.mark.django_db
@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.task)
def test_every_schedule_runs_with_nothing_to_do_and_a_second_time(schedule: Any) -> None:
    """After a week without a worker several may come at once."""
    app.loader.import_default_modules()
    app.tasks[schedule.task].apply(throw=True)
    app.tasks[schedule.task].apply(throw=True)
    assert mail.outbox == []


@pytest.mark.django_db
def test_times_are_norways_summer_and_winter() -> None:
    set_up()
    crontab = PeriodicTask.objects.get(task="municipalities.remind").crontab
    oslo = ZoneInfo("Europe/Oslo")
    for day in [date(2026, 1, 15), date(2026, 7, 15)]:
        start = datetime(day.year, day.month, day.day, 6, 0, tzinfo=oslo)
        schedule = crontab.schedule
        schedule.nowfun = lambda start=start: start
        assert schedule.remaining_estimate(start) == timedelta(hours=1)


@pytest.mark.django_db
def test_the_minutes_task_sends_what_waits() -> None:
    MessageFactory()
    app.tasks["outbox.send_left_behind"].apply(throw=True)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_the_nights_task_moves_in_who_came_today(monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)
    due = HouseholdFactory(state=HouseholdState.PLANNING, moved_in_on=TODAY)
    later = HouseholdFactory(state=HouseholdState.PLANNING, moved_in_on=TODAY + timedelta(days=1))
    app.tasks["newcomers.daily"].apply(throw=True)
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state) == (HouseholdState.MOVED_IN, HouseholdState.PLANNING)


def test_a_task_is_not_lost_with_its_worker_and_keeps_no_result() -> None:
    assert configured.CELERY_TASK_ACKS_LATE
    assert configured.CELERY_TASK_IGNORE_RESULT
    assert configured.CELERY_TIMEZONE == "Europe/Oslo"


# --- In the office ---


@pytest.fixture
def region(db: None) -> Any:
    set_up()
    return client_of(StaffRoleFactory(region=True, user=UserFactory(language="en")).user)


def do(client: Any, action: str, task: PeriodicTask) -> str:
    answer = client.post(LIST, {"action": action, "_selected_action": [task.pk]}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_schedule_is_paused_and_goes_on_and_the_scheduler_hears_of_it(region: Any) -> None:
    task = PeriodicTask.objects.get(task="municipalities.remind")
    PeriodicTasks.objects.update(last_update=timezone.now() - timedelta(days=1))
    assert "Paused." in do(region, "pause", task)
    task.refresh_from_db()
    assert not task.enabled
    assert timezone.now() - PeriodicTasks.last_change() < timedelta(minutes=1)
    assert "Going on." in do(region, "go_on", task)
    task.refresh_from_db()
    assert task.enabled


def test_a_schedule_is_started_at_once(region: Any, monkeypatch: Any) -> None:
    started: list[str] = []
    monkeypatch.setattr(app, "send_task", started.append)
    assert "Started." in do(region, "start_now", PeriodicTask.objects.get(task="municipalities.remind"))
    assert started == ["municipalities.remind"]


def test_the_office_sees_our_schedules_and_none_of_the_librarys(region: Any) -> None:
    crontab = CrontabSchedule.objects.first()
    hidden = PeriodicTask.objects.create(name="celery.backend_cleanup", task="celery.backend_cleanup", crontab=crontab)
    shown = region.get(LIST).context["cl"].queryset
    assert {task.task for task in shown} == {schedule.task for schedule in SCHEDULES}
    page = reverse("admin:django_celery_beat_periodictask_change", args=[hidden.pk])
    assert region.get(page).status_code == 404


def test_schedules_are_for_region_administrators_alone(region: Any) -> None:
    coordinator = StaffRoleFactory(municipality=MunicipalityFactory(gol=True), role=Role.COORDINATOR).user
    assert client_of(coordinator).get(LIST).status_code == 403
    assert region.get(LIST.replace("periodictask/", "periodictask/add/")).status_code == 403


@pytest.mark.django_db
def test_every_schedule_stands_in_the_manual() -> None:
    manual = (configured.BASE_DIR / "docs" / "operations.md").read_text()
    table = manual.partition("## Schedules")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) - 1 == len(SCHEDULES)
    call_command("schedules", verbosity=0)
