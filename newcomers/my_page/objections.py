"""No more post: a short code in each letter, by which its household says no without signing in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F

from newcomers.models import Household, ObjectionCode
from portal.municipalities.models import Municipality

# Read aloud over a telephone: no vowels, so no words; no letter that looks like a digit. 23 of them, a prime number.
ALPHABET = "BCDFGHJKLMNPRSTVWXZ3479"
# Stands in previews; as a household's code it is never drawn, since it does not add up.
EXAMPLE = "BCDFGHJK"
DRAWN = 7  # 3.4 thousand million codes, and one more character by which a slip is found


def make_code() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(DRAWN))
    return drawn + _check(drawn)


def _check(drawn: str) -> str:
    """A weighted sum modulo a prime: finds every wrong character, and every two that were swapped."""
    total = sum(place * ALPHABET.index(character) for place, character in enumerate(drawn, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def shown(code: str) -> str:
    """As it stands in the letter: BCDF-GHJK."""
    return f"{code[:4]}-{code[4:]}"


def read(typed: str) -> str | None:
    """A code however it was typed; None for what cannot be one."""
    code = "".join(character for character in typed.upper() if character.isalnum())
    if len(code) != DRAWN + 1 or any(character not in ALPHABET for character in code):
        return None
    return code if _check(code[:DRAWN]) == code[DRAWN] else None


@transaction.atomic
def codes_for(households: Iterable[Household]) -> dict[UUID, str]:
    """The code of each household, made where there is none yet. A few queries, however many households."""
    pks = [household.pk for household in households]
    known = dict(ObjectionCode.objects.filter(household__in=pks).values_list("household_id", "code"))
    missing = [ObjectionCode(household_id=pk, code=make_code()) for pk in pks if pk not in known]
    if not missing:
        return known
    # Another letter may have been quicker, or a code may be taken: what is in the table counts.
    ObjectionCode.objects.bulk_create(missing, ignore_conflicts=True)
    known = dict(ObjectionCode.objects.filter(household__in=pks).values_list("household_id", "code"))
    return known if len(known) == len(set(pks)) else codes_for(Household.objects.filter(pk__in=pks))


def household_of(typed: str, municipality: Municipality) -> Household | None:
    """Whose code it is; None for a wrong one, one of another municipality, or of a protected household."""
    code = read(typed)
    return municipality.households.shown().filter(objection_code__code=code).first() if code else None


def set_wants_post(household: Household, *, wanted: bool) -> None:
    """From this moment on. What is printed already cannot be called back; nothing else goes out.

    A page that was opened before, and shows the box as it was, is old now.
    """
    Household.objects.filter(pk=household.pk).update(wants_post=wanted, version=F("version") + 1)
