"""The way from a household's page in the office to what may be done with its data."""

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
    if has_permission(user, Permission.HOUSEHOLD_RESTRICT, household.municipality):
        yield Action(_("Their data: fetch, erase, keep"), reverse("admin:privacy_household", args=[household.pk]))
