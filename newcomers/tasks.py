from __future__ import annotations

from celery import shared_task

from newcomers import imports, services
from newcomers.models import MoverImport
from portal import clock


@shared_task(name="newcomers.daily")
def daily() -> None:
    services.daily(on=clock.today())


@shared_task(name="newcomers.take_import")
def take_import(import_id: str) -> None:
    imports.run_import(MoverImport.objects.get(pk=import_id))


@shared_task(name="newcomers.take_left_behind")
def take_left_behind() -> None:
    """Lists that a worker which died has not finished."""
    for record in MoverImport.objects.unfinished():
        imports.run_import(record)
