"""What newcomers typed, before it is a household."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from newcomers.enums import Source
from newcomers.models.households import Household, WayIn
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord


class Draft(MunicipalRecord):
    """A registration that is being typed, page by page. Sent, it becomes the registration with the same id.

    `answers` is what was typed, page by page: {"you": {"name": "Kari", "birth_year": "19"}}, right or not.
    `email` and what stands below it are there once somebody wants to go on later: with the code they come back.
    """

    answers = models.JSONField(default=dict)
    source = models.CharField(max_length=10, choices=Source, default=Source.SELF)
    way_in = models.ForeignKey(WayIn, on_delete=models.SET_NULL, null=True, related_name="+")
    touched_at = models.DateTimeField(auto_now=True, db_index=True)
    email = models.EmailField(blank=True, db_index=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("registration that is being written")
        verbose_name_plural = _("registrations that are being written")

    def page(self, slug: str) -> dict[str, Any] | None:
        """What was typed on a page; None where nobody has been yet."""
        typed: dict[str, Any] | None = self.answers.get(slug)
        return typed


class Registration(MunicipalRecord):
    """What a newcomer typed, until the code sent by e-mail shows that the address is theirs."""

    email = models.EmailField()
    language = models.CharField(max_length=5, default="nb")
    answers = models.JSONField()
    source = models.CharField(_("came to us by"), max_length=10, choices=Source, default=Source.SELF)
    way_in = models.ForeignKey(
        WayIn, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("found us through")
    )
    household = models.ForeignKey(Household, on_delete=models.CASCADE, null=True, related_name="registrations")
    # The household was known from elsewhere, and this account was let into it.
    joined_known = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [models.Index(fields=["email"], condition=models.Q(confirmed_at=None), name="registrations_waiting")]

    def __str__(self) -> str:
        # Titles and the office's log hold this: no address of a person.
        return date_format(localtime(self.created_at), "DATETIME_FORMAT")


class Introduction(MunicipalRecord):
    """An employer names a new employee. Nothing is sent before the employer has shown that their address is theirs,
    and nothing is kept for longer than the employee needs to answer."""

    employer = models.CharField(_("employer"), max_length=100, validators=[no_identity_number])
    contact_name = models.CharField(_("contact person"), max_length=100, validators=[no_identity_number])
    contact_email = models.EmailField(_("the contact person's e-mail address"))
    contact_language = models.CharField(max_length=5, default="nb")
    name = models.CharField(_("the employee's name"), max_length=200, validators=[no_identity_number])
    email = models.EmailField(_("the employee's e-mail address"))
    language = models.CharField(_("the employee's language"), max_length=5, default="nb")
    starts_on = models.DateField(_("first day at work"), null=True)
    note = models.TextField(_("message"), max_length=500, blank=True, validators=[no_identity_number])
    confirmed_at = models.DateTimeField(_("the employer confirmed"), null=True)
    answered_at = models.DateTimeField(_("the employee answered"), null=True)

    class Meta:
        verbose_name = _("introduction by an employer")
        verbose_name_plural = _("introductions by employers")

    def __str__(self) -> str:
        return date_format(localtime(self.created_at), "DATETIME_FORMAT")
