"""What the form pack and the components need beyond Django's own template tags."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.boundfield import BoundField
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.filter
def with_class(bound: BoundField, css_class: str) -> BoundField:
    """The field, its control carrying the class besides those it has."""
    attrs = bound.field.widget.attrs
    classes = attrs.get("class", "").split()
    if css_class not in classes:
        attrs["class"] = " ".join([*classes, css_class])
    return bound


@register.filter
def single_checkbox(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.CheckboxInput)


@register.filter
def choice_list(bound: BoundField) -> bool:
    """Radios or checkboxes: many controls under one legend."""
    return isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def first_control_id(bound: BoundField) -> str:
    """Where a link in the error summary leads: a control that can take the focus."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.filter
def day(value: date | str) -> str:
    """A date in the reader's language; words stay as they are."""
    return date_format(value) if isinstance(value, date) else value


@register.filter
def shown_numbers(page: Page[Any]) -> Iterator[int | str]:
    """The page numbers to link: the ends, those around this one, and an ellipsis for the rest."""
    return page.paginator.get_elided_page_range(page.number)


@register.filter
def as_json_ld(data: Mapping[str, Any] | None) -> str:
    """A block of data for search engines. Not a script: nothing in it can run, and no text can end it."""
    if not data:
        return ""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308  # see above


_NO_MARKUP = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class HouseWindow:
    x: int
    y: int
    lit: bool


@dataclass(frozen=True)
class House:
    """Where the lines of a house front run, in units of its drawing."""

    columns: int
    floors: int
    windows: list[HouseWindow] = field(default_factory=list)

    PITCH = 76
    FLOOR = 84
    MARGIN = 44

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
        return 64

    @property
    def eaves(self) -> int:
        return self.ridge + 60 + (self.right - self.left) * 35 // 200

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
    """Places the windows from the door upwards, so that the light climbs; the last few sit in the gable."""
    columns = 3 if len(windows) <= 8 else 5
    beside_door = columns - 1
    rows = [windows[:beside_door]]
    rows += [windows[start : start + columns] for start in range(beside_door, len(windows), columns)]
    gable = len(rows) > 1 and len(rows[-1]) <= columns // 2 + 1
    frame = House(columns, len(rows) - gable)
    placed = []
    for floor, row in enumerate(rows):
        in_gable = gable and floor == len(rows) - 1
        y = frame.eaves - 34 if in_gable else frame.ground - (floor + 1) * House.FLOOR + 12
        for number, window in enumerate(row):
            # On the ground floor the door stands in the middle column.
            place = number + (floor == 0 and number >= columns // 2)
            start = frame.middle - House.PITCH * (columns if floor == 0 else len(row)) // 2
            x = start + place * House.PITCH + (House.PITCH - 40) // 2
            placed.append(HouseWindow(x=x, y=y, lit=bool(window["lit"])))
    return House(frame.columns, frame.floors, placed)
