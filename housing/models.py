"""Homes to rent and to buy. A home nobody has lately confirmed to be vacant is not shown."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from housing.enums import RENTALS, ListingKind, ListingState
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, Postcode
from portal.search.following import FindableQuerySet

# How long a confirmation that the home is vacant holds, and how early the office is asked for the next.
CONFIRM_EVERY = timedelta(days=60)
ASK_BEFORE = timedelta(days=7)

HOW_TO_REACH = _("Give a phone number or an e-mail address, so that people can ask about the home.")


class ListingQuerySet(FindableQuerySet, models.QuerySet["Listing"]):
    def vacant(self) -> ListingQuerySet:
        return self.filter(is_published=True, taken_on=None)

    def shown(self, on: date) -> ListingQuerySet:
        """What the public sees, the newest first."""
        return self.vacant().filter(confirmed_on__gte=on - CONFIRM_EVERY).order_by("-published_on", "id")

    def unconfirmed(self, on: date) -> ListingQuerySet:
        """Off the site, because nobody has confirmed them in time."""
        return self.vacant().filter(confirmed_on__lt=on - CONFIRM_EVERY)

    def to_confirm(self, on: date) -> ListingQuerySet:
        """Off the site, or about to be."""
        return self.vacant().filter(confirmed_on__lt=on - CONFIRM_EVERY + ASK_BEFORE)

    def publish(self, on: date) -> int:
        return self.filter(Q(is_published=False) | Q(taken_on__isnull=False)).update(
            is_published=True, published_on=on, confirmed_on=on, taken_on=None
        )

    def confirm(self, on: date) -> int:
        return self.vacant().update(confirmed_on=on)

    def mark_taken(self, on: date) -> int:
        return self.vacant().update(taken_on=on)

    def withdraw(self) -> int:
        return self.filter(is_published=True).update(is_published=False)


class Listing(MunicipalRecord):
    """A home, a plot or a smallholding, to rent or to buy. Written in one language, the owner's own."""

    kind = models.CharField(_("kind"), max_length=20, choices=ListingKind)
    title = models.CharField(
        _("title"),
        max_length=120,
        validators=[no_identity_number],
        help_text=_("What makes it a home, in plain words: Small house close to the school."),
    )
    description = models.TextField(
        _("description"),
        max_length=10_000,
        validators=[no_identity_number],
        help_text=_(
            "Short sentences: what it is like, what is included, how far it is to school, shop and bus. "
            "Never write who may or may not live there by ethnic background, religion, sex, age or health: "
            "that is against the law. Markdown: ## for a heading, - for a list."
        ),
    )
    language = models.CharField(_("language of the text"), max_length=5, choices=settings.LANGUAGES, default="nb")
    street = models.CharField(_("street and number"), max_length=200, blank=True, validators=[no_identity_number])
    show_address = models.BooleanField(
        _("show the street"),
        default=False,
        help_text=_("Ask the owner first. Without it, people see the postcode and the place only."),
    )
    postcode = models.ForeignKey(
        Postcode, on_delete=models.PROTECT, related_name="+", verbose_name=_("postcode and place")
    )
    rooms = models.PositiveSmallIntegerField(
        _("rooms"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("Living rooms and bedrooms. Empty for a plot."),
    )
    area_m2 = models.PositiveIntegerField(
        _("floor area (m²)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    plot_area_m2 = models.PositiveIntegerField(
        _("area of the plot (m²)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000_000)],
    )
    price_nok = models.PositiveIntegerField(
        _("price (kr)"),
        validators=[MaxValueValidator(1_000_000_000)],
        help_text=_("To rent: for a month. To buy: the whole price."),
    )
    available_from = models.DateField(_("available from"), null=True, blank=True, help_text=_("Empty: now."))
    furnished = models.BooleanField(_("furnished"), null=True, blank=True)
    contact_name = models.CharField(
        _("who to ask"), max_length=120, validators=[no_identity_number], help_text=_("A person or an office.")
    )
    contact_phone = models.CharField(_("phone number"), max_length=30, blank=True, validators=[no_identity_number])
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    is_published = models.BooleanField(_("published"), default=False)
    published_on = models.DateField(_("published on"), null=True, blank=True, editable=False)
    confirmed_on = models.DateField(
        _("confirmed to be vacant"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Holds for 60 days; then the home leaves the site until somebody confirms it again in the list."),
    )
    taken_on = models.DateField(
        _("taken"), null=True, blank=True, help_text=_("The day somebody took it. It leaves the site at once.")
    )

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("home")
        verbose_name_plural = _("homes")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(
                fields=["municipality", "published_on"],
                condition=Q(is_published=True, taken_on=None),
                name="homes_on_site",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="published_home_was_confirmed",
                condition=Q(is_published=False) | Q(published_on__isnull=False, confirmed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="home_says_whom_to_ask",
                condition=~Q(contact_phone="", contact_email=""),
                violation_error_message=HOW_TO_REACH,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("housing:detail", args=[self.municipality.slug, self.pk])

    def clean(self) -> None:
        super().clean()
        if not self.contact_phone and not self.contact_email:
            raise ValidationError({"contact_phone": HOW_TO_REACH})

    def publish(self, on: date) -> None:
        """To be saved by the caller. Who publishes a home knows that it is vacant."""
        self.is_published, self.published_on, self.confirmed_on = True, on, on

    def state(self, on: date) -> ListingState:
        if not self.is_published:
            return ListingState.WITHDRAWN if self.published_on else ListingState.DRAFT
        if self.taken_on:
            return ListingState.TAKEN
        if self.confirmed_on is None or self.confirmed_on < on - CONFIRM_EVERY:
            return ListingState.UNCONFIRMED
        return ListingState.SHOWN

    @property
    def confirm_by(self) -> date | None:
        """The last day it is shown without another confirmation."""
        return self.confirmed_on + CONFIRM_EVERY if self.confirmed_on else None

    @property
    def price(self) -> str:
        """As people in Norway write it: 9 500 kr i måneden."""
        amount = {"amount": number_format(self.price_nok, force_grouping=True)}
        if self.kind in RENTALS:
            # Translators: the rent of a home, such as "9 500 kr i måneden"
            return gettext("NOK %(amount)s a month") % amount
        # Translators: the price of a home, such as "2 950 000 kr"
        return gettext("NOK %(amount)s") % amount

    @property
    def address(self) -> str:
        """What the public may know of where it is. Select `postcode` in lists."""
        place = str(self.postcode)
        return f"{self.street}, {place}" if self.street and self.show_address else place
