"""Working days in Norway: what a promise of so many of them means."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import add_working_days, is_working_day, working_days_between

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        (date(2027, 3, 24), 3, date(2027, 4, 1)),  # Wednesday before Easter: Thursday to Monday are holidays
        (date(2027, 3, 27), 1, date(2027, 3, 30)),  # on Easter Eve, a Saturday
        (date(2027, 5, 5), 1, date(2027, 5, 7)),  # Ascension Day between
        (date(2027, 5, 14), 2, date(2027, 5, 19)),  # 17 May is a Monday, and Whit Monday at once
        (date(2026, 12, 23), 3, date(2026, 12, 29)),  # Christmas Eve counts, the two days after it do not
        (date(2026, 12, 30), 2, date(2027, 1, 4)),  # New Year's Day is a Friday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_holidays_and_weekends_do_not_count(asked: date, days: int, due: date) -> None:
    assert add_working_days(asked, days) == due
    assert working_days_between(asked, due) == days


@pytest.mark.parametrize(
    "day", [date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 17), date(2026, 12, 25)]
)
def test_these_are_no_working_days_though_they_are_in_the_middle_of_the_week(day: date) -> None:
    assert day.isoweekday() <= 5
    assert not is_working_day(day)


def test_counting_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 11, 22), -1)
    assert working_days_between(date(2026, 11, 22), date(2026, 11, 1)) == 0


@given(day=DAYS, days=st.integers(1, 60))
def test_adding_and_counting_agree(day: date, days: int) -> None:
    due = add_working_days(day, days)
    assert is_working_day(due)
    assert working_days_between(day, due) == days
    assert due - day >= timedelta(days=days)
