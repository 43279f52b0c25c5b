"""Municipalities, who works there, and what they have promised by when."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFields

from portal.municipalities.enums import Role, WrittenForm
from portal.page_cache import PublicQuerySet

# First path segments that belong to the portal itself.
RESERVED_SLUGS = frozenset(
    {"admin", "account", "components", "mailbox", "healthz", "static", "places", "language", "verify", "pictures",
     "offline", "sw", "robots", "sitemap", "sitemaps"}
)  # fmt: skip


class OpaqueModel(models.Model):
    """A row whose id says nothing, so that it may stand in an address or a task's argument."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def not_reserved(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is used by the portal itself. Choose another."))


def default_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


class MunicipalityQuerySet(PublicQuerySet, TranslatableQuerySet):
    """Municipalities stand on every public page."""


class Municipality(TranslatableModel, OpaqueModel):
    """A Norwegian municipality. All 357 are loaded; those the region uses are switched on."""

    code = models.CharField(_("municipality code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[not_reserved],
        help_text=_("The part of the web address that names the municipality: /nb/gol/."),
    )
    county = models.CharField(_("county"), max_length=60)
    written_form = models.CharField(_("written form"), max_length=7, choices=WrittenForm, default=WrittenForm.NEUTRAL)
    languages = models.JSONField(
        _("languages offered"), default=default_languages, blank=True, help_text=_("The main language first.")
    )
    centre = models.CharField(_("administrative centre"), max_length=60, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    is_active = models.BooleanField(_("switched on"), default=False)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)

    office_name = models.CharField(_("service office"), max_length=100, blank=True)
    office_street = models.CharField(_("service office: street"), max_length=200, blank=True)
    office_postcode = models.CharField(_("service office: postcode"), max_length=4, blank=True)
    office_city = models.CharField(_("service office: place"), max_length=60, blank=True)
    office_phone = models.CharField(_("service office: phone"), max_length=30, blank=True)
    office_email = models.EmailField(_("service office: e-mail"), blank=True)
    answer_within_days = models.PositiveSmallIntegerField(
        _("questions are answered within (working days)"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    questions_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("who answers what has no other owner"),
    )  # fmt: skip
    signature_name = models.CharField(_("who signs the letters"), max_length=100, blank=True)
    signature_title = models.CharField(_("their title"), max_length=100, blank=True)

    translations = TranslatedFields(
        tagline=models.CharField(_("one sentence about the place"), max_length=200, blank=True),
        intro=models.TextField(_("introduction"), blank=True),
    )

    objects = TranslatableManager.from_queryset(MunicipalityQuerySet)()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pages:start", args=[self.slug])

    @property
    def main_language(self) -> str:
        """The language used when nothing is known of a person's own."""
        offered = self.languages or default_languages()
        return str(offered[0])

    def nearest_language(self, wanted: str) -> str:
        """The offered language closest to the wanted one: itself, the other written form, English, the main one."""
        offered = self.languages or default_languages()
        other_form = {"nb": "nn", "nn": "nb", "no": self.main_language}.get(wanted)
        english = "en" if wanted not in {"", "nb", "nn", "no"} else None
        for code in (wanted, other_form, english):
            if code in offered:
                return str(code)
        return self.main_language


class Postcode(models.Model):
    """A Norwegian postcode and the municipality it lies in. Source: data/SOURCES.md."""

    code = models.CharField(_("postcode"), max_length=4, primary_key=True)
    city = models.CharField(_("place"), max_length=60)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="postcodes", null=True)

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.city}"


class StaffRole(OpaqueModel):
    """A role that an account has in one municipality, or in all of them (region administrator)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="staff_roles",
        verbose_name=_("account"),
    )
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.CASCADE,
        related_name="staff_roles",
        null=True,
        blank=True,
        verbose_name=_("municipality"),
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["municipality__name", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "municipality", "role"], name="role_given_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(municipality=None), name="region_role_given_once"
            ),
            models.CheckConstraint(
                name="only_region_administrators_have_no_municipality",
                condition=Q(municipality=None, role=Role.REGION_ADMINISTRATOR)
                | (Q(municipality__isnull=False) & ~Q(role=Role.REGION_ADMINISTRATOR)),
                violation_error_message=_("A region administrator has no municipality; every other role has one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class MunicipalRecord(OpaqueModel):
    """A row of business data. The municipality is the wall around it."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, verbose_name=_("municipality"), related_name="%(class)ss"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        abstract = True


class DatedTaskQuerySet(models.QuerySet["DatedTask"]):
    def open(self) -> DatedTaskQuerySet:
        return self.filter(done_on=None)

    def due(self, on: date) -> DatedTaskQuerySet:
        return self.open().filter(due_on__lte=on)


class DatedTask(MunicipalRecord):
    """A promise: what, about which object, who has it, by when; done, or due, or escalated to the office.

    One table for every kind, so that one engine reminds and escalates (reminders.py) and one page shows the day.
    What a kind means is registered by its app (portal.registry.task_kinds).
    """

    kind = models.CharField(_("kind"), max_length=30)
    occasion = models.CharField(_("occasion"), max_length=60, help_text=_("Makes the promise unique for its object."))
    subject_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    subject_id = models.UUIDField()
    subject = GenericForeignKey("subject_type", "subject_id")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="dated_tasks",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("due"))
    reminded_on = models.DateField(_("reminded"), null=True, blank=True)
    escalated_on = models.DateField(_("escalated"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=30, blank=True)

    objects = DatedTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_type", "subject_id", "occasion"], name="promised_once"),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_on=None), name="open_promises_by_day"),
            models.Index(fields=["subject_id"], name="promises_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.occasion}"
