"""The two papers of a run: letters in post order, and the list for those who pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from portal.documents import render
from portal.documents.shapes import GiftTotal, LetterDocument, PackingListDocument, PackingRow
from portal.pages.texts import text_in
from welcome.letters.composing import recipient_lines
from welcome.letters.preview import demo_notice
from welcome.packages.enums import ItemState
from welcome.packages.models import Gift, Package, PackageItem, PackageRun
from welcome.packages.runs import Progress

# Letters compiled at a time: a compile keeps all of its pages in memory.
LETTERS_AT_A_TIME = 200


@dataclass(frozen=True)
class LettersFile:
    pdf: bytes
    pages: int
    packages: list[UUID]
    letters: list[UUID]


def with_letters(run: PackageRun) -> QuerySet[Package]:
    """In post order, without households that were protected or erased since."""
    return (
        run.packages.standing()
        .filter(letter__isnull=False, household__restricted=False)
        .order_by("number")
        .select_related("letter")
    )


def letters_pdf(run: PackageRun, *, on: date, progress: Progress) -> LettersFile:
    """Made from the frozen facts alone, so that it can be made again."""
    packages, letters, parts = [], [], []
    total = with_letters(run).count()
    for chunk in _in_chunks(with_letters(run), LETTERS_AT_A_TIME):
        facts = [package.letter.facts for package in chunk if package.letter]
        parts.append(render.render_letters(_document(run, facts), timestamp=on, chunk=LETTERS_AT_A_TIME))
        packages += [package.pk for package in chunk]
        letters += [package.letter.pk for package in chunk if package.letter]
        progress(len(letters), total)
    pdf = parts[0] if len(parts) == 1 else render.join(parts) if parts else b""
    return LettersFile(pdf, render.page_count(pdf) if pdf else 0, packages, letters)


def _document(run: PackageRun, facts: Sequence[Any]) -> LetterDocument:
    language = run.municipality.main_language
    with translation.override(language):
        title = _("Welcome letters %(quarter)s") % {"quarter": run.quarter}
        return {
            "language": language,
            "title": f"{title}: {run.municipality.name}",
            "author": f"{run.municipality.name} kommune",
            "demo_notice": demo_notice(run.municipality),
            "letters": list(facts),
        }


def _in_chunks(packages: QuerySet[Package], size: int) -> Iterator[list[Package]]:
    last = 0
    while chunk := list(packages.filter(number__gt=last)[:size]):
        yield chunk
        last = chunk[-1].number or 0


def packing_list_pdf(run: PackageRun, *, on: date) -> bytes:
    language = run.municipality.main_language
    with translation.override(language):
        return render.render(render.PACKING_LIST, _packing_list(run, language), timestamp=on)


def _packing_list(run: PackageRun, language: str) -> PackingListDocument:
    titles = gift_titles(run, language)
    packages = (
        run.packages.standing()
        .filter(number__isnull=False, household__restricted=False)
        .order_by("number")
        .select_related("letter", "household")
        .prefetch_related(Prefetch("items", PackageItem.objects.order_by("gift_id")), "household__persons")
    )
    rows = [_packing_row(package, titles) for chunk in _in_chunks(packages, 500) for package in chunk]
    return {
        "language": language,
        "title": _("Packing list %(quarter)s") % {"quarter": run.quarter},
        "author": f"{run.municipality.name} kommune",
        "municipality": f"{run.municipality.name} kommune",
        "quarter": run.quarter,
        "demo_notice": demo_notice(run.municipality),
        "labels": {
            "totals_heading": _("Gifts in all"),
            "gift": _("Gift"),
            "needed": _("Needed"),
            "short": _("Out of stock"),
            "none": _("None"),
            "packages_heading": _("Packages"),
            "number": _("No."),
            "reference": _("Reference"),
            "recipient": _("Recipient"),
            "items": _("In the package"),
            "packed": _("Packed"),
            "page": _("Page {page} of {pages}"),
        },
        "totals": _totals(run, titles),
        "rows": rows,
    }


def gift_titles(run: PackageRun, language: str) -> dict[UUID, str]:
    gifts = Gift.objects.filter(municipality=run.municipality_id).prefetch_related("translations").order_by("code")
    return {gift.pk: title_of(gift, language, run.municipality.main_language) for gift in gifts}


def title_of(gift: Gift, language: str, fallback: str) -> str:
    text = text_in(gift, language, fallback)
    return text.title if text else gift.code


def _packing_row(package: Package, titles: dict[UUID, str]) -> PackingRow:
    # What the letter says, so that list and envelope agree; an old address only if there was no letter.
    lines = package.letter.facts["recipient_lines"] if package.letter else _lines_now(package)
    items = list(package.items.all())
    return {
        "number": package.number or 0,
        "reference": reference(package),
        "name_lines": lines[:-2],
        "address_lines": lines[-2:],
        "items": [_counted(item, titles) for item in items if item.state != ItemState.SHORT],
        "short_items": [_counted(item, titles) for item in items if item.state == ItemState.SHORT],
    }


def _lines_now(package: Package) -> list[str]:
    return recipient_lines(package.household) if package.household else []


def reference(package: Package) -> str:
    return f"{package.run.quarter}-{package.number:04d}"


def _counted(item: PackageItem, titles: dict[UUID, str]) -> str:
    return counted(item.quantity, titles[item.gift_id])


def counted(quantity: int, title: str) -> str:
    return title if quantity == 1 else f"{quantity} × {title}"


def _totals(run: PackageRun, titles: dict[UUID, str]) -> list[GiftTotal]:
    needed: Counter[UUID] = Counter()
    short: Counter[UUID] = Counter()
    items = PackageItem.objects.filter(package__in=run.packages.standing())
    for gift, state, quantity in items.values_list("gift", "state", "quantity").iterator():
        needed[gift] += quantity
        if state == ItemState.SHORT:
            short[gift] += quantity
    return [{"gift": title, "needed": needed[pk], "short": short[pk]} for pk, title in titles.items() if needed[pk]]
