"""What the municipality does with data about persons, who has looked at it, and when it goes."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatableModel, TranslatedFields

from newcomers.models import Household
from portal.clock import add_months
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, OpaqueModel
from portal.pages.texts import text_in
from privacy.enums import READERS, AccessKind, Basis, ErasureState, Unit


class AccessEntry(MunicipalRecord):
    """Somebody looked at a household, changed it or took it out: who, when, in which role, on which page.

    It names the household by its number alone, not by a foreign key: so it outlives the household for its own term,
    and holds nothing of the newcomer. A list is one entry without a household.
    """

    household_ref = models.UUIDField(_("household"), null=True, blank=True, db_index=True)
    kind = models.CharField(_("what"), max_length=10, choices=AccessKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    role = models.CharField(_("role"), max_length=30, choices=READERS)
    page = models.CharField(_("through"), max_length=100)
    # A colleague has this household, and it was not this colleague who looked.
    is_outside = models.BooleanField(_("another colleague has the household"), default=False)

    class Meta:
        verbose_name = _("access to a household")
        verbose_name_plural = _("access to households")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["municipality", "created_at"], name="access_by_day"),
            models.Index(fields=["user", "created_at"], name="access_by_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.page}"


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    def waiting(self) -> ErasureRequestQuerySet:
        return self.filter(state=ErasureState.ASKED)


class ErasureRequest(MunicipalRecord):
    """A household wants to be forgotten. The row stays without it, as proof that it was done in time."""

    household = models.ForeignKey(
        Household, on_delete=models.SET_NULL, null=True, related_name="erasures", verbose_name=_("household")
    )
    state = models.CharField(_("state"), max_length=10, choices=ErasureState, default=ErasureState.ASKED)
    asked_on = models.DateField(_("asked"))
    due_on = models.DateField(_("due"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(state=ErasureState.ASKED), name="asked_for_erasure_once"
            ),
            models.CheckConstraint(
                name="who_waits_for_erasure_is_here",
                condition=~Q(state=ErasureState.ASKED) | Q(household__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_on} – {self.due_on}"


class ErasedKeyQuerySet(models.QuerySet["ErasedKey"]):
    def waiting(self) -> ErasedKeyQuerySet:
        return self.filter(erased_at=None)

    def erased(self) -> ErasedKeyQuerySet:
        return self.exclude(erased_at=None)


class ErasedKey(OpaqueModel):
    """What an erased adult is recognised by: a keyed hash that leads nowhere without the key in the settings.

    So that the same list of movers does not bring them back, no second package comes, and a restored backup is
    cleared of them again. It goes when its window is over.

    Of a protected household it is made before the address goes, and waits without a day until they are erased.
    """

    municipality = models.ForeignKey("municipalities.Municipality", on_delete=models.CASCADE, related_name="+")
    household_ref = models.UUIDField(db_index=True)
    key = models.CharField(max_length=64, blank=True, db_index=True)
    erased_at = models.DateTimeField(null=True)
    until = models.DateField(null=True)

    objects = ErasedKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("erased household")
        verbose_name_plural = _("erased households")
        constraints = [models.UniqueConstraint(fields=["household_ref", "key"], name="erased_key_once")]


class ArchiveHold(MunicipalRecord):
    """The archive law comes first: nothing of this household is erased while the hold stands."""

    household = models.OneToOneField(
        Household, on_delete=models.CASCADE, related_name="archive_hold", verbose_name=_("household")
    )
    reason = models.CharField(_("reason"), max_length=300, validators=[no_identity_number])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("archive hold")
        verbose_name_plural = _("archive holds")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.reason


class RetentionNotice(MunicipalRecord):
    """A household was told that its data goes soon, and has the days of grace to come back."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="retention_notices", verbose_name=_("household")
    )
    rule = models.CharField(max_length=40)
    on = models.DateField(_("told"))

    class Meta:
        verbose_name = _("notice before erasure")
        verbose_name_plural = _("notices before erasure")
        constraints = [models.UniqueConstraint(fields=["household", "rule"], name="told_once")]


class Remainder(MunicipalRecord):
    """What statistics keep of those who were erased: how many came in a month, from where, and nobody's name."""

    month = models.DateField(_("month"))
    source = models.CharField(_("came to us by"), max_length=10)
    households = models.PositiveIntegerField(_("households"), default=0)
    persons = models.PositiveIntegerField(_("persons"), default=0)

    class Meta:
        verbose_name = _("erased households, counted")
        verbose_name_plural = _("erased households, counted")
        ordering = ["-month", "source"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "month", "source"], name="one_remainder_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.source}"


class Purpose(TranslatableModel, MunicipalRecord):
    """One thing the municipality uses data for: why, by which law, which data, and until when.

    The privacy page and the record of processing are made from these rows, and the nightly job goes by their terms.
    """

    code = models.SlugField(_("code"), max_length=40, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(
        _("in use"),
        default=True,
        help_text=_("Switch off what the municipality does not do. Terms are kept to anyway."),
    )
    basis = models.CharField(_("basis"), max_length=1, choices=Basis)
    law = models.CharField(
        _("law behind it"), max_length=300, blank=True,
        help_text=_("Article 6 (3) asks for one where the basis is a duty or a task. The municipality decides which."),
    )  # fmt: skip
    keep_for = models.PositiveSmallIntegerField(
        _("kept for"), validators=[MinValueValidator(1), MaxValueValidator(3660)]
    )
    unit = models.CharField(_("counted in"), max_length=6, choices=Unit, default=Unit.MONTHS)
    version = models.PositiveIntegerField(_("version of the text"), default=1, editable=False)
    changed_on = models.DateField(_("text changed"), editable=False)

    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=120),
        text=models.TextField(_("what we do, and why"), max_length=1500),
        data=models.CharField(_("which data"), max_length=500),
        source=models.CharField(_("where it comes from"), max_length=300, blank=True),
        recipients=models.CharField(_("who gets it"), max_length=300, blank=True),
        until=models.CharField(_("when the term begins"), max_length=200, blank=True),
    )

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="one_purpose_per_code")]

    def __str__(self) -> str:
        text = text_in(self, translation.get_language() or settings.LANGUAGE_CODE)
        return text.title if text else self.code

    def last_day(self, on: date) -> date:
        """What last showed a sign of life on this day or before is over its term."""
        return add_months(on, -self.keep_for) if self.unit == Unit.MONTHS else on - timedelta(days=self.keep_for)


class PurposeVersion(OpaqueModel):
    """How the text read from a day on, in every language: what somebody was told can be shown later."""

    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    on = models.DateField(_("from"))
    texts = models.JSONField(_("texts"))
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("version of a purpose")
        verbose_name_plural = _("versions of a purpose")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="purpose_version_once")]

    def __str__(self) -> str:
        return f"{self.version} ({self.on})"
