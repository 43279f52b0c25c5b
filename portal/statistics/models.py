"""Numbers about the place, as Statistics Norway last gave them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.municipalities.models import MunicipalRecord
from portal.page_cache import PublicQuerySet
from portal.statistics.enums import Measure

LONGEST_LOAD = timedelta(minutes=15)


class PlaceFigure(MunicipalRecord):
    """One number: how many, of what, in which year, from which table."""

    table = models.CharField(_("table"), max_length=5)
    measure = models.CharField(_("what is counted"), max_length=20, choices=Measure)
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.IntegerField(_("number"))
    source_updated = models.DateTimeField(_("updated by the source"), null=True, blank=True)
    is_invented = models.BooleanField(_("invented"), default=False, help_text=_("Made up for the demonstration."))

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure about the place")
        verbose_name_plural = _("figures about the place")
        ordering = ["table", "measure", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "table", "measure", "year"], name="one_figure_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.year}"


class FigureLoad(MunicipalRecord):
    """When a municipality's figures were last asked for, and what went wrong."""

    started_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("answered"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("loading of figures")
        verbose_name_plural = _("loadings of figures")
        ordering = ["-started_at"]
        constraints = [models.UniqueConstraint(fields=["municipality"], name="one_load_per_municipality")]

    def __str__(self) -> str:
        return f"{self.municipality}: {self.started_at:%Y-%m-%d}"

    def is_running(self, now: datetime) -> bool:
        """One that a worker died of does not run for ever."""
        return self.finished_at is None and now - self.started_at < LONGEST_LOAD
