"""States and choices of lists of movers, and of pairs that may be one household."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Compared with who is here, then it waits for a person, then what they chose is taken in."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being compared")
    READY = "ready", _("waits for your decision")
    TAKING = "taking", _("being taken in")
    DONE = "done", _("done")


# Every allowed move; newcomers.movers.imports moves with a conditional update.
IMPORT_TRANSITIONS: frozenset[tuple[str, str]] = frozenset(
    {
        (ImportState.WAITING, ImportState.RUNNING),
        (ImportState.RUNNING, ImportState.READY),
        (ImportState.RUNNING, ImportState.DONE),
        (ImportState.READY, ImportState.TAKING),
        (ImportState.READY, ImportState.DONE),
        (ImportState.TAKING, ImportState.READY),
        (ImportState.TAKING, ImportState.DONE),
    }
)

# A worker has something to do with these.
UNFINISHED = (ImportState.WAITING, ImportState.RUNNING, ImportState.TAKING)


class MoverSource(models.TextChoices):
    POPULATION_REGISTER = "register", _("National Population Register")
    OWN_SYSTEM = "own", _("another system of the municipality")
    NEIGHBOUR = "neighbour", _("another municipality")
    OTHER = "other", _("another source")


class MoverPurpose(models.TextChoices):
    WELCOME = "welcome", _("to welcome new inhabitants by letter and package")
    INVITE = "invite", _("to invite them to a meeting")
    CORRECT = "correct", _("to correct what we have")


class LegalBasis(models.TextChoices):
    """The ones of article 6 of the General Data Protection Regulation on which a municipality may read a register."""

    PUBLIC_TASK = "public_task", _("a task in the public interest (art. 6 no. 1 e)")
    DUTY = "duty", _("a legal obligation (art. 6 no. 1 c)")
    CONSENT = "consent", _("consent (art. 6 no. 1 a)")


class RowKind(models.TextChoices):
    """What a household of the list is, compared with who is here."""

    NEW = "new", _("new")
    CHANGED = "changed", _("known, with differences")
    KNOWN = "known", _("known, nothing new")
    DOUBTFUL = "doubtful", _("perhaps known")


# What may be taken in without anybody having looked at it side by side.
GOOD_KINDS = (RowKind.NEW, RowKind.CHANGED, RowKind.KNOWN)


class DifferenceKind(models.TextChoices):
    ADULT = "adult", _("adult")
    CHILD = "child", _("child")
    BIRTH_YEAR = "birth_year", _("birth year")
    MOVED_IN = "moved_in", _("moved in")
    CARE_OF = "care_of", _("c/o")


class PairState(models.TextChoices):
    OPEN = "open", _("to be looked at")
    SAME = "same", _("the same")
    DIFFERENT = "different", _("two households")


class PairReason(models.TextChoices):
    """Why two may be one."""

    NAME_SAME = "name_same", _("the same name")
    NAME_SPELT = "name_spelt", _("the same name, spelt in another way")
    NAME_ALIKE = "name_alike", _("names that look or sound alike")
    FIRST_NAME = "first_name", _("the same first name, another last name")
    YEAR_SAME = "year_same", _("the same birth year")
    YEAR_NEAR = "year_near", _("birth years that differ by a slip")
    YEAR_DIFFERS = "year_differs", _("birth years that differ")
    YEAR_UNKNOWN = "year_unknown", _("a birth year that nobody noted")
    OTHER_DIFFERS = "other_differs", _("another adult differs in name or birth year")
    ADDRESS_SAME = "address_same", _("the same address")
    ADDRESS_ALIKE = "address_alike", _("addresses that look alike")
    MOVED_NEAR = "moved_near", _("moved in within a month of each other")
    MOVED_AWAY = "moved_away", _("moved away from here earlier")
    BY_HAND = "by_hand", _("chosen in the list of households")
