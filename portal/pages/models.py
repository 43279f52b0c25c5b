"""Facts about the place: written once, owned, verified, and drawn on by pages, letters and mail."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFields

from portal import clock
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord
from portal.pages.enums import Topic


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


class FactQuerySet(TranslatableQuerySet):
    def overdue(self, on: date) -> FactQuerySet:
        """Never verified, or not within its own number of days."""
        # One comparison per interval in use: date arithmetic with a column differs between the databases.
        intervals = self.order_by().values_list("verify_every", flat=True).distinct()
        late = Q(verified_on=None)
        for days in intervals:
            late |= Q(verify_every=days, verified_on__lt=on - timedelta(days=days))
        found: FactQuerySet = self.filter(late)
        return found


class ContactPoint(TranslatableModel, VerifiedFact):
    """A desk that answers: phone, e-mail, opening hours, address. Pages and letters refer to it."""

    code = models.SlugField(_("code"), max_length=40, help_text=_("A short name for staff, such as library."))
    phone = models.CharField(_("phone number"), max_length=30, blank=True, validators=[no_identity_number])
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)

    translations = TranslatedFields(
        name=models.CharField(_("name"), max_length=120),
        opening_hours=models.CharField(_("opening hours"), max_length=200, blank=True),
    )

    objects = TranslatableManager.from_queryset(FactQuerySet)()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="one_contact_per_code")]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("name", default=self.code, any_language=True))


class ServiceInfo(TranslatableModel, VerifiedFact):
    """What a newcomer needs to know about one of the 18 topics, in each language."""

    topic = models.CharField(_("topic"), max_length=30, choices=Topic)
    contacts = models.ManyToManyField(
        ContactPoint, blank=True, related_name="service_infos", verbose_name=_("contact points")
    )

    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=120),
        summary=models.CharField(
            _("summary"), max_length=250, help_text=_("One or two sentences; printed in the welcome letter.")
        ),
        body=models.TextField(_("text"), help_text=_("Markdown: ## for a heading, - for a list.")),
    )

    objects = TranslatableManager.from_queryset(FactQuerySet)()

    class Meta:
        verbose_name = _("service information")
        verbose_name_plural = _("service information")
        ordering = ["topic"]
        constraints = [models.UniqueConstraint(fields=["municipality", "topic"], name="one_info_per_topic")]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("title", default=self.get_topic_display(), any_language=True))
