"""The letter as the office writes it, and each letter as it was sent."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatableModel, TranslatedFields

from newcomers.models import Household
from portal.documents.models import PrintJob
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord
from welcome.letters.enums import Occasion
from welcome.letters.fields import known_fields_only


class LetterTemplate(TranslatableModel, MunicipalRecord):
    """The texts of a letter in each language. The practical headings come from service information."""

    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion, default=Occasion.WELCOME)
    version = models.PositiveIntegerField(
        _("version"), default=0, editable=False, help_text=_("Rises each time a text is saved.")
    )

    translations = TranslatedFields(
        subject=models.CharField(_("heading"), max_length=120, validators=[known_fields_only]),
        greeting=models.CharField(_("greeting"), max_length=120, validators=[known_fields_only]),
        body=models.TextField(
            _("text"),
            validators=[known_fields_only, no_identity_number],
            help_text=_("A blank line begins a new paragraph. {municipality} and {names} are filled in."),
        ),
        gifts_intro=models.CharField(_("above the gifts"), max_length=200, blank=True, validators=[known_fields_only]),
        information_heading=models.CharField(_("above the practical information"), max_length=120),
        closing=models.CharField(_("closing"), max_length=120, blank=True),
        source_register=models.TextField(
            _("where the address comes from: the list of movers"),
            max_length=800,
            validators=[known_fields_only],
            help_text=_("Says who has the address, why, and what the reader can ask for."),
        ),
        source_self=models.TextField(
            _("where the address comes from: themselves"), max_length=800, validators=[known_fields_only]
        ),
        objection=models.TextField(_("how to say no"), max_length=400, validators=[known_fields_only]),
    )

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["municipality__name", "occasion"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "occasion"], name="one_letter_template_per_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()}: {self.municipality}"

    def save_translation(self, translation: Any, *args: Any, **kwargs: Any) -> None:
        changed = translation.pk is None or translation.is_modified
        super().save_translation(translation, *args, **kwargs)
        if changed:
            LetterTemplate.objects.filter(pk=self.pk).update(version=F("version") + 1)
            self.version += 1


class Letter(MunicipalRecord):
    """One letter to one household: a draft until it is issued, and then it never changes."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="letters", verbose_name=_("household")
    )
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion, default=Occasion.WELCOME)
    language = models.CharField(_("language"), max_length=5)
    template = models.ForeignKey(
        LetterTemplate, on_delete=models.SET_NULL, null=True, related_name="letters", verbose_name=_("letter template")
    )
    template_version = models.PositiveIntegerField(_("template version"))
    # Exactly what goes into the PDF (portal.documents.shapes.LetterData), so that it can be made again.
    facts = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    print_job = models.ForeignKey(
        PrintJob, on_delete=models.SET_NULL, null=True, related_name="letters", verbose_name=_("print job")
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-issued_on", "id"]
        constraints = [models.UniqueConstraint(fields=["household", "occasion"], name="one_letter_per_occasion")]

    def __str__(self) -> str:
        return str(self.pk)
