from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from privacy import purposes


class Command(PortalCommand):
    help = "Give every municipality that is switched on the purposes of processing it lacks."
    takes_date = True

    def run(self, **options: Any) -> Mapping[str, object]:
        return purposes.set_up_all(on=options["date"])
