from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from portal.municipalities.loading import load_municipalities


class Command(PortalCommand):
    help = "Load Norway's municipalities and postcodes, or bring them up to date."

    def run(self, **options: Any) -> Mapping[str, object]:
        return load_municipalities()
