"""Files: whoever's data stands in one forgets it themselves (letters, packages, exports)."""

from __future__ import annotations

from portal.personal_data import register_personal_data

NOTHING_IN = {"documents.PrintJob": "names the colleague who started it; its file goes with what is printed in it"}

register_personal_data("documents", nothing_in=NOTHING_IN)
