"""Keeps the figures of the municipalities that are switched on up to date. What is there stays when an answer fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portal.municipalities.models import Municipality
from portal.statistics.jsonstat import BadAnswer, labels
from portal.statistics.models import FigureLoad, PlaceFigure
from portal.statistics.ssb import NoAnswer, Source
from portal.statistics.tables import REGION, TABLES, Figures, Table, codelist_of, municipality_code

# So many regions in one address keep it shorter than servers take.
AT_ONCE = 50


@dataclass
class Report:
    """How many figures are new or other than before, and what failed: municipality, table and why."""

    figures: int = 0
    changed: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)

    def fail(self, table: Table, municipalities: Iterable[Municipality], problem: object) -> None:
        self.failed += [
            {"municipality": m.code, "table": table.number, "problem": str(problem)} for m in municipalities
        ]


def load(municipalities: Sequence[Municipality], *, dry_run: bool = False) -> Report:
    """Ask for every table, and keep what is answered. With `dry_run` nothing is written."""
    report = Report()
    if not municipalities:
        return report
    if not dry_run:
        mark_as_running(municipalities)
    source = Source()
    for table in TABLES:
        try:
            _load_table(source, table, municipalities, report, dry_run=dry_run)
        except (NoAnswer, BadAnswer) as error:
            report.fail(table, municipalities, error)
    if not dry_run:
        _mark_as_finished(municipalities, report)
    return report


def mark_as_running(municipalities: Iterable[Municipality]) -> None:
    for municipality in municipalities:
        FigureLoad.objects.update_or_create(
            municipality=municipality, defaults={"started_at": timezone.now(), "finished_at": None}
        )


def _mark_as_finished(municipalities: Iterable[Municipality], report: Report) -> None:
    for municipality in municipalities:
        problems = [f"{f['table']}: {f['problem']}" for f in report.failed if f["municipality"] == municipality.code]
        municipality.figureloads.update(finished_at=timezone.now(), problem="\n".join(problems))


def _load_table(
    source: Source, table: Table, municipalities: Sequence[Municipality], report: Report, *, dry_run: bool
) -> None:
    metadata = source.get(f"tables/{table.number}/metadata", {"outputFormat": "json-stat2"})
    codelist, regions = _regions(source, metadata)
    known = [m for m in municipalities if m.code in regions]
    report.fail(table, [m for m in municipalities if m.code not in regions], "The table does not have it.")
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        try:
            query = table.query(metadata, [regions[m.code] for m in some], codelist)
            answer = source.get(f"tables/{table.number}/data", {"outputFormat": "json-stat2", **query})
            found, moment = table.read(answer), updated_at(answer)
        except (NoAnswer, BadAnswer) as error:
            report.fail(table, some, error)
            continue
        for municipality in some:
            _keep(municipality, table, found.get(municipality.code, {}), moment, report, dry_run=dry_run)


def _regions(source: Source, metadata: Mapping[str, Any]) -> tuple[str | None, dict[str, str]]:
    """The list of regions to ask by, and the code of each municipality in it."""
    found = list(labels(metadata, REGION))
    codelist = codelist_of(metadata)
    if codelist:
        values = source.get(f"codelists/{codelist}").get("values")
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise BadAnswer(f"The list {codelist} has no values.")
        found = [str(value.get("code", "")) for value in values]
    return codelist, {municipality: code for code in found if (municipality := municipality_code(code))}


def updated_at(answer: Mapping[str, Any]) -> datetime | None:
    try:
        moment = parse_datetime(str(answer.get("updated", "")))
    except ValueError:
        return None
    return moment if moment is None or timezone.is_aware(moment) else timezone.make_aware(moment)


def _keep(
    municipality: Municipality, table: Table, found: Figures, updated: datetime | None, report: Report, *, dry_run: bool
) -> None:
    figures = {key: number for key, number in found.items() if number is not None}
    if not figures:
        report.fail(table, [municipality], "It has no numbers for it.")
        return
    report.figures += len(figures)
    report.changed += replace(municipality, table.number, figures, updated, dry_run=dry_run)


@transaction.atomic
def replace(
    municipality: Municipality,
    table: str,
    figures: Mapping[tuple[Any, int], int],
    updated: datetime | None,
    *,
    is_invented: bool = False,
    dry_run: bool = False,
) -> int:
    """Let these be all the figures the municipality has from the table. Gives how many are new or other than before.

    Nothing is written when nothing changed, so that the pages that are kept stay.
    """
    before = {
        (row.measure, row.year): (row.value, row.source_updated, row.is_invented)
        for row in municipality.placefigures.filter(table=table)
    }
    rows = [
        PlaceFigure(
            municipality=municipality, table=table, measure=measure, year=year, value=value, source_updated=updated,
            is_invented=is_invented,
        )
        for (measure, year), value in figures.items()
    ]  # fmt: skip
    new = [row for row in rows if before.get((row.measure, row.year)) != (row.value, updated, is_invented)]
    if dry_run:
        return len(new)
    if new:
        PlaceFigure.objects.bulk_create(
            new,
            update_conflicts=True,
            unique_fields=["municipality", "table", "measure", "year"],
            update_fields=["value", "source_updated", "is_invented"],
        )
    gone = [key for key in before if key not in figures]
    for measure, year in gone:
        municipality.placefigures.filter(table=table, measure=measure, year=year).delete()
    return len(new) + len(gone)
