"""What visitors narrow the list of vacancies with."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jobs.enums import VacancyKind
from jobs.models import VacancyQuerySet


class VacancyFilter(forms.Form):
    """A filter that cannot be read is named and left out; the others still hold."""

    q = forms.CharField(label=_("Words"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of job"),
        choices=[("", _("All kinds")), *VacancyKind.choices],
        required=False,
        error_messages={"invalid_choice": _("There is no such kind. Choose one from the list.")},
    )

    def narrow(self, vacancies: VacancyQuerySet) -> VacancyQuerySet:
        self.full_clean()
        if self.cleaned_data.get("q"):
            vacancies = vacancies.with_words(self.cleaned_data["q"])
        if self.cleaned_data.get("kind"):
            vacancies = vacancies.filter(kind=self.cleaned_data["kind"])
        return vacancies
