"""Lists of movers, what waits for a decision, and households that may be one or were made one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from newcomers.models.households import Household
from newcomers.movers.enums import (
    UNFINISHED,
    DifferenceKind,
    ImportState,
    LegalBasis,
    MoverPurpose,
    MoverSource,
    PairReason,
    PairState,
    RowKind,
)
from newcomers.movers.table import COLUMNS
from portal import clock
from portal.identity_numbers import no_identity_number
from portal.municipalities.models import MunicipalRecord, OpaqueModel

# Rows that nobody decided on, and what undoing a merge needs, are kept for so long.
KEPT_FOR = timedelta(days=30)


def in_words(numbers: Iterable[Sequence[Any]]) -> list[str]:
    """Tables by what people call them, with how many rows: "letter: 1"."""
    return [f"{apps.get_model(label)._meta.verbose_name}: {number}" for label, number in numbers]


class MoverImportQuerySet(models.QuerySet["MoverImport"]):
    def unfinished(self) -> MoverImportQuerySet:
        return self.filter(state__in=UNFINISHED)


class MoverImport(MunicipalRecord):
    """A list of movers that was read: by whom, from where, why and on what basis, and what came of it.

    The file itself is never kept. Its households stand in `rows` until somebody has decided, for 30 days at most.
    """

    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("taken in by"),
    )
    source = models.CharField(
        _("where the list comes from"), max_length=10, choices=MoverSource, default=MoverSource.POPULATION_REGISTER
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=MoverPurpose, default=MoverPurpose.WELCOME)
    legal_basis = models.CharField(_("legal basis"), max_length=12, choices=LegalBasis, default=LegalBasis.PUBLIC_TASK)
    basis = models.CharField(
        _("legal basis and purpose in words"),
        max_length=300,
        validators=[no_identity_number],
        help_text=_("Name the law, and what these people are written to about."),
    )
    on = models.DateField(_("day"), default=clock.today)
    all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    total = models.PositiveIntegerField(_("households in the list"), default=0)
    compared = models.PositiveIntegerField(_("households compared"), default=0)
    done = models.PositiveIntegerField(_("households taken"), default=0)
    report = models.JSONField(_("report"), default=dict)

    objects = MoverImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of movers")
        verbose_name_plural = _("lists of movers")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return date_format(localtime(self.created_at), "DATETIME_FORMAT")

    @property
    def is_busy(self) -> bool:
        return self.state in UNFINISHED

    @property
    def refused(self) -> list[dict[str, Any]]:
        """The refused rows, with the column's name as it stands in a Norwegian file."""
        rows = self.report.get("refused", [])
        return [row | {"column": COLUMNS.get(row["field"], (row["field"],))[0]} for row in rows]


class MoverRow(OpaqueModel):
    """A household of a list that waits: to be compared, for a decision, or to be taken in. Gone when that is done."""

    record = models.ForeignKey(MoverImport, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    # newcomers.movers.file.MovedHousehold: no protected person, no child's name, no identity number.
    packed = models.JSONField()
    kind = models.CharField(_("what it is"), max_length=10, choices=RowKind, blank=True)
    # The one it is beyond doubt; not set for one that is new or doubtful.
    household = models.ForeignKey(Household, on_delete=models.SET_NULL, null=True, related_name="+")
    differences = models.JSONField(default=list)
    chosen = models.BooleanField(_("chosen to be taken in"), default=False)

    class Meta:
        verbose_name = _("household of a list")
        verbose_name_plural = _("households of a list")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["record", "position"], name="row_once_in_a_list")]
        indexes = [models.Index(fields=["record", "kind", "position"], name="rows_of_a_list")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def lines(self) -> str:
        return ", ".join(map(str, self.packed["lines"]))

    @property
    def adults(self) -> str:
        return ", ".join(f"{adult['name']} ({adult['birth_year']})" for adult in self.packed["adults"])

    @property
    def shown_differences(self) -> list[dict[str, str]]:
        """What would change, old and new side by side."""
        return [
            {"label": str(DifferenceKind(row["what"]).label), "old": _shown(row, "old"), "new": _shown(row, "new")}
            for row in self.differences
        ]

    @property
    def moved_in_on(self) -> date:
        return date.fromisoformat(self.packed["moved_in_on"])


def _shown(difference: dict[str, str], side: str) -> str:
    value = difference[side]
    if value and difference["what"] == DifferenceKind.MOVED_IN:
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    return value


class PairQuerySet(models.QuerySet["Pair"]):
    def shown(self) -> PairQuerySet:
        return self.filter(household__restricted=False).exclude(other__restricted=True)

    def waiting(self) -> PairQuerySet:
        return self.shown().filter(state=PairState.OPEN)


class Pair(MunicipalRecord):
    """Two that may be one household: one of ours, and another of ours or one of a list. A person decides."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="pairs", verbose_name=_("household")
    )
    other = models.ForeignKey(
        Household, on_delete=models.CASCADE, null=True, related_name="other_pairs", verbose_name=_("other household")
    )
    row = models.ForeignKey(
        MoverRow, on_delete=models.CASCADE, null=True, related_name="pairs", verbose_name=_("household of a list")
    )
    reasons = models.JSONField(_("why"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=PairState, default=PairState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_on = models.DateField(_("decided"), null=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair that may be one household")
        verbose_name_plural = _("pairs that may be one household")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="pair_of_two",
                condition=(Q(other=None, row__isnull=False) | Q(other__isnull=False, row=None))
                & (Q(other=None) | ~Q(household=F("other"))),
            ),
            models.UniqueConstraint(fields=["household", "other"], name="pair_of_households_once"),
            models.UniqueConstraint(fields=["household", "row"], name="pair_with_a_row_once"),
        ]
        indexes = [models.Index(fields=["municipality", "state"], name="pairs_by_state")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def why(self) -> str:
        """The reasons in words."""
        return ", ".join(str(PairReason(reason).label) for reason in self.reasons)


class RowDecision(OpaqueModel):
    """Who found what of a row of a list, and when. The row and its pairs go with the decision; this names nobody."""

    record = models.ForeignKey(MoverImport, on_delete=models.CASCADE, related_name="decisions")
    found = models.CharField(_("found"), max_length=10, choices=PairState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    on = models.DateField(_("decided"))

    class Meta:
        verbose_name = _("decision on a household of a list")
        verbose_name_plural = _("decisions on households of lists")
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on}: {self.get_found_display()}"


class Merge(MunicipalRecord):
    """Two households were made one. What undoing it needs is kept for 30 days, and then emptied."""

    kept = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="merges", verbose_name=_("household that was kept")
    )
    on = models.DateField(_("day"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    # newcomers.movers.merging; personal data, so it goes when a household is protected or erased.
    snapshot = models.JSONField(default=dict, editable=False)
    # What the kept household had already, and so was not taken over: [table, number of rows].
    left_out = models.JSONField(default=list, editable=False)
    undone_on = models.DateField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("merged household")
        verbose_name_plural = _("merged households")
        ordering = ["-on", "-created_at"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def not_taken_over(self) -> str:
        return ", ".join(in_words(self.left_out))

    @property
    def may_be_undone(self) -> bool:
        return bool(self.snapshot) and self.undone_on is None

    @property
    def twins(self) -> dict[str, str]:
        """Persons of the kept household, and the row that the same person had in the other one."""
        twins: dict[str, str] = self.snapshot.get("twins", {})
        return twins

    def strike(self, person: str) -> None:
        """Who is deleted is not brought back by undoing: nothing of their other row is kept for it."""
        twin = self.twins.get(person)
        if twin is None:
            return
        kept = self.snapshot
        self.snapshot = {
            **kept,
            "deleted": [row for row in kept["deleted"] if twin not in row],
            "changes": [change for change in kept["changes"] if not {person, twin} & set(map(str, change))],
            "twins": {one: other for one, other in self.twins.items() if one != person},
        }
        self.save(update_fields=["snapshot"])
