"""Newcomers in the office: each list has its file."""

from newcomers.movers import (
    admin_imports,  # noqa: F401  # registered by importing
    admin_pairs,  # noqa: F401  # registered by importing
)
from newcomers.office import (
    admin_bulk,  # noqa: F401  # registered by importing
    admin_farewells,  # noqa: F401  # registered by importing
    admin_households,  # noqa: F401  # registered by importing
    admin_ways,  # noqa: F401  # registered by importing
)
from newcomers.registering import admin  # noqa: F401  # registered by importing
