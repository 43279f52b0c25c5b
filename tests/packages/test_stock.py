from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from newcomers.models import Household
from portal.clock import Quarter
from portal.municipalities.models import Municipality
from tests.packages.factories import make_gift, make_household, make_municipality, make_office
from welcome.letters.services import LettersStopped
from welcome.packages import stock
from welcome.packages.enums import ItemState
from welcome.packages.models import Gift, Package, PackageItem
from welcome.packages.runs import RunError
from welcome.packages.services import print_run, run_packages

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("left", "quantities", "fits", "remains"),
    [
        (None, [5, 5], [True, True], None),
        (3, [1, 1, 1], [True, True, True], 0),
        (3, [2, 2, 1], [True, False, True], 0),
        (0, [1], [False], 0),
        (2, [], [], 2),
    ],
)
def test_whole_quantities_are_taken_in_order(
    left: int | None, quantities: list[int], fits: list[bool], remains: int | None
) -> None:
    gift = make_gift(make_municipality(), agreed=left)
    assert stock.reserve(gift.pk, quantities) == fits
    gift.refresh_from_db()
    assert gift.left == remains


def test_stock_that_somebody_took_in_between_is_not_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = make_gift(make_municipality(), agreed=3)
    which_fit, meanwhile = stock._which_fit, [2]

    def taken_in_between(quantities: Any, left: int | None) -> list[bool]:
        if meanwhile:
            Gift.objects.update(left=3 - meanwhile.pop())
        return which_fit(quantities, left)

    monkeypatch.setattr(stock, "_which_fit", taken_in_between)
    assert stock.reserve(gift.pk, [1, 1]) == [True, False]
    gift.refresh_from_db()
    assert gift.left == 0


@pytest.mark.parametrize("values", [{"left": 4}, {"left": None}, {"agreed": None}, {"agreed": None, "left": None}])
def test_the_table_itself_refuses_more_than_is_agreed(values: dict[str, int | None]) -> None:
    make_gift(make_municipality(), agreed=3)
    if values == {"agreed": None, "left": None}:
        assert Gift.objects.update(**values) == 1
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        Gift.objects.update(**values)


def test_saving_a_gift_leaves_its_stock_alone() -> None:
    gift = make_gift(make_municipality(), agreed=3)
    stock.reserve(gift.pk, [2])
    gift.max_per_household, gift.agreed = 5, 100
    gift.save()
    gift.refresh_from_db()
    assert (gift.max_per_household, gift.agreed, gift.left) == (5, 3, 1)


def reserved(gift: Gift, quantity: int) -> None:
    household = make_household(gift.municipality, "Kari Moen")
    run_packages(municipality=gift.municipality, quarter=Quarter(2026, 4), on=date(2026, 11, 22))
    PackageItem.objects.filter(package__household=household).update(quantity=quantity)


def test_a_new_agreement_counts_what_is_out_already() -> None:
    gift = make_gift(make_municipality())
    reserved(gift, 3)
    with pytest.raises(ValidationError, match="3"):
        stock.set_agreed(gift=gift, agreed=2, by=None)
    stock.set_agreed(gift=gift, agreed=5, by=None)
    assert (gift.agreed, gift.left) == (5, 2)
    assert stock.broken_gifts() == []


def test_a_stock_that_does_not_add_up_is_found() -> None:
    gift = make_gift(make_municipality(), agreed=3)
    Gift.objects.update(left=2)
    assert stock.broken_gifts() == [gift]


# --- Whatever happens, in whatever order ---


class Town:
    """A municipality to which things happen."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.gol: Municipality = make_office()
        self.on = date(2026, 1, 5)
        make_gift(self.gol, "one", agreed=4, per="adult")
        make_gift(self.gol, "two", agreed=2)
        make_gift(self.gol, "three", per="adult")

    def comes(self) -> None:
        names = ["Kari Moen", "Ola Li", "Per Dal"][: self.random.randint(1, 3)]
        make_household(self.gol, *names, moved_in_on=self.on)

    def says_no(self) -> None:
        if household := self.random.choice([None, *Household.objects.filter(wants_post=True)]):
            Household.objects.filter(pk=household.pk).update(wants_post=False)

    def says_yes(self) -> None:
        Household.objects.update(wants_post=True)

    def erased(self) -> None:
        if household := self.random.choice([None, *Household.objects.all()]):
            household.delete()

    def agreed(self) -> None:
        gift = self.random.choice(list(Gift.objects.order_by("code")))
        try:
            stock.set_agreed(gift=gift, agreed=self.random.choice([None, 0, 2, 5, 9]), by=None)
        except ValidationError:
            assert stock.in_use(gift) > 0

    def planned(self) -> None:
        run_packages(municipality=self.gol, quarter=Quarter.of(self.on), on=self.on)

    def printed(self) -> None:
        try:
            print_run(municipality=self.gol, quarter=Quarter.of(self.on), on=self.on)
        except (RunError, LettersStopped):
            assert not Package.objects.filter(run__quarter=str(Quarter.of(self.on)), state="planned").exists()

    def time_passes(self) -> None:
        self.on += timedelta(days=self.random.randint(10, 60))


HAPPENINGS = ["comes"] * 4 + ["planned"] * 3 + ["says_no", "says_yes", "erased", "agreed", "printed", "time_passes"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_stock_adds_up(seed: int) -> None:
    town = Town(seed)
    for _step in range(25):
        happening = town.random.choice(HAPPENINGS)
        getattr(town, happening)()
        assert stock.broken_gifts() == [], happening
        standing = Package.objects.standing().filter(household__isnull=False).values_list("household", flat=True)
        assert len(standing) == len(set(standing)), happening
        printed = PackageItem.objects.filter(package__state="printed")
        assert not printed.filter(state=ItemState.RESERVED).exists(), happening
