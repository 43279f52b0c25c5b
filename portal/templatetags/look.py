"""What the form pack and the components need beyond Django's own template tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.formats import date_format

register = template.Library()


@register.filter
def with_class(field: BoundField, css_class: str) -> BoundField:
    """The field, its control carrying the class besides those it has."""
    attrs = field.field.widget.attrs
    classes = attrs.get("class", "").split()
    if css_class not in classes:
        attrs["class"] = " ".join([*classes, css_class])
    return field


@register.filter
def single_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def choice_list(field: BoundField) -> bool:
    """Radios or checkboxes: many controls under one legend."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def first_control_id(field: BoundField) -> str:
    """Where a link in the error summary leads: a control that can take the focus."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def day(value: date | str) -> str:
    """A date in the reader's language; words stay as they are."""
    return date_format(value) if isinstance(value, date) else value


@dataclass(frozen=True)
class HouseWindow:
    x: int
    y: int
    lit: bool


@dataclass(frozen=True)
class House:
    """Where the lines of a house front run, in units of its drawing."""

    windows: list[HouseWindow]
    columns: int
    floors: int

    PITCH = 76
    FLOOR = 82
    MARGIN = 44
    AIR_ABOVE = 60

    @property
    def width(self) -> int:
        return self.columns * self.PITCH + 2 * self.MARGIN

    @property
    def left(self) -> int:
        return self.MARGIN

    @property
    def right(self) -> int:
        return self.width - self.MARGIN

    @property
    def middle(self) -> int:
        return self.width // 2

    @property
    def ridge(self) -> int:
        return self.AIR_ABOVE

    @property
    def eaves(self) -> int:
        return self.ridge + (self.right - self.left) // 2 - 20

    @property
    def ground(self) -> int:
        return self.eaves + self.floors * self.FLOOR + 24

    @property
    def height(self) -> int:
        return self.ground + 40

    @property
    def boards(self) -> str:
        return "".join(f"M{x} {self.eaves + 16}V{self.ground}" for x in range(self.left + 19, self.right, 19))

    @property
    def any_lit(self) -> bool:
        return any(window.lit for window in self.windows)


@register.filter
def house(windows: Sequence[Mapping[str, Any]]) -> House:
    """Places the windows, the first beside the door, so that the light climbs through the house."""
    columns = 3 if len(windows) <= 8 else 5
    cells = [(column, floor) for floor in range(len(windows) + 1) for column in range(columns)]
    cells.remove((columns // 2, 0))  # the door
    taken = cells[: len(windows)]
    floors = 1 + max((floor for _column, floor in taken), default=0)
    frame = House([], columns, floors)
    placed = [
        HouseWindow(
            x=frame.left + column * House.PITCH + (House.PITCH - 40) // 2,
            y=frame.ground - (floor + 1) * House.FLOOR + 10,
            lit=bool(window["lit"]),
        )
        for (column, floor), window in zip(taken, windows, strict=True)
    ]
    return House(placed, columns, floors)
