"""What search engines are told about a page, in the words of schema.org."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from portal.municipalities.models import Municipality
from portal.pages.reading import ContactCard


def place(municipality: Municipality, description: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Place",
        "name": municipality.name,
        "description": description,
        "url": settings.SITE_URL + municipality.get_absolute_url(),
        "address": {"@type": "PostalAddress", "addressRegion": municipality.county, "addressCountry": "NO"},
    }


def government_service(municipality: Municipality, text: Any, url: str, contacts: list[ContactCard]) -> dict[str, Any]:
    """One of the 18 topics as a service of the municipality, with the desks that answer."""
    points = [
        {"@type": "ContactPoint", "name": card.name}
        | ({"telephone": card.phone} if card.phone else {})
        | ({"email": card.email} if card.email else {})
        for card in contacts
    ]
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": text.title,
        "description": text.summary,
        "url": settings.SITE_URL + url,
        "inLanguage": text.language_code,
        "areaServed": {"@type": "AdministrativeArea", "name": municipality.name},
        "provider": {
            "@type": "GovernmentOrganization", "name": municipality.name,
            "url": municipality.website or settings.SITE_URL, "contactPoint": points,
        },
    }  # fmt: skip
