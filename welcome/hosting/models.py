"""Hosts, the households they follow, what they have promised and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from babel import Locale
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFields

from newcomers.models import Household
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import DatedTask, MunicipalRecord, OpaqueModel
from portal.pages.models import ContactPoint
from portal.pages.texts import text_in
from welcome.hosting.enums import FOLLOW_UP, FOLLOWED_STATES, OPEN_STATES, AssignmentState, Outcome


def language_name(code: str) -> str:
    """The language's name in the language of the page."""
    names = Locale.parse(translation.get_language() or settings.LANGUAGE_CODE, sep="-").languages
    return str(names.get(code, code))


class Host(MunicipalRecord):
    """Somebody who lives here and says hello to those who come: how many at once they decide themselves."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hosts", verbose_name=_("account")
    )
    languages = models.JSONField(_("languages"), default=list, blank=True)
    area = models.CharField(_("area"), max_length=100, blank=True, help_text=_("Where in the municipality they live."))
    capacity = models.PositiveSmallIntegerField(
        _("households at once"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    # Counted by services alone; the constraint keeps two officers from giving the last place twice.
    open_assignments = models.PositiveSmallIntegerField(_("households now"), default=0, editable=False)
    about = models.TextField(
        _("about"),
        max_length=1000,
        blank=True,
        validators=[no_identity_number],
        help_text=_("A few sentences that the newcomers read."),
    )
    is_active = models.BooleanField(
        _("takes new households"), default=True, help_text=_("Switch off for a pause. Those they have now stay theirs.")
    )

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["user__name", "user__email"]
        constraints = [
            models.UniqueConstraint(fields=["user", "municipality"], name="host_once_per_municipality"),
            models.CheckConstraint(
                name="host_within_capacity",
                condition=Q(open_assignments__lte=F("capacity")),
                violation_error_message=_("This host has more households now. End or hand over one first."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def first_name(self) -> str:
        return self.user.name.split()[0] if self.user.name else str(self.user)

    @property
    def language_names(self) -> str:
        return ", ".join(language_name(code) for code in self.languages)

    @property
    def has_room(self) -> bool:
        return self.is_active and self.open_assignments < self.capacity


class FollowUpPlan(MunicipalRecord):
    """When hosts get in touch and what about; what they help with and what they do not."""

    name = models.CharField(_("name"), max_length=100)
    is_default = models.BooleanField(_("used for new households"), default=False)

    class Meta:
        verbose_name = _("follow-up plan")
        verbose_name_plural = _("follow-up plans")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(is_default=True),
                name="one_default_plan",
                violation_error_message=_("Another plan is used for new households already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FollowUpStep(TranslatableModel, OpaqueModel):
    """One time the host gets in touch, and a guide for that conversation."""

    plan = models.ForeignKey(FollowUpPlan, on_delete=models.CASCADE, related_name="steps", verbose_name=_("plan"))
    code = models.SlugField(_("code"), max_length=40, help_text=_("A short name for staff, such as one_month."))
    order = models.PositiveSmallIntegerField(_("order"))
    days_after_acceptance = models.PositiveSmallIntegerField(_("days after the host accepted"))

    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=120),
        guide=models.TextField(_("guide"), blank=True, help_text=_("One thing to talk about per line.")),
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="one_step_per_code"),
            models.UniqueConstraint(fields=["plan", "order"], name="one_step_per_place"),
        ]

    def __str__(self) -> str:
        """In the reader's language; a mail's reader is not whoever started the run."""
        text = text_in(self, translation.get_language() or settings.LANGUAGE_CODE)
        return text.title if text else self.code

    @property
    def guide_lines(self) -> list[str]:
        text = text_in(self, translation.get_language() or settings.LANGUAGE_CODE)
        return [line.strip() for line in text.guide.splitlines() if line.strip()] if text else []


class PlanPoint(TranslatableModel, OpaqueModel):
    """Something a host helps with, or does not: then with whom to ask instead."""

    plan = models.ForeignKey(FollowUpPlan, on_delete=models.CASCADE, related_name="points", verbose_name=_("plan"))
    order = models.PositiveSmallIntegerField(_("order"))
    helps = models.BooleanField(_("a host helps with this"), default=False)
    contact = models.ForeignKey(
        ContactPoint,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who knows more"),
    )

    translations = TranslatedFields(text=models.CharField(_("text"), max_length=200))

    objects = TranslatableManager.from_queryset(TranslatableQuerySet)()

    class Meta:
        verbose_name = _("what a host does and does not")
        verbose_name_plural = _("what a host does and does not")
        ordering = ["-helps", "order"]

    def __str__(self) -> str:
        text = text_in(self, translation.get_language() or settings.LANGUAGE_CODE)
        return text.text if text else ""


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open(self) -> AssignmentQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def shown(self) -> AssignmentQuerySet:
        """Without protected households."""
        return self.filter(household__restricted=False)

    def with_next_step(self) -> AssignmentQuerySet:
        """Everything a list says about an assignment, in a fixed number of queries."""
        latest = Conversation.objects.filter(assignment=OuterRef("pk")).order_by("-on")
        open_follow_ups = DatedTask.objects.open().filter(kind=FOLLOW_UP).order_by("due_on")
        return (
            self.select_related("household", "host__user", "plan")
            .prefetch_related(
                "household__persons",
                "plan__steps__translations",
                Prefetch("tasks", open_follow_ups, to_attr="open_follow_ups"),
            )
            .annotate(last_contact=Subquery(latest.values("on")[:1]))
        )


class Assignment(MunicipalRecord):
    """A host follows a household, from the question to the host until the household stands on its own feet."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("household")
    )
    host = models.ForeignKey(Host, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("host"))
    plan = models.ForeignKey(FollowUpPlan, on_delete=models.PROTECT, related_name="+", verbose_name=_("plan"))
    state = models.CharField(_("state"), max_length=12, choices=AssignmentState, default=AssignmentState.PROPOSED)
    proposed_on = models.DateField(_("asked"))
    accepted_on = models.DateField(_("accepted"), null=True, blank=True)
    # The day the plan's days are counted from: the first host's acceptance, also after a hand-over.
    steps_from = models.DateField(_("steps counted from"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[no_identity_number])

    tasks = GenericRelation(DatedTask, content_type_field="subject_type", object_id_field="subject_id")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-proposed_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(state__in=OPEN_STATES), name="one_open_assignment_per_household"
            ),
            models.CheckConstraint(
                name="open_or_ended_on_a_day",
                condition=Q(state__in=OPEN_STATES, ended_on=None)
                | (~Q(state__in=OPEN_STATES) & Q(ended_on__isnull=False)),
                violation_error_message=_("An assignment that is over has a day it ended."),
            ),
            models.CheckConstraint(
                name="followed_since_a_day",
                condition=~Q(state__in=FOLLOWED_STATES) | Q(accepted_on__isnull=False, steps_from__isnull=False),
                violation_error_message=_("A host who said yes did so on a day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} – {self.host}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_followed(self) -> bool:
        return self.state in FOLLOWED_STATES


class AssignmentMove(OpaqueModel):
    """The log of state changes: one row per move."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=12, choices=AssignmentState)
    to_state = models.CharField(max_length=12, choices=AssignmentState)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["on"]


class Conversation(OpaqueModel):
    """A contact that the host has logged. The newcomers may read it when they ask."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="conversations", verbose_name=_("assignment")
    )
    on = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), max_length=500, blank=True, validators=[no_identity_number])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    # The promise it kept or moved on; none for a contact between two steps.
    task = models.ForeignKey(DatedTask, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Made with the form, so that a double tap, or a phone that sends again, counts once.
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    logged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["on", "logged_at"]

    def __str__(self) -> str:
        return f"{self.on}: {self.get_outcome_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        no_identity_number(self.note)
        super().save(*args, **kwargs)
