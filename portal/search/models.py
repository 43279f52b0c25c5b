"""What search knows: the texts in the words it compares, and how people searched, without knowing who."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from portal.municipalities.models import Municipality, MunicipalRecord

# What fewer people looked for is not shown: one person's words may tell who they are.
SHOWN_FROM = 3


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def shown(self, on: date) -> SearchEntryQuerySet:
        """What the public may read now, on that day."""
        appeared = Q(publish_at=None) | Q(publish_at__lte=timezone.now())
        return self.filter(appeared, Q(shown_until=None) | Q(shown_until__gte=on))


class SearchEntry(MunicipalRecord):
    """One object in one language. On PostgreSQL a column `vector` is made of the words (migration 0002)."""

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    language = models.CharField(max_length=5)
    written_once = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    text = models.TextField()
    # The stems, each between spaces; `words` has those of the title too.
    title_words = models.TextField()
    words = models.TextField()
    weight = models.FloatField(default=1)
    url_name = models.CharField(max_length=60)
    url_args = models.JSONField(default=list)
    publish_at = models.DateTimeField(null=True)
    shown_until = models.DateField(null=True)
    # Of all that is shown, so that an unchanged entry is left alone.
    digest = models.CharField(max_length=64)
    changed_at = models.DateTimeField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "language"], name="one_entry_per_language")]

    def __str__(self) -> str:
        return self.title

    def path(self, municipality: Municipality, language: str) -> str:
        """The address of its page for readers of a language."""
        with translation.override(language):
            return reverse(self.url_name, args=[municipality.slug, *self.url_args])


class SearchWord(MunicipalRecord):
    """A word that stands in some text, to tell what a misspelt one was meant to be."""

    language = models.CharField(max_length=5)
    word = models.CharField(max_length=80, help_text="Folded: see text.fold.")
    stem = models.CharField(max_length=80)
    written = models.CharField(max_length=80)
    share = models.FloatField(default=0, help_text="Of the language's texts, how many have a word of this stem.")

    class Meta:
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["municipality", "language", "word"], name="each_word_once")]
        indexes = [models.Index(fields=["municipality", "stem"], name="search_words_by_stem")]

    def __str__(self) -> str:
        return self.written


class SearchCount(MunicipalRecord):
    """How often people searched on a day, and how often in vain."""

    day = models.DateField()
    searches = models.PositiveIntegerField(default=0)
    without_result = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["municipality", "day"], name="one_search_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.searches}"


class MissedSearchQuerySet(models.QuerySet["MissedSearch"]):
    def shown(self) -> MissedSearchQuerySet:
        return self.filter(times__gte=SHOWN_FROM)


class MissedSearch(MunicipalRecord):
    """Words that nothing was found for, so that an editor can write what is missing."""

    query = models.CharField(_("words"), max_length=60)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    times = models.PositiveIntegerField(_("times"), default=0)
    last_on = models.DateField(_("last"))

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-times", "-last_on"]
        constraints = [models.UniqueConstraint(fields=["municipality", "language", "query"], name="each_miss_once")]

    def __str__(self) -> str:
        return self.query
