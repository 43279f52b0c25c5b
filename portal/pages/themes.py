"""The prebuilt, accessible themes a municipality may choose among. How to add one: design/README.md."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

DEFAULT_THEME = "bliher"
# Each is the file static/theme/<code>.css.
THEMES = (
    (DEFAULT_THEME, _("Spruce")),
    ("fjord", _("Fjord")),
    ("rowan", _("Rowan")),
    ("heather", _("Heather")),
    ("birch", _("Birch")),
)
# Shown beside the name where one is chosen: ground, main colour, accent.
SAMPLES: dict[str, tuple[str, ...]] = {
    "bliher": ("#0f2a25", "#1e5c4f", "#f6b45a"),
    "fjord": ("#0d2438", "#1b4f7a", "#b8741a"),
    "rowan": ("#3b0f16", "#9a2436", "#2f6b5e"),
    "heather": ("#2b1d3a", "#6a4a8c", "#a8702a"),
    "birch": ("#33220a", "#79521b", "#3f6b4f"),
}
