"""The tables of this room, by what they are about."""

from newcomers.models.households import (
    Consent,
    Household,
    HouseholdMove,
    HouseholdQuerySet,
    Person,
    Preferences,
    WayIn,
)
from newcomers.models.movers import MoverImport, MoverImportQuerySet
from newcomers.models.registrations import Registration

__all__ = [
    "Consent",
    "Household",
    "HouseholdMove",
    "HouseholdQuerySet",
    "MoverImport",
    "MoverImportQuerySet",
    "Person",
    "Preferences",
    "Registration",
    "WayIn",
]
