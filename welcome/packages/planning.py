"""Planning a run: who gets a package, and which gifts are reserved for it. In chunks, each its own transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.accounts.models import User
from portal.clock import Quarter
from portal.municipalities.models import Municipality
from privacy import erased
from welcome.packages import eligibility, stock
from welcome.packages.eligibility import ALREADY_DONE, READY
from welcome.packages.enums import BlockReason, ItemState, PackageState
from welcome.packages.models import Gift, Package, PackageItem, PackagePlan, PackageRun
from welcome.packages.runs import CHUNK, Progress, RunError, hold_open, no_progress


@dataclass
class RunReport:
    """Each household that moved in is counted once: planned, already done, or blocked with a reason."""

    planned: int = 0
    already_done: int = 0
    blocked: Counter[str] = field(default_factory=Counter)
    short_of_stock: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "planned": self.planned,
            "already_done": self.already_done,
            "blocked": [{"reason": reason, "count": count} for reason, count in sorted(self.blocked.items())],
            "short_of_stock": self.short_of_stock,
        }


def plan_of(municipality: Municipality) -> PackagePlan:
    """The municipality's plan; one that has none gets the usual."""
    return PackagePlan.objects.get_or_create(municipality=municipality)[0]


class Planning:
    """One planning of one run."""

    def __init__(
        self, municipality: Municipality, quarter: Quarter, on: date, by: User | None, progress: Progress | None
    ) -> None:
        self.municipality = municipality
        self.on = on
        self.progress = progress or no_progress
        self.report = RunReport()
        self.plan = plan_of(municipality)
        self.gifts = eligibility.gifts_of(municipality, list(self.plan.gifts.all()), on)
        self.run, _created = PackageRun.objects.get_or_create(
            municipality=municipality, quarter=str(quarter), defaults={"started_by": by}
        )

    def run_through(self) -> RunReport:
        for gift in self.gifts:
            self._fill_what_was_short(gift)
        everyone = eligibility.candidates(self.municipality, window_months=self.plan.window_months, on=self.on)
        done, total = 0, everyone.count()
        for standings in _chunks(everyone):
            self._plan_chunk(standings)
            done += len(standings)
            self.progress(done, max(done, total))
        self.report.short_of_stock = self.run.packages.short_of_stock().count()
        PackageRun.objects.filter(pk=self.run.pk).update(planned_on=self.on, report=self.report.as_json())
        return self.report

    def take_in(self, household: Household) -> str:
        """One household alone, as the whole run would; why not, in words, or "" when it has its package."""
        months = self.plan.window_months
        everyone: QuerySet[Any] = eligibility.candidates(self.municipality, window_months=months, on=self.on)
        standing = everyone.filter(pk=household.pk).values_list("standing", flat=True).first()
        if standing is None:
            text = _("They do not live here, or have not moved in within the last %(months)d months.")
            return text % {"months": months}
        self._plan_chunk({household.pk: standing})
        return next((str(BlockReason(reason).label) for reason in self.report.blocked), "")

    @transaction.atomic
    def _fill_what_was_short(self, gift: Gift) -> None:
        if not hold_open(self.run):
            return
        short = PackageItem.objects.filter(package__run=self.run, gift=gift, state=ItemState.SHORT)
        waiting = list(
            short.filter(package__state=PackageState.PLANNED)
            .order_by("package__household__moved_in_on", "package__household_id")
            .values_list("pk", "quantity")
        )
        fits = stock.reserve(gift.pk, [quantity for _pk, quantity in waiting])
        filled = [pk for (pk, _quantity), fit in zip(waiting, fits, strict=True) if fit]
        changed = sum(
            PackageItem.objects.filter(pk__in=filled[start : start + CHUNK], state=ItemState.SHORT).update(
                state=ItemState.RESERVED
            )
            for start in range(0, len(filled), CHUNK)
        )
        if changed != len(filled):
            raise RunError(_("Somebody else is planning this run. Start again when they are done."))

    def _plan_chunk(self, standings: dict[UUID, str]) -> None:
        counts = Counter(standings.values())
        ready = [pk for pk, standing in standings.items() if standing == READY]
        self.report.already_done += counts.pop(ALREADY_DONE, 0)
        counts.pop(READY, 0)
        self.report.blocked.update(counts)
        if not ready:
            return
        households = Household.objects.with_persons().in_bulk(ready)
        printable = [households[pk] for pk in ready if pk in households and eligibility.is_printable(households[pk])]
        self._count_blocked(BlockReason.UNPRINTABLE, len(ready) - len(printable))
        with transaction.atomic():
            if hold_open(self.run):
                self._add_packages(self._still_here(printable))
            else:
                self._count_blocked(BlockReason.RUN_PRINTED, len(printable))

    def _still_here(self, households: Sequence[Household]) -> list[Household]:
        """Without those who were protected or erased a moment ago, or were erased before and came again.

        Asked once the run is held: whoever erases a household waits for that (leaving.drop_files).
        """
        numbers = [household.pk for household in households]
        here = set(Household.objects.shown().filter(pk__in=numbers).values_list("pk", flat=True))
        before = erased.erased_households(households, self.on)
        self._count_blocked(BlockReason.ERASED, len(before & here))
        return [household for household in households if household.pk in here - before]

    def _count_blocked(self, reason: BlockReason, number: int) -> None:
        if number:
            self.report.blocked[reason.value] += number

    def _add_packages(self, households: Sequence[Household]) -> None:
        """Those whom another run was quicker to add are already done."""
        wanted = {
            Package(municipality=self.municipality, household=household, run=self.run): household
            for household in households
        }
        Package.objects.bulk_create(wanted, ignore_conflicts=True)
        added = set(Package.objects.filter(pk__in=[p.pk for p in wanted]).values_list("pk", flat=True))
        self.report.planned += len(added)
        self.report.already_done += len(wanted) - len(added)
        self._add_items({package: household for package, household in wanted.items() if package.pk in added})

    def _add_items(self, packages: Mapping[Package, Household]) -> None:
        items: list[PackageItem] = []
        for gift in self.gifts:
            quantities = {p: eligibility.quantity_of(gift, h, self.on) for p, h in packages.items()}
            due = [(package, quantity) for package, quantity in quantities.items() if quantity]
            fits = stock.reserve(gift.pk, [quantity for _package, quantity in due])
            items += [
                PackageItem(
                    package=package,
                    gift=gift,
                    quantity=quantity,
                    state=ItemState.RESERVED if fit else ItemState.SHORT,
                )
                for (package, quantity), fit in zip(due, fits, strict=True)
            ]
        PackageItem.objects.bulk_create(items, batch_size=CHUNK)


def _chunks(everyone: QuerySet[Any]) -> Iterator[dict[UUID, str]]:
    """Households and their standing, a chunk at a time, each read when its turn comes."""
    after = Q()
    while rows := list(everyone.filter(after).values("pk", "moved_in_on", "standing")[:CHUNK]):
        yield {row["pk"]: row["standing"] for row in rows}
        last, moved_in_on = rows[-1]["pk"], rows[-1]["moved_in_on"]
        after = Q(moved_in_on__gt=moved_in_on) | Q(moved_in_on=moved_in_on, pk__gt=last)
