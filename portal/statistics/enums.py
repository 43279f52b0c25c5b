"""What is counted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    POPULATION = "population", _("People who live here")
    AGE_0 = "age_0", _("0 to 5 years")
    AGE_6 = "age_6", _("6 to 15 years")
    AGE_16 = "age_16", _("16 to 19 years")
    AGE_20 = "age_20", _("20 to 44 years")
    AGE_45 = "age_45", _("45 to 66 years")
    AGE_67 = "age_67", _("67 to 79 years")
    AGE_80 = "age_80", _("80 years and over")
    MOVED_IN = "moved_in", _("Moved in")
    MOVED_OUT = "moved_out", _("Moved out")
    NET_MOVES = "net_moves", _("Difference")


# Each group with its first year of age; it ends where the next begins.
AGE_GROUPS: tuple[tuple[int, Measure], ...] = (
    (0, Measure.AGE_0),
    (6, Measure.AGE_6),
    (16, Measure.AGE_16),
    (20, Measure.AGE_20),
    (45, Measure.AGE_45),
    (67, Measure.AGE_67),
    (80, Measure.AGE_80),
)
UNDER_20 = (Measure.AGE_0, Measure.AGE_6, Measure.AGE_16)


def age_group(age: int) -> Measure:
    return next(measure for first, measure in reversed(AGE_GROUPS) if age >= first)
