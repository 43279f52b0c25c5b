"""How well the municipality answers: counted from days and states, never from texts or people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from uuid import UUID

from django.utils.translation import gettext as _

from portal.clock import working_days_between
from portal.enquiries.enums import EnquiryState
from portal.enquiries.models import Enquiry, EnquiryQuerySet
from portal.municipalities.models import Municipality
from portal.registry import SMALLEST, Number, Period, SiteFigures, share


@dataclass(frozen=True)
class EnquiryFigures:
    """None where too few questions speak. Shares are from 0 to 1.

    count: questions asked in the period, without those that needed no answer.
    median_working_days: from the question to its first answer.
    share_in_time: first answered by the promised day, of those that were answered or should have been.
    share_answered_you: "yes" to "did this answer you?", of those who said yes or no.
    """

    count: int
    median_working_days: float | None
    share_in_time: float | None
    share_answered_you: float | None


@dataclass(frozen=True)
class _Asked:
    asked_on: date
    promised_on: date
    first_answered_on: date | None
    answered_you: bool | None


_FIELDS = ("asked_on", "promised_on", "first_answered_on", "answered_you")


def figures(municipality: Municipality, *, start: date, until: date, on: date) -> EnquiryFigures:
    """Of the questions asked from `start` to `until`, both days with, and what has become of them on the day `on`."""
    return figures_of([municipality], start=start, until=until, on=on)[municipality.pk]


def figures_of(
    municipalities: Sequence[Municipality], *, start: date, until: date, on: date
) -> Mapping[UUID, EnquiryFigures]:
    """The same for several municipalities, by their ids, in one query."""
    rows: dict[UUID, list[_Asked]] = {municipality.pk: [] for municipality in municipalities}
    for municipality, *values in (
        _asked(start, until).filter(municipality__in=municipalities).values_list("municipality", *_FIELDS)
    ):
        rows[municipality].append(_Asked(*values))
    return {municipality: _figures(asked, on) for municipality, asked in rows.items()}


def _asked(start: date, until: date) -> EnquiryQuerySet:
    return Enquiry.objects.filter(asked_on__range=(start, until)).exclude(state=EnquiryState.DROPPED).order_by()


def _figures(asked: Sequence[_Asked], on: date) -> EnquiryFigures:
    answered = [(row, row.first_answered_on) for row in asked if row.first_answered_on]
    days = [working_days_between(row.asked_on, day) for row, day in answered]
    in_time = sum(day <= row.promised_on for row, day in answered)
    unanswered_too_late = sum(row.first_answered_on is None and row.promised_on < on for row in asked)
    said = [row.answered_you for row in asked if row.answered_you is not None]
    return EnquiryFigures(
        count=len(asked),
        median_working_days=float(median(days)) if len(days) >= SMALLEST else None,
        share_in_time=share(in_time, len(answered) + unanswered_too_late),
        share_answered_you=share(sum(said), len(said)),
    )


def site_figures(municipality: Municipality, period: Period) -> SiteFigures:
    found = figures(municipality, start=period.start, until=period.until, on=period.on)
    return SiteFigures(
        title=_("Questions from people"),
        numbers=[
            Number("count", _("questions"), found.count),
            Number("median_working_days", _("working days to the first answer (the middle one)"),
                   found.median_working_days, "days"),
            Number("share_in_time", _("answered within the promised days"), found.share_in_time, "share"),
            Number("share_answered_you", _("the answer helped, of those who told us"), found.share_answered_you,
                   "share"),
        ],
    )  # fmt: skip
