"""After a backup was restored: do again what was done since for those whom the data is about."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from newcomers import services
from newcomers.models import Consent, Household
from portal.municipalities.models import Municipality
from privacy import erased, erasure, ledger
from privacy.ledger import Deed, Line
from privacy.models import ArchiveHold, ErasedKey


def replay(*, dry_run: bool = False) -> dict[str, int]:
    """Erase, protect and take back again, by the file of erasures and the keys.

    A household is meant when it has the number; of the erased also when it has a key and was registered before that
    erasure. Whoever has registered anew since stays.
    """
    lines = list(ledger.lines())
    return {
        "lines": len(lines),
        "erased": _erase([line for line in lines if line.deed == Deed.ERASED], dry_run),
        "protected": _protect(lines, dry_run),
        "withdrawn": _withdraw([line for line in lines if line.deed == Deed.WITHDRAWN], dry_run),
    }


def _erase(lines: Iterable[Line], dry_run: bool) -> int:
    lines = list(lines)
    towns = {town.code: town for town in Municipality.objects.all()}
    for line in lines:
        if line.municipality in towns and not dry_run:
            erased.write_down(towns[line.municipality], line.number, line.keys, at=line.at, until=line.until)
    numbers = {line.number for line in lines} | set(ErasedKey.objects.erased().values_list("household_ref", flat=True))
    back = {household.pk: household for household in Household.objects.filter(pk__in=numbers)}
    found = [*back.values(), *(each for each in erased.come_back() if each.pk not in back)]
    for household in [] if dry_run else found:
        ArchiveHold.objects.filter(household=household).delete()
        erasure.erase(household=household, by=None, on=timezone.localdate(), remember=False)
    return len(found)


def _protect(lines: Iterable[Line], dry_run: bool) -> int:
    """Those whose protection was not lifted again."""
    last = {line.number: line.deed for line in lines if line.deed in {Deed.PROTECTED, Deed.OPENED}}
    numbers = [number for number, deed in last.items() if deed == Deed.PROTECTED]
    open_again = list(Household.objects.filter(pk__in=numbers, restricted=False))
    for household in [] if dry_run else open_again:
        services.restrict(household, by=None)
    return len(open_again)


def _withdraw(lines: Iterable[Line], dry_run: bool) -> int:
    withdrawn = 0
    for line in lines:
        given = Consent.objects.filter(pk=line.number, withdrawn_at=None)
        withdrawn += given.count() if dry_run else given.update(withdrawn_at=line.at)
    return withdrawn
