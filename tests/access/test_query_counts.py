"""Every list, page and form asks the database as often for a thousand rows as for ten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from housing.models import Listing
from jobs.models import Vacancy
from newcomers.models import BulkMessage
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.models import Article, ServiceInfo
from tests.access import crowd
from tests.access.cast import Town, client_of
from tests.access.rows import ROWS
from tests.conftest import TODAY
from welcome.packages.models import PackageRun

# Built once; a second process would build it again.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("query_counts")]
FEW, MANY = 10, 1_000

OFFICE = {
    f"admin:{model._meta.label}:{page}": (model, page)
    for model in admin.site._registry
    for page in ("changelist", "add", "change", "history")
    if page == "changelist" or model in ROWS
}
OTHERS = [
    "whom we reach", "whom we reach: file", "account",
    "day page", "figures", "home", "start", "topic", "jobs", "jobs, last page", "job", "homes", "homes, last page",
    "home of a list", "register", "register: return", "introduce", "host: newcomers", "host: newcomer", "host: contact",
    "privacy", "record", "protected households", "data of a household",
    "who has looked", "own data", "own data on paper", "my page", "my page: edit",
    "my page: steps", "my page: people", "my page: choices", "my page: data", "my page: address",
    "my page: plans", "my page: new address",
    "my page: wishes", "my page: a wish", "children",
    "household", "desk", "households: new", "households: unassigned", "households: waiting", "households: late",
    "message to many", "run: short", "run: blocked", "run: done", "ask a host", "promises: all", "search", "mailbox",
    "search the site", "search the site, misspelt",
    "ask", "something is wrong", "facts", "feed", "guide", "poster", "code", "site map",
    "texts: languages", "texts: changes", "texts: copy", "texts: pages to copy", "texts: versions",
    "texts: side by side", "texts: ours and theirs",
]  # fmt: skip


@dataclass
class Asked:
    """How often each statement was sent, with its numbers and ids left out."""

    status: int
    statements: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.statements.values())


def ask(client: Client, address: str) -> Asked:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    asked = Asked(answer.status_code)
    for query in queries:
        plain = re.sub(r"\(\s*'[0-9a-f]{32}'.*?\)|'[^']*'|\b\d+\b", "?", query["sql"])
        asked.statements[plain] += 1
    return asked


def office_pages(rows: crowd.Rows) -> Iterator[tuple[str, str]]:
    for name, (model, page) in OFFICE.items():
        args = [rows[model].pk] if page in {"change", "history"} else []
        yield name, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def public_pages(rows: crowd.Rows) -> dict[str, str]:
    return {
        "home": "/en/",
        "start": "/en/gol/",
        "feed": "/en/gol/news.atom",
        "guide": "/en/gol/guide.pdf",
        "poster": f"/en/gol/poster.pdf?page=/en/gol/topics/{rows[ServiceInfo].topic}/",
        "code": "/en/gol/qr/",
        "site map": "/sitemaps/gol.xml",
        "jobs": "/en/gol/jobs/",
        "jobs, last page": "/en/gol/jobs/?page=9999",
        "job": rows[Vacancy].get_absolute_url(),
        "homes": "/en/gol/homes/",
        "homes, last page": "/en/gol/homes/?page=9999",
        "home of a list": rows[Listing].get_absolute_url(),
        "topic": f"/en/gol/topics/{rows[ServiceInfo].topic}/",
        "register": "/en/gol/register/",
        "children": "/en/gol/children/",
        "register: return": "/en/gol/register/return/",
        "introduce": "/en/gol/register/employee/",
        "ask": f"/en/gol/ask/?page=/en/gol/topics/{rows[ServiceInfo].topic}/",
        "something is wrong": f"/en/gol/wrong/?page=/en/gol/topics/{rows[ServiceInfo].topic}/",
        "facts": "/en/gol/facts/",
        "search the site": "/en/gol/search/?q=lantern",
        "search the site, misspelt": "/en/gol/search/?q=lanternn",
        "mailbox": "/mailbox/",
    }


def own_pages(town: Town) -> dict[str, tuple[str, str]]:
    """Who opens it, and where."""
    of_host = {name: reverse(f"hosting:{name}", args=["gol", town.assignment.pk]) for name in ("newcomer", "contact")}
    return {
        "my page": ("newcomer", "/en/gol/my/"),
        "my page: edit": ("newcomer", "/en/gol/my/edit/"),
        "privacy": ("newcomer", "/en/gol/privacy/"),
        "record": (Role.COORDINATOR, "/admin/privacy/purpose/record/?municipality=3324"),
        "who has looked": ("newcomer", "/en/gol/my/data/looked/"),
        "own data": ("newcomer", "/en/gol/my/data/mine.json"),
        "own data on paper": ("newcomer", "/en/gol/my/data/mine.pdf"),
        "my page: steps": ("newcomer", "/en/gol/my/steps/"),
        "my page: people": ("newcomer", "/en/gol/my/people/"),
        "my page: choices": ("newcomer", "/en/gol/my/choices/"),
        "my page: data": ("newcomer", "/en/gol/my/data/"),
        "my page: address": ("newcomer", "/en/gol/my/address/"),
        "my page: plans": ("newcomer", "/en/gol/my/plans/"),
        "my page: new address": ("newcomer", "/en/gol/my/email/"),
        "my page: wishes": ("newcomer", "/en/gol/my/wishes/"),
        "my page: a wish": ("newcomer", "/en/gol/my/wishes/occupation/"),
        "host: newcomers": ("host", reverse("hosting:newcomers", args=["gol"])),
        "host: newcomer": ("host", of_host["newcomer"]),
        "host: contact": ("host", of_host["contact"]),
    }


def lists_of_the_office(town: Town, rows: crowd.Rows) -> dict[str, str]:
    run = reverse("admin:packages_packagerun_change", args=[rows[PackageRun].pk])
    return {
        "day page": "/admin/",
        "figures": "/admin/figures/",
        "whom we reach": "/admin/insight/reach/?period=24",
        "whom we reach: file": "/admin/insight/reach.csv?period=24",
        "account": "/en/account/",
        "household": reverse("admin:newcomers_household_change", args=[town.household.pk]),
        "desk": "/admin/newcomers/household/counter/",
        "protected households": "/admin/privacy/erasurerequest/protected/",
        "data of a household": reverse("admin:privacy_household", args=[town.household.pk]),
        "message to many": reverse("admin:newcomers_bulkmessage_change", args=[rows[BulkMessage].pk]),
        **{
            f"households: {tab}": f"/admin/newcomers/household/?show={tab}"
            for tab in ("new", "unassigned", "waiting", "late")
        },
        "run: short": f"{run}?show=short",
        "run: done": f"{run}?show=done",
        "run: blocked": f"{run}?show=blocked",
        "ask a host": "/admin/hosting/assignment/add/",
        "promises: all": "/admin/municipalities/datedtask/?when=all",
        "search": "/admin/newcomers/household/?q=Lykt",
    }


def texts_of_the_office(town: Town, rows: crowd.Rows) -> dict[str, str]:
    info, copy = rows[ServiceInfo].pk, Article.objects.filter(origin=rows[Article]).earliest("created_at", "pk").pk
    target = Municipality.objects.get(slug="many-0").pk
    return {
        "texts: languages": f"/admin/pages/serviceinfo/languages/?municipality={town.municipality.code}",
        "texts: changes": "/admin/pages/serviceinfo/changes/",
        "texts: copy": "/admin/pages/serviceinfo/copy/",
        "texts: pages to copy": f"/admin/pages/serviceinfo/copy/?source={town.municipality.pk}&target={target}",
        "texts: versions": reverse("admin:pages_serviceinfo_versions", args=[info]),
        "texts: side by side": reverse("admin:pages_serviceinfo_side_by_side", args=[info]),
        "texts: ours and theirs": reverse("admin:pages_article_origin", args=[copy]),
    }


def measure(town: Town, rows: crowd.Rows) -> dict[str, Asked]:
    office, stranger = client_of(town.people[Role.COORDINATOR]), client_of(None)
    found = {name: ask(office, address) for name, address in office_pages(rows)}
    found |= {name: ask(office, address) for name, address in lists_of_the_office(town, rows).items()}
    found |= {name: ask(office, address) for name, address in texts_of_the_office(town, rows).items()}
    found |= {name: ask(stranger, address) for name, address in public_pages(rows).items()}
    return found | {name: ask(client_of(town.people[who]), url) for name, (who, url) in own_pages(town).items()}


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: Any) -> tuple[dict[str, Asked], dict[str, Asked]]:
    """Every page at few rows and at many. Nothing of it stays in the database."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr("portal.clock.today", lambda: TODAY)
        town, rows = crowd.build()
        crowd.fill(town, rows, 0, FEW)
        ContentType.objects.get_for_models(*apps.get_models())  # looked up once a process
        few = measure(town, rows)
        crowd.fill(town, rows, FEW, MANY)
        many = measure(town, rows)
        transaction.set_rollback(True)
    return few, many


def test_every_page_is_measured(counts: Any) -> None:
    few, many = counts
    assert set(few) == set(many) == {*OFFICE, *OTHERS}


@pytest.mark.parametrize("name", [*OFFICE, *OTHERS])
def test_queries_do_not_grow_with_rows(counts: Any, name: str) -> None:
    few, many = counts[0][name], counts[1][name]
    assert few.status == many.status
    assert few.status == 200 or (name.endswith(":add") and few.status == 403)
    grown = [f"{many.statements[s]} instead of {few.statements[s]}: {s}" for s in many.statements - few.statements]
    assert many.total == few.total, "\n".join(grown)
