"""Settings from the environment, with errors that say how to mend them."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str | None = None, *, hint: str = "") -> str:
    """The value of `name`, or of the file named by `name_FILE` (container secrets), or `default`."""
    file = os.environ.get(f"{name}_FILE")
    value = _content(name, file) if file else os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise _missing(name, hint)
    return default


def _content(name: str, file: str) -> str:
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE is {file!r}, which cannot be read: {error.strerror}. Write the path of a file with the value."
        ) from None


def _missing(name: str, hint: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{name} is not set. {hint} Set it in the environment, or write it in .env (see .env.example)."
    )


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 for yes or 0 for no.")
    return value in TRUE


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number, such as {default}.") from None


def words(name: str, default: str | None = None, *, hint: str = "") -> list[str]:
    """A comma-separated list."""
    found = [part.strip() for part in text(name, default, hint=hint).split(",") if part.strip()]
    if not found and default is None:
        raise _missing(name, hint)
    return found


def read_dotenv(path: Path) -> None:
    """Take NAME=value lines from a file; what the environment already says wins."""
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))
