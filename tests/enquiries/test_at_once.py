"""Several at once: every question has a number of its own. On SQLite and PostgreSQL as the suite is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from portal.enquiries import remarks
from portal.enquiries.models import Enquiry, PageVote
from portal.municipalities.models import Municipality
from tests.conftest import TODAY, two_writers
from tests.enquiries.factories import typed
from tests.factories import ServiceInfoFactory

START = "import django; django.setup(); from tests.enquiries import processes; processes.main()"


def test_processes_that_write_at_once_give_each_question_its_own_number() -> None:
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings_test"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "ended": ["done"] * 4,
        "numbers": [f"GOL-2026-{number:04d}" for number in range(1, 21)],
    }


@pytest.mark.django_db(transaction=True)
@two_writers
def test_a_button_pressed_twice_at_once_sends_one_question(gol: Municipality) -> None:
    form, start = typed(), Barrier(4)

    def press() -> str:
        try:
            start.wait()
            return str(Client().post("/en/gol/ask/", form).headers["Location"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        led_to = set(pool.map(lambda _number: press(), range(4)))
    assert led_to == {f"/en/gol/ask/sent/{Enquiry.objects.get().pk}/"}


@pytest.mark.django_db(transaction=True)
@two_writers
def test_votes_at_once_are_all_counted() -> None:
    info = ServiceInfoFactory()
    start = Barrier(6)

    def press() -> None:
        try:
            start.wait()
            remarks.vote(fact=info, right=True, on=TODAY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _number: press(), range(6)))
    assert PageVote.objects.get().yes == 6
