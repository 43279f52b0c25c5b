"""Makes two households again of one that was merged by mistake. What people took back since stays taken back."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from newcomers.models import Consent, Household, Merge, Person
from newcomers.models.movers import in_words
from newcomers.movers.merging import MergeRefused
from portal.accounts.models import User
from portal.personal_data import Adult

logger = logging.getLogger(__name__)

HOUSEHOLD, PERSON = Household._meta.label_lower, Person._meta.label_lower


@transaction.atomic
def undo(merged: Merge, *, by: User, on: date) -> list[str]:
    """Make two of them again, as they were. Gives in words what somebody changed since, and so stays as it is."""
    merged.refresh_from_db(from_queryset=Merge.objects.select_for_update())
    _refuse(merged)
    _strike_who_went(merged)
    snapshot, twins = merged.snapshot, merged.twins
    if not Merge.objects.filter(pk=merged.pk, undone_on=None).update(undone_on=on, undone_by=by, snapshot={}):
        raise MergeRefused(_("This has been undone already."))
    withdrawn = _withdrawn_since(merged, twins)
    objected = _objected_since(merged, snapshot)
    for serialized in reversed(snapshot["deleted"]):
        for row in serializers.deserialize("json", serialized):
            row.save()
    stayed = [change for change in reversed(snapshot["changes"]) if not _change_back(*change)]
    for label, pk in snapshot.get("added", []):
        apps.get_model(label)._base_manager.filter(pk=pk).delete()
    _carry(withdrawn, twins)
    if objected:
        Household.objects.filter(pk=snapshot["gone"]).update(wants_post=False)
    Household.objects.filter(pk=merged.kept_id).update(version=F("version") + 1)
    merged.refresh_from_db()
    logger.info("The merge %s was undone by %s.", merged.pk, by.pk)
    return in_words(Counter(label for label, *_rest in stayed).items())


def merged_away(kept: Household) -> list[Adult]:
    """The adults as they stood in a household that was merged into this one, while that can be undone."""
    found: list[Adult] = []
    living = [(person.name, person.birth_year) for person in kept.adults]
    for snapshot in kept.merges.exclude(snapshot={}).values_list("snapshot", flat=True):
        deleted = [row for serialized in snapshot.get("deleted", []) for row in json.loads(serialized)]
        rows = {label: [r["fields"] for r in deleted if r["model"] == label] for label in (HOUSEHOLD, PERSON)}
        twins = [(row["name"], row["birth_year"]) for row in rows[PERSON] if row["is_adult"]]
        homes = [(row["street"], row["postcode"]) for row in rows[HOUSEHOLD]]
        found += [Adult(*who, *where) for who in (*living, *twins) for where in homes]
    return found


def _refuse(merged: Merge) -> None:
    if merged.undone_on:
        raise MergeRefused(_("This has been undone already."))
    if not merged.snapshot:
        raise MergeRefused(_("This cannot be undone any more: what it needs has been deleted."))
    if Household.objects.filter(pk=merged.kept_id, restricted=True).exists():
        raise MergeRefused(_("A household with a protected address is not touched."))


def _change_back(label: str, pk: Any, name: str, before: Any, after: Any) -> bool:
    """Only where nobody changed it since."""
    rows = apps.get_model(label)._base_manager.filter(pk=pk)
    try:
        with transaction.atomic():
            return bool(rows.filter(**{name: after}).update(**{name: before}))
    except IntegrityError:
        return False


# --- What people took back since ---


def _strike_who_went(merged: Merge) -> None:
    """Who was deleted since, in whatever way, does not come back as the other row of the same person."""
    here = {str(pk) for pk in Person.objects.filter(pk__in=merged.twins).values_list("pk", flat=True)}
    for person in merged.twins.keys() - here:
        merged.strike(person)


def _withdrawn_since(merged: Merge, persons: Iterable[str]) -> list[Consent]:
    numbers = [UUID(person) for person in persons]
    return list(Consent.objects.filter(person__in=numbers, withdrawn_at__gte=merged.created_at))


def _carry(withdrawn: Iterable[Consent], twins: dict[str, str]) -> None:
    """They said no once: it holds for both rows they have again, unless they said yes later."""
    for consent in withdrawn:
        both = [consent.person_id, UUID(twins[str(consent.person_id)])]
        earlier = Consent.objects.filter(person__in=both, withdrawn_at=None, given_at__lt=consent.withdrawn_at)
        earlier.filter(purpose=consent.purpose, field=consent.field).update(withdrawn_at=consent.withdrawn_at)


def _objected_since(merged: Merge, snapshot: dict[str, Any]) -> bool:
    by_the_merge = any(name == "wants_post" for _label, _pk, name, *_values in snapshot["changes"])
    return not by_the_merge and Household.objects.filter(pk=merged.kept_id, wants_post=False).exists()
