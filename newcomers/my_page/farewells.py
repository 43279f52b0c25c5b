"""Why people move away or do not come after all: said without a name, read only when enough have said it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState, MoveReason
from newcomers.models import Farewell, Household
from portal.accounts.models import User
from portal.clock import add_months
from portal.municipalities.access import municipalities_where
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import SMALLEST, Figure

# A small place has few: they are read over two rolling years.
MONTHS_TOGETHER = 24


@transaction.atomic
def say(*, household: Household, reason: str, reason_text: str, would_have_stayed: str, on: date) -> bool:
    """Kept without a name, a household, an account or a day: nobody can tell whose it is, not even we.

    Each household says it once, or a few could pass for many. False: it has said it.
    """
    gone = Household.objects.filter(pk=household.pk, state=HouseholdState.MOVED_AWAY, said_farewell=False)
    if not gone.update(said_farewell=True):
        return False
    Farewell.objects.create(
        municipality=household.municipality,
        month=on.replace(day=1),
        reason=reason,
        reason_text=reason_text,
        would_have_stayed=would_have_stayed,
    )
    return True


def lately(on: date) -> QuerySet[Farewell]:
    return Farewell.objects.filter(month__gt=add_months(on.replace(day=1), -MONTHS_TOGETHER))


def enough(on: date) -> QuerySet[Farewell]:
    """Those of the last two years, where a municipality has SMALLEST of them."""
    counts = lately(on).order_by().values("municipality").annotate(number=Count("pk"))
    return lately(on).filter(municipality__in=counts.filter(number__gte=SMALLEST).values("municipality"))


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Figure]:
    """How many answered and what they said most, where so many did that it points at nobody."""
    own = municipalities_where(user, Permission.FIGURES_VIEW).filter(pk__in=[m.pk for m in municipalities])
    counts: dict[object, dict[str, int]] = {}
    rows = enough(on).filter(municipality__in=own).order_by().values_list("municipality", "reason")
    for municipality_id, reason, number in rows.annotate(number=Count("pk")):
        counts.setdefault(municipality_id, {})[reason] = number
    for municipality in municipalities:
        if of_town := counts.get(municipality.pk):
            yield Figure(
                title=_("Why households moved away from %(place)s or did not come after all, in the last 24 months")
                % {"place": municipality.name},
                value=_in_words(of_town),
            )


def _in_words(of_town: dict[str, int]) -> str:
    """The reasons given by SMALLEST or more; all the rest together."""
    total = sum(of_town.values())
    often = sorted(((n, r) for r, n in of_town.items() if r and n >= SMALLEST), reverse=True)
    parts = [f"{MoveReason(reason).label}: {number}" for number, reason in often]
    rest = total - sum(number for number, _reason in often)
    if rest:
        other = _("other reasons or none") if parts else _("no reason stands out")
        parts.append(f"{other}: {rest}" if parts and rest >= SMALLEST else str(other))
    return _("%(total)d answers (%(reasons)s)") % {"total": total, "reasons": ", ".join(parts)}
