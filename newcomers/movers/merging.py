"""Makes one household of two that are the same: nothing that was known is lost, and it can be undone (undoing.py)."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from operator import attrgetter
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

from newcomers import wishes
from newcomers.enums import TRANSITIONS, HouseholdState
from newcomers.models import Consent, Household, HouseholdMove, Merge, Note, Person
from newcomers.movers.likeness import AdultFacts, same_person
from newcomers.services import move
from portal import identity_numbers, personal_data, registry
from portal.accounts.models import User

logger = logging.getLogger(__name__)

# What the kept household lacks it gets from the other one; what the other one has otherwise is noted.
FILLED = ("care_of", "street", "postcode", "city", "address_key", "place_key", "moved_in_on", "reason", "wishes",
          "way_in", "part_time_kind", "stay_longer", "owner", "language", "residency")  # fmt: skip
FILLED_OF_PERSON = ("name", "birth_year", "email", "phone", "languages", "education", "occupation_code", "occupation",
                    "job_wish", "user")  # fmt: skip
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
def merge(
    *,
    kept: Household,
    gone: Household,
    same: Mapping[str, str] | None = None,
    accounts_too: bool = False,
    by: User | None,
    on: date,
) -> Merge:
    """Move all that is known of `gone` to `kept`, and remember for 30 days how it was.

    `same` says which adult of `gone` is which of `kept`, by their numbers; None takes those who are alike.
    """
    # In a fixed order, so that two who merge the same pair the other way round wait for each other.
    locked = {
        row.pk: row for row in Household.objects.select_for_update().order_by("pk").filter(pk__in=(kept.pk, gone.pk))
    }
    if len(locked) < len({kept.pk, gone.pk}):
        raise MergeRefused(_("One of the two is gone already. Somebody else may have merged them."))
    kept, gone = locked[kept.pk], locked[gone.pk]
    _refuse(kept, gone, accounts_too)
    work = _Work(kept, gone, same, by, on)
    work.carry_out()
    merged = Merge.objects.create(
        municipality_id=kept.municipality_id,
        kept=kept,
        by=by,
        on=on,
        snapshot=work.snapshot(),
        left_out=work.left_out(),
    )
    logger.info("Household %s was merged into %s by %s.", work.gone_pk, kept.pk, by.pk if by else "nobody")
    return merged


def _refuse(kept: Household, gone: Household, accounts_too: bool) -> None:
    if kept.pk == gone.pk:
        raise MergeRefused(_("A household cannot be merged with itself."))
    if kept.municipality_id != gone.municipality_id:
        raise MergeRefused(_("These households live in two municipalities."))
    if kept.restricted or gone.restricted:
        raise MergeRefused(_("A household with a protected address is not merged."))
    if kept.state == HouseholdState.MOVED_AWAY and gone.state in {HouseholdState.CONSIDERING, HouseholdState.PLANNING}:
        raise MergeRefused(_("The one to be kept has moved away, and the other one is on the way here: keep that one."))
    if reason := registry.why_not_merge(kept, gone):
        raise MergeRefused(reason)
    accounts = [set(home.persons.exclude(user=None).values_list("user", flat=True)) for home in (kept, gone)]
    if all(accounts) and accounts[0] != accounts[1] and not accounts_too:
        raise AccountsDiffer(
            _("Both have an account of their own. Those who sign in would see each other's page: say that it is right.")
        )


class _Work:
    """One merge: moves rows, fills in what is missing, and writes down how everything was."""

    def __init__(
        self, kept: Household, gone: Household, same: Mapping[str, str] | None, by: User | None, on: date
    ) -> None:
        self._kept = kept
        self._gone = gone
        self._same = same
        self.gone_pk = gone.pk  # deleting takes it from the object
        self._by = by
        self._on = on
        # Who of the kept household was who of the other one: what the one takes back the other one took back too.
        self._twins: dict[str, str] = {}
        # What the other one said otherwise, in words; and rows that were not there before: [table, id].
        self._otherwise: list[str] = []
        self._added: list[list[Any]] = []
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
        self._note()
        self._state()

    def snapshot(self) -> dict[str, Any]:
        return {
            "gone": str(self.gone_pk), "changes": _plain(self._changes), "deleted": self._deleted,
            "twins": self._twins, "added": self._added,
        }  # fmt: skip

    def left_out(self) -> list[list[Any]]:
        return [[label, number] for label, number in sorted(self._left_out.items())]

    # --- Who and what ---

    def _persons(self) -> None:
        """The same adult becomes one; the others move in. Of children only those of a year that is missing."""
        left, position = self._kept.adults, len(self._kept.adults)
        for person in self._gone.adults:
            same = next((p for p in left if self._is_same(person, p)), None)
            if same:
                left.remove(same)
            if same and not self._has_two_accounts(person, same):
                self._merge_person(person, same)
            else:
                self._change(person, "position", position)
                self._change(person, "household_id", self._kept.pk)
                position += 1
        ours = list(self._kept.persons.filter(is_adult=False).order_by("pk"))
        for child in self._gone.persons.filter(is_adult=False).order_by("pk"):
            same_child = next((other for other in ours if other.birth_year == child.birth_year), None)
            if same_child:
                ours.remove(same_child)
                self._twins[str(same_child.pk)] = str(child.pk)
            else:
                self._change(child, "household_id", self._kept.pk)

    def _is_same(self, person: Person, other: Person) -> bool:
        if self._same is None:
            return same_person(_facts(person), _facts(other)) is not None
        return self._same.get(str(person.pk)) == str(other.pk)

    def _has_two_accounts(self, person: Person, same: Person) -> bool:
        """Then they stand here twice until somebody has asked: else one account would see nothing any more."""
        if not person.user or not same.user or person.user == same.user:
            return False
        words = _("%(name)s signs in with two accounts, and stands here twice: remove the one that is not used.")
        self._otherwise.append(words % {"name": same.name})
        return True

    def _merge_person(self, person: Person, same: Person) -> None:
        self._twins[str(same.pk)] = str(person.pk)
        self._later_word(person, same)
        for name in FILLED_OF_PERSON:
            self._fill(same, person, name)
        if person.wants_job and not same.wants_job:
            self._change(same, "wants_job", True)
        self._move_all(person, same)
        self._delete(person)

    def _later_word(self, person: Person, same: Person) -> None:
        """Of a yes and a no to the same the later one holds, on whichever of the two rows it stood."""
        consents = list(Consent.objects.filter(person__in=[person, same]))
        said_no: dict[tuple[str, str], datetime] = {}
        for consent in consents:
            if at := consent.withdrawn_at:
                asked = (consent.purpose, consent.field)
                said_no[asked] = max(at, said_no.get(asked, at))
        for consent in consents:
            at = said_no.get((consent.purpose, consent.field))
            if consent.withdrawn_at is None and at and at > consent.given_at:
                self._change(consent, "withdrawn_at", at)

    def _preferences(self) -> None:
        ours, theirs = (getattr(home, "preferences", None) for home in (self._kept, self._gone))
        if ours and theirs:
            for name in FILLED_OF_PREFERENCES:
                self._fill(ours, theirs, name)

    def _household(self) -> None:
        kept, gone = self._kept, self._gone
        if self._is_further() and gone.moved_in_on and gone.moved_in_on != kept.moved_in_on:
            if kept.moved_in_on:
                self._say_otherwise(kept, kept, "moved_in_on")
            self._change(kept, "moved_in_on", gone.moved_in_on)
        self._wishes()
        for name in FILLED:
            self._fill(kept, gone, name)
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
            gone.wishes = ""  # taken over whole

    def _is_further(self) -> bool:
        return FURTHER.index(self._gone.state) > FURTHER.index(self._kept.state)

    def _state(self) -> None:
        """The state that came later holds, with all that follows when somebody moves a household there."""
        if not self._is_further():
            return
        kept, before = self._kept, self._kept.state
        known = set(kept.moves.values_list("pk", flat=True))
        if (before, self._gone.state) not in TRANSITIONS:
            move(kept, to=HouseholdState.MOVED_IN, by=self._by, on=self._on)
        move(kept, to=self._gone.state, by=self._by, on=self._on)
        self._changes.append([kept._meta.label, kept.pk, "state", before, kept.state])
        self._added += [[HouseholdMove._meta.label, str(row.pk)] for row in kept.moves.exclude(pk__in=known)]

    # --- What the two say ---

    def _fill(self, ours: models.Model, theirs: models.Model, name: str) -> None:
        """What is missing is taken over; what is there and said otherwise is noted, so that it is not lost."""
        field: Any = ours._meta.get_field(name)
        old, new = getattr(ours, field.attname), getattr(theirs, field.attname)
        if new in (None, "", []) or _alike(old, new):
            return
        if old in (None, "", []):
            self._change(ours, field.attname, new)
        elif field.editable:  # keys are made from other columns
            self._say_otherwise(ours, theirs, name)

    def _say_otherwise(self, ours: models.Model, theirs: models.Model, name: str) -> None:
        field: Any = theirs._meta.get_field(name)
        label = str(field.verbose_name)
        if isinstance(ours, Person):
            label = f"{label} ({ours.name})"
        value = getattr(theirs, name)
        display = getattr(theirs, f"get_{name}_display", None)
        self._otherwise.append(f"{label}: {display() if display else wishes.in_words(name, value)}")
        if isinstance(ours, Household | Person):
            self._left_out[ours._meta.label] += 1

    def _note(self) -> None:
        """One note on the kept household; facts alone, as the other one had them."""
        if not self._otherwise:
            return
        words = "\n".join([_("The household that was merged into this one also had:"), *self._otherwise])
        text, _removed = identity_numbers.remove(words)
        note = Note.objects.create(household=self._kept, text=text, on=self._on, by=self._by)
        self._added.append([note._meta.label, str(note.pk)])

    # --- Rows ---

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
    if isinstance(row, Household):
        for table in filter(attrgetter("number"), personal_data.tables.values()):
            yield apps.get_model(table.model), table.number, {table.number: row.pk}
    kind = ContentType.objects.get_for_model(row)
    for model in apps.get_models():
        for key in model._meta.private_fields:
            if isinstance(key, GenericForeignKey):
                yield model, key.fk_field, {f"{key.ct_field}": kind, key.fk_field: row.pk}


def _alike(one: Any, other: Any) -> bool:
    """The same but for case: an e-mail address, a name."""
    return str(one).casefold() == str(other).casefold()


def _facts(person: Person) -> AdultFacts:
    return AdultFacts.of(person.name, person.birth_year)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=ExactJSON))
