"""Everything that is kept of somebody, for them: as data for machines, and as a paper that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.db.models import Model
from django.http import HttpResponse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newcomers.models import Person
from portal import clock, personal_data
from portal.documents import render
from portal.documents.glyphs import undrawable
from portal.documents.shapes import OwnDataDocument, OwnDataSection
from portal.municipalities.models import Municipality
from portal.personal_data import PersonalTable, Subject
from privacy import wording


@dataclass(frozen=True)
class Cell:
    """A column of a row: its name for machines and for people, and its value for both."""

    name: str
    label: str
    value: object
    words: str


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    rows: list[list[Cell]]


def subject_of(person: Person) -> Subject:
    """The household with the adult who asks and those without an account; other adults ask for themselves."""
    persons = person.household.persons.select_related("user")
    theirs = [each for each in persons if each.user_id is None or each.pk == person.pk]
    return Subject(person.household, theirs, [each.user for each in theirs if each.user])


def tables_of(subject: Subject) -> Iterator[Table]:
    """Every declared table with a row of theirs; one query each, and one for each related table."""
    for table in (each for each in personal_data.tables.values() if each.columns):
        rows = [_cells(table, row) for row in table.rows_of(subject)]
        if rows:
            yield Table(table.model, wording.title_of(apps.get_model(table.model)), rows)


def _cells(table: PersonalTable, row: Model) -> list[Cell]:
    cells = []
    for name in table.columns:
        label = wording.label_of(row._meta.get_field(name))
        cells.append(Cell(name, label, _as_data(getattr(row, name)), wording.words_of(row, name)))
    return cells


def _as_data(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | list | dict):
        return value
    return str(value)


def response(content: bytes, municipality: Municipality, kind: str) -> HttpResponse:
    """To be kept as a file. The same name for everyone, so that it says nothing."""
    answer = HttpResponse(content, content_type=f"application/{kind}")
    name = f"bli-her-{municipality.slug}-{clock.today()}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def as_json(subject: Subject) -> dict[str, object]:
    """Each table by its name, with its rows by column; days as 2026-11-22."""
    return {
        "municipality": subject.household.municipality.name,
        "tables": {
            table.name: [{cell.name: cell.value for cell in row} for row in table.rows] for table in tables_of(subject)
        },
    }


def as_pdf(subject: Subject, language: str, on: date) -> bytes:
    """The same to read, tagged for screen readers. Conforms to PDF/UA-1 and PDF/A-2a."""
    with translation.override(language):
        return render.render(render.OWN_DATA, _document(subject, language, on), timestamp=on, forgiving=True)


def _document(subject: Subject, language: str, on: date) -> OwnDataDocument:
    place = subject.household.municipality.name
    sections: list[OwnDataSection] = [
        {
            "title": table.title,
            "rows": [[{"label": cell.label, "value": cell.words} for cell in row if cell.words] for row in table.rows],
        }
        for table in sorted(tables_of(subject), key=lambda table: wording.place_of(table.name))
    ]
    lead = [_("As it was on %(day)s.") % {"day": date_format(on, "DATE_FORMAT")}]
    if undrawable("".join(cell["value"] for section in sections for row in section["rows"] for cell in row)):
        lead.append(_("Some letters cannot be printed here. The file for machines (JSON) has them all."))
    return {
        "language": language,
        "title": _("What %(place)s knows about you") % {"place": place},
        "author": f"{place} kommune",
        "lead": lead,
        "page": _("Page {page} of {pages}"),
        "sections": sections,
    }
