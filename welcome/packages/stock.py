"""The one door to a gift's stock: every change is a conditional UPDATE, so that it is never overdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from portal.accounts.models import User
from welcome.packages.enums import ItemState
from welcome.packages.models import Gift, PackageItem


def reserve(gift_id: UUID, quantities: Sequence[int]) -> list[bool]:
    """Take each quantity from stock, in order, as long as the whole of it is there; says which were taken."""
    while True:
        left = Gift.objects.values_list("left", flat=True).get(pk=gift_id)
        fits = _which_fit(quantities, left)
        amount = sum(quantity for quantity, fit in zip(quantities, fits, strict=True) if fit)
        # Without a limit nothing is counted, but the row is taken: a limit set meanwhile waits for this commit.
        enough = Q(left__gte=amount) if left is not None else Q(left=None)
        if amount == 0 or Gift.objects.filter(enough, pk=gift_id).update(left=F("left") - amount):
            return fits


def _which_fit(quantities: Sequence[int], left: int | None) -> list[bool]:
    if left is None:
        return [True] * len(quantities)
    fits = []
    for quantity in quantities:
        fits.append(quantity <= left)
        left -= quantity if fits[-1] else 0
    return fits


def give_back(items: Iterable[PackageItem]) -> None:
    """Put reserved items back into stock, gifts always in the same order."""
    amounts: Counter[UUID] = Counter()
    for item in items:
        if item.state == ItemState.RESERVED:
            amounts[item.gift_id] += item.quantity
    for gift_id, amount in sorted(amounts.items()):
        Gift.objects.filter(pk=gift_id, left__isnull=False).update(left=F("left") + amount)


@transaction.atomic
def set_agreed(*, gift: Gift, agreed: int | None, by: User | None) -> None:
    """A new agreement: what is reserved or handed out already counts. Refused when that is more."""
    Gift.objects.filter(pk=gift.pk).update(left=F("left"))  # takes the row: nothing is reserved in between
    left = None if agreed is None else agreed - in_use(gift)
    if left is not None and left < 0:
        raise too_few(gift)
    Gift.objects.filter(pk=gift.pk).update(agreed=agreed, left=left)
    gift.agreed, gift.left = agreed, left


def too_few(gift: Gift) -> ValidationError:
    return ValidationError(
        _("%(number)d are reserved or handed out already. Agree on at least as many."),
        params={"number": in_use(gift)},
    )


def in_use(gift: Gift) -> int:
    """Reserved and handed out, counted from the packages themselves."""
    out_of_stock = PackageItem.objects.filter(gift=gift, state__in=[ItemState.RESERVED, ItemState.ISSUED])
    return int(out_of_stock.aggregate(number=Sum("quantity"))["number"] or 0)


def broken_gifts() -> list[Gift]:
    """Gifts whose stock does not add up; there should never be one."""
    taken = dict(
        PackageItem.objects.exclude(state=ItemState.SHORT).values_list("gift").annotate(number=Sum("quantity"))
    )
    limited = Gift.objects.filter(agreed__isnull=False)
    return [gift for gift in limited if gift.left is None or gift.left + taken.get(gift.pk, 0) != gift.agreed]
