"""What a household has told of its wishes, on its page in the office, where it may also be written down for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from newcomers import occupations
from newcomers.enums import HomeKind
from newcomers.languages import COMMON, language_name
from newcomers.models import Person, Preferences
from portal.municipalities.admin_base import ScopedForm, ScopedInline
from portal.municipalities.enums import Permission
from portal.pages.enums import REASONS, Interest, Theme


def _several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, choices=choices
    )  # fmt: skip


def _named(enum: Any) -> list[tuple[str, str]]:
    return [(choice.value, capfirst(choice.label)) for choice in enum]


class PreferencesForm(ScopedForm):
    home_kinds = _several(_("Kinds of home wished"), lambda: _named(HomeKind))
    interests = _several(_("Interests"), lambda: _named(Interest))
    important = _several(_("What is important"), lambda: [(theme.value, REASONS[theme]) for theme in Theme])


class PreferencesInline(ScopedInline):
    """Home, interests, what is important, who they are: the household's own, one row at most."""

    model = Preferences
    form = PreferencesForm
    template = "admin/edit_inline/stacked.html"
    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    verbose_name_plural = _("What the household wishes")
    fields = ("segment", "important", "interests", "home_kinds", "home_tenure", "home_bedrooms")
    can_delete = False


class PersonWishesForm(ScopedForm):
    languages = _several(_("Languages spoken"), ())

    class Meta:
        model = Person
        fields = ("languages", "education", "occupation", "occupation_code", "wants_job", "job_wish")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:
            spoken = dict.fromkeys([*COMMON, *self.instance.languages])
            languages: Any = self.fields["languages"]
            languages.choices = [(code, capfirst(language_name(code))) for code in spoken]

    def clean_occupation_code(self) -> str:
        code: str = self.cleaned_data["occupation_code"]
        if code and code not in occupations.occupations():
            raise ValidationError(_("STYRK-08 has no such code. Leave it empty if you do not know it."))
        return code

    def clean(self) -> dict[str, Any]:
        """Another occupation without another code: the code that its words have, if they have one."""
        cleaned = super().clean()
        if "occupation" in self.changed_data and "occupation_code" not in self.changed_data:
            sure = occupations.find(cleaned.get("occupation", "")).sure
            cleaned["occupation_code"] = sure.code if sure else ""
        return cleaned


class OwnFieldsFormSet(BaseInlineFormSet):
    """Writes its own fields alone: the same persons stand in another part of the page, with other fields."""

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        saved = form.save(commit=False)
        saved.save(update_fields=list(form._meta.fields))
        return saved


class PersonWishesInline(ScopedInline):
    """What each adult has told; who they are stands above."""

    model = Person
    form = PersonWishesForm
    formset = OwnFieldsFormSet
    template = "admin/edit_inline/stacked.html"
    view_permission = Permission.HOUSEHOLD_VIEW
    change_permission = Permission.HOUSEHOLD_CHANGE
    verbose_name_plural = _("What the adults told of themselves")
    fields = PersonWishesForm.Meta.fields
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(is_adult=True)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
