"""Questions from people, what they say of our pages, and what came of it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enquiries.enums import WAITING_STATES, EnquiryState, RemarkState
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, OpaqueModel
from portal.pages.enums import Topic
from portal.pages.models import Article, ServiceInfo


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def waiting(self) -> EnquiryQuerySet:
        return self.filter(state__in=WAITING_STATES)

    def late(self, on: date) -> EnquiryQuerySet:
        return self.waiting().filter(due_on__lt=on)


class Enquiry(MunicipalRecord):
    """A question, who waits for the answer, and who owes it.

    While it waits, `answer` is a draft; what was sent last stands there afterwards. The texts and who asked are
    emptied some months after the end (services.forget); the rest stays for the figures.
    """

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveIntegerField(editable=False, help_text=_("Counted anew each year."))
    number = models.CharField(_("number"), max_length=24, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=EnquiryState, default=EnquiryState.OPEN)
    question = models.TextField(_("question"), max_length=4000)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language of the answer"), max_length=5, choices=settings.LANGUAGES)
    topic = models.CharField(_("topic"), max_length=30, choices=Topic, blank=True)
    page = models.CharField(_("asked from"), max_length=300, blank=True)
    search = models.CharField(_("searched for"), max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_enquiries",
        verbose_name=_("who answers"),
    )  # fmt: skip
    asked_on = models.DateField(_("asked"))
    promised_on = models.DateField(_("promised"), help_text=_("The day that the receipt names."))
    due_on = models.DateField(_("due"), help_text=_("Later than promised if it was asked again."))
    answer = models.TextField(
        _("answer"), max_length=8000, blank=True, validators=[no_identity_number],
        help_text=_("It is sent by e-mail, with the question below it. Write in the language of the question."),
    )  # fmt: skip
    first_answered_on = models.DateField(_("first answered"), null=True, blank=True)
    answered_on = models.DateField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("answered by"),
    )  # fmt: skip
    answers = models.PositiveSmallIntegerField(default=0, help_text=_("How many answers were sent."))
    answered_you = models.BooleanField(_("the answer helped"), null=True, blank=True)
    judged = models.PositiveSmallIntegerField(default=0, help_text=_("Which answer they have spoken of last."))
    missing = models.CharField(_("what was missing"), max_length=500, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    forgotten_on = models.DateField(_("texts emptied"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["due_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "year", "serial"], name="each_number_once"),
        ]
        indexes = [
            models.Index(fields=["municipality", "due_on"], condition=Q(closed_on=None), name="waiting_enquiries"),
            models.Index(fields=["municipality", "asked_on"], name="enquiries_by_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING_STATES


class AboutPage(models.Model):
    """A row about a page: a topic or an article."""

    info = models.ForeignKey(
        ServiceInfo, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss", verbose_name=_("topic")
    )
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss", verbose_name=_("article")
    )

    class Meta:
        abstract = True

    @property
    def fact(self) -> ServiceInfo | Article:
        fact = self.info or self.article
        assert fact is not None, "a constraint of the database"
        return fact


class Remark(AboutPage, MunicipalRecord):
    """What somebody says is wrong on a page. The page's owner looks at it."""

    text = models.CharField(_("what is wrong"), max_length=300, validators=[no_identity_number])
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=6, choices=RemarkState, default=RemarkState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_remarks",
        verbose_name=_("who looks at it"),
    )  # fmt: skip
    said_on = models.DateField(_("said"))
    due_on = models.DateField(_("due"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("closed by"),
    )  # fmt: skip
    forgotten_on = models.DateField(_("text emptied"), null=True, blank=True)

    class Meta:
        verbose_name = _("remark on a page")
        verbose_name_plural = _("remarks on pages")
        ordering = ["due_on", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="remark_on_one_page",
                condition=Q(info__isnull=False, article=None) | Q(info=None, article__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "due_on"], condition=Q(closed_on=None), name="waiting_remarks"),
        ]

    def __str__(self) -> str:
        return str(self.fact)


class PageVote(AboutPage, OpaqueModel):
    """How many said on a day that a page is right, or wrong. Nothing about who."""

    on = models.DateField()
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("is this right?")
        verbose_name_plural = _("is this right?")
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(fields=["info", "on"], name="info_counted_once_a_day"),
            models.UniqueConstraint(fields=["article", "on"], name="article_counted_once_a_day"),
            models.CheckConstraint(
                name="vote_on_one_page",
                condition=Q(info__isnull=False, article=None) | Q(info=None, article__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.yes}/{self.no}"
