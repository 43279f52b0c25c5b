"""The public site of a municipality."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal import clock, registry
from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality
from portal.page_cache import public_page
from portal.pages import structured
from portal.pages.enums import REASONS, THEME_OF_TOPIC, TOPICS_BY_THEME, ArticleKind, Situation, Theme, Topic
from portal.pages.models import Article, ContactPoint, ServiceInfo, Step
from portal.pages.pictures import sources, with_files
from portal.pages.reading import ContactCard, TextLink, article_links, topic_links
from portal.pages.texts import text_in, to_html
from portal.personal_data import told_purposes
from portal.statistics.services import key_facts

NEWS_ON_START = 3
# What these tell of stands elsewhere on the site, in a list.
LEADS_ON = {Topic.JOBS, Topic.HOUSING}


def _language(request: MunicipalityRequest) -> str:
    return get_language() or request.municipality.main_language


def _way_back(municipality: Municipality) -> list[dict[str, object]]:
    return [{"label": municipality.name, "url": municipality.get_absolute_url()}]


def _crumb(label: object, url_name: str, municipality: Municipality, *args: str) -> dict[str, object]:
    return {"label": label, "url": reverse(f"pages:{url_name}", args=[municipality.slug, *args])}


# --- Start page and themes ---


@public_page
def start(request: MunicipalityRequest) -> HttpResponse:
    municipality, language = request.municipality, _language(request)
    links = topic_links(municipality, language)
    text = text_in(municipality, language, municipality.main_language)
    return render(
        request,
        "pages/start.html",
        {
            "text": text,
            "place_data": structured.place(municipality, text.tagline if text else ""),
            "situations": Situation,
            "themes": [
                {
                    "theme": theme,
                    "reason": REASONS[theme],
                    "topics": [links[topic] for topic in topics if topic in links],
                }
                for theme, topics in TOPICS_BY_THEME.items()
            ],
            "key_facts": key_facts(municipality),
            "news": article_links(municipality, ArticleKind.NEWS, language)[:NEWS_ON_START],
        },
    )


@public_page
def theme(request: MunicipalityRequest, theme: str) -> HttpResponse:
    if theme not in Theme.values:
        raise Http404
    municipality, chosen = request.municipality, Theme(theme)
    links = topic_links(municipality, _language(request))
    return render(
        request,
        "pages/theme.html",
        {
            "theme": chosen,
            "reason": REASONS[chosen],
            "topics": [links[topic] for topic in TOPICS_BY_THEME[chosen] if topic in links],
            "ways": registry.ways(municipality, chosen, clock.today()),
            "way_back": _way_back(municipality),
        },
    )


# --- Texts ---


@public_page
def topic(request: MunicipalityRequest, topic: str) -> HttpResponse:
    if topic not in Topic.values:
        raise Http404
    municipality = request.municipality
    info = get_object_or_404(_with_all(municipality.serviceinfos), topic=topic)
    theme = THEME_OF_TOPIC[Topic(topic)]
    way_back = [*_way_back(municipality), _crumb(theme.label, "theme", municipality, theme)]
    ways = registry.ways(municipality, theme, clock.today()) if topic in LEADS_ON else []
    return _text_page(request, info, way_back, ways=ways)


@public_page
def article(request: MunicipalityRequest, slug: str) -> HttpResponse:
    municipality = request.municipality
    found = get_object_or_404(_with_all(municipality.articles), slug=slug)
    kind = ArticleKind(found.kind)
    return _text_page(request, found, [*_way_back(municipality), _crumb(kind.label, kind, municipality)])


def _with_all(pages: Any) -> Any:
    """With texts, contacts and picture files, in a fixed number of queries."""
    contacts = Prefetch("contacts", ContactPoint.objects.prefetch_related("translations"))
    picture = ("picture__translations", with_files("picture__"))
    return pages.select_related("picture").prefetch_related("translations", contacts, *picture)


def _text_page(
    request: MunicipalityRequest, page: ServiceInfo | Article, way_back: list[dict[str, object]], **context: Any
) -> HttpResponse:
    """One text with who to ask; 404 while no language of it is published."""
    municipality, language = request.municipality, _language(request)
    text = text_in(page, language, municipality.main_language)
    if text is None:
        raise Http404
    cards = [ContactCard.of(contact, language, municipality.main_language) for contact in page.contacts.all()]
    return render(
        request,
        "pages/text.html",
        context
        | {
            "page": page,
            "text": text,
            "body": to_html(text.body),
            "way_back": way_back,
            "text_is_in_other_language": text.language_code != language,
            "picture": sources(page.picture, language, municipality.main_language),
            "contacts": cards,
            "service_data": structured.government_service(municipality, text, request.path, cards),
        },
    )


# --- Lists ---


@public_page
def news(request: MunicipalityRequest) -> HttpResponse:
    return _list_page(request, ArticleKind.NEWS, str(_("What is new, newest first.")))


@public_page
def residents(request: MunicipalityRequest) -> HttpResponse:
    lead = _("A place is as friendly as the people in it. Here is what you can do.")
    return _list_page(request, ArticleKind.RESIDENTS, str(lead))


def _list_page(request: MunicipalityRequest, kind: ArticleKind, lead: str) -> HttpResponse:
    municipality = request.municipality
    context = {
        "kind": kind,
        "lead": lead,
        "articles": article_links(municipality, kind, _language(request)),
        "way_back": _way_back(municipality),
    }
    return render(request, "pages/articles.html", context)


@public_page
def situation(request: MunicipalityRequest, situation: str) -> HttpResponse:
    """What to do now, in order. Kept on the phone for when there is no network."""
    if situation not in Situation.values:
        raise Http404
    municipality, language = request.municipality, _language(request)
    steps = municipality.steps.filter(situation=situation).prefetch_related("translations")
    links = topic_links(municipality, language)
    return render(
        request,
        "pages/situation.html",
        {
            "situation": Situation(situation),
            "others": [other for other in Situation if other != situation],
            "steps": [_step(step, links, language, municipality.main_language) for step in steps],
            "way_back": _way_back(municipality),
        },
    )


def _step(step: Step, links: dict[Topic, TextLink], language: str, fallback: str) -> dict[str, Any]:
    return {
        "step": step,
        "text": text_in(step, language, fallback),
        "topic_link": links.get(Topic(step.topic)) if step.topic else None,
        "checked_on": None if step.is_overdue else step.verified_on,
    }


# --- About the site ---


@public_page
def accessibility(request: MunicipalityRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@public_page
def privacy(request: MunicipalityRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"purposes": told_purposes(request.municipality)})
