"""The 18 headings of a welcome letter, under the five themes of the site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    LIVE = "live", _("Live")
    WORK = "work", _("Work")
    EXPERIENCE = "experience", _("Experience")
    LEARN = "learn", _("Learn")
    TOWN_LIFE = "town_life", _("Town life")


class Topic(models.TextChoices):
    ABOUT = "about", _("About the municipality")
    JOBS = "jobs", _("Jobs")
    HOUSING = "housing", _("Housing")
    SCHOOL_KINDERGARTEN = "school_kindergarten", _("School, kindergarten and after-school")
    LEISURE = "leisure", _("Leisure, clubs and associations")
    TOURISM_MAPS = "tourism_maps", _("Brochures and maps for hiking, cycling, fishing and skiing")
    CINEMA_CULTURE = "cinema_culture", _("What is on: cinema and culture house")
    SWIMMING = "swimming", _("Swimming hall")
    LIBRARY = "library", _("Library")
    HEALTH_STATION = "health_station", _("Child health clinic")
    DOCTOR_EMERGENCY = "doctor_emergency", _("Doctor and emergency clinic")
    POLICE = "police", _("Police")
    NAV = "nav", _("NAV: work and welfare")
    TAX_REGISTER = "tax_register", _("Tax and population register")
    LANGUAGE_COURSES = "language_courses", _("Language courses and adult education")
    POST_BANK = "post_bank", _("Post and bank")
    TRANSPORT = "transport", _("Bus, train, taxi and other transport")
    SHOPS = "shops", _("Shops")


TOPICS_BY_THEME: dict[Theme, tuple[Topic, ...]] = {
    Theme.LIVE: (
        Topic.ABOUT,
        Topic.HOUSING,
        Topic.HEALTH_STATION,
        Topic.DOCTOR_EMERGENCY,
        Topic.TAX_REGISTER,
    ),
    Theme.WORK: (Topic.JOBS, Topic.NAV),
    Theme.EXPERIENCE: (Topic.LEISURE, Topic.TOURISM_MAPS, Topic.CINEMA_CULTURE, Topic.SWIMMING),
    Theme.LEARN: (Topic.SCHOOL_KINDERGARTEN, Topic.LANGUAGE_COURSES, Topic.LIBRARY),
    Theme.TOWN_LIFE: (Topic.SHOPS, Topic.TRANSPORT, Topic.POST_BANK, Topic.POLICE),
}
