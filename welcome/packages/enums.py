"""States and choices of packages. Every allowed move stands in a table here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class GiftPer(models.TextChoices):
    HOUSEHOLD = "household", _("household")
    ADULT = "adult", _("adult")
    CHILD = "child", _("child")


class RunState(models.TextChoices):
    PLANNED = "planned", _("planned")
    PRINTED = "printed", _("printed")


class PackageState(models.TextChoices):
    PLANNED = "planned", _("planned")
    PRINTED = "printed", _("printed")
    CANCELLED = "cancelled", _("cancelled")


class ItemState(models.TextChoices):
    RESERVED = "reserved", _("reserved")
    ISSUED = "issued", _("handed out")
    SHORT = "short", _("out of stock")


RUN_TRANSITIONS: frozenset[tuple[str, str]] = frozenset({(RunState.PLANNED, RunState.PRINTED)})
PACKAGE_TRANSITIONS: frozenset[tuple[str, str]] = frozenset(
    {
        (PackageState.PLANNED, PackageState.PRINTED),
        (PackageState.PLANNED, PackageState.CANCELLED),
    }
)


class BlockReason(models.TextChoices):
    """Why a household that moved in gets no package now. The values are what scripts read."""

    NO_POST = "does not want post", _("does not want post")
    NO_ADDRESS = "no complete postal address", _("no complete postal address")
    NO_ADULT = "no adult", _("no adult")
    ERASED = "had themselves erased", _("had themselves erased, and came again")
    UNPRINTABLE = "name or address cannot be printed", _("name or address cannot be printed")
    RUN_PRINTED = "waits for the next run", _("waits for the next run")
