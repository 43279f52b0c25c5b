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
from newcomers.models.my_page import AddressChange, Farewell, ObjectionCode, StepTick
from newcomers.models.registrations import Registration

__all__ = [
    "AddressChange",
    "Consent",
    "Farewell",
    "Household",
    "HouseholdMove",
    "HouseholdQuerySet",
    "MoverImport",
    "MoverImportQuerySet",
    "ObjectionCode",
    "Person",
    "Preferences",
    "Registration",
    "StepTick",
    "WayIn",
]
