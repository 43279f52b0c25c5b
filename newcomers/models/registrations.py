"""What newcomers typed, before it is a household."""

from __future__ import annotations

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from newcomers.models.households import Household
from portal.municipalities.models import MunicipalRecord


class Registration(MunicipalRecord):
    """What a newcomer typed, until the code sent by e-mail shows that the address is theirs."""

    email = models.EmailField()
    language = models.CharField(max_length=5, default="nb")
    answers = models.JSONField()
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="registrations")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")

    def __str__(self) -> str:
        # Titles and the office's log hold this: no address of a person.
        return date_format(localtime(self.created_at), "DATETIME_FORMAT")
