"""Newcomers in the office: each list has its file."""

from newcomers import (  # noqa: F401  # registered by importing
    admin_bulk,
    admin_farewells,
    admin_households,
    admin_imports,
    admin_pairs,
    admin_registrations,
    admin_ways,
)
