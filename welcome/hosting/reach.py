"""Which households had a host."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from welcome.hosting.models import Assignment


def had_host() -> Q:
    """A host said yes to them, whatever came after."""
    return Q(Exists(Assignment.objects.filter(household=OuterRef("pk"), accepted_on__isnull=False)))
