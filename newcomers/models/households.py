"""Households that move in, and the people in them: as little as possible is known about each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newcomers.enums import (
    ConsentPurpose,
    Education,
    HouseholdState,
    KeptReason,
    PartTimeKind,
    Residency,
    ShareField,
    Source,
    Tenure,
)
from newcomers.matching import address_key, name_key, place_key, sound_key
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, OpaqueModel


class HouseholdQuerySet(models.QuerySet["Household"]):
    def shown(self) -> HouseholdQuerySet:
        """Without protected households, which stand in no list, letter, label, export or page."""
        return self.filter(restricted=False)

    def moved_in_between(self, first: date, last: date) -> HouseholdQuerySet:
        """Living here, moved in after `first` and not after `last`."""
        return self.filter(moved_in_on__gt=first, moved_in_on__lte=last).exclude(
            state__in=[HouseholdState.CONSIDERING, HouseholdState.MOVED_AWAY]
        )

    def with_persons(self) -> HouseholdQuerySet:
        return self.prefetch_related("persons")


class Household(MunicipalRecord):
    """Those who moved in together. The unit of everything the municipality does for newcomers."""

    state = models.CharField(_("state"), max_length=12, choices=HouseholdState, default=HouseholdState.MOVED_IN)
    residency = models.CharField(_("lives here"), max_length=10, choices=Residency, default=Residency.FULL_TIME)
    care_of = models.CharField(_("c/o"), max_length=200, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True, validators=[no_identity_number])
    postcode = models.CharField(_("postcode"), max_length=4, blank=True)
    city = models.CharField(_("place"), max_length=60, blank=True)
    address_key = models.CharField(max_length=220, blank=True, editable=False, db_index=True)
    # How the house sounds, by which misspelt addresses are looked up (newcomers.matching).
    place_key = models.CharField(max_length=60, blank=True, editable=False)
    moved_in_on = models.DateField(_("moved in"), null=True, blank=True)
    language = models.CharField(
        _("preferred language"),
        max_length=5,
        default="nb",
        help_text=_("As the household wished; letters and mail use the nearest one offered."),
    )
    source = models.CharField(_("came to us by"), max_length=10, choices=Source, default=Source.SELF)
    reason = models.CharField(_("reason for moving"), max_length=10, choices=KeptReason, blank=True)
    wishes = models.TextField(_("wishes"), max_length=2000, blank=True, validators=[no_identity_number])
    way_in = models.ForeignKey(
        "newcomers.WayIn",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="households",
        verbose_name=_("found us through"),
    )
    part_time_kind = models.CharField(_("here for a part of the year"), max_length=10, choices=PartTimeKind, blank=True)
    stay_longer = models.TextField(
        _("what would make you stay longer"), max_length=1000, blank=True, validators=[no_identity_number]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who has this household"),
        help_text=_("The colleague who sees to it that this household is received."),
    )
    contacted_on = models.DateField(_("last in touch"), null=True, blank=True, editable=False)
    wants_post = models.BooleanField(_("may get letters and packages"), default=True)
    # That they have said why they moved away, and never which of the answers is theirs (Farewell).
    said_farewell = models.BooleanField(default=False, editable=False)
    restricted = models.BooleanField(_("protected address"), default=False, editable=False)
    # When it was last compared with the others here; empty when that is due.
    compared_on = models.DateField(null=True, editable=False)
    # Counts changes, so that of two who edit at once the second is told (newcomers.services.claim_version).
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["-moved_in_on", "id"]
        indexes = [
            models.Index(fields=["municipality", "moved_in_on"], name="households_by_move"),
            models.Index(fields=["municipality", "address_key"], name="households_by_address"),
            # The office's list: in its order, and what waits there (newcomers.office.inbox).
            models.Index(
                fields=["municipality", "-moved_in_on", "id"], condition=Q(restricted=False), name="households_shown"
            ),
            models.Index(
                fields=["municipality", "created_at"],
                condition=Q(restricted=False),
                name="households_by_arrival",
            ),
            models.Index(
                fields=["municipality", "created_at"],
                condition=Q(restricted=False, contacted_on=None),
                name="households_not_contacted",
            ),
            models.Index(fields=["municipality", "place_key"], name="households_by_place"),
            models.Index(fields=["created_at"], condition=Q(compared_on=None), name="households_to_compare"),
        ]
        constraints = [
            models.CheckConstraint(
                name="who_lives_here_has_a_date",
                condition=~Q(state__in=[HouseholdState.MOVED_IN, HouseholdState.SETTLED])
                | Q(moved_in_on__isnull=False),
                violation_error_message=_("Somebody who has moved in has a date for it."),
            ),
            models.CheckConstraint(
                name="protected_household_has_no_address",
                condition=Q(restricted=False) | Q(street="", postcode="", care_of="", address_key=""),
                violation_error_message=_("A protected household has no address here."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keys follow the address; one that has moved is compared with the others here again."""
        before = self.address_key
        self.address_key = address_key(self.street, self.postcode) if self.street else ""
        self.place_key = place_key(self.street, self.postcode) if self.street else ""
        if self.address_key != before:
            self.compared_on = None
        if (fields := kwargs.get("update_fields")) and "address_key" in fields:
            kwargs["update_fields"] = {*fields, "place_key", "compared_on"}
        super().save(*args, **kwargs)

    @property
    def adults(self) -> list[Person]:
        """In the order they were named. Prefetch `persons` in lists."""
        return sorted((p for p in self.persons.all() if p.is_adult), key=lambda p: (p.position, p.pk.hex))

    @property
    def child_birth_years(self) -> list[int]:
        return sorted(p.birth_year for p in self.persons.all() if not p.is_adult and p.birth_year)

    @property
    def is_from_a_list(self) -> bool:
        """Whether a list of movers brought anybody in it: they are told where we have them from."""
        return any(person.listed_on for person in self.persons.all())

    @property
    def name(self) -> str:
        """The adults' names: "Kari Moen, Ola Li"."""
        return ", ".join(adult.name for adult in self.adults) or str(_("Household without adults"))

    @property
    def first_names(self) -> str:
        """What a host sees before the newcomer has shared more."""
        return ", ".join(adult.first_name for adult in self.adults)

    @property
    def never_came(self) -> bool:
        """Gone without having lived here: whoever lives here has a day on which they came."""
        return self.state == HouseholdState.MOVED_AWAY and self.moved_in_on is None

    @property
    def has_postal_address(self) -> bool:
        return bool(self.street and self.postcode and self.city)


class Person(OpaqueModel):
    """An adult with a name, or a child of whom only the birth year is kept."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="persons", verbose_name=_("household")
    )
    is_adult = models.BooleanField(_("adult"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("name"), max_length=200, blank=True, validators=[no_identity_number])
    name_key = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    sound_key = models.CharField(max_length=60, blank=True, editable=False, db_index=True)
    birth_year = models.PositiveSmallIntegerField(_("birth year"), null=True, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone number"), max_length=30, blank=True, validators=[no_identity_number])
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    education = models.CharField(_("education"), max_length=20, choices=Education, blank=True)
    # STYRK-08, Statistics Norway's standard of occupations: four digits, or empty where only the words are known.
    occupation_code = models.CharField(_("occupation (STYRK-08)"), max_length=4, blank=True)
    occupation = models.CharField(_("occupation"), max_length=200, blank=True, validators=[no_identity_number])
    wants_job = models.BooleanField(_("is looking for work"), default=False)
    job_wish = models.CharField(_("work wished for"), max_length=300, blank=True, validators=[no_identity_number])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="persons",
        verbose_name=_("account"),
    )

    # The day on which a list of movers brought them. Empty for who told us, or whom somebody else told us of.
    listed_on = models.DateField(_("brought by a list of movers"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ["-is_adult", "position"]
        constraints = [
            models.CheckConstraint(
                name="of_a_child_only_the_birth_year",
                condition=Q(is_adult=True)
                | Q(
                    name="",
                    name_key="",
                    email="",
                    phone="",
                    user=None,
                    education="",
                    occupation_code="",
                    occupation="",
                    wants_job=False,
                    job_wish="",
                    languages=[],
                ),
                violation_error_message=_("Of a child, only the birth year is kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.birth_year or "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keys follow the name; a household in which a name is new is compared with the others here again."""
        before = self.name_key
        self.name_key, self.sound_key = name_key(self.name), sound_key(self.name)
        if (fields := kwargs.get("update_fields")) and "name_key" in fields:
            kwargs["update_fields"] = {*fields, "sound_key"}
        super().save(*args, **kwargs)
        if self.name_key != before:
            Household.objects.filter(pk=self.household_id, compared_on__isnull=False).update(compared_on=None)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Nor does undoing a merge bring them back (newcomers.movers.undoing)."""
        for merged in self.household.merges.exclude(snapshot={}):
            merged.strike(str(self.pk))
        return super().delete(*args, **kwargs)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""

    def age_on(self, day: date) -> int:
        """Age in whole years at the end of that year; only the birth year is known."""
        return day.year - (self.birth_year or day.year)


class Preferences(OpaqueModel):
    """What a household told of its wishes, beside the free text. All of it optional, and theirs to change."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="preferences")
    home_kinds = models.JSONField(_("kinds of home wished"), default=list, blank=True)
    home_tenure = models.CharField(_("rent or buy"), max_length=4, choices=Tenure, blank=True)
    home_bedrooms = models.PositiveSmallIntegerField(_("bedrooms wished"), null=True, blank=True)
    important = models.JSONField(_("what is important"), default=list, blank=True)
    interests = models.JSONField(_("interests"), default=list, blank=True)
    segment = models.CharField(
        _("who we are, in our own words"), max_length=200, blank=True, validators=[no_identity_number]
    )

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return self.segment or str(self._meta.verbose_name)


class WayIn(MunicipalRecord):
    """A poster, a link or a partner that leads people to registering, so that the office sees which ones do."""

    code = models.SlugField(_("code"), max_length=40, help_text=_("The part of the link that names it: ?from=kiwi."))
    name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("way in")
        verbose_name_plural = _("ways in")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="way_in_once_per_municipality")]

    def __str__(self) -> str:
        return self.name


class HouseholdMove(OpaqueModel):
    """The log of state changes: one row per move."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=12, choices=HouseholdState)
    to_state = models.CharField(max_length=12, choices=HouseholdState)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["on"]


class Consent(OpaqueModel):
    """A person says yes to a purpose, until they withdraw it: for the host field by field, else to being written to.

    The text they agreed to is named by version.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=ConsentPurpose, default=ConsentPurpose.HOST)
    field = models.CharField(_("what"), max_length=10, choices=ShareField, blank=True)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField(_("given"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "field"],
                condition=Q(withdrawn_at=None),
                name="one_open_consent_per_field",
            ),
            models.CheckConstraint(
                name="only_the_host_sees_fields",
                condition=Q(purpose=ConsentPurpose.HOST, field__in=ShareField.values)
                | (~Q(purpose=ConsentPurpose.HOST) & Q(field="")),
            ),
        ]
