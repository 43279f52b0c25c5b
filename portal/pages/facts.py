"""What every verified fact has: an owner, and a date it was last verified."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableQuerySet

from portal import clock
from portal.municipalities.models import MunicipalRecord
from portal.page_cache import PublicQuerySet


class VerifiedFact(MunicipalRecord):
    """A fact with an owner and a date it was last verified. What nobody verified lately is never sent to anyone."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_%(class)ss",
        verbose_name=_("owner"),
    )
    verified_on = models.DateField(_("verified"), null=True, blank=True)
    verify_every = models.PositiveSmallIntegerField(
        _("verify every (days)"), default=180, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )

    class Meta:
        abstract = True

    @property
    def verify_by(self) -> date | None:
        """The last day it counts as verified."""
        return self.verified_on + timedelta(days=self.verify_every) if self.verified_on else None

    def is_verified(self, on: date) -> bool:
        return self.verify_by is not None and on <= self.verify_by

    @property
    def is_overdue(self) -> bool:
        """For pages and lists that speak of today."""
        return not self.is_verified(clock.today())


class FactQuerySet(PublicQuerySet, TranslatableQuerySet):
    def overdue(self, on: date) -> FactQuerySet:
        """Never verified, or not within its own number of days."""
        return self.falls_due(on, ahead=0)

    def falls_due(self, on: date, *, ahead: int) -> FactQuerySet:
        """Overdue now or in so many days; what is verified often has at least half of its own days to rest."""
        # One comparison per interval in use: date arithmetic with a column differs between the databases.
        intervals = self.order_by().values_list("verify_every", flat=True).distinct()
        late = Q(verified_on=None)
        for days in intervals:
            rests = days - min(ahead, days // 2)
            late |= Q(verify_every=days, verified_on__lt=on - timedelta(days=rests))
        found: FactQuerySet = self.filter(late)
        return found
