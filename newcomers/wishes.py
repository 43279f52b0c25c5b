"""What a household tells of itself and its wishes, all of it optional: kept, and said again in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from newcomers.enums import Education, HomeKind, KeptReason, Tenure
from newcomers.languages import language_name
from newcomers.models import Household, Person, Preferences
from newcomers.occupations import TITLE_LANGUAGES, title
from newcomers.services import claim_version
from portal.accounts.models import User
from portal.pages.enums import REASONS, Interest, Theme

OF_A_PERSON = ("languages", "education", "occupation", "occupation_code", "wants_job", "job_wish")
OF_A_HOUSEHOLD = (
    "home_kinds", "home_tenure", "home_bedrooms", "interests", "important", "reason", "segment",
)  # fmt: skip


def preferences_of(household: Household) -> Preferences:
    """Those that are kept, or new ones that say nothing. Looked up once for a household."""
    if not hasattr(household, "preferences"):
        household.preferences = Preferences()
    return household.preferences


def told_by(household: Household) -> dict[str, Any]:
    """What the household has told, by the name of its field."""
    preferences = preferences_of(household)
    return {name: household.reason if name == "reason" else getattr(preferences, name) for name in OF_A_HOUSEHOLD}


def may_tell_of(person: Person, household: Household) -> list[Person]:
    """The adults a signed-in person may tell of: themselves first, then whoever has no account of their own."""
    others = [adult for adult in household.adults if adult.pk != person.pk and adult.user_id is None]
    return [adult for adult in household.adults if adult.pk == person.pk] + others


@transaction.atomic
def tell(
    *,
    household: Household,
    version: int,
    by: User,
    of_persons: Iterable[tuple[Person, Mapping[str, Any]]] = (),
    of_household: Mapping[str, Any] | None = None,
) -> None:
    """Keep what stood on one page. Raises ChangedMeanwhile if somebody saved the household since it was opened."""
    claim_version(household, version)
    for person, told in of_persons:
        _may_write(by, person, household)
        Person.objects.filter(pk=person.pk).update(**told)
    told_together = dict(of_household or {})
    if "reason" in told_together:
        household.reason = told_together.pop("reason")
        household.save(update_fields=["reason"])
    if told_together:
        Preferences.objects.update_or_create(household=household, defaults=told_together)


def _may_write(by: User, person: Person, household: Household) -> None:
    is_theirs = person.user_id in {None, by.pk}
    if person.household_id != household.pk or not is_theirs:
        raise PermissionError("An adult with an account tells for themselves.")


# --- In words -------------------------------------------------------------------------------------


def in_words(name: str, value: Any) -> str:
    """What was told, for people to read; "" for nothing."""
    if not value:
        return ""
    if name == "languages":
        return ", ".join(capfirst(language_name(code)) for code in value)
    if name == "wants_job":
        return _("is looking for work")
    if name == "home_bedrooms":
        return ngettext("%(count)d bedroom", "%(count)d bedrooms", value) % {"count": value}
    if name in LABELS:
        labels = LABELS[name]
        return ", ".join(str(labels[code]) for code in _several(value) if code in labels)
    return str(value)


def occupation_in_words(person: Person) -> str:
    """In their own words, with the name the standard has for it where that says more in the language of the page."""
    language = get_language() or "nb"
    name = title(person.occupation_code, language)
    is_foreign = bool(person.occupation) and language not in TITLE_LANGUAGES
    if not name or is_foreign or name.casefold() == person.occupation.casefold():
        return person.occupation
    return f"{person.occupation} ({name})"


def _several(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _labels(choices: Any) -> dict[str, Any]:
    return dict(choices.choices)


# The words for what is chosen from a list.
LABELS: dict[str, Mapping[Any, Any]] = {
    "education": _labels(Education),
    "home_kinds": _labels(HomeKind),
    "home_tenure": _labels(Tenure),
    "interests": _labels(Interest),
    "important": {theme.value: REASONS[theme] for theme in Theme},
    "reason": _labels(KeptReason),
}
