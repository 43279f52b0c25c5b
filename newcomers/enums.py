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


LIVING_HERE = (HouseholdState.MOVED_IN, HouseholdState.SETTLED)

# Every allowed move; newcomers.services.move is the one door.
TRANSITIONS: frozenset[tuple[str, str]] = frozenset(
    {
        (HouseholdState.CONSIDERING, HouseholdState.PLANNING),
        (HouseholdState.CONSIDERING, HouseholdState.MOVED_IN),
        (HouseholdState.PLANNING, HouseholdState.CONSIDERING),
        (HouseholdState.PLANNING, HouseholdState.MOVED_IN),
        # Who is not coming after all.
        (HouseholdState.CONSIDERING, HouseholdState.MOVED_AWAY),
        (HouseholdState.PLANNING, HouseholdState.MOVED_AWAY),
        (HouseholdState.MOVED_IN, HouseholdState.SETTLED),
        (HouseholdState.MOVED_IN, HouseholdState.MOVED_AWAY),
        (HouseholdState.SETTLED, HouseholdState.MOVED_AWAY),
        # Who came back: a list of movers names them again, and a person saw that it is they.
        (HouseholdState.MOVED_AWAY, HouseholdState.MOVED_IN),
    }
)


class Situation(models.TextChoices):
    """What somebody who registers says of themselves; it decides what we ask next."""

    CONSIDERING = "considering", _("I am thinking about it")
    PLANNING = "planning", _("I am going to move")
    MOVED = "moved", _("I have moved")
    PART_TIME = "part_time", _("I am here for a part of the year: a cabin, work or a longer stay")


class Residency(models.TextChoices):
    FULL_TIME = "full_time", _("all year")
    PART_TIME = "part_time", _("part of the year")


class PartTimeKind(models.TextChoices):
    """What brings somebody here for a part of the year."""

    CABIN = "cabin", _("we have a cabin or holiday home here")
    COMMUTER = "commuter", _("we commute to work here")
    WORKATION = "workation", _("we work from here now and then")


class Source(models.TextChoices):
    SELF = "self", _("registered by themselves")
    REGISTER = "register", _("list of movers")
    OFFICE = "office", _("registered by the office")
    EMPLOYER = "employer", _("registered by an employer")


class MoveReason(models.TextChoices):
    """The six of the national survey of why people move (Bo- og flyttemotivundersøkelsen)."""

    FAMILY = "family", _("family")
    WORK = "work", _("work")
    PLACE = "place", _("the place and its surroundings")
    HOUSING = "housing", _("housing")
    EDUCATION = "education", _("education")
    HEALTH = "health", _("health")


class KeptReason(models.TextChoices):
    """What is kept of it with a household, and so with names. Health is not: it is one of the others."""

    FAMILY = MoveReason.FAMILY.value, MoveReason.FAMILY.label
    WORK = MoveReason.WORK.value, MoveReason.WORK.label
    PLACE = MoveReason.PLACE.value, MoveReason.PLACE.label
    HOUSING = MoveReason.HOUSING.value, MoveReason.HOUSING.label
    EDUCATION = MoveReason.EDUCATION.value, MoveReason.EDUCATION.label
    OTHER = "other", _("another reason")


# As a household is asked: all six, of which one cannot be told from what else there may be.
ASKED_REASONS = [
    (reason.value, _("health, or another reason") if reason == KeptReason.OTHER else reason.label)
    for reason in KeptReason
]
ABOUT_HEALTH = _("Health: we only note that there was another reason.")


class Education(models.TextChoices):
    """The highest one, as Statistics Norway groups it (NUS2000), in words for people."""

    PRIMARY = "primary", _("primary and lower secondary school")
    UPPER_SECONDARY = "upper_secondary", _("upper secondary school")
    VOCATIONAL = "vocational", _("trade certificate or vocational school")
    UNIVERSITY_SHORT = "university_short", _("university or college, up to four years")
    UNIVERSITY_LONG = "university_long", _("university or college, more than four years")


class HomeKind(models.TextChoices):
    ROOM = "room", _("a room")
    FLAT = "flat", _("a flat")
    TERRACED = "terraced", _("a terraced or semi-detached house")
    HOUSE = "house", _("a detached house")
    FARM = "farm", _("a smallholding or farm")
    PLOT = "plot", _("a plot to build on")


class Tenure(models.TextChoices):
    RENT = "rent", _("rent")
    BUY = "buy", _("buy")
    BOTH = "both", _("rent first, buy later")


class ConsentPurpose(models.TextChoices):
    """What a person may say yes to. Each stands by itself; nothing they get depends on it."""

    HOST = "host", _("let the host see it")
    EVENTS = "events", _("invitations to meetings and gatherings")
    TIPS = "tips", _("tips about jobs and homes that fit")
    SURVEYS = "surveys", _("a few questions now and then about how it is to live here")
    NEWS = "news", _("news from the municipality")


# What a household may be written to about; the choice is each adult's own.
CONTACT_PURPOSES = tuple(purpose for purpose in ConsentPurpose if purpose != ConsentPurpose.HOST)


class ShareField(models.TextChoices):
    """What a person may let their host see, each by its own consent."""

    PHONE = "phone", _("phone number")
    EMAIL = "email", _("e-mail address")
    ADDRESS = "address", _("street address")


class NoteKind(models.TextChoices):
    NOTE = "note", _("note")
    TALKED = "talked", _("we talked")


class BulkPurpose(models.TextChoices):
    """Why many are written to at once. For all but their own case each must have said yes."""

    SERVICE = "service", _("a service message about their own case")
    EVENTS = ConsentPurpose.EVENTS.value, ConsentPurpose.EVENTS.label
    TIPS = ConsentPurpose.TIPS.value, ConsentPurpose.TIPS.label
    SURVEYS = ConsentPurpose.SURVEYS.value, ConsentPurpose.SURVEYS.label
    NEWS = ConsentPurpose.NEWS.value, ConsentPurpose.NEWS.label


class BulkState(models.TextChoices):
    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("waiting")
    DONE = "done", _("sent")


class Reached(models.TextChoices):
    """What came of a chosen household, or comes of it when the message is sent."""

    WRITTEN = "written", _("gets the message")
    NO_EMAIL = "no_email", _("no e-mail address")
    NO_CONSENT = "no_consent", _("nobody has said yes to this")
    MOVED_AWAY = "moved_away", _("moved away")
    PROTECTED = "protected", _("not to be written to")
