"""Printing a run: letters are frozen as drafts, rendered, and issued in one commit together with the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from newcomers.models import Household
from newcomers.my_page import objections
from portal.accounts.models import User
from portal.documents import services as documents
from portal.documents.models import PrintJob
from portal.documents.shapes import LetterData
from welcome.letters import services as letters
from welcome.letters.composing import LetterMaker
from welcome.letters.models import Letter
from welcome.packages import eligibility, papers, stock
from welcome.packages.enums import ItemState, PackageState, RunState
from welcome.packages.models import Package, PackageItem, PackageRun
from welcome.packages.runs import CHUNK, Progress, RunChanged, RunError, hold_open, move_packages, move_run, no_progress

LETTERS, PACKING_LIST = "package_letters", "packing_list"


@dataclass(frozen=True)
class PrintedRun:
    pdf: bytes
    letters: int
    pages: int
    packing_list: bytes


class Printing:
    """One printing of a run that was not printed before. Whatever stops it, it can be started again."""

    def __init__(self, run: PackageRun, *, on: date, by: User | None, progress: Progress | None) -> None:
        self.run = run
        self.on = on
        self.by = by
        self.progress = progress or no_progress
        self.titles: dict[str, dict[UUID, str]] = {}

    def run_through(self) -> PrintedRun:
        maker = letters.letter_maker(municipality=self.run.municipality, on=self.on)
        self._leave_out_unfit()
        self._write_drafts(maker)
        file = papers.letters_pdf(self.run, on=self.on, progress=self._second_half)
        if not file.letters:
            raise RunError(
                _("There is nothing to print: nobody is planned in %(quarter)s of %(municipality)s.")
                % {"quarter": self.run.quarter, "municipality": self.run.municipality}
            )
        packing_list = papers.packing_list_pdf(self.run, on=self.on)
        printed = PrintedRun(file.pdf, len(file.letters), file.pages, packing_list)
        self._issue(file, printed)
        return printed

    def _second_half(self, done: int, total: int) -> None:
        self.progress(total + done, 2 * total)

    # --- Who is left out ---

    def _leave_out_unfit(self) -> None:
        """Protected, erased, moved away or no longer wanting post: their gifts go back."""
        while gone := list(eligibility.unfit(self.run.packages.planned()).values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                self._hold_open()
                cancel(gone)

    def _hold_open(self) -> None:
        if not hold_open(self.run):
            raise RunChanged

    # --- What is frozen ---

    def _write_drafts(self, maker: LetterMaker) -> None:
        in_post_order = list(
            self.run.packages.planned()
            .order_by("household__postcode", "household__street", "household__city", "pk")
            .values_list("pk", flat=True)
        )
        number = 0
        for start in range(0, len(in_post_order), CHUNK):
            chunk = in_post_order[start : start + CHUNK]
            with transaction.atomic():
                self._hold_open()
                number = self._write_chunk(maker, chunk, number)
            self.progress(start + len(chunk), 2 * len(in_post_order))

    def _write_chunk(self, maker: LetterMaker, pks: Sequence[UUID], number: int) -> int:
        """Returns the last number given."""
        reserved = PackageItem.objects.filter(state=ItemState.RESERVED).order_by("gift_id")
        found = (
            Package.objects.planned()
            .select_related("run", "household")
            .prefetch_related("household__persons", Prefetch("items", reserved))
            .in_bulk(pks)
        )
        packages = [found[pk] for pk in pks if pk in found]
        codes = objections.codes_for(package.household for package in packages if package.household)
        to_print: dict[Household, Package] = {}
        facts: dict[Household, LetterData] = {}
        for package in packages:
            if package.household and eligibility.is_printable(package.household):
                number += 1
                package.number = number
                to_print[package.household] = package
                code = codes[package.household.pk]
                facts[package.household] = self._facts(maker, package.household, package, code)
        numbered = set(to_print.values())
        cancel([package.pk for package in packages if package not in numbered])
        drafts = letters.write_drafts(maker=maker, letters=facts)
        for household, package in to_print.items():
            package.letter = drafts.get(household.pk)
        Package.objects.bulk_update(to_print.values(), ["number", "letter"])
        return number

    def _facts(self, maker: LetterMaker, household: Household, package: Package, code: str) -> LetterData:
        language = maker.language_of(household)
        if language not in self.titles:
            self.titles[language] = papers.gift_titles(self.run, language)
        gifts = [papers.counted(item.quantity, self.titles[language][item.gift_id]) for item in package.items.all()]
        return maker.facts_for(household, gifts=gifts, reference=papers.reference(package), code=code)

    # --- What is issued ---

    @transaction.atomic
    def _issue(self, file: papers.LettersFile, printed: PrintedRun) -> None:
        """The moment of printing. If anything is not as it was when the letters were made, nothing happens."""
        if not move_run(self.run, to=RunState.PRINTED, printed_on=self.on, printed_by=self.by):
            raise RunChanged
        planned = self.run.packages.planned()
        if (
            not _is_as_printed(self.run, file)
            or planned.filter(number=None).exists()
            or eligibility.unfit(planned).exists()
        ):
            raise RunChanged
        job = store_files(self.run, printed, by=self.by)
        for start in range(0, len(file.letters), CHUNK):
            chunk = file.letters[start : start + CHUNK]
            if letters.issue(letters=chunk, on=self.on, print_job=job) != len(chunk):
                raise RunChanged
        PackageItem.objects.filter(package__in=planned, state=ItemState.RESERVED).update(state=ItemState.ISSUED)
        move_packages(planned, to=PackageState.PRINTED)


def print_again(run: PackageRun, *, by: User | None, progress: Progress | None) -> PrintedRun:
    """The same letters from their frozen facts, without households that were protected or erased since."""
    assert run.printed_on is not None  # a constraint of the table
    file = papers.letters_pdf(run, on=run.printed_on, progress=progress or no_progress)
    if not file.letters:
        raise RunError(_("There is nothing to print: no letter of this run is left."))
    packing_list = papers.packing_list_pdf(run, on=run.printed_on)
    printed = PrintedRun(file.pdf, len(file.letters), file.pages, packing_list)
    with transaction.atomic():
        # Whoever protects or erases a household waits for this row, or has been here first (leaving.drop_files).
        PackageRun.objects.select_for_update().get(pk=run.pk)
        if not _is_as_printed(run, file):
            raise RunChanged
        store_files(run, printed, by=by)
    return printed


def _is_as_printed(run: PackageRun, file: papers.LettersFile) -> bool:
    """Whether the letters in the file are still those that the run may show."""
    now = list(papers.with_letters(run).values_list("pk", "letter"))
    return now == list(zip(file.packages, file.letters, strict=True))


@transaction.atomic
def store_files(run: PackageRun, printed: PrintedRun, *, by: User | None) -> PrintJob:
    """Keeps both papers on the run's print jobs; returns that of the letters."""
    run.refresh_from_db(fields=["letters_file", "packing_list"])
    letters_file = run.letters_file or documents.start(kind=LETTERS, municipality=run.municipality, by=by)
    packing_list = run.packing_list or documents.start(kind=PACKING_LIST, municipality=run.municipality, by=by)
    stem = f"{run.municipality.slug}-{run.quarter}"
    documents.finish(
        letters_file,
        total=printed.letters,
        content=printed.pdf,
        filename=f"{stem}-letters.pdf",
        pages=printed.pages,
    )
    documents.finish(
        packing_list, total=printed.letters, content=printed.packing_list, filename=f"{stem}-packing-list.pdf"
    )
    PackageRun.objects.filter(pk=run.pk).update(letters_file=letters_file, packing_list=packing_list)
    return letters_file


def cancel(packages: Sequence[UUID]) -> None:
    """Gives their gifts back; the household may get a package again, should it qualify again."""
    gone = list(Package.objects.planned().filter(pk__in=packages).values_list("pk", flat=True))
    letters.drop_drafts(Letter.objects.filter(package__in=gone))
    items = list(PackageItem.objects.filter(package__in=gone))
    if move_packages(Package.objects.filter(pk__in=gone), to=PackageState.CANCELLED, number=None) != len(gone):
        raise RunChanged
    PackageItem.objects.filter(pk__in=[item.pk for item in items]).delete()
    stock.give_back(items)
