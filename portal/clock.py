"""The day it is. Services take `on`; only commands, views and tasks ask the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from django.utils import timezone

# Fills itself year by year as it is asked.
_PUBLIC_HOLIDAYS = holidays.country_holidays("NO")


def today() -> date:
    """The date in Norway."""
    return timezone.localdate()


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day (31 August less six months is 28 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise AssertionError("every month has 28 days")


def is_working_day(day: date) -> bool:
    """No Saturday, Sunday or public holiday in Norway. Christmas Eve and New Year's Eve are working days by law."""
    return day.isoweekday() <= 5 and day not in _PUBLIC_HOLIDAYS


def add_working_days(day: date, days: int) -> date:
    """The day on which so many working days have gone by, the day itself not counted. Raises ValueError below 0."""
    if days < 0:
        raise ValueError("Working days are counted forwards only.")
    for _number in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days after the first day, up to and with the last; 0 when the last is not later."""
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(is_working_day(day) for day in days)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year, written 2026Q4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Raises ValueError for anything but four digits, Q and 1-4."""
        match = re.fullmatch(r"(\d{4})[Qq]([1-4])", text.strip())
        if not match:
            raise ValueError(f"{text!r} is not a quarter; write it as 2026Q4.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    def __contains__(self, day: date) -> bool:
        return Quarter.of(day) == self
