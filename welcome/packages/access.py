"""The way from a household's page in the office to its package."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal import clock
from portal.accounts.models import User
from portal.clock import Quarter
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.registry import Action
from welcome.packages import eligibility
from welcome.packages.enums import RunState
from welcome.packages.models import PackageRun


def actions(user: User, household: Household) -> Iterable[Action]:
    """The run with the household's package, or the quarter's: planned again, it takes them in."""
    if not has_permission(user, Permission.PACKAGES_MANAGE, household.municipality):
        return
    package = household.packages.standing().first()
    if package:
        yield Action(_("The package"), reverse("admin:packages_packagerun_change", args=[package.run_id]))
        return
    if not eligibility.gets_post(household):
        return
    runs = PackageRun.objects.filter(municipality=household.municipality, state=RunState.PLANNED)
    run = runs.filter(quarter=str(Quarter.of(clock.today()))).first()
    url = (
        reverse("admin:packages_packagerun_change", args=[run.pk]) if run else reverse("admin:packages_packagerun_add")
    )
    yield Action(_("Add to the package run"), url)
