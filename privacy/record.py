"""What is told of processing: the privacy page for everyone, and the record of GDPR article 30 for the office."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.documents import render
from portal.documents.shapes import OwnDataDocument
from portal.municipalities.models import Municipality
from portal.pages.texts import text_in
from portal.personal_data import ToldPurpose
from privacy import purposes
from privacy.enums import Basis, Unit
from privacy.models import Purpose

NEWCOMERS = gettext_lazy("Those who have moved here or think of it, adults and children")
# Whom a purpose is about, where it is not newcomers alone.
PERSONS = {
    "host": gettext_lazy("Newcomers who want a host, and the hosts"),
    "consents": gettext_lazy("Adults who have said yes to something"),
    "messages": gettext_lazy(
        "Newcomers, hosts, staff, and contact persons of employers and landlords whom we write to"
    ),
    "questions": gettext_lazy("Those who ask or report something, newcomers or not"),
    "access_log": gettext_lazy("Newcomers, and staff and hosts who have opened their pages"),
    "staff": gettext_lazy("Staff and hosts"),
    "introductions": gettext_lazy("Those whom an employer introduces, and the employer's contact person"),
    "sign_in": gettext_lazy("Everybody who signs in: newcomers, hosts and staff"),
    "erased": gettext_lazy("Newcomers who were erased, or have a protected address"),
}


def told(municipality: Municipality) -> list[ToldPurpose]:
    """The purposes in use, in the language of the page or the nearest; the usual ones where none are written yet."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    rows = purposes.in_use(municipality)
    if not rows:
        return [_told(purposes.usual(row["code"]), row["texts"].get(language) or row["texts"]["nb"])
                for row in purposes.defaults()]  # fmt: skip
    found = []
    for row in rows:
        text = text_in(row, language, municipality.main_language)
        if text:
            found.append(_told(row, {name: getattr(text, name) for name in purposes.TEXTS}))
    return found


def _told(purpose: Purpose, texts: dict[str, str]) -> ToldPurpose:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return ToldPurpose(
        basis=str(Basis(purpose.basis).label), law=purposes.law_in(purpose, language), kept=term(purpose),
        changed_on=purpose.changed_on, code=purpose.code, **texts,
    )  # fmt: skip


def term(purpose: Purpose) -> str:
    if purpose.unit == Unit.DAYS:
        return ngettext("%(count)d day", "%(count)d days", purpose.keep_for) % {"count": purpose.keep_for}
    return ngettext("%(count)d month", "%(count)d months", purpose.keep_for) % {"count": purpose.keep_for}


# --- Article 30 ---


@dataclass(frozen=True)
class Entry:
    """One processing activity: headings and what stands under them, in order."""

    title: str
    fields: list[tuple[str, str]]


def entries(municipality: Municipality) -> list[Entry]:
    return [Entry(each.title, list(_fields(municipality, each))) for each in told(municipality)]


def _fields(municipality: Municipality, each: ToldPurpose) -> Iterator[tuple[str, str]]:
    yield (
        _("Controller"),
        ", ".join(
            part
            for part in (f"{municipality.name} kommune", municipality.office_name, municipality.office_email)
            if part
        ),
    )
    yield _("Purpose"), each.text
    yield _("Persons"), str(PERSONS.get(each.code, NEWCOMERS))
    yield _("Data"), each.data
    yield _("Source"), each.source
    yield _("Recipients"), each.recipients
    yield _("Basis"), each.basis
    yield _("Law"), each.law
    yield _("Erased"), f"{each.kept} {each.until}".strip()
    yield _("To other countries"), _("No transfer outside the EU and the EEA")
    yield (
        _("Security"),
        _("Roles in each municipality, a second factor for staff, encrypted transport, a log of who opens a household"),
    )
    if each.changed_on:
        yield _("Last changed"), date_format(each.changed_on, "DATE_FORMAT")


def as_csv(municipality: Municipality) -> bytes:
    """With a byte order mark and semicolons, as Norwegian spreadsheets open it."""
    found = entries(municipality)
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    headings = list(dict.fromkeys(name for entry in found for name, _value in entry.fields))
    writer.writerow([_("Activity"), *headings])
    for entry in found:
        values = dict(entry.fields)
        writer.writerow([entry.title, *(values.get(name, "") for name in headings)])
    return text.getvalue().encode("utf-8-sig")


def as_pdf(municipality: Municipality, on: date) -> bytes:
    document: OwnDataDocument = {
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "title": _("Record of processing activities"),
        "author": f"{municipality.name} kommune",
        "lead": [f"{municipality.name} kommune, {date_format(on, 'DATE_FORMAT')}"],
        "page": _("Page {page} of {pages}"),
        "sections": [
            {"title": e.title, "rows": [[{"label": n, "value": v} for n, v in e.fields if v]]}
            for e in entries(municipality)
        ],
    }
    return render.render(render.OWN_DATA, document, timestamp=on, forgiving=True)
