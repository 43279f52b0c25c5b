"""What leaves the site: the guide and posters on paper, codes, and the news as a feed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock, registry
from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality
from portal.page_cache import public_page, remember
from portal.pages.addresses import public_address
from portal.pages.enums import ArticleKind
from portal.pages.guide import guide_pdf
from portal.pages.paper_text import printed_address
from portal.pages.poster import PosterText, poster_pdf, poster_text, with_source
from portal.pages.reading import articles

NEWS_IN_FEED = 30
A_DAY = 24 * 60 * 60  # seconds; a paper holds the day it was made
# A code on paper is read when a quarter of it is dirty or torn.
CODE_CORRECTION = "q"
# Control characters come along when people paste; XML forbids them.
_NOT_IN_XML = {code: None for code in range(0x20) if chr(code) not in "\t\n\r"}


def _language(request: MunicipalityRequest) -> str:
    return get_language() or request.municipality.main_language


# --- Paper ---


@login_not_required
@require_safe
def guide(request: MunicipalityRequest) -> HttpResponse:
    """The municipality's guide in the language of the address, made once in each version of the content."""
    municipality, language = request.municipality, _language(request)
    return _paper(
        request,
        f"guide:{municipality.pk}:{language}",
        lambda: guide_pdf(municipality, language, clock.today()),
        f"bli-her-{municipality.slug}-{language}.pdf",
    )


@login_not_required
@require_safe
def poster(request: MunicipalityRequest) -> HttpResponse:
    """A poster for ?page=, a page of this municipality in this language; without one, for its start page.

    Its code carries ?from=, so that the page it leads to knows which poster somebody came by.
    """
    municipality, source = request.municipality, _source(request)
    path = request.GET.get("page") or municipality.get_absolute_url()
    text = _poster_text(request, path)
    if text is None:
        raise Http404
    response = _paper(
        request,
        f"poster:{municipality.pk}:{hashlib.sha256(f'{path} {source}'.encode()).hexdigest()}",
        lambda: poster_pdf(municipality, path, text, clock.today(), source),
        f"bli-her-{municipality.slug}-poster.pdf",
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _source(request: MunicipalityRequest) -> str:
    """The name of a poster or link, as the office gives them; anything else is no name."""
    source = request.GET.get("from", "")
    return source if re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", source) else ""


def _poster_text(request: MunicipalityRequest, path: str) -> PosterText | None:
    address = public_address(request.municipality, path)
    if address is None:
        return None
    labels = {item["url"]: str(item["label"]) for item in registry.navigation(request)}
    if path in labels:
        return PosterText(labels[path], "", _language(request))
    return poster_text(request.municipality, address)


def _paper(request: HttpRequest, key: str, make: Callable[[], bytes], filename: str) -> HttpResponse:
    """A PDF that is made once, and sent again only to those who do not have it yet."""
    pdf = remember(key, make, seconds=A_DAY)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["ETag"] = f'"{hashlib.sha256(pdf).hexdigest()[:32]}"'
    response["Cache-Control"] = "public, no-cache"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


# --- Codes ---


@public_page
@require_safe
def qr_code(request: MunicipalityRequest) -> HttpResponse:
    """The address of ?page= as a code, in SVG; without one, of the start page. It carries ?from= as a poster does."""
    path = request.GET.get("page") or request.municipality.get_absolute_url()
    if public_address(request.municipality, path) is None:
        raise Http404
    address = with_source(path, _source(request))
    title = _("Code that opens %(address)s") % {"address": printed_address(address)}
    svg = BytesIO()
    code = segno.make(address, error=CODE_CORRECTION, micro=False)
    code.save(svg, kind="svg", xmldecl=False, omitsize=True, title=title, svgclass=None, lineclass=None)
    return HttpResponse(svg.getvalue(), content_type="image/svg+xml")


# --- News ---


@public_page
@require_safe
def news_feed(request: MunicipalityRequest) -> HttpResponse:
    """The newest news as Atom 1.0, in the language of the address where there is one."""
    municipality, language = request.municipality, _language(request)
    feed = _AtomFeed(
        title=_("News from %(municipality)s") % {"municipality": municipality.name},
        link=_absolute("pages:news", municipality),
        feed_url=_absolute("pages:feed", municipality),
        description="",
        language=language,
        author_name=f"{municipality.name} kommune",
    )
    for row in articles(municipality, ArticleKind.NEWS, language)[:NEWS_IN_FEED]:
        link = _absolute("pages:article", municipality, row.master__slug)
        appeared = row.publish_at or row.master__created_at
        feed.add_item(
            title=row.title.translate(_NOT_IN_XML),
            link=link,
            unique_id=link,
            description=row.summary.translate(_NOT_IN_XML),
            pubdate=appeared,
            updateddate=max(appeared, row.changed_at or appeared),
            language=row.language_code,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


class _AtomFeed(Atom1Feed):
    """With the language of each text, since one that is not translated yet stands in another."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]}


def _absolute(name: str, municipality: Municipality, *args: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[municipality.slug, *args])}"
