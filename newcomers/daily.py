"""What the day itself does with households and registrations."""

from __future__ import annotations

import logging
from datetime import date

from newcomers import services
from newcomers.movers import pairs
from newcomers.office import bulk, desk
from newcomers.registering import drafts, introductions
from newcomers.registering import services as registering

logger = logging.getLogger(__name__)


def run(*, on: date, dry_run: bool = False) -> dict[str, int]:
    """A missed day is caught up with, since each part asks what is due. One that fails holds back no other.

    What must go goes first: that is promised to people, and the rest may take long.
    """
    parts = {
        "unconfirmed_dropped": registering.drop_unconfirmed,
        "unfinished_dropped": drafts.drop_unfinished,
        "unanswered_dropped": introductions.drop_unanswered,
        "bulk_drafts_dropped": bulk.drop_drafts,
        "desk_confirmations_dropped": desk.drop_unanswered,
        "undecided_dropped": pairs.drop_undecided,
        "moved_in": services.move_in_due,
        "pairs_found": pairs.find_doubles,
    }
    report, errors = {}, []
    for name, part in parts.items():
        try:
            report[name] = part(on=on, dry_run=dry_run)
        except Exception as error:
            # The class alone: what a database says may repeat a name.
            logger.error("The day's part %s failed: %s.", name, type(error).__name__)
            errors.append(error)
    if errors:
        raise ExceptionGroup("Parts of the day's work failed; the others are done.", errors)
    return report
