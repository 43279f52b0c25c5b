"""The addresses of the public pages, for search engines, codes and posters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max
from django.urls import Resolver404, resolve

from portal import clock, page_cache, registry
from portal.municipalities.models import Municipality
from portal.pages.enums import Situation, Theme
from portal.pages.models import ArticleTranslation, ServiceInfoTranslation
from portal.pages.translations import shown_now
from portal.registry import PublicAddress


def addresses(municipality: Municipality, on: date) -> Iterator[PublicAddress]:
    """What this room shows: fixed pages, and each text that is published in some language."""
    for name in ("start", "news", "residents", "guide", "accessibility", "privacy"):
        yield PublicAddress(f"pages:{name}")
    for theme in Theme:
        yield PublicAddress("pages:theme", (theme.value,))
    for situation in Situation:
        yield PublicAddress("pages:situation", (situation.value,))
    for topic, changed_at in _shown(ServiceInfoTranslation, municipality, "topic"):
        yield PublicAddress("pages:topic", (topic,), changed_at)
    for slug, changed_at in _shown(ArticleTranslation, municipality, "slug"):
        yield PublicAddress("pages:article", (slug,), changed_at)


def _shown(
    model: type[ServiceInfoTranslation | ArticleTranslation], municipality: Municipality, name: str
) -> Iterator[tuple[str, datetime | None]]:
    """Each page that people can read in some language, by the name in its address, and when it last changed."""
    texts = model.objects.filter(shown_now(), master__municipality=municipality)
    by_name = texts.order_by(f"master__{name}").values_list(f"master__{name}")
    yield from by_name.annotate(newest=Max("changed_at"))


def all_addresses(municipality: Municipality) -> list[PublicAddress]:
    """Of all rooms, read once in each version of the content."""
    return page_cache.remember(f"addresses:{municipality.pk}", lambda: registry.addresses(municipality, clock.today()))


def public_address(municipality: Municipality, path: str) -> PublicAddress | None:
    """The public page of this municipality that the path leads to in the active language, if any."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    kwargs = dict(match.kwargs)
    if kwargs.pop("municipality_slug", None) != municipality.slug:
        return None
    wanted = (match.view_name, tuple(str(value) for value in kwargs.values()))
    return next((found for found in all_addresses(municipality) if (found.url_name, found.args) == wanted), None)
