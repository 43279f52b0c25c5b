"""Which households somebody of the municipality was in touch with."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from portal.municipalities.models import DatedTask


def was_in_touch() -> Q:
    """The office or a host talked with them, or kept a promise made to them."""
    kept = DatedTask.objects.filter(subject_id=OuterRef("pk"), done_on__isnull=False)
    return Q(contacted_on__isnull=False) | Q(Exists(kept))
