"""The way from a household's page in the office to its package."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.registry import Action


def actions(user: User, household: Household) -> Iterable[Action]:
    """The run with the household's package, or a press that takes them into the quarter's."""
    if not has_permission(user, Permission.PACKAGES_MANAGE, household.municipality):
        return
    package = household.packages.standing().first()
    if package:
        yield Action(_("The package"), reverse("admin:packages_packagerun_change", args=[package.run_id]))
        return
    url = reverse("admin:packages_packagerun_add_household", args=[household.pk])
    yield Action(_("Add to the package run"), url, is_press=True)
