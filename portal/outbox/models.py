"""Every message the portal sends: a row first, then the sending, then its outcome on the row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.municipalities.models import Municipality, OpaqueModel
from portal.outbox.enums import MessageState


class MessageQuerySet(models.QuerySet["Message"]):
    def about_household(self, number: UUID) -> MessageQuerySet:
        return self.filter(pk__in=MessageAbout.objects.filter(household_ref=number).values("message"))

    def left_behind(self, now: datetime) -> MessageQuerySet:
        """Whose time to be tried has come: never taken, failed and waiting, or taken by a worker that died."""
        return self.filter(state__in=[MessageState.QUEUED, MessageState.SENDING], next_try_at__lte=now)


class Message(OpaqueModel):
    """One message to one person. `key` says what, whom and which occasion, so it exists only once."""

    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("municipality"),
    )
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=200, unique=True)
    recipient = models.EmailField(_("to"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    # What a newcomer said yes to being written about, and who (newcomers.Person): asked again right before it is sent.
    purpose = models.CharField(_("purpose"), max_length=10, blank=True)
    person_id = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    # Where mail programs stop such mail with one press (RFC 8058).
    unsubscribe_url = models.URLField(max_length=300, blank=True, editable=False)
    # Holds a sign-in code: the text goes as soon as it is sent, or given up.
    is_secret = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=8, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="messages_to_send")]

    def __str__(self) -> str:
        return self.subject

    @property
    def message_id(self) -> str:
        """The same at every try, so that a mail server which got it twice can drop one."""
        return f"<{self.pk.hex}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('>')}>"


class MessageAbout(OpaqueModel):
    """A household that a message was written to, or names; a reminder may name several.

    By number, since households are a higher room's: so the message is found again by whom it is about, whatever address
    it went to, when they are to be forgotten.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="about")
    household_ref = models.UUIDField(db_index=True)

    class Meta:
        verbose_name = _("household in a message")
        verbose_name_plural = _("households in messages")
        constraints = [models.UniqueConstraint(fields=["message", "household_ref"], name="message_about_once")]


class BouncedAddress(OpaqueModel):
    """Mail to this address comes back, so nothing more is sent there. Whoever deletes the row lets us try again."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("municipality")
    )
    # In small letters.
    email = models.EmailField(_("e-mail address"), unique=True)
    status = models.CharField(_("the mail server's number"), max_length=12)
    on = models.DateField(_("came back"))

    class Meta:
        verbose_name = _("address that mail comes back from")
        verbose_name_plural = _("addresses that mail comes back from")
        ordering = ["-on", "email"]

    def __str__(self) -> str:
        return self.email
