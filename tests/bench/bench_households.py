"""The office's list of households: 95 of 100 pages are faster than this with 100 and with 100,000 households."""

from __future__ import annotations

import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FEW, MADE, MANY, ROUNDS = 100, 5_000, 100_000, 10
BATCH = 2_000
START = "import django; django.setup(); from tests.bench import bench_households; bench_households.measure()"
LIST = "/admin/newcomers/household/"
PAGES = {
    "list": "", "page 2": "?p=2", "deep page": "?p={deep}", "new": "?show=new", "nobody has them": "?show=unassigned",
    "waiting": "?show=waiting", "late": "?show=late", "mine": "?owner=me", "by name": "?q=Lykt77",
    "by street": "?q=Lanternevegen 33", "nothing found": "?q=Qwertyuiop", "area": "?area=Gol",
    "looks for work": "?need=job", "important": "?important=work",
    "state, language": "?state__exact=moved_in&language=pl",
    "moved lately": "?moved=month", "by last contact": "?o=7",
}  # fmt: skip


def run() -> Iterator[str]:
    urls = {"SQLite": "", "PostgreSQL": os.environ.get("TEST_POSTGRES_URL", "")}
    for name, url in urls.items():
        if name == "PostgreSQL" and not url:
            yield "PostgreSQL skipped: TEST_POSTGRES_URL is not set"
            continue
        yield name
        yield from _in_a_process_of_its_own(url)


def _in_a_process_of_its_own(url: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bliher-bench-") as folder:
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings_test", "VAR_DIR": folder}
        env["DATABASE_URL"] = url or f"sqlite:///{folder}/bench.sqlite3"
        done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, env=env, capture_output=True, text=True)
        yield from (done.stdout if done.returncode == 0 else done.stderr).splitlines()


def measure() -> None:
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["*"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.VAR_DIR / "bench_test.sqlite3")
    else:
        connection.settings_dict["TEST"]["NAME"] = f"bliher_bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        client, town = _office()
        _fill(town, 0, FEW)
        before = {name: _ask(client, address) for name, address in _addresses(FEW)}
        _fill(town, FEW, MADE)
        _multiply(MANY // MADE)
        after = {name: _ask(client, address) for name, address in _addresses(MANY)}
        report(before, after)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["TEST"]["NAME"], verbosity=0)


def _addresses(households: int) -> Iterator[tuple[str, str]]:
    """The deep page is nearly the last; some households are protected, and stand on none."""
    for name, query in PAGES.items():
        yield name, LIST + query.format(deep=households * 99 // 100 // 50)


def report(before: dict[str, tuple[list[float], int]], after: dict[str, tuple[list[float], int]]) -> None:
    for name in PAGES:
        (few, asked), (many, asked_then) = before[name], after[name]
        p95 = statistics.quantiles(few, n=20)[-1], statistics.quantiles(many, n=20)[-1]
        print(
            f"{name:17} p95 {p95[0] * 1000:6.1f} ms of {FEW:,} households, {p95[1] * 1000:6.1f} ms of {MANY:,}; "
            f"ratio {p95[1] / p95[0]:.2f}; {asked} queries, then {asked_then}"
        )


# --- An office with many households ---


def _office() -> tuple[Any, Any]:
    from portal.municipalities.enums import Role
    from tests.access.cast import client_of
    from tests.factories import PostcodeFactory, StaffRoleFactory, UserFactory

    town = PostcodeFactory(code="3550", city="Gol").municipality
    for number in range(20):
        PostcodeFactory(code=f"36{number:02d}", city=f"Bygd {number}", municipality=town)
    user = UserFactory(email="officer@gol.example")
    StaffRoleFactory(user=user, municipality=town, role=Role.COORDINATOR)
    return client_of(user), town


def _fill(town: Any, first: int, last: int) -> None:
    from django.db import connection

    chance = random.Random(first + 7)
    host = _host(town)
    for start in range(first, last, BATCH):
        _batch(town, host, range(start, min(start + BATCH, last)), chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# Each table with its ids: its own, and those of the rows it belongs to.
CLONED = {
    "newcomers_household": ["id"],
    "newcomers_person": ["id", "household_id"],
    "newcomers_preferences": ["id", "household_id"],
    "hosting_assignment": ["id", "household_id"],
    "municipalities_datedtask": ["id", "subject_id"],
}


def _multiply(times: int) -> None:
    """So many times as many households, copied within the database: there it is quick."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.connection.create_function("md5", 1, lambda text: hashlib.md5(text.encode()).hexdigest())
    cast = "::text" if connection.vendor == "postgresql" else ""
    to_uuid = "::uuid" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        names = {table: [c.name for c in connection.introspection.get_table_description(cursor, table)]
                 for table in CLONED}  # fmt: skip
        for table in CLONED:
            cursor.execute(f"CREATE TEMPORARY TABLE first_{table} AS SELECT * FROM {table}")
        for number in range(1, times):
            for table, ids in CLONED.items():
                new = [f"md5({n}{cast} || '{number}'){to_uuid}" if n in ids else f'"{n}"' for n in names[table]]
                columns = ", ".join(f'"{name}"' for name in names[table])
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {', '.join(new)} FROM first_{table}")
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _host(town: Any) -> Any:
    from tests.hosting.factories import HostFactory, PlanFactory
    from welcome.hosting.models import Host

    PlanFactory(municipality=town)
    host = Host.objects.first() or HostFactory(municipality=town)
    # As many as the column holds; more are never followed here.
    Host.objects.update(capacity=32_000)
    return host


def _batch(town: Any, host: Any, numbers: range, chance: random.Random) -> None:
    from newcomers.enums import HouseholdState
    from newcomers.matching import address_key, sound_key
    from newcomers.models import Household, Person, Preferences
    from portal.accounts.models import User
    from portal.clock import today

    officer = User.objects.get(email="officer@gol.example")
    homes = []
    for n in numbers:
        postcode = "3550" if n % 20 == 0 else f"36{n % 20:02d}"
        street = f"Lanternevegen {n}"
        homes.append(
            Household(
                municipality=town,
                street=street,
                postcode=postcode,
                city="Gol",
                address_key=address_key(street, postcode),
                moved_in_on=today() - timedelta(days=chance.randint(0, 4000)),
                state=HouseholdState.SETTLED if n % 3 else HouseholdState.MOVED_IN,
                restricted=n % 500 == 0 and n > 0,
                language=chance.choice(["nb", "nb", "nb", "pl", "en"]),
                owner=officer if n % 50 == 0 else None,
                contacted_on=None if n % 4 == 0 else today(),
            )  # fmt: skip
        )
    for home in homes:
        if home.restricted:
            home.street = home.postcode = home.city = home.address_key = ""
    Household.objects.bulk_create(homes, batch_size=500)
    Person.objects.bulk_create(
        [Person(household=home, name=f"Kari Lykt{n}", name_key=f"karilykt{n}", sound_key=sound_key(f"Kari Lykt{n}"),
                birth_year=1990, wants_job=n % 9 == 0)
         for n, home in zip(numbers, homes, strict=True)], batch_size=500,
    )  # fmt: skip
    Preferences.objects.bulk_create(
        [Preferences(household=home, important=["work"] if n % 2 else ["learn"], segment=f"segment {n % 100}")
         for n, home in zip(numbers, homes, strict=True) if n % 5 == 0], batch_size=500,
    )  # fmt: skip
    _promises(town, host, [home for home in homes if not home.restricted][::5])


def _promises(town: Any, host: Any, homes: list[Any]) -> None:
    """Every fifth household has a host who promised something; every fiftieth promise is late."""
    from django.contrib.contenttypes.models import ContentType

    from portal.clock import today
    from portal.municipalities.models import DatedTask
    from welcome.hosting.models import Assignment

    plan = town.followupplans.first()
    assignments = Assignment.objects.bulk_create(
        [Assignment(municipality=town, household=home, host=host, plan=plan, state="active", proposed_on=today(),
                    accepted_on=today(), steps_from=today()) for home in homes], batch_size=500,
    )  # fmt: skip
    kind = ContentType.objects.get_for_model(Assignment)
    DatedTask.objects.bulk_create(
        [DatedTask(municipality=town, kind="follow_up", occasion="one_month", subject_type=kind, subject_id=row.pk,
                   due_on=today() + timedelta(days=-3 if n % 50 == 0 else 30)) for n, row in enumerate(assignments)],
        batch_size=500,
    )  # fmt: skip


def _ask(client: Any, address: str) -> tuple[list[float], int]:
    """Seconds of every page, and how many questions it asks; the first round is left out."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
        asked = len(queries)
    seconds = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        client.get(address)
        seconds.append(time.perf_counter() - start)
    return seconds, asked
