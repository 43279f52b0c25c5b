from __future__ import annotations

import logging

from celery import shared_task

from newcomers import daily as the_day
from newcomers.models import BulkMessage, MoverImport
from newcomers.movers import imports
from newcomers.office import bulk
from portal import clock

logger = logging.getLogger(__name__)


@shared_task(name="newcomers.daily")
def daily() -> None:
    the_day.run(on=clock.today())


@shared_task(name="newcomers.take_import")
def take_import(import_id: str) -> None:
    imports.run_import(MoverImport.objects.get(pk=import_id))


@shared_task(name="newcomers.send_bulk")
def send_bulk(bulk_id: str) -> None:
    bulk.run(BulkMessage.objects.select_related("municipality").get(pk=bulk_id))


@shared_task(name="newcomers.send_bulk_left_behind")
def send_bulk_left_behind() -> None:
    bulk.run_left_behind()


@shared_task(name="newcomers.take_left_behind")
def take_left_behind() -> None:
    """Lists that a worker which died has not finished. One that cannot be taken holds back no other."""
    for record in MoverImport.objects.unfinished():
        try:
            imports.run_import(record)
        except Exception as error:
            # The class alone: what a database says may repeat a name.
            logger.error("List of movers %s could not be taken: %s.", record.pk, type(error).__name__)
