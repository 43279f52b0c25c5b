"""Who works where."""

from __future__ import annotations

from portal.personal_data import PersonalTable, register_personal_data

TABLES = [PersonalTable("municipalities.StaffRole", ["municipality", "role"], {"user": "the account"}, account="user")]
NOTHING_IN = {"municipalities.Municipality": "names the office, its address and who answers there"}

register_personal_data("municipalities", holds=TABLES, nothing_in=NOTHING_IN)
