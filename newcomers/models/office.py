"""What the office writes down beside a household: notes, saved views, messages to many, registrations at the desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from newcomers.enums import BulkPurpose, BulkState, NoteKind, Reached
from newcomers.models.households import Household, Person
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import Municipality, MunicipalRecord, OpaqueModel


class Note(OpaqueModel):
    """A fact that the office noted about a household. It is never deleted; the household may read it when they ask."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(_("what it is"), max_length=10, choices=NoteKind, default=NoteKind.NOTE)
    text = models.TextField(
        _("note"),
        max_length=1000,
        validators=[no_identity_number],
        help_text=_("Facts only, nothing about health. The household may read it."),
    )
    on = models.DateField(_("day"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["on", "written_at"]

    def __str__(self) -> str:
        return f"{self.on}: {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        no_identity_number(self.text)
        super().save(*args, **kwargs)


class SavedView(OpaqueModel):
    """A choice of filters in the list of households that somebody comes back to: their own, or the whole office's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shared with")
    )
    name = models.CharField(_("name"), max_length=60, validators=[no_identity_number])
    # Filters and order alone (newcomers.office.saved_views): what was searched for may be a person's name.
    query = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="one_view_by_that_name",
                violation_error_message=_("You have a view by that name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return f"{reverse('admin:newcomers_household_changelist')}?{self.query}"


class BulkMessage(MunicipalRecord):
    """One message to many households: who sent what to how many, and when. First a draft, then sent once."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by")
    )
    state = models.CharField(_("state"), max_length=8, choices=BulkState, default=BulkState.DRAFT)
    purpose = models.CharField(_("purpose"), max_length=10, choices=BulkPurpose, blank=True)
    # By language: {"nb": {"subject": …, "body": … as Markdown}}.
    texts = models.JSONField(_("text"), default=dict, blank=True)
    # Why many are written to about their own case, which asks nobody's yes.
    reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[no_identity_number])
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    messages = models.PositiveIntegerField(_("messages"), default=0)
    # Counts changes of the draft, so that what is sent is what was looked at.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("message to many")
        verbose_name_plural = _("messages to many")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.subject or date_format(localtime(self.created_at), "DATETIME_FORMAT")

    @property
    def subject(self) -> str:
        """As it reads in the municipality's main language, or in the first there is."""
        text: dict[str, str] = self.texts.get(self.municipality.main_language) or next(iter(self.texts.values()), {})
        return text.get("subject", "")

    @property
    def is_draft(self) -> bool:
        return self.state == BulkState.DRAFT


class BulkRecipient(OpaqueModel):
    """A household that was chosen for a message to many, and whether it got it."""

    bulk = models.ForeignKey(BulkMessage, on_delete=models.CASCADE, related_name="recipients")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="bulk_recipients")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Reached, blank=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [models.UniqueConstraint(fields=["bulk", "household"], name="bulk_recipient_once")]
        indexes = [models.Index(fields=["bulk", "id"], condition=Q(outcome=""), name="bulk_recipients_waiting")]


class DeskConfirmation(OpaqueModel):
    """Somebody registered at the desk has a copy by mail; what they said there holds once they confirm it.

    The id stands in the link that was mailed, and nowhere else.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="desk_confirmation")
    # Where the mail went: whoever reads it there answers for this address, and for no later one.
    email = models.EmailField()
    # What the person said yes to when it was read aloud: [["host", "phone"], ["news", ""]].
    consents = models.JSONField(default=list)
    on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    said_yes = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("confirmation after the desk")
        verbose_name_plural = _("confirmations after the desk")
        ordering = ["on"]
