"""Newcomers in the office: each list has its file."""

from newcomers import admin_households, admin_imports, admin_registrations  # noqa: F401  # registered by importing
