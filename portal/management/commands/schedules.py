from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from portal.schedules import set_up


class Command(PortalCommand):
    help = "Set up the schedules of the worker (run after each migrate)."

    def run(self, **options: Any) -> Mapping[str, object]:
        return set_up()
