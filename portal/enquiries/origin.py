"""The page somebody came from. Only addresses of this municipality's own pages are believed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path

from portal import registry
from portal.municipalities.models import Municipality
from portal.pages.models import Article, ServiceInfo
from portal.pages.texts import text_in

LONGEST = 300


@dataclass(frozen=True)
class Origin:
    """An address without what stands after `?`, the page's title ("" if it has none of its own), and its topic."""

    path: str = ""
    title: str = ""
    topic: str = ""


def origin_of(request: HttpRequest, municipality: Municipality, typed: str, language: str) -> Origin:
    """An empty one for what is no page of this municipality."""
    path = _plain(typed)
    match = _match(path, municipality)
    if match is None:
        return Origin()
    fact = fact_at(municipality, path)
    if fact:
        topic = fact.topic if isinstance(fact, ServiceInfo) else ""
        return Origin(path, title_of(fact, language), topic)
    here = _under(path)
    rooms = [str(item["label"]) for item in registry.navigation(request) if here.startswith(_under(str(item["url"])))]
    return Origin(path, rooms[0] if rooms else "")


def fact_at(municipality: Municipality, typed: str) -> ServiceInfo | Article | None:
    """The topic or article at this address, if readers can see it."""
    match = _match(_plain(typed), municipality)
    models: dict[str, tuple[type[ServiceInfo] | type[Article], str]] = {
        "pages:topic": (ServiceInfo, "topic"),
        "pages:article": (Article, "slug"),
    }
    if match is None or match.view_name not in models:
        return None
    model, field = models[match.view_name]
    own_name = next(value for name, value in match.kwargs.items() if name != "municipality_slug")
    found = (
        model._default_manager.filter(municipality=municipality, **{field: own_name})
        .select_related("municipality", "owner")
        .prefetch_related("translations")
        .first()
    )
    return found if found and text_in(found, "nb") else None


def title_of(fact: ServiceInfo | Article, language: str) -> str:
    text = text_in(fact, language, fact.municipality.main_language)
    return text.title if text else ""


def _plain(typed: str) -> str:
    return typed.partition("?")[0].partition("#")[0]


def _under(path: str) -> str:
    """Without its language."""
    return path.partition("/")[2].partition("/")[2]


def _match(path: str, municipality: Municipality) -> ResolverMatch | None:
    language = get_language_from_path(path)
    if language is None or len(path) > LONGEST:
        return None
    with translation.override(language):
        try:
            match = resolve(path)
        except Resolver404:
            return None
    # The page behind a signed link opens for whoever has its address: nobody else is to read it.
    is_own = match.kwargs.get("municipality_slug") == municipality.slug and "token" not in match.kwargs
    return match if is_own else None
