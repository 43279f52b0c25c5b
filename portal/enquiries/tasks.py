from __future__ import annotations

from celery import shared_task

from portal import clock
from portal.enquiries import retention


@shared_task(name="enquiries.forget")
def forget() -> None:
    retention.forget(on=clock.today())
