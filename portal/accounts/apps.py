from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.mfa.signals import authenticator_added
        from allauth.usersessions.models import UserSession
        from django.db.models.signals import pre_save

        from portal.accounts import sessions, signals

        authenticator_added.connect(signals.note_second_factor, dispatch_uid="accounts.note_second_factor")
        user_logged_in.connect(signals.note_way_in, dispatch_uid="accounts.note_way_in")
        pre_save.connect(sessions.keep_little, sender=UserSession, dispatch_uid="accounts.keep_little")
