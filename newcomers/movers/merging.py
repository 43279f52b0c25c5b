"""Makes one household of two that are the same, and undoes it: nothing that was known is lost by either."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState
from newcomers.models import Household, Merge, Person
from newcomers.models.movers import in_words
from newcomers.movers.likeness import AdultFacts, same_person
from portal import registry
from portal.accounts.models import User

logger = logging.getLogger(__name__)

# What the kept household lacks it gets from the other one.
FILLED = ("care_of", "street", "postcode", "city", "address_key", "place_key", "moved_in_on", "reason", "wishes",
          "way_in_id", "part_time_kind", "stay_longer", "owner_id")  # fmt: skip
FILLED_OF_PERSON = ("birth_year", "email", "phone", "languages", "education", "occupation_code", "occupation",
                    "job_wish", "user_id")  # fmt: skip
FILLED_OF_PREFERENCES = ("home_kinds", "home_tenure", "home_bedrooms", "important", "interests", "segment")
# Of two states the one that came later holds. Who had moved away and is here under another row has come back.
FURTHER: list[str] = [
    HouseholdState.MOVED_AWAY, HouseholdState.CONSIDERING, HouseholdState.PLANNING, HouseholdState.MOVED_IN,
    HouseholdState.SETTLED,
]  # fmt: skip


class MergeRefused(Exception):
    """These two are not made one. The message says why, in words for staff."""


class ExactJSON(DjangoJSONEncoder):
    """Times to the microsecond, as the database has them."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class AccountsDiffer(MergeRefused):
    """A person must say that two accounts come into one household."""


@transaction.atomic
def merge(*, kept: Household, gone: Household, by: User | None, on: date, accounts_too: bool = False) -> Merge:
    """Move all that is known of `gone` to `kept`, and remember for 30 days how it was."""
    # In a fixed order, so that two who merge the same pair the other way round wait for each other.
    locked = {
        row.pk: row for row in Household.objects.select_for_update().order_by("pk").filter(pk__in=(kept.pk, gone.pk))
    }
    if len(locked) < len({kept.pk, gone.pk}):
        raise MergeRefused(_("One of the two is gone already. Somebody else may have merged them."))
    kept, gone = locked[kept.pk], locked[gone.pk]
    _refuse(kept, gone, accounts_too)
    work = _Work(kept, gone)
    work.carry_out()
    merged = Merge.objects.create(
        municipality_id=kept.municipality_id,
        kept=kept,
        by=by,
        on=on,
        snapshot=work.snapshot(),
        left_out=work.left_out(),
    )
    logger.info("Household %s was merged into %s by %s.", gone.pk, kept.pk, by.pk if by else "nobody")
    return merged


def _refuse(kept: Household, gone: Household, accounts_too: bool) -> None:
    if kept.pk == gone.pk:
        raise MergeRefused(_("A household cannot be merged with itself."))
    if kept.municipality_id != gone.municipality_id:
        raise MergeRefused(_("These households live in two municipalities."))
    if kept.restricted or gone.restricted:
        raise MergeRefused(_("A household with a protected address is not merged."))
    if reason := registry.why_not_merge(kept, gone):
        raise MergeRefused(reason)
    accounts = [set(home.persons.exclude(user=None).values_list("user", flat=True)) for home in (kept, gone)]
    if all(accounts) and accounts[0] != accounts[1] and not accounts_too:
        raise AccountsDiffer(
            _("Both have an account of their own. Those who sign in would see each other's page: say that it is right.")
        )


class _Work:
    """One merge: moves rows, fills in what is missing, and writes down how everything was."""

    def __init__(self, kept: Household, gone: Household) -> None:
        self._kept = kept
        self._gone = gone
        # [table, id, field, value before, value after]
        self._changes: list[list[Any]] = []
        self._deleted: list[str] = []
        self._left_out: Counter[str] = Counter()

    def carry_out(self) -> None:
        Merge.objects.filter(kept__in=[self._kept, self._gone]).update(snapshot={})  # one at a time can be undone
        self._persons()
        self._preferences()
        self._household()
        self._move_all(self._gone, self._kept)
        self._delete(self._gone)

    def snapshot(self) -> dict[str, Any]:
        return {"gone": str(self._gone.pk), "changes": _plain(self._changes), "deleted": self._deleted}

    def left_out(self) -> list[list[Any]]:
        return [[label, number] for label, number in sorted(self._left_out.items())]

    # --- Who and what ---

    def _persons(self) -> None:
        """The same adult becomes one; the others move in. Of children only those of a year that is missing."""
        ours = [person for person in self._kept.adults]
        taken: set[Any] = set()
        for person in self._gone.adults:
            same = next((p for p in ours if p.pk not in taken and same_person(_facts(person), _facts(p))), None)
            if same:
                taken.add(same.pk)
                self._merge_person(person, same)
            else:
                self._change(person, "position", len(ours))
                self._change(person, "household_id", self._kept.pk)
                ours.append(person)
        missing = Counter(self._gone.child_birth_years) - Counter(self._kept.child_birth_years)
        for child in self._gone.persons.filter(is_adult=False).order_by("pk"):
            if missing[child.birth_year or 0] > 0:
                missing[child.birth_year or 0] -= 1
                self._change(child, "household_id", self._kept.pk)

    def _merge_person(self, person: Person, same: Person) -> None:
        for name in FILLED_OF_PERSON:
            self._fill(same, name, getattr(person, name))
        if person.wants_job and not same.wants_job:
            self._change(same, "wants_job", True)
        self._move_all(person, same)
        self._delete(person)

    def _preferences(self) -> None:
        ours, theirs = (getattr(home, "preferences", None) for home in (self._kept, self._gone))
        if ours and theirs:
            for name in FILLED_OF_PREFERENCES:
                self._fill(ours, name, getattr(theirs, name))

    def _household(self) -> None:
        kept, gone = self._kept, self._gone
        if FURTHER.index(gone.state) > FURTHER.index(kept.state):
            if gone.moved_in_on:
                self._change(kept, "moved_in_on", gone.moved_in_on)
            self._change(kept, "state", gone.state)
        self._wishes()
        for name in FILLED:
            self._fill(kept, name, getattr(gone, name))
        if not gone.wants_post and kept.wants_post:
            self._change(kept, "wants_post", False)  # who said no once has said no
        if gone.contacted_on and (kept.contacted_on is None or gone.contacted_on > kept.contacted_on):
            self._change(kept, "contacted_on", gone.contacted_on)
        Household.objects.filter(pk=kept.pk).update(version=F("version") + 1)

    def _wishes(self) -> None:
        """Both, one below the other, as far as they fit."""
        kept, gone = self._kept, self._gone
        limit = Household._meta.get_field("wishes").max_length or 0
        both = f"{kept.wishes}\n\n{gone.wishes}"
        if kept.wishes and gone.wishes and kept.wishes != gone.wishes and len(both) <= limit:
            self._change(kept, "wishes", both)

    # --- Rows ---

    def _fill(self, row: models.Model, name: str, value: Any) -> None:
        if value not in (None, "", []) and getattr(row, name) in (None, "", []):
            self._change(row, name, value)

    def _change(self, row: models.Model, name: str, value: Any) -> bool:
        """Write one value, and how it was. False: the kept household has such a row already."""
        before = getattr(row, name)
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**{name: value})
        except IntegrityError:
            return False
        setattr(row, name, value)
        self._changes.append([row._meta.label, row.pk, name, before, value])
        return True

    def _move_all(self, gone: models.Model, kept: models.Model) -> None:
        """Everything that points at the one points at the other from now on."""
        for model, name, where in pointing_at(gone):
            for row in model._base_manager.filter(**where):
                self._change(row, name, kept.pk)

    def _delete(self, row: models.Model) -> None:
        """Delete it with all that still hangs on it: what the kept one has already. Each row is written down whole."""
        collector = Collector(using="default", origin=row)
        collector.collect([row])
        for rows in collector.fast_deletes:
            self._write_down(rows)
        for instances in collector.data.values():
            self._write_down(instances)
        for (field, value), updated in collector.field_updates.items():
            lists: Iterable[Any] = updated
            for instance in (one for many in lists for one in many):
                before = getattr(instance, field.attname)
                self._changes.append([instance._meta.label, instance.pk, field.attname, before, value])
        collector.delete()

    def _write_down(self, rows: Iterable[models.Model]) -> None:
        for row in rows:
            self._deleted.append(serializers.serialize("json", [row], cls=ExactJSON))
            if not isinstance(row, Household | Person):
                self._left_out[row._meta.label] += 1


def pointing_at(row: models.Model) -> Iterator[tuple[type[models.Model], str, dict[str, Any]]]:
    """Tables with a way to this row: the table, the column, and how its rows are found."""
    relations: Iterable[Any] = row._meta.get_fields(include_hidden=True)
    for relation in relations:
        # Persons are looked at one by one.
        is_person = isinstance(row, Household) and relation.related_model is Person
        if relation.auto_created and not relation.concrete and not relation.many_to_many and not is_person:
            yield relation.related_model, relation.field.attname, {relation.field.attname: row.pk}
    kind = ContentType.objects.get_for_model(row)
    for model in apps.get_models():
        for key in model._meta.private_fields:
            if isinstance(key, GenericForeignKey):
                yield model, key.fk_field, {f"{key.ct_field}": kind, key.fk_field: row.pk}


# --- Undoing ---


@transaction.atomic
def undo(merged: Merge, *, by: User, on: date) -> list[str]:
    """Make two of them again, as they were. Gives in words what somebody changed since, and so stays as it is."""
    snapshot = Merge.objects.select_for_update().values_list("snapshot", flat=True).get(pk=merged.pk)
    if not Merge.objects.filter(pk=merged.pk, undone_on=None).update(undone_on=on, undone_by=by, snapshot={}):
        raise MergeRefused(_("This has been undone already."))
    if not snapshot:
        raise MergeRefused(_("This cannot be undone any more: what it needs has been deleted."))
    if Household.objects.filter(pk=merged.kept_id, restricted=True).exists():
        raise MergeRefused(_("A household with a protected address is not touched."))
    for serialized in reversed(snapshot["deleted"]):
        for row in serializers.deserialize("json", serialized):
            row.save()
    stayed = [change for change in reversed(snapshot["changes"]) if not _change_back(*change)]
    Household.objects.filter(pk=merged.kept_id).update(version=F("version") + 1)
    merged.refresh_from_db()
    logger.info("The merge %s was undone by %s.", merged.pk, by.pk)
    return _named(stayed)


def _change_back(label: str, pk: Any, name: str, before: Any, after: Any) -> bool:
    """Only where nobody changed it since."""
    rows = apps.get_model(label)._base_manager.filter(pk=pk)
    try:
        with transaction.atomic():
            return bool(rows.filter(**{name: after}).update(**{name: before}))
    except IntegrityError:
        return False


def _named(stayed: Iterable[list[Any]]) -> list[str]:
    return in_words(Counter(label for label, *_rest in stayed).items())


def _facts(person: Person) -> AdultFacts:
    return AdultFacts.of(person.name, person.birth_year)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=ExactJSON))
