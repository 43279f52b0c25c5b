"""Questions asked in processes of their own, all at once. Started by test_at_once.py; prints what was left."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from django.db import connection

from portal.enquiries.models import Enquiry
from portal.municipalities.models import Municipality
from tests.enquiries.factories import asked
from tests.factories import MunicipalityFactory
from tests.packages.processes import ended, in_child

PROCESSES, EACH = 4, 5


def _ask() -> None:
    municipality = Municipality.objects.get()
    for _number in range(EACH):
        asked(municipality)


def main() -> None:
    name = f"bliher_enquiries_{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        is_file = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / name) if is_file else name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            MunicipalityFactory(gol=True)
            children = [in_child(_ask) for _number in range(PROCESSES)]
            how = [ended(pid) for pid in children]
            print(json.dumps({"ended": how, "numbers": sorted(Enquiry.objects.values_list("number", flat=True))}))
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
