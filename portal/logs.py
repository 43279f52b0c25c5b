"""What no log may tell: links from mails open without signing in, and whoever reads a log must not use them."""

from __future__ import annotations

import logging
import re

# As in gunicorn.conf.py, which cannot know the portal.
_SIGNED_LINK = re.compile(r"(/verify/|/ask/answered/)[^/\s]+")


class WithoutLinks(logging.Filter):
    """For handlers: Django names the address of whatever it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SIGNED_LINK.sub(r"\1...", record.getMessage()), ()
        return True
