"""The household's package: on its timeline and on My page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.clock import Quarter, add_months
from portal.pages.texts import text_in
from portal.registry import Section, TimelineEntry
from welcome.packages import eligibility
from welcome.packages.enums import ItemState, RunState
from welcome.packages.models import Package, PackageItem, PackagePlan, PackageRun

# Models whose rows stand on the timeline.
SHOWN = ["packages.Package", "packages.PackageItem"]


def entries(household: Household, on: date) -> Iterable[TimelineEntry]:
    package = _package_of(household)
    if package is None:
        if by := expected_by(household, on):
            yield _coming(household, by, on)
        return
    url = reverse("admin:packages_packagerun_change", args=[package.run_id])
    if package.run.printed_on:
        yield TimelineEntry(on=package.run.printed_on, title=_("The welcome package is on its way"), admin_url=url)
        return
    planned_on = package.run.planned_on or timezone.localdate(package.created_at)
    yield TimelineEntry(
        on=planned_on, title=_("A welcome package is planned"), window=False, staff_only=True, admin_url=url
    )
    yield _coming(household, _last_day(package.run.as_quarter), on, url)


def _coming(household: Household, by: date, on: date, url: str = "") -> TimelineEntry:
    municipality = household.municipality
    return TimelineEntry(
        on=by,
        by=municipality.office_name or municipality.name,
        title=_("The welcome package is sent by this day"),
        state="next" if by >= on else "late",
        admin_url=url,
    )


def _package_of(household: Household) -> Package | None:
    in_it = PackageItem.objects.exclude(state=ItemState.SHORT).select_related("gift__partner")
    return (
        household.packages.standing()
        .select_related("run")
        .prefetch_related(Prefetch("items", in_it.prefetch_related("gift__translations")))
        .first()
    )


def expected_by(household: Household, on: date) -> date | None:
    """By when a household that has no package yet should have one; nothing when it will get none."""
    plan = PackagePlan.objects.filter(municipality=household.municipality_id, is_active=True).first()
    if plan is None or not household.moved_in_on or not eligibility.gets_post(household):
        return None
    quarter = Quarter.of(on)
    printed = PackageRun.objects.filter(municipality=household.municipality_id, state=RunState.PRINTED)
    if printed.filter(quarter=str(quarter)).exists():
        quarter = Quarter.of(_last_day(quarter) + timedelta(days=1))
    within = household.moved_in_on > add_months(_last_day(quarter), -plan.window_months)
    return _last_day(quarter) if within and household.moved_in_on <= _last_day(quarter) else None


def _last_day(quarter: Quarter) -> date:
    first = date(quarter.year, 3 * quarter.number - 2, 1)
    return add_months(first, 3) - timedelta(days=1)


def my_page(request: HttpRequest, household: Household, on: date) -> Iterable[Section]:
    """What is in the package and when it comes; nothing for those who will get none."""
    package = _package_of(household)
    if package is None:
        if by := expected_by(household, on):
            yield Section(order=20, template="packages/my_page.html", context={"sent_by": by})
        return
    main_language = household.municipality.main_language
    language = translation.get_language() or main_language
    by = _last_day(package.run.as_quarter)
    context: dict[str, object] = {
        "sent_on": package.run.printed_on,
        # A day that has passed is no promise any more.
        "sent_by": by if by >= on else None,
        "gifts": [_gift(item, language, main_language) for item in package.items.all()],
    }
    yield Section(order=20, template="packages/my_page.html", context=context)


def _gift(item: PackageItem, language: str, fallback: str) -> dict[str, object]:
    text = text_in(item.gift, language, fallback)
    return {
        "quantity": item.quantity,
        "title": text.title if text else item.gift.code,
        "description": text.description if text else "",
        "partner": item.gift.partner.name,
    }
