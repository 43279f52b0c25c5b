"""Files the portal makes, and the work of making them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.documents.enums import JobState
from portal.municipalities.models import MunicipalRecord


class PrintJob(MunicipalRecord):
    """Long work with visible progress, and the file it ends in.

    The bytes stand in the database: they appear in the same commit as the state they belong to, every web
    server sees them, and they are erased like any other row.
    """

    kind = models.CharField(_("kind"), max_length=30)
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    total = models.PositiveIntegerField(_("of"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    filename = models.CharField(_("file name"), max_length=120, blank=True)
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("print job")
        verbose_name_plural = _("print jobs")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename or self.kind
