"""What no log may tell: many links open without signing in, and whoever reads a log must not be able to use them."""

from __future__ import annotations

import logging
import re

# A part of an address that opens something: an id, or what was signed (django.core.signing), whatever page it is for.
_KEY = re.compile(r"/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w.-]+(?::[\w-]+)*:[\w-]{20,})", re.IGNORECASE)


def without_keys(text: str) -> str:
    return _KEY.sub("/...", text)


class WithoutLinks(logging.Filter):
    """For handlers: Django names the address of whatever it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_keys(record.getMessage()), ()
        return True
