from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from portal.accounts import signals

        authenticator_added.connect(signals.note_second_factor, dispatch_uid="accounts.note_second_factor")
