"""Vacancies in the municipality: what people look for before they move."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobs.enums import VacancyKind, VacancyState
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord
from portal.search.following import FindableQuerySet

HOW_TO_APPLY = _("Say how to apply: a web address or an e-mail address.")


class VacancyQuerySet(FindableQuerySet, models.QuerySet["Vacancy"]):
    def shown(self, on: date) -> VacancyQuerySet:
        """What the public sees, the most urgent first: as soon as possible, then by deadline."""
        still_open = Q(deadline=None) | Q(deadline__gte=on)
        return self.filter(still_open, is_published=True).order_by(
            F("deadline").asc(nulls_first=True), "-published_on", "id"
        )

    def with_words(self, text: str) -> VacancyQuerySet:
        """Those in which every word stands somewhere."""
        found = self
        for word in text.casefold().split():
            found = found.filter(search_text__contains=word)
        return found

    def publish(self, on: date) -> int:
        return self.filter(is_published=False).update(is_published=True, published_on=on)

    def withdraw(self) -> int:
        return self.filter(is_published=True).update(is_published=False)


class Vacancy(MunicipalRecord):
    """A job somebody in the municipality wants to fill. Written in one language, the employer's own."""

    title = models.CharField(
        _("title"),
        max_length=120,
        validators=[no_identity_number],
        help_text=_("What the person will be or do, in plain words: Nurse in home care."),
    )
    employer_name = models.CharField(_("employer"), max_length=120, validators=[no_identity_number])
    kind = models.CharField(_("kind"), max_length=20, choices=VacancyKind)
    occupation = models.CharField(_("occupation"), max_length=120, blank=True, validators=[no_identity_number])
    workplace = models.CharField(_("workplace"), max_length=120, blank=True, validators=[no_identity_number])
    description = models.TextField(
        _("description"),
        max_length=10_000,
        validators=[no_identity_number],
        help_text=_(
            "Short sentences: what the job is, what one needs, what one gets. Ask only for what the job needs. "
            "Never write that you want somebody of a certain sex, age, ethnic background, religion or health: "
            "that is against the law. Markdown: ## for a heading, - for a list."
        ),
    )
    language = models.CharField(_("language of the text"), max_length=5, choices=settings.LANGUAGES, default="nb")
    apply_url = models.URLField(
        _("apply at this web address"), blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    apply_email = models.EmailField(_("apply by e-mail to"), blank=True)
    deadline = models.DateField(
        _("deadline"),
        null=True,
        blank=True,
        help_text=_("The last day to apply; the day after, the vacancy leaves the site. Empty: as soon as possible."),
    )
    contact = models.CharField(
        _("who to ask"),
        max_length=200,
        blank=True,
        validators=[no_identity_number],
        help_text=_("Name, title and phone number of somebody who answers questions about the job."),
    )
    is_published = models.BooleanField(_("published"), default=False)
    published_on = models.DateField(_("published on"), null=True, blank=True, editable=False)
    # In small letters, because SQLite finds Å and å to be different.
    search_text = models.TextField(editable=False, default="")

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["municipality", "deadline"], condition=Q(is_published=True), name="vacancies_on_site")
        ]
        constraints = [
            models.CheckConstraint(
                name="published_vacancy_has_a_date",
                condition=Q(is_published=False) | Q(published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="vacancy_says_how_to_apply",
                condition=~Q(apply_url="", apply_email=""),
                violation_error_message=HOW_TO_APPLY,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.municipality.slug, self.pk])

    def clean(self) -> None:
        super().clean()
        if not self.apply_url and not self.apply_email:
            raise ValidationError({"apply_url": HOW_TO_APPLY})

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        searched = (self.title, self.employer_name, self.occupation, self.workplace, self.description)
        self.search_text = "\n".join(searched).casefold()
        if update_fields is not None:
            update_fields = {*update_fields, "search_text"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def publish(self, on: date) -> None:
        """To be saved by the caller."""
        self.is_published, self.published_on = True, on

    def state(self, on: date) -> VacancyState:
        if not self.is_published:
            return VacancyState.WITHDRAWN if self.published_on else VacancyState.DRAFT
        if self.deadline and self.deadline < on:
            return VacancyState.EXPIRED
        return VacancyState.SHOWN
