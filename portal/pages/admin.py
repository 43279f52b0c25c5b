"""Pages in the office, each kind in a file of its own."""

from __future__ import annotations

from portal.pages import (
    admin_contacts,  # noqa: F401  # registers contact points and steps
    admin_links,  # noqa: F401  # registers links
    admin_pictures,  # noqa: F401  # registers pictures and the look of the site
    admin_texts,  # noqa: F401  # registers service information and articles
)
