"""The web server. Its log names no person: no visitor's address, nothing they searched for, no link of theirs."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

accesslog = "-"
# A search of ten thousand characters gets a page that says so; the proxy in front decides what is too much.
limit_request_line = 0
access_log_format = "%(m)s %(U)s %(s)s %(B)s %(L)ss"


class DiscreetLogger(Logger):
    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.logs import without_keys  # not to be found before gunicorn has loaded the portal

        atoms: dict[str, Any] = super().atoms(*args, **kwargs)
        atoms["U"] = without_keys(str(atoms["U"]))
        return atoms


logger_class = DiscreetLogger
