from __future__ import annotations

from celery import shared_task

from portal import clock
from privacy import retention


@shared_task(name="privacy.nightly")
def nightly() -> None:
    retention.nightly(on=clock.today())
