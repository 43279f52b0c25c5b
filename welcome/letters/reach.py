"""Which households got a letter."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from welcome.letters.models import Letter


def got_letter() -> Q:
    return Q(Exists(Letter.objects.filter(household=OuterRef("pk"), issued_on__isnull=False)))
