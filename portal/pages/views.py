"""The public site of a municipality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from portal import registry
from portal.municipalities.middleware import MunicipalityRequest
from portal.municipalities.models import Municipality
from portal.pages.enums import TOPICS_BY_THEME, Theme, Topic
from portal.pages.models import ContactPoint, ServiceInfo
from portal.pages.texts import text_in, to_html


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


@login_not_required
def start(request: MunicipalityRequest) -> HttpResponse:
    municipality = request.municipality
    language = get_language() or municipality.main_language
    infos = {info.topic: info for info in municipality.serviceinfos.prefetch_related("translations")}
    themes = [
        {
            "theme": Theme(theme),
            "topics": [_topic_link(infos[topic], municipality, language) for topic in topics if topic in infos],
        }
        for theme, topics in TOPICS_BY_THEME.items()
    ]
    return render(
        request,
        "pages/start.html",
        {
            "text": text_in(municipality, language, municipality.main_language),
            "themes": [theme for theme in themes if theme["topics"]],
            "ways_in": registry.navigation(request),
        },
    )


def _topic_link(info: ServiceInfo, municipality: Municipality, language: str) -> dict[str, Any]:
    text = text_in(info, language, municipality.main_language)
    return {
        "code": info.topic,
        "title": text.title if text else Topic(info.topic).label,
        "summary": text.summary if text else "",
    }


@login_not_required
def topic(request: MunicipalityRequest, topic: str) -> HttpResponse:
    municipality = request.municipality
    language = get_language() or municipality.main_language
    if topic not in Topic.values:
        raise Http404
    contacts = Prefetch("contacts", ContactPoint.objects.prefetch_related("translations"))
    infos = municipality.serviceinfos.prefetch_related("translations", contacts)
    info = get_object_or_404(infos, topic=topic)
    text = text_in(info, language, municipality.main_language)
    if text is None:
        raise Http404
    return render(
        request,
        "pages/topic.html",
        {
            "info": info,
            "way_back": [{"label": municipality.name, "url": municipality.get_absolute_url()}],
            "text": text,
            "body": to_html(text.body),
            "text_is_in_other_language": text.language_code != language,
            "contacts": [
                ContactCard.of(contact, language, municipality.main_language) for contact in info.contacts.all()
            ],
        },
    )


@login_not_required
def accessibility(request: MunicipalityRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@login_not_required
def privacy(request: MunicipalityRequest) -> HttpResponse:
    return render(request, "pages/privacy.html")
