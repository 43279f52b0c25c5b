"""States and choices of households."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HouseholdState(models.TextChoices):
    CONSIDERING = "considering", _("considering moving")
    PLANNING = "planning", _("planning to move")
    MOVED_IN = "moved_in", _("moved in")
    SETTLED = "settled", _("settled")
    MOVED_AWAY = "moved_away", _("moved away")


# Every allowed move; newcomers.services.move is the one door.
TRANSITIONS: frozenset[tuple[str, str]] = frozenset(
    {
        (HouseholdState.CONSIDERING, HouseholdState.PLANNING),
        (HouseholdState.CONSIDERING, HouseholdState.MOVED_IN),
        (HouseholdState.PLANNING, HouseholdState.CONSIDERING),
        (HouseholdState.PLANNING, HouseholdState.MOVED_IN),
        (HouseholdState.MOVED_IN, HouseholdState.SETTLED),
        (HouseholdState.MOVED_IN, HouseholdState.MOVED_AWAY),
        (HouseholdState.SETTLED, HouseholdState.MOVED_AWAY),
    }
)


class Residency(models.TextChoices):
    FULL_TIME = "full_time", _("all year")
    PART_TIME = "part_time", _("part of the year")


class Source(models.TextChoices):
    SELF = "self", _("registered by themselves")
    REGISTER = "register", _("list of movers")
    OFFICE = "office", _("registered by the office")


class MoveReason(models.TextChoices):
    """The six of the national survey of why people move (Bo- og flyttemotivundersøkelsen)."""

    FAMILY = "family", _("family")
    WORK = "work", _("work")
    PLACE = "place", _("the place and its surroundings")
    HOUSING = "housing", _("housing")
    EDUCATION = "education", _("education")
    HEALTH = "health", _("health")


class ShareField(models.TextChoices):
    """What a person may let their host see, each by its own consent."""

    PHONE = "phone", _("phone number")
    EMAIL = "email", _("e-mail address")
    ADDRESS = "address", _("street address")


class ImportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
