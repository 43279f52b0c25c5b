"""Lists of movers that were taken in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from newcomers.enums import ImportState
from newcomers.movers_table import COLUMNS
from portal import clock
from portal.municipalities.models import MunicipalRecord


class MoverImportQuerySet(models.QuerySet["MoverImport"]):
    def unfinished(self) -> MoverImportQuerySet:
        return self.filter(state__in=[ImportState.WAITING, ImportState.RUNNING])


class MoverImport(MunicipalRecord):
    """A list of movers that was taken in: by whom, on what basis, and what came of it. Never the file itself."""

    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("taken in by"),
    )
    basis = models.CharField(_("legal basis and purpose"), max_length=300)
    on = models.DateField(_("day"), default=clock.today)
    all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    # Accepted households on their way to becoming rows: no protected person, no identity number; emptied when done.
    households = models.JSONField(default=list, editable=False)
    total = models.PositiveIntegerField(_("households in the list"), default=0)
    done = models.PositiveIntegerField(_("households taken"), default=0)
    report = models.JSONField(_("report"), default=dict)

    objects = MoverImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of movers")
        verbose_name_plural = _("lists of movers")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return date_format(localtime(self.created_at), "DATETIME_FORMAT")

    @property
    def refused(self) -> list[dict[str, Any]]:
        """The refused rows, with the column's name as it stands in a Norwegian file."""
        rows = self.report.get("refused", [])
        return [row | {"column": COLUMNS.get(row["field"], (row["field"],))[0]} for row in rows]
