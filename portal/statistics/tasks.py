from __future__ import annotations

import logging

from celery import shared_task

from portal.municipalities.models import Municipality
from portal.statistics.loading import load

logger = logging.getLogger(__name__)


@shared_task(name="statistics.load")
def load_all() -> None:
    load_figures([])


@shared_task(name="statistics.load_figures")
def load_figures(municipality_ids: list[str]) -> None:
    """Those of the municipalities named, or of all that are switched on. What failed stands on their rows."""
    active = Municipality.objects.filter(is_active=True)
    report = load(list(active.filter(pk__in=municipality_ids) if municipality_ids else active))
    for failure in report.failed:
        logger.warning("Figures of %(municipality)s, table %(table)s: %(problem)s", failure)
