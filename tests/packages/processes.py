"""Runs of packages in processes of their own: killed at any statement, and several at once.

Started by test_processes.py. Makes a database of its own beside that of DATABASE_URL, and prints what was left.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Sum

from newcomers.models import Household
from portal.clock import Quarter
from portal.municipalities.models import Municipality
from tests.conftest import TODAY
from tests.packages.factories import make_gift, make_household, make_households, make_office
from welcome.letters.models import Letter
from welcome.packages import planning, printing, services, stock
from welcome.packages.models import Gift, Package, PackageItem, PackageRun

Q4 = Quarter(2026, 4)
HOUSEHOLDS, AGREED = 11, 7


def build() -> None:
    call_command("flush", interactive=False, verbosity=0)
    gol = make_office()
    make_gift(gol, "scarce", agreed=AGREED)
    make_gift(gol, "plenty", per="child")
    make_households(gol, HOUSEHOLDS - 1)
    make_household(gol, "Kari Moen", children=(2020, 2022))


def plan() -> None:
    services.run_packages(municipality=Municipality.objects.get(), quarter=Q4, on=TODAY)


def print_it() -> None:
    services.print_run(municipality=Municipality.objects.get(), quarter=Q4, on=TODAY)


def state() -> dict[str, Any]:
    """What must hold after everything: each number is one that can be wrong."""
    packages = Package.objects.standing()
    items = PackageItem.objects.filter(gift__code="scarce")
    return {
        "households": Household.objects.filter(packages__in=packages).distinct().count(),
        "packages": packages.count(),
        "items": list(PackageItem.objects.values_list("gift__code").annotate(Count("pk")).order_by("gift__code")),
        "scarce": {s: n for s, n in items.values_list("state").annotate(Sum("quantity"))},
        "left": Gift.objects.get(code="scarce").left,
        "broken": len(stock.broken_gifts()),
        "run": PackageRun.objects.get().state,
        "letters": Letter.objects.filter(issued_on=TODAY, package__in=packages).count(),
        "drafts": Letter.objects.filter(issued_on=None).count(),
    }


# --- Processes ---


def in_child(work: Callable[[], None]) -> int:
    """Start it in a process of its own, with its own connection."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return pid


def ended(pid: int) -> str:
    _pid, status = os.waitpid(pid, 0)
    return "killed" if os.WIFSIGNALED(status) else "done" if os.waitstatus_to_exitcode(status) == 0 else "failed"


def dying(work: Callable[[], None], moment: int) -> Callable[[], None]:
    """The same work, killed before the statement of that number."""
    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        if statements == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    def watched() -> None:
        with connection.execute_wrapper(count):
            work()

    return watched


def killed(first: Callable[[], None], work: Callable[[], None], step: int) -> Iterator[dict[str, Any]]:
    """Killed at one statement after another, each time begun again, until it was not killed any more."""
    moment = 1
    while True:
        build()
        first()
        how = ended(in_child(dying(work, moment)))
        again = ended(in_child(work))
        yield {"moment": moment, "how": how, "again": again, **state()}
        if how != "killed":
            return
        moment += step


def racing() -> Iterator[dict[str, Any]]:
    """Three plan, and one of them also prints, all at once."""

    def plan_and_print() -> None:
        plan()
        print_it()

    for everyone in ([plan] * 3, [plan, plan, plan_and_print], [plan_and_print] * 2):
        for _round in range(2):
            build()
            pids = [in_child(work) for work in everyone]
            yield {"how": sorted(ended(pid) for pid in pids), **state()}


SCENES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "killed_planning": lambda: killed(lambda: None, plan, step=3),
    "killed_printing": lambda: killed(plan, print_it, step=6),
    "racing": racing,
}


def main(scene: str) -> None:
    planning.CHUNK = printing.CHUNK = 4
    name = f"bliher_processes_{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        is_file = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / name) if is_file else name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            print(json.dumps(list(SCENES[scene]())))
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
