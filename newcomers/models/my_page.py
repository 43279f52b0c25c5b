"""What newcomers do on My page and with their letters: tick off, move house, say no to post, say farewell."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newcomers.enums import MoveReason
from newcomers.models.households import Household
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import Municipality, OpaqueModel
from portal.pages.models import Step


class StepTick(OpaqueModel):
    """The household has done one of the first steps of its situation."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="ticks")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="ticks")
    on = models.DateField(_("done"))

    class Meta:
        verbose_name = _("step done")
        verbose_name_plural = _("steps done")
        constraints = [models.UniqueConstraint(fields=["household", "step"], name="each_step_ticked_once")]


class AddressChange(OpaqueModel):
    """The household moved within the municipality. Where it lived before is not kept."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="address_changes")
    on = models.DateField(_("moved"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("move within the municipality")
        verbose_name_plural = _("moves within the municipality")
        ordering = ["on"]


class ObjectionCode(OpaqueModel):
    """Stands in each of the household's letters: whoever holds it may say no to more post, and nothing else."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="objection_code")
    code = models.CharField(_("code"), max_length=8, unique=True)

    class Meta:
        verbose_name = _("code against post")
        verbose_name_plural = _("codes against post")


class Farewell(OpaqueModel):
    """Why somebody moved away, and what would have kept them. Nothing leads back to who said it, or to which day."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="farewells")
    month = models.DateField(_("month"), help_text=_("The first day of it."))
    reason = models.CharField(_("why they moved away"), max_length=10, choices=MoveReason, blank=True)
    reason_text = models.TextField(
        _("why, in their own words"), max_length=1000, blank=True, validators=[no_identity_number]
    )
    would_have_stayed = models.TextField(
        _("what would have kept them"), max_length=1000, blank=True, validators=[no_identity_number]
    )

    class Meta:
        verbose_name = _("farewell")
        verbose_name_plural = _("farewells")
        # By nothing that tells who came first.
        ordering = ["reason", "id"]
        indexes = [models.Index(fields=["municipality", "month"], name="farewells_by_month")]

    def __str__(self) -> str:
        return str(self.get_reason_display() or self._meta.verbose_name)
