"""Kinds of work, and what a vacancy's flag and dates say about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VacancyKind(models.TextChoices):
    FULL_TIME = "full_time", _("Full time")
    PART_TIME = "part_time", _("Part time")
    TEMPORARY = "temporary", _("Temporary job")
    SEASONAL = "seasonal", _("Seasonal job")
    SUMMER_JOB = "summer_job", _("Summer job")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")


class VacancyState(models.TextChoices):
    """Read from the flag and the dates, never stored."""

    DRAFT = "draft", _("Draft")
    SHOWN = "shown", _("On the site")
    EXPIRED = "expired", _("Deadline passed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
