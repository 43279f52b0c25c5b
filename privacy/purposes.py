"""What the municipality uses data for, as rows: the defaults, their terms, and each version of their texts."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from newcomers.models.movers import KEPT_FOR
from newcomers.registering.drafts import DAYS_TO_RETURN
from newcomers.registering.introductions import DAYS_TO_ANSWER
from portal.municipalities.models import Municipality
from privacy.enums import Basis, Unit
from privacy.models import Purpose, PurposeVersion

DEFAULTS = Path(__file__).resolve().parent / "data" / "purposes.json"
TEXTS = ("title", "text", "data", "source", "recipients", "until")


@cache
def defaults() -> list[dict[str, Any]]:
    """Purposes in their order: code, basis, law (and as it is called in Nynorsk), keep_for, unit, `texts` by language.

    The term of one that is `fixed` is not the municipality's to change: a job with its own days stands behind it.
    """
    return list(json.loads(DEFAULTS.read_text(encoding="utf-8")))


def fixed_terms() -> dict[str, tuple[int, str]]:
    """What those jobs go by: code -> number and unit."""
    return {
        "movers": (KEPT_FOR.days, Unit.DAYS),
        "drafts": (DAYS_TO_RETURN, Unit.DAYS),
        "introductions": (DAYS_TO_ANSWER, Unit.DAYS),
        "sign_in": (settings.SESSION_COOKIE_AGE // (24 * 60 * 60), Unit.DAYS),
        "erased": (settings.ERASED_MONTHS, Unit.MONTHS),
    }


def term_of(row: dict[str, Any]) -> dict[str, Any]:
    """Of one of the defaults: `keep_for` and `unit`, as a job goes by them where one does."""
    number, unit = fixed_terms().get(row["code"], (row["keep_for"], row["unit"]))
    return {"keep_for": number, "unit": unit}


@transaction.atomic
def set_up(municipality: Municipality, *, on: date) -> int:
    """Give a municipality the purposes it lacks, with texts in every language we have; says how many came.

    What the municipality has written stays, and so does what it has switched off. Fixed terms are set right.
    """
    for code, (number, unit) in fixed_terms().items():
        rows = Purpose.objects.filter(municipality=municipality, code=code)
        for stale in rows.exclude(keep_for=number, unit=unit):
            stale.keep_for, stale.unit = number, unit
            stale.save(update_fields=["keep_for", "unit"])
    known = set(Purpose.objects.filter(municipality=municipality).values_list("code", flat=True))
    added = [row for row in defaults() if row["code"] not in known]
    for row in added:
        order = [each["code"] for each in defaults()].index(row["code"]) + 1
        purpose, is_new = Purpose.objects.get_or_create(
            municipality=municipality,
            code=row["code"],
            defaults={"basis": row["basis"], "law": row["law"], "order": order, "changed_on": on} | term_of(row),
        )
        if is_new:
            for language, texts in row["texts"].items():
                purpose.translations.create(language_code=language, **texts)
            keep_version(purpose, on=on)
    return len(added)


def set_up_all(*, on: date) -> dict[str, int]:
    """Every municipality that is switched on; run each night, so that a new one has them by the morning."""
    return {town.name: set_up(town, on=on) for town in Municipality.objects.filter(is_active=True)}


def texts_of(purpose: Purpose) -> dict[str, dict[str, str]]:
    rows = purpose.translations.order_by("language_code")
    return {row.language_code: {name: getattr(row, name) for name in TEXTS} for row in rows}


def keep_version(purpose: Purpose, *, on: date) -> None:
    """Call it after a text was saved: what it says now is kept with the day. The same texts are one version."""
    texts = texts_of(purpose)
    last = purpose.versions.first()
    if last is not None and last.texts == texts:
        return
    if last is not None:
        Purpose.objects.filter(pk=purpose.pk).update(version=F("version") + 1, changed_on=on)
        purpose.refresh_from_db(fields=["version", "changed_on"])
    PurposeVersion.objects.create(purpose=purpose, version=purpose.version, on=on, texts=texts)


def in_use(municipality: Municipality) -> list[Purpose]:
    """With their texts, in order."""
    rows = Purpose.objects.filter(municipality=municipality, is_active=True)
    return list(rows.prefetch_related("translations"))


def purpose(municipality: Municipality, code: str) -> Purpose:
    """The purpose as the municipality has it; where it has none, the usual term holds. Raises KeyError."""
    return Purpose.objects.filter(municipality=municipality, code=code).first() or usual(code)


def _default(code: str) -> dict[str, Any]:
    return {each["code"]: each for each in defaults()}[code]


def is_law_undecided(purpose: Purpose) -> bool:
    """Whether a task still stands on the law we suggest: article 6 (3) leaves it to the municipality to decide."""
    return purpose.basis == Basis.PUBLIC_TASK and purpose.law in {"", _default(purpose.code)["law"]}


def law_in(purpose: Purpose, language: str) -> str:
    """A law has one name for all but readers of Nynorsk; what the municipality wrote itself stays as it is."""
    row = _default(purpose.code)
    return str(row["law_nn"]) if language == "nn" and row["law"] and purpose.law == row["law"] else purpose.law


def usual(code: str) -> Purpose:
    """A purpose of our own, in no table. Raises KeyError for a code we do not know."""
    row = _default(code)
    return Purpose(code=code, basis=row["basis"], law=row["law"], **term_of(row))
