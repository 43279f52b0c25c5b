"""What a reader sees of the texts: in their language where there is one, each list in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.municipalities.models import Municipality
from portal.page_cache import remember
from portal.pages.enums import ArticleKind, Topic
from portal.pages.models import ArticleTranslation, ContactPoint, ServiceInfoTranslation
from portal.pages.texts import nearest, text_in
from portal.pages.translations import TextTranslation, shown_now


@dataclass(frozen=True)
class TextLink:
    """One text in a list, as components/card.html takes it."""

    code: str
    title: str
    summary: str
    language: str
    url: str
    day: date | None = None


@dataclass(frozen=True)
class ContactCard:
    """A contact point in the reader's language, as components/contact_card.html takes it."""

    name: str
    hours: str
    phone: str
    email: str
    website: str
    address: str
    checked_on: object
    is_overdue: bool

    @classmethod
    def of(cls, contact: ContactPoint, language: str, fallback: str) -> ContactCard:
        text = text_in(contact, language, fallback)
        return cls(
            name=text.name if text else contact.code,
            hours=text.opening_hours if text else "",
            phone=contact.phone,
            email=contact.email,
            website=contact.website,
            address=contact.address,
            checked_on=contact.verified_on,
            is_overdue=contact.is_overdue,
        )


def topic_links(municipality: Municipality, language: str) -> dict[Topic, TextLink]:
    """The municipality's service information by topic, without the bodies; kept until something changes."""
    return remember(f"topics:{municipality.pk}:{language}", lambda: _topic_links(municipality, language))


def _topic_links(municipality: Municipality, language: str) -> dict[Topic, TextLink]:
    rows = _rows(ServiceInfoTranslation, municipality, "master__topic")
    return {
        Topic(row.master__topic): TextLink(
            code=row.master__topic,
            title=row.title,
            summary=row.summary,
            language=row.language_code,
            url=reverse("pages:topic", args=[municipality.slug, row.master__topic]),
        )
        for row in _one_each(rows, language, municipality.main_language)
    }


def article_links(municipality: Municipality, kind: ArticleKind, language: str) -> list[TextLink]:
    """The newest first, each with the day it appeared; kept until something changes."""
    return remember(f"{kind}:{municipality.pk}:{language}", lambda: _article_links(municipality, kind, language))


def _article_links(municipality: Municipality, kind: ArticleKind, language: str) -> list[TextLink]:
    return [
        TextLink(
            code=row.master__slug,
            title=row.title,
            summary=row.summary,
            language=row.language_code,
            url=reverse("pages:article", args=[municipality.slug, row.master__slug]),
            day=timezone.localdate(row.publish_at or row.master__created_at),
        )
        for row in articles(municipality, kind, language)
    ]


def articles(municipality: Municipality, kind: ArticleKind, language: str) -> list[Any]:
    """The published articles as light rows, the newest first."""
    names = ("master__slug", "master__created_at", "publish_at", "changed_at")
    rows = _rows(ArticleTranslation, municipality, *names, master__kind=kind)
    found = _one_each(rows, language, municipality.main_language)
    return sorted(found, key=lambda row: (row.publish_at or row.master__created_at, row.master__slug), reverse=True)


def _rows(model: type[TextTranslation], municipality: Municipality, *more: str, **narrowed: Any) -> Iterable[Any]:
    """The published texts of many pages as light rows: a list needs no bodies."""
    texts = model.objects.filter(shown_now(), master__municipality=municipality, **narrowed)
    return texts.values_list("master_id", "language_code", "title", "summary", *more, named=True)


def _one_each(rows: Iterable[Any], language: str, fallback: str) -> list[Any]:
    """Of the translations of many pages, the one to show of each page."""
    by_page: dict[Any, list[Any]] = {}
    for row in rows:
        by_page.setdefault(row.master_id, []).append(row)
    shown = (nearest(rows, language, fallback) for rows in by_page.values())
    return [row for row in shown if row is not None]
