"""What search finds of the vacancies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from jobs.models import Vacancy
from portal.search import following
from portal.search.sources import Document, Source


def register() -> None:
    following.register(Source("job", _("Job"), Vacancy, _vacancies, shown=_shown, written_once=True))


def _vacancies(vacancies: QuerySet[Any]) -> Iterator[Document]:
    """Without the person to ask, whom nobody needs to find by name."""
    for vacancy in vacancies.filter(is_published=True):
        with translation.override(vacancy.language):
            kind = str(vacancy.get_kind_display())
        facts = (vacancy.employer_name, kind, vacancy.occupation, vacancy.workplace)
        yield Document(
            municipality_id=vacancy.municipality_id, object_id=vacancy.pk, language=vacancy.language,
            title=vacancy.title, text=f"{' · '.join(fact for fact in facts if fact)}\n\n{vacancy.description}",
            url_name="jobs:detail", url_args=(str(vacancy.pk),), shown_until=vacancy.deadline,
        )  # fmt: skip


def _shown(on: date) -> QuerySet[Any]:
    return Vacancy.objects.shown(on).filter(pk=OuterRef("object_id"), language=OuterRef("language"))
