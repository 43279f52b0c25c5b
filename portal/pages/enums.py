"""The 18 headings of a welcome letter under the five themes of the site, and the states of a text."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublishState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class LinkProblem(models.TextChoices):
    """Why a web address did not answer as it should."""

    UNKNOWN_HOST = "unknown_host", _("There is no such website.")
    NOT_PUBLIC = "not_public", _("It is not on the public internet.")
    NO_ANSWER = "no_answer", _("The website does not answer.")
    TIMEOUT = "timeout", _("The website takes too long to answer.")
    CERTIFICATE = "certificate", _("Its certificate is not valid.")
    REDIRECTS = "redirects", _("It leads on and on, or nowhere.")
    GONE = "gone", _("The page is not there any more.")
    ERROR = "error", _("The website answers with an error.")


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
    Theme.WORK: (Topic.JOBS, Topic.NAV, Topic.TAX_REGISTER),
    Theme.LIVE: (Topic.HOUSING, Topic.DOCTOR_EMERGENCY, Topic.HEALTH_STATION, Topic.POST_BANK, Topic.SHOPS),
    Theme.LEARN: (Topic.SCHOOL_KINDERGARTEN, Topic.LANGUAGE_COURSES, Topic.LIBRARY),
    Theme.EXPERIENCE: (Topic.LEISURE, Topic.TOURISM_MAPS, Topic.CINEMA_CULTURE, Topic.SWIMMING),
    Theme.TOWN_LIFE: (Topic.ABOUT, Topic.TRANSPORT, Topic.POLICE),
}
THEME_OF_TOPIC = {topic: theme for theme, topics in TOPICS_BY_THEME.items() for topic in topics}


# The five reasons why people stay (bli-faktorer), as ways in; each stands under one theme.
REASONS = {
    Theme.WORK: _("A job to go to"),
    Theme.LIVE: _("A home to live in"),
    Theme.LEARN: _("A good place to grow up and learn"),
    Theme.EXPERIENCE: _("Friends and meeting places"),
    Theme.TOWN_LIFE: _("A place that wants you"),
}


class Situation(models.TextChoices):
    """Where a reader stands; each leads to the steps that come next."""

    CONSIDERING = "considering", _("I am thinking about it")
    MOVING = "moving", _("I am moving")
    MOVED = "moved", _("I have just moved")
    PART_TIME = "part_time", _("I have a cabin here")


class ArticleKind(models.TextChoices):
    RESIDENTS = "residents", _("For those who already live here")
    NEWS = "news", _("News")


class Interest(models.TextChoices):
    """What people like to do. Neither faith nor politics: such things are nobody's data here."""

    BALL_GAMES = "ball_games", _("football, handball and other ball games")
    SKIING = "skiing", _("skiing and skating")
    HIKING = "hiking", _("hiking and the outdoors")
    CYCLING = "cycling", _("cycling and running")
    FISHING = "fishing", _("fishing and hunting")
    SWIMMING = "swimming", _("swimming")
    ANIMALS = "animals", _("horses, dogs and other animals")
    GARDEN = "garden", _("garden, farming and food")
    CHOIR = "choir", _("choir, band and music")
    DANCE = "dance", _("dance and theatre")
    CRAFTS = "crafts", _("crafts and making things")
    BOOKS = "books", _("books, film and history")
    GAMES = "games", _("games and technology")
    MOTOR = "motor", _("motor, snowmobile and boats")
    VOLUNTEERING = "volunteering", _("volunteering and neighbourhood")
    LANGUAGES = "languages", _("language café and meeting people")
