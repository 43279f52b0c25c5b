from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.municipalities.enums import Role


class AccessKind(models.TextChoices):
    VIEWED = "viewed", _("looked at")
    LISTED = "listed", _("looked through a list")
    CHANGED = "changed", _("changed")
    EXPORTED = "exported", _("fetched a file")
    PRINTED = "printed", _("printed a letter")
    MET = "met", _("typed their name and birth year at the desk")


# Who reads, beside the roles in the office.
HOST, THEMSELVES = "host", "themselves"
READERS = [*Role.choices, (HOST, _("Host")), (THEMSELVES, _("The household itself"))]


class ErasureState(models.TextChoices):
    ASKED = "asked", _("asked for")
    WITHDRAWN = "withdrawn", _("taken back")
    DONE = "done", _("erased")


# (from, to); services.py moves nothing else.
ERASURE_TRANSITIONS = {
    (ErasureState.ASKED, ErasureState.WITHDRAWN),
    (ErasureState.ASKED, ErasureState.DONE),
}


class Basis(models.TextChoices):
    """GDPR article 6 (1), as far as a municipality uses it here."""

    CONSENT = "a", _("Consent: article 6 (1) a")
    REQUEST = "b", _("At the person's own request: article 6 (1) b")
    LEGAL_DUTY = "c", _("A legal duty: article 6 (1) c")
    PUBLIC_TASK = "e", _("A task in the public interest: article 6 (1) e")


class Unit(models.TextChoices):
    DAYS = "days", _("days")
    MONTHS = "months", _("months")
