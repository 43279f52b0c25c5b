from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class PortalConfig(AppConfig):
    """Commands and pages that belong to the portal as a whole."""

    name = "portal"

    def ready(self) -> None:
        import_module("portal.checks")


class PortalAdminConfig(SimpleAdminConfig):
    """Django's admin with our own site, and with our own apps' admins alone: what libraries register has no wall."""

    default_site = "portal.municipalities.admin_site.PortalAdminSite"

    def ready(self) -> None:
        super().ready()
        for app in apps.get_app_configs():
            ours = app.name.partition(".")[0] in {"portal", "newcomers", "privacy", "housing", "jobs", "welcome"}
            if ours and module_has_submodule(app.module, "admin"):
                import_module(f"{app.name}.admin")
