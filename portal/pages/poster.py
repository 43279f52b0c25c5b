"""A poster for a page of the site, to hang where people pass, and its way into the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.documents import render
from portal.documents.shapes import PosterDocument
from portal.municipalities.models import Municipality
from portal.pages.enums import REASONS, ArticleKind, Situation, Theme
from portal.pages.guide import demo_notice, guide_title, qr_code
from portal.pages.models import Article, ServiceInfo
from portal.pages.paper_text import printed_address
from portal.pages.texts import text_in
from portal.registry import PublicAddress


@dataclass(frozen=True)
class PosterText:
    """What a poster says, and in which language."""

    title: str
    text: str
    language: str


@dataclass(frozen=True)
class PosterLink:
    """Where the office finds the poster and the code of a page in one language."""

    language: str
    poster_url: str
    code_url: str


def with_source(path: str, source: str) -> str:
    """The address of a page as a code holds it; `source` names the poster or link that somebody came by."""
    address = f"{settings.SITE_URL}{path}"
    return f"{address}?{urlencode({'from': source})}" if source else address


def poster_pdf(municipality: Municipality, path: str, text: PosterText, on: date, source: str = "") -> bytes:
    """A4, in the active language. Conforms to PDF/UA-1 and PDF/A-2a. The source is in the code, not in the words."""
    address = f"{settings.SITE_URL}{path}"
    document: PosterDocument = {
        "language": translation.get_language() or municipality.main_language,
        "text_language": text.language,
        "title": text.title,
        "text": text.text,
        "author": f"{municipality.name} kommune",
        "demo_notice": demo_notice(municipality),
        "place": municipality.name,
        "invitation": _("Point the camera of your phone at the code."),
        "address": printed_address(address),
        "qr": qr_code(with_source(path, source)),
    }
    return render.render(render.POSTER, document, timestamp=on, forgiving=True)


def poster_text(municipality: Municipality, address: PublicAddress) -> PosterText | None:
    """The words of a page of this room in the active language; None for pages that belong to another."""
    language = translation.get_language() or municipality.main_language
    name, args = address.url_name, address.args
    if name == "pages:start":
        text = text_in(municipality, language, municipality.main_language)
        return PosterText(_new_in(municipality), text.tagline if text else "", text.language_code if text else language)
    if name == "pages:topic":
        return _text_of(municipality.serviceinfos.filter(topic=args[0]).first(), language)
    if name == "pages:article":
        return _text_of(municipality.articles.filter(slug=args[0]).first(), language)
    titles = {
        "pages:theme": lambda: REASONS[Theme(args[0])],
        "pages:situation": lambda: Situation(args[0]).label,
        "pages:news": lambda: ArticleKind.NEWS.label,
        "pages:residents": lambda: ArticleKind.RESIDENTS.label,
        "pages:guide": guide_title,
    }
    return PosterText(str(titles[name]()), "", language) if name in titles else None


def _new_in(municipality: Municipality) -> str:
    return _("New in %(municipality)s?") % {"municipality": municipality.name}


def _text_of(page: ServiceInfo | Article | None, language: str) -> PosterText | None:
    text = text_in(page, language, page.municipality.main_language) if page else None
    return PosterText(text.title, text.summary, text.language_code) if text else None


def poster_links(page: ServiceInfo | Article) -> list[PosterLink]:
    """For each language in which people can read the page."""
    shown = {text.language_code for text in page.translations.all() if text.is_shown}
    links = []
    for language in page.municipality.languages:
        if language in shown:
            with translation.override(language):
                query = urlencode({"page": page.get_absolute_url()})
                poster, code = (
                    f"{reverse(name, args=[page.municipality.slug])}?{query}" for name in ("pages:poster", "pages:qr")
                )
            links.append(PosterLink(language, poster, code))
    return links
