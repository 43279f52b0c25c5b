"""What an account is made of."""

from __future__ import annotations

from portal.personal_data import PersonalTable, register_personal_data

TABLES = [
    PersonalTable(
        "accounts.User",
        ["email", "name", "language", "created_at", "last_login", "is_active"],
        {"password": "nobody has one", "is_superuser": "nobody is"},
        account="pk",
    ),
    PersonalTable(
        "account.EmailAddress", ["email", "verified", "primary"], {"user": "the account itself"}, account="user"
    ),
    PersonalTable(
        "mfa.Authenticator",
        ["type", "created_at", "last_used_at"],
        {"user": "the account itself", "data": "the secret of a second factor: it must not leave the database"},
        account="user",
    ),
    PersonalTable(
        "usersessions.UserSession",
        ["created_at", "last_seen_at", "ip", "user_agent"],
        {"user": "the account itself", "session_key": "opens the account", "data": "the library's own, empty here"},
        account="user",
    ),
    PersonalTable(
        "socialaccount.SocialAccount",
        ["provider", "uid", "last_login", "date_joined", "extra_data"],
        {"user": "the account itself"},
        account="user",
    ),
]
NOTHING_IN = {
    "admin.LogEntry": "what a colleague did in the office, with ids alone where it is about persons",
    "accounts.User_groups": "not used: roles are rows of their own",
    "accounts.User_user_permissions": "not used: roles are rows of their own",
}

register_personal_data("accounts", holds=TABLES, nothing_in=NOTHING_IN)
