"""How well the site is kept: what is checked in time, by owner, and what there is in each language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.gaps import coverage, gaps
from portal.pages.verification import MODELS, Responsible, shown
from portal.registry import Figure, Number, Period, SiteFigures, share

LANGUAGES = dict(settings.LANGUAGES)
# So many owners with something overdue are named on the start page; all of them in the figures.
NAMED = 5


@dataclass
class OwnerFigures:
    """How many published facts somebody looks after, and how many of them count as checked. None: nobody does."""

    owner: User | None
    facts: int = 0
    in_time: int = 0

    @property
    def overdue(self) -> int:
        return self.facts - self.in_time


def by_owner(municipalities: Sequence[Municipality], on: date) -> list[OwnerFigures]:
    """Who has most that is overdue comes first."""
    responsible = Responsible(municipalities)
    found: dict[Any, OwnerFigures] = {}
    for model in MODELS:
        facts = shown(model).filter(municipality__in=municipalities).order_by()
        for place, owner_id, verified_on, days in facts.values_list(
            "municipality", "owner", "verified_on", "verify_every"
        ):
            owner = responsible.owner(place, owner_id)
            figures = found.setdefault(owner and owner.pk, OwnerFigures(owner))
            figures.facts += 1
            figures.in_time += verified_on is not None and on <= verified_on + timedelta(days=days)
    return sorted(found.values(), key=lambda figures: (-figures.overdue, str(figures.owner)))


def verified(municipality: Municipality, period: Period) -> SiteFigures:
    """As it is on the day of the report: only the last check of each fact is known."""
    return SiteFigures(
        title=_("Checked in time, as of today"),
        note=_("Published pages, steps and contact points."),
        row_key="owner",
        row_title=_("owner"),
        rows=[
            (
                figures.owner.email if figures.owner else None,
                str(figures.owner) if figures.owner else _("nobody"),
                [
                    Number("facts", _("facts"), figures.facts),
                    Number("in_time", _("checked in time"), figures.in_time),
                    Number("share", _("share"), share(figures.in_time, figures.facts), "share"),
                ],
            )
            for figures in by_owner([municipality], period.on)
        ],
    )


def languages(municipality: Municipality, period: Period) -> SiteFigures:
    """As it is now."""
    return SiteFigures(
        title=_("In each language, as of today"),
        note=_("Pages, steps and contact points that readers find in the language. An outdated text is counted too."),
        row_key="language",
        row_title=_("language"),
        rows=[
            (
                found.language,
                str(LANGUAGES.get(found.language, found.language)),
                [
                    Number("pages", _("all"), found.total),
                    Number("published", _("published"), found.shown),
                    Number("outdated", _("of these outdated"), found.outdated),
                    Number("share", _("share"), share(found.shown, found.total), "share"),
                ],
            )
            for found in coverage(gaps(municipality))
        ],
    )


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Figure]:
    """For the start page: the whole, and who has something overdue."""
    may = (Permission.CONTENT_EDIT, Permission.FIGURES_VIEW)
    own = [m for m in municipalities if any(has_permission(user, permission, m) for permission in may)]
    owners = by_owner(own, on) if own else []
    total, in_time = sum(owner.facts for owner in owners), sum(owner.in_time for owner in owners)
    if total:
        yield Figure(_("Texts and contact points checked in time"), _of(in_time, total))
    for owner in [owner for owner in owners if owner.overdue][:NAMED]:
        name = str(owner.owner) if owner.owner else _("nobody")
        yield Figure(_("Overdue, owned by %(name)s") % {"name": name}, _of(owner.overdue, owner.facts))


def _of(part: int, whole: int) -> str:
    return _("%(part)d of %(whole)d") % {"part": part, "whole": whole}
