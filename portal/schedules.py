"""What happens by itself, and when. Each is also a command; staff may pause a schedule or start it at once."""

from __future__ import annotations

from dataclasses import dataclass

from django_celery_beat.models import CrontabSchedule, PeriodicTask

TIMEZONE = "Europe/Oslo"


@dataclass(frozen=True)
class Schedule:
    """A task's name, minute and hour of the day ("*" for every one), and the day of the week (1 is Monday)."""

    task: str
    description: str
    minute: str
    hour: str = "*"
    day_of_week: str = "*"


SCHEDULES = [
    Schedule("outbox.send_left_behind", "Send mail that was left behind", minute="*"),
    Schedule("newcomers.take_left_behind", "Go on with lists of movers that a worker left behind", minute="*/5"),
    Schedule("newcomers.send_bulk_left_behind", "Go on with messages to many that a worker left behind", minute="*/5"),
    Schedule("newcomers.daily", "Note who has moved in today; drop registrations nobody confirmed", "10", "4"),
    Schedule("accounts.clear_sessions", "Forget sign-ins that have run out", "20", "4"),
    Schedule("search.daily", "Build the search index anew; forget what was looked for a year ago", "40", "3"),
    Schedule("packages.plan_due_runs", "Plan the quarter's packages", "30", "4"),
    Schedule("privacy.nightly", "Let go of what is over its term; carry out requests for erasure", "0", "3"),
    Schedule("enquiries.forget", "Empty questions that were closed a year ago", "40", "4"),
    Schedule("statistics.load", "Load figures about the place from Statistics Norway", "50", "4", day_of_week="1"),
    Schedule("pages.check_links", "Look whether the links in texts still lead somewhere", "0", "5"),
    Schedule("pages.ask_to_verify", "Ask owners to check what falls due", "30", "6"),
    Schedule("municipalities.remind", "Remind hosts of what is due; tell the office of silence", "0", "7"),
]


def set_up() -> dict[str, int]:
    """Add missing schedules and correct times; what staff paused stays paused."""
    added = 0
    for schedule in SCHEDULES:
        crontab, _created = CrontabSchedule.objects.get_or_create(
            minute=schedule.minute, hour=schedule.hour, day_of_week=schedule.day_of_week, day_of_month="*",
            month_of_year="*", timezone=TIMEZONE,
        )  # fmt: skip
        _task, created = PeriodicTask.objects.update_or_create(
            task=schedule.task,
            defaults={"crontab": crontab, "name": schedule.description},
        )
        added += created
    return {"schedules": len(SCHEDULES), "added": added}
