"""What search finds of the pages: topics, articles, steps and contact points, in each language they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.pages.enums import PublishState
from portal.pages.models import Article, ArticleTranslation, ContactPoint, ServiceInfo, ServiceInfoTranslation, Step
from portal.search import following
from portal.search.sources import Document, Source

# Keep a phone number or an address in order in a language that is read from the right.
ISOLATED = "\N{LEFT-TO-RIGHT ISOLATE}%s\N{POP DIRECTIONAL ISOLATE}"


def register() -> None:
    following.register(
        Source("topic", _("Topic"), ServiceInfo, _topics, {ServiceInfoTranslation: "master_id"},
               shown=_shown_of(ServiceInfoTranslation), weight=2)
    )  # fmt: skip
    following.register(
        Source("article", _("Article"), Article, _articles, {ArticleTranslation: "master_id"},
               shown=_shown_of(ArticleTranslation), weight=1.5)
    )  # fmt: skip
    following.register(Source("step", _("Step"), Step, _steps, {_texts_of(Step): "master_id"}, weight=1.5))
    following.register(
        Source("contact", _("Contact"), ContactPoint, _contacts, {_texts_of(ContactPoint): "master_id"}, weight=1.5)
    )


def _texts_of(model: Any) -> Any:
    return model.translations.field.model


def _shown_of(model: Any) -> Any:
    def shown(on: date) -> QuerySet[Any]:
        appeared = Q(publish_at=None) | Q(publish_at__lte=timezone.now())
        texts: QuerySet[Any] = model.objects.filter(appeared, state=PublishState.PUBLISHED)
        return texts.filter(master=OuterRef("object_id"), language_code=OuterRef("language"))

    return shown


def _topics(infos: QuerySet[Any]) -> Iterator[Document]:
    texts = ServiceInfoTranslation.objects.filter(master__in=infos, state=PublishState.PUBLISHED)
    for text in texts.select_related("master"):
        yield _page(text, "pages:topic", text.master.topic)


def _articles(articles: QuerySet[Any]) -> Iterator[Document]:
    texts = ArticleTranslation.objects.filter(master__in=articles, state=PublishState.PUBLISHED)
    for text in texts.select_related("master"):
        yield _page(text, "pages:article", text.master.slug)


def _page(text: Any, url_name: str, code: str) -> Document:
    return Document(
        municipality_id=text.master.municipality_id, object_id=text.master_id, language=text.language_code,
        title=text.title, text=f"{text.summary}\n\n{text.body}", url_name=url_name, url_args=(code,),
        publish_at=text.publish_at,
    )  # fmt: skip


def _steps(steps: QuerySet[Any]) -> Iterator[Document]:
    for step in steps.prefetch_related("translations"):
        for text in step.translations.all():
            yield Document(
                municipality_id=step.municipality_id, object_id=step.pk, language=text.language_code,
                title=text.title, text=text.text, url_name="pages:situation", url_args=(step.situation,),
            )  # fmt: skip


def _contacts(contacts: QuerySet[Any]) -> Iterator[Document]:
    """A contact stands on the pages that refer to it; found, it leads to the first of them."""
    for contact in contacts.prefetch_related("translations", "service_infos", "articles"):
        topics = sorted(info.topic for info in contact.service_infos.all())
        articles = sorted(article.slug for article in contact.articles.all())
        pages = [("pages:topic", (topic,)) for topic in topics] + [("pages:article", (slug,)) for slug in articles]
        url_name, url_args = pages[0] if pages else ("pages:start", ())
        for text in contact.translations.all():
            reached = [ISOLATED % fact for fact in (contact.phone, contact.email, contact.address) if fact]
            facts = [text.opening_hours, *reached] if text.opening_hours else reached
            yield Document(
                municipality_id=contact.municipality_id, object_id=contact.pk, language=text.language_code,
                title=text.name, text=" · ".join(facts), url_name=url_name, url_args=url_args,
            )  # fmt: skip
