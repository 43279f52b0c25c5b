"""Lighthouse on a phone: speed, accessibility, good practice and what search engines need (wanted: 95 of 100 each)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conftest import chromium_path
from tests.serving import portal

PAGES = {
    "start": "/nb/gol/", "topic": "/nb/gol/topics/housing/", "list": "/nb/gol/jobs/", "form": "/nb/gol/register/",
}  # fmt: skip
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync"
LIGHTHOUSE = "lighthouse@12"


def run() -> Iterator[str]:
    browser, npx = chromium_path(), shutil.which("npx")
    if not browser or not npx or not _can_fetch(npx):
        yield "skipped: Lighthouse needs Chromium, and npx with the npm registry"
        return
    with tempfile.TemporaryDirectory(prefix="bliher-bench-") as folder, portal(Path(folder)) as port:
        for name, path in PAGES.items():
            report = Path(folder) / f"{name}.json"
            problem = _look(npx, browser, f"http://localhost:{port}{path}", report)
            yield from [problem] if problem else _told(name, json.loads(report.read_text(encoding="utf-8")))


def _can_fetch(npx: str) -> bool:
    return subprocess.run([npx, "--yes", LIGHTHOUSE, "--version"], capture_output=True, check=False).returncode == 0


def _look(npx: str, browser: str, url: str, report: Path) -> str:
    """Write the report, or say why there is none."""
    done = subprocess.run(
        [npx, "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}",
         f"--chrome-flags={FLAGS}"],
        env=os.environ | {"CHROME_PATH": browser}, check=False, capture_output=True, text=True,
    )  # fmt: skip
    return f"{url} was not measured: {done.stderr[-300:].strip()}" if done.returncode else ""


def _told(name: str, report: dict[str, Any]) -> Iterator[str]:
    """The four scores, then what keeps one of them below 100."""
    categories, audits = report["categories"], report["audits"]
    scores = ", ".join(f"{each['title']} {round((each['score'] or 0) * 100)}" for each in categories.values())
    yield f"{name:6} {scores}; {audits['total-byte-weight']['numericValue'] / 1000:.0f} kB"
    for category in categories.values():
        for reference in category["auditRefs"]:
            audit = audits[reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"       {audit['id']}: {audit['title']} {audit.get('displayValue', '')}".rstrip()
