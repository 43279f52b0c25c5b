from __future__ import annotations

from celery import shared_task

from portal import clock
from portal.municipalities import reminders


@shared_task(name="municipalities.remind")
def remind() -> None:
    reminders.remind(on=clock.today())
