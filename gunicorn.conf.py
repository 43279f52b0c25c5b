"""The web server. Its log names no person: no visitor's address, nothing they searched for, no link of theirs."""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger

accesslog = "-"
# A search of ten thousand characters gets a page that says so; the proxy in front decides what is too much.
limit_request_line = 0
access_log_format = "%(m)s %(U)s %(s)s %(B)s %(L)ss"

# Links from mails open without signing in: whoever reads the log must not be able to use them.
_SIGNED_LINK = re.compile(r"(/verify/|/ask/answered/)[^/]+")


class DiscreetLogger(Logger):
    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*args, **kwargs)
        atoms["U"] = _SIGNED_LINK.sub(r"\1...", str(atoms["U"]))
        return atoms


logger_class = DiscreetLogger
