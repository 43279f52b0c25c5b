"""A household that must not be in a run any more, also while the run is being planned or printed."""

from __future__ import annotations

from django.db.models import Q

from newcomers.models import Household
from portal.documents import services as documents
from portal.documents.models import PrintJob
from welcome.packages.enums import PackageState, RunState
from welcome.packages.models import Package, PackageRun
from welcome.packages.printing import cancel


def drop_files(household: Household) -> None:
    """No stored letters and no packing list name it any more; both can be made again without it.

    Whoever is storing the files at this moment holds the run's row: waiting for it, we see what they stored. Whoever
    comes after us sees that the household is gone (printing.py looks again before it stores).
    """
    in_runs = Q(pk__in=Package.objects.filter(household=household).values("run"))
    # Also those that are open: a package may be on its way into one of them.
    runs = PackageRun.objects.filter(in_runs | Q(municipality=household.municipality_id, state=RunState.PLANNED))
    held = [run.pk for run in runs.select_for_update().order_by("pk")]
    named = PackageRun.objects.filter(pk__in=held, packages__household=household)
    files = Q(pk__in=named.values("packing_list")) | Q(pk__in=named.values("letters_file"))
    documents.drop_contents(PrintJob.objects.filter(files))


def take_out(household: Household) -> None:
    """A planned package is cancelled and its gifts go back; a printed one stays without the household."""
    drop_files(household)
    cancel(list(household.packages.filter(state=PackageState.PLANNED).values_list("pk", flat=True)))
    household.packages.update(household=None)
