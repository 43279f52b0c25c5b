"""Knowledge runs one way. The order of the rooms stands in docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Each room may know itself and those before it.
ORDER = [
    "portal.accounts",
    "portal.municipalities",
    "portal.outbox",
    "portal.documents",
    "portal.search",
    "portal.statistics",
    "portal.pages",
    "portal.enquiries",
    "newcomers",
    "privacy",
    "housing",
    "jobs",
    "welcome.letters",
    "welcome.packages",
    "welcome.hosting",
    "welcome.insight",
]
# The parts of newcomers, and which of the others each may know; what they share stands beside them.
PARTS: dict[str, set[str]] = {
    "newcomers.registering": set(),
    "newcomers.movers": set(),
    "newcomers.my_page": {"newcomers.registering"},
    "newcomers.office": {"newcomers.registering", "newcomers.my_page", "newcomers.movers"},
}
# Neighbours that stand side by side.
STRANGERS = {("jobs", "housing")}
# Ground that every room may stand on.
GROUND = {
    "portal.clock", "portal.commands", "portal.registry", "portal.identity_numbers", "portal.demo", "portal.uploads",
    "portal.page_cache", "portal.forms", "portal.personal_data",
}  # fmt: skip


def room_of(module: str) -> str | None:
    return next((room for room in ORDER if module == room or module.startswith(f"{room}.")), None)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(room: str) -> list[Path]:
    return [p for p in (ROOT / room.replace(".", "/")).rglob("*.py") if "migrations" not in p.parts]


@pytest.mark.parametrize("room", ORDER)
def test_a_room_knows_only_the_rooms_below_it(room: str) -> None:
    allowed = set(ORDER[: ORDER.index(room) + 1])
    files = files_of(room)
    assert files
    for path in files:
        for module in imports_of(path):
            other = room_of(module)
            assert other is None or other in allowed, f"{path.relative_to(ROOT)} imports {module}"
            assert (room, other) not in STRANGERS, f"{path.relative_to(ROOT)} imports {module}"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_newcomers_knows_only_its_own(part: str) -> None:
    files = files_of(part)
    assert files
    for path in files:
        for module in imports_of(path):
            other = next((p for p in PARTS if module == p or module.startswith(f"{p}.")), None)
            assert other in {None, part} | PARTS[part], f"{path.relative_to(ROOT)} imports {module}"


def test_the_ground_knows_no_room_above_municipalities() -> None:
    for module in sorted(GROUND):
        path = ROOT / f"{module.replace('.', '/')}.py"
        if not path.exists():
            path = ROOT / module.replace(".", "/") / "__init__.py"
        for imported in imports_of(path):
            assert room_of(imported) in {None, "portal.accounts", "portal.municipalities"}, f"{path} imports {imported}"


def test_imports_are_absolute_and_nothing_reads_outside_the_project() -> None:
    for path in ROOT.rglob("*.py"):
        if {".venv", "node_modules", "migrations"} & set(path.parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level], path


def test_functions_and_files_stay_short() -> None:
    """Long ones hide a room that wants out."""
    for room in ["portal", "newcomers", "privacy", "housing", "jobs", "welcome"]:
        for path in files_of(room):
            text = path.read_text(encoding="utf-8")
            assert text.count("\n") <= 400, path
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    length = (node.end_lineno or node.lineno) - node.lineno + 1
                    assert length <= 40, f"{path.relative_to(ROOT)}: {node.name} has {length} lines"
