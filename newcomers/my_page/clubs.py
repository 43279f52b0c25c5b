"""Clubs, meeting places and pages that fit what a household likes to do."""

from __future__ import annotations

from dataclasses import dataclass

from newcomers.models import Household
from newcomers.wishes import in_words, preferences_of
from portal.pages.enums import Interest, Topic
from portal.pages.reading import ContactCard, TextLink, topic_links

MOST_CLUBS = 6
# Where the site tells more about it; all else stands under leisure.
TOPICS = {
    Interest.SKIING: Topic.TOURISM_MAPS,
    Interest.HIKING: Topic.TOURISM_MAPS,
    Interest.CYCLING: Topic.TOURISM_MAPS,
    Interest.FISHING: Topic.TOURISM_MAPS,
    Interest.SWIMMING: Topic.SWIMMING,
    Interest.CHOIR: Topic.CINEMA_CULTURE,
    Interest.DANCE: Topic.CINEMA_CULTURE,
    Interest.BOOKS: Topic.LIBRARY,
    Interest.LANGUAGES: Topic.LANGUAGE_COURSES,
}


@dataclass(frozen=True)
class Club:
    """A contact point, and in words which of the household's interests it fits."""

    card: ContactCard
    because: str


def clubs_for(household: Household, language: str) -> list[Club]:
    """The ones that fit most of its interests first; what nobody checked lately comes last."""
    liked = preferences_of(household).interests
    if not liked:
        return []
    fallback = household.municipality.main_language
    found = []
    for contact in household.municipality.contactpoints.exclude(interests=[]).prefetch_related("translations"):
        shared = [interest for interest in liked if interest in contact.interests]
        if shared:
            card = ContactCard.of(contact, language, fallback)
            found.append(((card.is_overdue, -len(shared), card.name), Club(card, in_words("interests", shared))))
    return [club for _rank, club in sorted(found, key=lambda pair: pair[0])][:MOST_CLUBS]


def pages_for(household: Household, language: str) -> list[TextLink]:
    """What the site says about the household's interests, each page once."""
    links = topic_links(household.municipality, language)
    liked = [Interest(interest) for interest in preferences_of(household).interests if interest in Interest.values]
    topics = dict.fromkeys([*(TOPICS[interest] for interest in liked if interest in TOPICS), Topic.LEISURE])
    return [links[topic] for topic in topics if topic in links] if liked else []
