"""Vacancies are put on the site by employers, to be seen by everyone."""

from __future__ import annotations

from portal.personal_data import register_personal_data

NOTHING_IN = {"jobs.Vacancy": "an employer's advertisement, on a page for everyone"}

register_personal_data("jobs", nothing_in=NOTHING_IN)
