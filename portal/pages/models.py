"""What the site says: written once, owned, verified, and drawn on by pages, letters and mail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFields
from simple_history.models import HistoricalRecords

from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, OpaqueModel
from portal.pages.enums import ArticleKind, Situation, Topic
from portal.pages.facts import FactQuerySet, VerifiedFact
from portal.pages.translations import TextTranslation


class Picture(TranslatableModel, MunicipalRecord):
    """A photograph or drawing with what it shows, in each language. Its files are made when it is uploaded."""

    credit = models.CharField(_("photographer or source"), max_length=120, blank=True)
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    is_decoration = models.BooleanField(
        _("only decorates"),
        default=False,
        help_text=_("It says nothing that the text does not; no words are read out."),
    )

    translations = TranslatedFields(
        alt=models.CharField(
            _("what the picture shows"), max_length=200, help_text=_("For those who cannot see it: one sentence.")
        )
    )

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("alt", default=str(self.pk), any_language=True))


class PictureFile(OpaqueModel):
    """A picture in one width and format, kept beside its row so that both are there or neither."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(
        max_length=80, unique=True, help_text=_("Its hash and ending: an address that never changes.")
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    media_type = models.CharField(max_length=20)
    content = models.BinaryField()

    class Meta:
        ordering = ["media_type", "width"]

    def __str__(self) -> str:
        return self.name


class SiteLook(MunicipalRecord):
    """How a municipality's pages look: one of the prebuilt themes, its own logo and picture."""

    theme = models.CharField(_("colours"), max_length=20, default="bliher")
    picture = models.ForeignKey(
        Picture,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture of the place"),
    )
    logo = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )

    class Meta:
        verbose_name = _("look of the site")
        verbose_name_plural = _("look of the site")
        constraints = [models.UniqueConstraint(fields=["municipality"], name="one_look_per_municipality")]

    def __str__(self) -> str:
        return str(self.municipality)


class ContactPoint(TranslatableModel, VerifiedFact):
    """A desk that answers: phone, e-mail, opening hours, address. Pages and letters refer to it."""

    code = models.SlugField(_("code"), max_length=40, help_text=_("A short name for staff, such as library."))
    phone = models.CharField(_("phone number"), max_length=30, blank=True, validators=[no_identity_number])
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    # Interest values, for clubs and meeting places: newcomers who like the same are shown it.
    interests = models.JSONField(_("for those who like"), default=list, blank=True)

    translations = TranslatedFields(
        name=models.CharField(_("name"), max_length=120),
        opening_hours=models.CharField(_("opening hours"), max_length=200, blank=True),
    )

    objects = TranslatableManager.from_queryset(FactQuerySet)()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="one_contact_per_code")]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("name", default=self.code, any_language=True))


class Page(TranslatableModel, VerifiedFact):
    """What service information and articles share: a picture, and where they were copied from."""

    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="%(class)ss", verbose_name=_("picture")
    )
    origin = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="copies",
        verbose_name=_("copied from"),
    )  # fmt: skip

    objects = TranslatableManager.from_queryset(FactQuerySet)()

    class Meta:
        abstract = True


class ServiceInfo(Page):
    """What a newcomer needs to know about one of the 18 topics, in each language."""

    topic = models.CharField(_("topic"), max_length=30, choices=Topic)
    contacts = models.ManyToManyField(
        ContactPoint, blank=True, related_name="service_infos", verbose_name=_("contact points")
    )

    class Meta:
        verbose_name = _("service information")
        verbose_name_plural = _("service information")
        ordering = ["topic"]
        constraints = [models.UniqueConstraint(fields=["municipality", "topic"], name="one_info_per_topic")]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("title", default=self.get_topic_display(), any_language=True))

    def get_absolute_url(self) -> str:
        return reverse("pages:topic", args=[self.municipality.slug, self.topic])


class ServiceInfoTranslation(TextTranslation):
    master = TranslationsForeignKey(ServiceInfo, on_delete=models.CASCADE, related_name="translations", null=True)
    history = HistoricalRecords(excluded_fields=["changed_by"])

    class Meta:
        verbose_name = _("service information")
        db_table = "pages_serviceinfo_translation"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["language_code", "master"], name="pages_serviceinfo_translation_uniq_lang")
        ]


class Article(Page):
    """A page that is no topic: news, or something for those who already live here."""

    kind = models.CharField(_("kind"), max_length=10, choices=ArticleKind)
    slug = models.SlugField(_("address"), max_length=80)
    contacts = models.ManyToManyField(
        ContactPoint, blank=True, related_name="articles", verbose_name=_("contact points")
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["kind", "-created_at"]
        constraints = [models.UniqueConstraint(fields=["municipality", "slug"], name="one_article_per_address")]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("title", default=self.slug, any_language=True))

    def get_absolute_url(self) -> str:
        return reverse("pages:article", args=[self.municipality.slug, self.slug])


class ArticleTranslation(TextTranslation):
    master = TranslationsForeignKey(Article, on_delete=models.CASCADE, related_name="translations", null=True)
    history = HistoricalRecords(excluded_fields=["changed_by"])

    class Meta:
        verbose_name = _("article")
        db_table = "pages_article_translation"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["language_code", "master"], name="pages_article_translation_uniq_lang")
        ]


class Step(TranslatableModel, VerifiedFact):
    """One thing to do in a situation, in order: report the move within eight days, choose a doctor."""

    situation = models.CharField(_("situation"), max_length=12, choices=Situation)
    order = models.PositiveSmallIntegerField(_("order"), default=10)
    topic = models.CharField(_("more about it"), max_length=30, choices=Topic, blank=True)
    url = models.URLField(_("where it is done"), max_length=300, blank=True)
    origin = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="copies",
        verbose_name=_("copied from"),
    )  # fmt: skip

    translations = TranslatedFields(
        title=models.CharField(_("what to do"), max_length=120),
        text=models.CharField(_("how, and by when"), max_length=400, blank=True),
        link_text=models.CharField(_("words of the link"), max_length=80, blank=True),
    )

    objects = TranslatableManager.from_queryset(FactQuerySet)()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["situation", "order"]
        indexes = [models.Index(fields=["municipality", "situation"], name="steps_of_situation")]

    def __str__(self) -> str:
        return str(self.safe_translation_getter("title", default=self.get_situation_display(), any_language=True))


class Link(MunicipalRecord):
    """A web address that some text of the municipality points to, and whether it still leads somewhere."""

    url = models.URLField(_("address"), max_length=500)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True, help_text=_("The HTTP status."))
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    broken_since = models.DateField(_("broken since"), null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-broken_since", "url"]
        constraints = [models.UniqueConstraint(fields=["municipality", "url"], name="each_link_once")]
        indexes = [models.Index(fields=["municipality"], condition=Q(broken_since__isnull=False), name="broken_links")]

    def __str__(self) -> str:
        return self.url
