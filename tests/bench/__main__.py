"""`make bench`: figures and ratios of this machine. Nothing here passes or fails."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")


def main() -> None:
    wanted = sys.argv[1:]
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if wanted and path.stem.removeprefix("bench_") not in wanted:
            continue
        module = importlib.import_module(f"tests.bench.{path.stem}")
        print(f"\n{(module.__doc__ or path.stem).splitlines()[0]}", flush=True)
        for line in module.run():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
