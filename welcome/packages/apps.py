from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PackagesConfig(AppConfig):
    name = "welcome.packages"
    verbose_name = _("Welcome packages")
