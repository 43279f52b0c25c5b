"""States of an assignment, and what can come of a contact."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssignmentState(models.TextChoices):
    PROPOSED = "proposed", _("waiting for the host's answer")
    ACCEPTED = "accepted", _("accepted, not in touch yet")
    ACTIVE = "active", _("in touch")
    COMPLETED = "completed", _("completed")
    DECLINED = "declined", _("declined by the host")
    HANDED_OVER = "handed_over", _("handed over")
    ENDED = "ended", _("ended")


# A household has at most one of these, and each takes one of its host's places.
OPEN_STATES = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED, AssignmentState.ACTIVE)
# The host has said yes: contact details may be seen, as far as the newcomers share them.
FOLLOWED_STATES = (AssignmentState.ACCEPTED, AssignmentState.ACTIVE)

# Every allowed move; services.move is the one door.
TRANSITIONS: frozenset[tuple[str, str]] = frozenset(
    {
        (AssignmentState.PROPOSED, AssignmentState.ACCEPTED),
        (AssignmentState.PROPOSED, AssignmentState.DECLINED),
        (AssignmentState.PROPOSED, AssignmentState.HANDED_OVER),
        (AssignmentState.PROPOSED, AssignmentState.ENDED),
        (AssignmentState.ACCEPTED, AssignmentState.ACTIVE),
        (AssignmentState.ACCEPTED, AssignmentState.COMPLETED),
        (AssignmentState.ACCEPTED, AssignmentState.HANDED_OVER),
        (AssignmentState.ACCEPTED, AssignmentState.ENDED),
        (AssignmentState.ACTIVE, AssignmentState.COMPLETED),
        (AssignmentState.ACTIVE, AssignmentState.HANDED_OVER),
        (AssignmentState.ACTIVE, AssignmentState.ENDED),
    }
)


class Outcome(models.TextChoices):
    """What came of a contact."""

    REACHED = "reached", _("We talked")
    NOT_REACHED = "not_reached", _("No answer")
    NEEDS_HELP = "needs_help", _("Needs help from the municipality")


# Kinds of promises (portal.registry.task_kinds).
FOLLOW_UP = "follow_up"
HOST_HELP = "host_help"
# The occasion of the promise to say yes or no to a household; every other occasion is a step of the plan.
ANSWER = "answer"

# Languages that hosts and newcomers speak, as codes; the written Norwegian forms first.
SPOKEN_LANGUAGES = (
    "nb", "nn", "en", "se", "pl", "lt", "lv", "uk", "ru", "de", "nl", "fr", "es", "pt", "it", "ro", "bg", "hr", "el",
    "sv", "da", "fi", "ar", "so", "ti", "am", "fa", "ps", "ku", "tr", "ur", "hi", "th", "tl", "vi", "zh", "sw",
)  # fmt: skip
