from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from portal.commands import PortalCommand

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=\"", re.IGNORECASE)
# Mail programs know no stylesheets of ours, and a page that reports a fault must stand alone.
MAY_STYLE = ("emails/", "500.html")


class Command(PortalCommand):
    help = "Compile every template, and refuse what the content security policy would block."

    def run(self, **options: Any) -> Mapping[str, object]:
        root = Path(settings.BASE_DIR) / "templates"
        files = sorted(path for path in root.rglob("*") if path.suffix in {".html", ".txt"})
        faults = [fault for path in files for fault in self._faults(path.relative_to(root).as_posix(), path)]
        if faults:
            raise CommandError("\n".join(faults))
        return {"templates": len(files)}

    def _faults(self, name: str, path: Path) -> Iterator[str]:
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            yield f"{name}: {error}"
        if name.startswith(MAY_STYLE) or path.suffix == ".txt":
            return
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if INLINE.search(line):
                yield f"{name}:{number}: inline script or style; put it in static/"
