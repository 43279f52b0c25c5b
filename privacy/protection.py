"""A protection that was set by mistake, or no longer holds, is lifted (newcomers.services.restrict sets it)."""

from __future__ import annotations

import logging
from datetime import date

from django.db import transaction
from django.db.models import F

from newcomers.models import Household
from newcomers.office.services import write_note
from portal.accounts.models import User
from privacy import erased, ledger

logger = logging.getLogger(__name__)


@transaction.atomic
def lift(*, household: Household, by: User, reason: str, on: date) -> bool:
    """From now on they stand in lists again, and the reason among the notes. What was forgotten stays forgotten."""
    protected = Household.objects.filter(pk=household.pk, restricted=True)
    if not protected.update(restricted=False, compared_on=None, version=F("version") + 1):
        return False
    household.refresh_from_db()
    erased.forget_keys(household)
    write_note(household=household, by=by, text=reason, on=on)
    ledger.note_opened(household)
    logger.info("Household %s is no longer protected, says %s.", household.pk, by.pk)
    return True
