"""Gifts with their stock, and the quarterly runs that give each household one package."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFields

from newcomers.models import Household
from portal.clock import Quarter
from portal.documents.models import PrintJob
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, OpaqueModel
from welcome.letters.enums import Occasion
from welcome.letters.models import Letter
from welcome.packages.enums import GiftPer, ItemState, PackageState, RunState


class Partner(MunicipalRecord):
    """Who gives: a club, a shop, the swimming hall, the municipality itself."""

    name = models.CharField(_("name"), max_length=120)
    contact = models.CharField(_("contact person"), max_length=120, blank=True, validators=[no_identity_number])
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone number"), max_length=30, blank=True, validators=[no_identity_number])

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["municipality", "name"], name="one_partner_per_name")]

    def __str__(self) -> str:
        return self.name


class GiftQuerySet(TranslatableQuerySet):
    def valid(self, on: date) -> GiftQuerySet:
        valid: GiftQuerySet = self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on)
        )
        return valid


class Gift(TranslatableModel, MunicipalRecord):
    """What a partner gives, to whom, and how many are left.

    `left` falls when a gift is reserved and rises when it is given back, so at every commit
    reserved + handed out + left = agreed (welcome/packages/stock.py is the one door).
    """

    code = models.SlugField(_("code"), max_length=40, help_text=_("A short name for staff, such as trail_map."))
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="gifts", verbose_name=_("partner"))
    per = models.CharField(_("one for each"), max_length=10, choices=GiftPer, default=GiftPer.HOUSEHOLD)
    max_per_household = models.PositiveSmallIntegerField(
        _("at most for a household"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    min_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("up to age"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    agreed = models.PositiveIntegerField(
        _("agreed number"), null=True, blank=True, help_text=_("Empty: as many as are needed.")
    )
    left = models.PositiveIntegerField(_("left"), null=True, blank=True, editable=False)

    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=80, help_text=_("Printed in the welcome letter.")),
        description=models.CharField(_("description"), max_length=250, blank=True),
    )

    objects = TranslatableManager.from_queryset(GiftQuerySet)()

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="one_gift_per_code"),
            models.CheckConstraint(
                name="gift_left_within_agreed",
                condition=Q(agreed=None, left=None)
                | Q(agreed__isnull=False, left__isnull=False, left__gte=0, left__lte=F("agreed")),
                violation_error_message=_("More of this gift is reserved or handed out than agreed."),
            ),
            models.CheckConstraint(
                name="gift_ages_in_order",
                condition=Q(min_age=None) | Q(max_age=None) | Q(min_age__lte=F("max_age")),
                violation_error_message=_("The lowest age is above the highest."),
            ),
            models.CheckConstraint(
                name="gift_dates_in_order",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("title", default=self.code, any_language=True))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A gift begins with all that is agreed; after that, only stock.py changes these two."""
        if self._state.adding:
            self.left = self.agreed
        else:
            names = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs.setdefault("update_fields", names - {"agreed", "left"})
        super().save(*args, **kwargs)


class PackagePlan(MunicipalRecord):
    """How a municipality runs its packages."""

    window_months = models.PositiveSmallIntegerField(
        _("moved in during the last (months)"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
    )
    gifts = models.ManyToManyField(
        Gift, blank=True, related_name="plans", verbose_name=_("gifts"), help_text=_("None chosen: all that are valid.")
    )
    is_active = models.BooleanField(
        _("starts by itself"), default=True, help_text=_("A run is planned in the first week of each quarter.")
    )

    class Meta:
        verbose_name = _("package plan")
        verbose_name_plural = _("package plans")
        ordering = ["municipality__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                name="one_plan_per_municipality",
                violation_error_message=_("The municipality has a plan already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.municipality)


class PackageRun(MunicipalRecord):
    """One quarter's packages of one municipality. Households are added until it is printed."""

    quarter = models.CharField(_("quarter"), max_length=6)
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.PLANNED)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    # Empty until a planning has gone through to its end.
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    printed_on = models.DateField(_("printed"), null=True, blank=True)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("printed by")
    )
    report = models.JSONField(_("report"), default=dict, editable=False)
    planning = models.ForeignKey(
        PrintJob, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("planning")
    )
    letters_file = models.ForeignKey(
        PrintJob, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("letters")
    )
    packing_list = models.ForeignKey(
        PrintJob, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("packing list")
    )

    class Meta:
        verbose_name = _("package run")
        verbose_name_plural = _("package runs")
        ordering = ["-quarter", "municipality__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "quarter"],
                name="one_run_per_quarter",
                violation_error_message=_("There is a run for this quarter already. Open it and plan it again."),
            ),
            models.CheckConstraint(
                name="printed_run_has_a_date",
                condition=Q(state=RunState.PLANNED, printed_on=None)
                | Q(state=RunState.PRINTED, printed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.quarter}"

    @property
    def as_quarter(self) -> Quarter:
        return Quarter.parse(self.quarter)


class PackageQuerySet(models.QuerySet["Package"]):
    def standing(self) -> PackageQuerySet:
        """Planned or printed. A cancelled one leaves room for another."""
        return self.exclude(state=PackageState.CANCELLED)

    def planned(self) -> PackageQuerySet:
        return self.filter(state=PackageState.PLANNED)

    def short_of_stock(self) -> PackageQuerySet:
        return self.standing().filter(pk__in=PackageItem.objects.filter(state=ItemState.SHORT).values("package"))


class Package(MunicipalRecord):
    """What one household gets for one occasion: once, ever.

    When a household is erased its package stays without it: what was handed out still counts.
    """

    household = models.ForeignKey(
        Household, on_delete=models.SET_NULL, null=True, related_name="packages", verbose_name=_("household")
    )
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion, default=Occasion.WELCOME)
    run = models.ForeignKey(PackageRun, on_delete=models.PROTECT, related_name="packages", verbose_name=_("run"))
    state = models.CharField(_("state"), max_length=9, choices=PackageState, default=PackageState.PLANNED)
    # Its place in the post order of the run, on the letter and on the packing list.
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    letter = models.OneToOneField(
        Letter, on_delete=models.SET_NULL, null=True, related_name="package", verbose_name=_("letter")
    )

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["run", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "occasion"],
                condition=~Q(state=PackageState.CANCELLED),
                name="one_package_per_occasion",
            )
        ]
        indexes = [models.Index(fields=["run", "state"], name="packages_of_a_run")]

    def __str__(self) -> str:
        return str(self.pk)


class PackageItem(OpaqueModel):
    """A gift in a package. Reserved and handed-out ones are out of stock; a short one never was in it."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="items", verbose_name=_("package"))
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="items", verbose_name=_("gift"))
    quantity = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=8, choices=ItemState)

    class Meta:
        verbose_name = _("gift in a package")
        verbose_name_plural = _("gifts in packages")
        ordering = ["gift__code"]
        constraints = [
            models.UniqueConstraint(fields=["package", "gift"], name="each_gift_once_in_a_package"),
            models.CheckConstraint(name="item_has_a_quantity", condition=Q(quantity__gte=1)),
        ]
        indexes = [models.Index(fields=["gift", "state"], name="items_of_a_gift")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.gift_id}"
