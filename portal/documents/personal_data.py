"""Files: whoever's data stands in one forgets it themselves (letters, packages); all go when nobody needs them."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.documents.models import PrintJob
from portal.documents.services import drop_contents
from portal.municipalities.models import Municipality
from portal.personal_data import RetentionRule, register_personal_data, register_retention

NOTHING_IN = {"documents.PrintJob": "names the colleague who started it; its file goes with what is printed in it"}


def _printed_long_ago(municipality: Municipality, last: date) -> QuerySet[PrintJob]:
    return PrintJob.objects.filter(municipality=municipality, content__isnull=False, finished_at__date__lte=last)


def _drop(jobs: QuerySet[PrintJob], on: date) -> int:
    """Letters can be made again from their facts while the household is here."""
    number = jobs.count()
    drop_contents(jobs)
    return number


register_personal_data("documents", nothing_in=NOTHING_IN)
register_retention(RetentionRule("documents.files", "printing", _("Printed files"), _printed_long_ago, _drop))
