"""What the day itself does with households and registrations."""

from __future__ import annotations

from datetime import date

from newcomers import services
from newcomers.movers import pairs
from newcomers.office import bulk, desk
from newcomers.registering import drafts, introductions
from newcomers.registering import services as registering


def run(*, on: date, dry_run: bool = False) -> dict[str, int]:
    """A missed day is caught up with, since each part asks what is due."""
    return {
        "moved_in": services.move_in_due(on=on, dry_run=dry_run),
        "unconfirmed_dropped": registering.drop_unconfirmed(on=on, dry_run=dry_run),
        "unfinished_dropped": drafts.drop_unfinished(on=on, dry_run=dry_run),
        "unanswered_dropped": introductions.drop_unanswered(on=on, dry_run=dry_run),
        "bulk_drafts_dropped": bulk.drop_drafts(on=on, dry_run=dry_run),
        "desk_confirmations_dropped": desk.drop_unanswered(on=on, dry_run=dry_run),
        "pairs_found": pairs.find_doubles(on=on, dry_run=dry_run),
        "undecided_dropped": pairs.drop_undecided(on=on, dry_run=dry_run),
    }
