"""What happens by itself, and when. Each is also a command; staff may pause a schedule or start it at once."""

from __future__ import annotations

from dataclasses import dataclass

from django_celery_beat.models import CrontabSchedule, PeriodicTask

TIMEZONE = "Europe/Oslo"


@dataclass(frozen=True)
class Schedule:
    """A task's name, and minute and hour of the day ("*" for every one)."""

    task: str
    description: str
    minute: str
    hour: str = "*"


SCHEDULES = [
    Schedule("outbox.send_left_behind", "Send mail that was left behind", minute="*"),
    Schedule("newcomers.take_left_behind", "Go on with lists of movers that a worker left behind", minute="*/5"),
    Schedule("newcomers.daily", "Note who has moved in today; drop registrations nobody confirmed", "10", "4"),
    Schedule("accounts.clear_sessions", "Forget sign-ins that have run out", "20", "4"),
    Schedule("packages.plan_due_runs", "Plan the quarter's packages", "30", "4"),
    Schedule("municipalities.remind", "Remind hosts of what is due; tell the office of silence", "0", "7"),
]


def set_up() -> dict[str, int]:
    """Add missing schedules and correct times; what staff paused stays paused."""
    added = 0
    for schedule in SCHEDULES:
        crontab, _created = CrontabSchedule.objects.get_or_create(
            minute=schedule.minute, hour=schedule.hour, day_of_week="*", day_of_month="*", month_of_year="*",
            timezone=TIMEZONE,
        )  # fmt: skip
        _task, created = PeriodicTask.objects.update_or_create(
            task=schedule.task,
            defaults={"crontab": crontab, "name": schedule.description},
        )
        added += created
    return {"schedules": len(SCHEDULES), "added": added}
