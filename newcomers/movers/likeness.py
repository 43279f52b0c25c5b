"""Whether two households may be one: said in reasons that a person can check, never in a score.

Nothing here decides that two are the same. What is beyond doubt (same address, name and birth year) is decided in
newcomers.movers.comparing; what is alike by the rules here waits for somebody to look at the two side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rapidfuzz.distance import OSA

from newcomers.matching import address_key, name_key, name_words, place_key, sound_key, street_and_number
from newcomers.movers.enums import PairReason

# Two who moved in further apart than this did not move together.
NEAR_DAYS = 31
# Sounds of so many letters say something by themselves.
_TELLING_SOUND = 4


class AdultFacts(NamedTuple):
    name: str
    name_key: str
    sound_key: str
    birth_year: int | None

    @classmethod
    def of(cls, name: str, birth_year: int | None) -> AdultFacts:
        return cls(name, name_key(name), sound_key(name), birth_year)


class PlaceFacts(NamedTuple):
    """Where and when. A household without an address or a date has empty ones."""

    address: str
    postcode: str
    address_key: str
    place_key: str
    moved_in_on: date | None

    @classmethod
    def of(cls, address: str, postcode: str, moved_in_on: date | None) -> PlaceFacts:
        if not address:
            return cls("", "", "", "", moved_in_on)
        return cls(address, postcode, address_key(address, postcode), place_key(address, postcode), moved_in_on)


def reasons(
    one: PlaceFacts, adults: Iterable[AdultFacts], other: PlaceFacts, known: Sequence[AdultFacts]
) -> list[PairReason]:
    """Why the two may be one household, by the two adults who are most alike; nothing when they are two."""
    where = _same_place(one, other)
    of_each = [found for adult in adults if (found := _best_first(adult, known, where))]
    ranked = sorted((who for found in of_each for who in found), key=_rank)
    who = next((who for who in ranked if _is_doubtful(who, where)), None)
    if not who:
        return []
    others = [PairReason.OTHER_DIFFERS] if any(found[0] != who for found in of_each) else []
    return [*who, *others, *where]


_Who = tuple[PairReason, PairReason]

_RANK = [
    PairReason.NAME_SAME, PairReason.NAME_SPELT, PairReason.NAME_ALIKE, PairReason.FIRST_NAME,
    PairReason.YEAR_SAME, PairReason.YEAR_UNKNOWN, PairReason.YEAR_NEAR, PairReason.YEAR_DIFFERS,
]  # fmt: skip


def _rank(who: _Who) -> list[int]:
    return [_RANK.index(reason) for reason in who]


def _best_first(adult: AdultFacts, known: Sequence[AdultFacts], where: Sequence[PairReason]) -> list[_Who]:
    """How this adult is like those who are known. Who came to one address at one time may have a wrong birth year."""
    together = {PairReason.ADDRESS_SAME, PairReason.MOVED_NEAR} <= set(where)
    alike = same_but_for_year if together else same_person
    return sorted((who for person in known if (who := alike(adult, person))), key=_rank)


def _is_doubtful(who: _Who, where: Sequence[PairReason]) -> bool:
    """The same person may live elsewhere by now; whoever is only alike must have come to the same place or day."""
    name, year = who
    at_the_place = bool({PairReason.ADDRESS_SAME, PairReason.ADDRESS_ALIKE} & set(where))
    if name in {PairReason.NAME_SAME, PairReason.NAME_SPELT} and year == PairReason.YEAR_SAME:
        return True
    if name == PairReason.FIRST_NAME:
        return at_the_place and year == PairReason.YEAR_SAME
    return bool(where)


def same_person(one: AdultFacts, other: AdultFacts) -> _Who | None:
    """How name and birth year agree; None when these are two persons."""
    year = years_agree(one.birth_year, other.birth_year)
    name = _name(one, other) if year else None
    return (name, year) if name and year else None


def same_but_for_year(one: AdultFacts, other: AdultFacts) -> _Who | None:
    """Those who are the same person, and those of another birth year with nearly the same name."""
    name, year = _name(one, other), years_agree(one.birth_year, other.birth_year)
    if name is None or (year is None and name == PairReason.FIRST_NAME):
        return None
    return name, year or PairReason.YEAR_DIFFERS


def years_agree(one: int | None, other: int | None) -> PairReason | None:
    if one is None or other is None:
        return PairReason.YEAR_UNKNOWN
    if one == other:
        return PairReason.YEAR_SAME
    # One digit wrong, or two changed places.
    is_slip = abs(one - other) == 1 or OSA.distance(str(one), str(other)) == 1
    return PairReason.YEAR_NEAR if is_slip else None


def _name(one: AdultFacts, other: AdultFacts) -> PairReason | None:
    words, others = name_words(one.name), name_words(other.name)
    if one.name_key == other.name_key:
        return PairReason.NAME_SAME
    if words and sorted(words) == sorted(others):
        return PairReason.NAME_SPELT
    if not words or not others:
        return None
    if one.sound_key == other.sound_key and len(one.sound_key) > _TELLING_SOUND:
        return PairReason.NAME_ALIKE
    if any(_each_has_a_like(way, other_way) for way in _spellings(words) for other_way in _spellings(others)):
        return PairReason.NAME_ALIKE
    if OSA.normalized_similarity("".join(words), "".join(others)) >= 0.9:
        return PairReason.NAME_ALIKE
    return PairReason.FIRST_NAME if _words_alike(words[0], others[0]) else None


def _spellings(words: Sequence[str]) -> list[Sequence[str]]:
    """Anne Marie Moen is Annemarie Moen, too."""
    return [words, (words[0] + words[1], *words[2:])] if len(words) > 2 else [words]


def _each_has_a_like(words: Sequence[str], others: Sequence[str]) -> bool:
    """Every word of the shorter name stands in the longer one, in any order: names in the middle may be missing."""
    shorter, longer = sorted((list(words), list(others)), key=len)
    if len(shorter) < 2:
        return False
    for word in shorter:
        like = next((candidate for candidate in longer if _words_alike(word, candidate)), None)
        if like is None:
            return False
        longer.remove(like)
    return True


def _words_alike(one: str, other: str) -> bool:
    """A slip of the finger in a short word, two in a long one."""
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    slips = 1 if shorter < 6 else 2
    return shorter > 1 and longer > 2 and OSA.distance(one, other, score_cutoff=slips) <= slips


def _same_place(one: PlaceFacts, other: PlaceFacts) -> list[PairReason]:
    found = []
    if one.address_key and one.address_key == other.address_key:
        found.append(PairReason.ADDRESS_SAME)
    elif _places_alike(one, other):
        found.append(PairReason.ADDRESS_ALIKE)
    if one.moved_in_on and other.moved_in_on and abs((one.moved_in_on - other.moved_in_on).days) <= NEAR_DAYS:
        found.append(PairReason.MOVED_NEAR)
    return found


def _places_alike(one: PlaceFacts, other: PlaceFacts) -> bool:
    if not one.address or not other.address or one.postcode != other.postcode:
        return False
    if one.place_key and one.place_key == other.place_key:
        return True
    street, number = street_and_number(one.address)
    other_street, other_number = street_and_number(other.address)
    return number == other_number and _words_alike(street, other_street)
