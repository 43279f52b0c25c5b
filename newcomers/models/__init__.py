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
from newcomers.models.movers import Merge, MoverImport, MoverImportQuerySet, MoverRow, Pair, RowDecision
from newcomers.models.my_page import AddressChange, Farewell, ObjectionCode, StepTick
from newcomers.models.office import BulkMessage, BulkRecipient, DeskConfirmation, Note, SavedView
from newcomers.models.registrations import Draft, Introduction, Registration

__all__ = [
    "AddressChange",
    "BulkMessage",
    "BulkRecipient",
    "Consent",
    "DeskConfirmation",
    "Draft",
    "Farewell",
    "Household",
    "HouseholdMove",
    "HouseholdQuerySet",
    "Introduction",
    "Merge",
    "MoverImport",
    "MoverImportQuerySet",
    "MoverRow",
    "Note",
    "ObjectionCode",
    "Pair",
    "Person",
    "Preferences",
    "Registration",
    "RowDecision",
    "SavedView",
    "StepTick",
    "WayIn",
]
