"""The day it is. Services take `on`; only commands, views and tasks ask the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils import timezone


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
