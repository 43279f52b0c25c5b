from __future__ import annotations

from celery import shared_task

from portal import clock
from portal.municipalities.models import Municipality
from portal.search import counting, indexing


@shared_task(name="search.daily")
def daily() -> None:
    indexing.rebuild(Municipality.objects.filter(is_active=True))
    counting.forget(on=clock.today())
