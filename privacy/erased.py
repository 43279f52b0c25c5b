"""Whom we have erased, without knowing who they are: keyed hashes that only fit the same person again."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from newcomers.matching import address_key, name_key
from newcomers.models import Household
from newcomers.movers.undoing import merged_away
from portal.municipalities.models import Municipality
from portal.personal_data import Adult
from privacy import ledger
from privacy.ledger import Deed
from privacy.models import ErasedKey


def keys_of(municipality: Municipality, adult: Adult) -> set[str]:
    """What the adult is recognised by: name with birth year and postcode, and name with address, as far as known.

    Hashed with ERASURE_KEY, so that nobody without it can try names until one fits.
    """
    name, found = name_key(adult.name), []
    if name and adult.birth_year and adult.postcode:
        found.append(f"person|{name}|{adult.birth_year}|{adult.postcode}")
    if name and adult.street:
        found.append(f"address|{name}|{address_key(adult.street, adult.postcode)}")
    return {_hash(f"{municipality.code}|{text}") for text in found}


def _hash(text: str) -> str:
    return hmac.new(settings.ERASURE_KEY.encode(), text.encode(), sha256).hexdigest()


def adults_of(household: Household) -> list[Adult]:
    """As a list of movers would name them. Prefetch `persons` for many."""
    return [Adult(each.name, each.birth_year, household.street, household.postcode) for each in household.adults]


def _keys_of_household(household: Household) -> set[str]:
    """Also those of a household that was merged into this one, which a list or a backup would bring back by itself."""
    adults = [*adults_of(household), *merged_away(household)]
    return {key for adult in adults for key in keys_of(household.municipality, adult)}


def keep_keys(household: Household) -> None:
    """Before the address of a protected household goes: by what they are recognised should they be erased."""
    if keys := _keys_of_household(household):
        write_down(household.municipality, household.pk, keys)


def remember(household: Household, *, on: date) -> None:
    """Call it in the transaction that erases; the line in the file follows once it is true."""
    waiting = ErasedKey.objects.waiting().filter(household_ref=household.pk)
    keys = _keys_of_household(household).union(waiting.values_list("key", flat=True))
    waiting.delete()
    at = timezone.now()
    write_down(household.municipality, household.pk, keys, at=at, until=ledger.window(on))
    ledger.write(Deed.ERASED, household.pk, at=at, municipality=household.municipality.code, keys=keys)


def forget_keys(household: Household) -> None:
    """Nobody asked to be remembered as erased."""
    ErasedKey.objects.waiting().filter(household_ref=household.pk).delete()


def write_down(
    municipality: Municipality,
    household: UUID,
    keys: Iterable[str],
    *,
    at: datetime | None = None,
    until: date | None = None,
) -> None:
    """One row a key; one without a key where nothing was known of anybody, for restored backups."""
    rows = [
        ErasedKey(municipality=municipality, household_ref=household, key=key, erased_at=at, until=until)
        for key in sorted(keys) or [""]
    ]
    ErasedKey.objects.bulk_create(rows, ignore_conflicts=True)


def come_back() -> Iterator[Household]:
    """Households of now in which somebody was erased after they had been registered: only a backup brings these."""
    known = ErasedKey.objects.erased().exclude(key="").order_by("erased_at")
    erased_at = {key: at for key, at in known.values_list("key", "erased_at") if at}
    if not erased_at:
        return
    for household in Household.objects.select_related("municipality").prefetch_related("persons").iterator(500):
        keys = {key for adult in adults_of(household) for key in keys_of(household.municipality, adult)}
        if any(erased_at[key] > household.created_at for key in keys & erased_at.keys()):
            yield household


def erased_among(municipality: Municipality, adults: Sequence[Adult], on: date) -> set[int]:
    """The places in the list of adults who were erased here and whose window is not over. In chunks of 400 keys."""
    keys = {place: keys_of(municipality, adult) for place, adult in enumerate(adults)}
    wanted = sorted({key for each in keys.values() for key in each})
    known: set[str] = set()
    for start in range(0, len(wanted), 400):
        kept = ErasedKey.objects.filter(key__in=wanted[start : start + 400], until__gt=on)
        known.update(kept.values_list("key", flat=True))
    return {place for place, each in keys.items() if each & known}


def erased_households(households: Sequence[Household], on: date) -> set[UUID]:
    """Those of one municipality in which an adult was erased before. Prefetch `persons`."""
    if not households:
        return set()
    adults = [(household.pk, adult) for household in households for adult in adults_of(household)]
    found = erased_among(households[0].municipality, [adult for _pk, adult in adults], on)
    return {adults[place][0] for place in found}
