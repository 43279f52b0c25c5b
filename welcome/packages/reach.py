"""Which households got a package."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from welcome.packages.enums import PackageState
from welcome.packages.models import Package


def got_package() -> Q:
    return Q(Exists(Package.objects.filter(household=OuterRef("pk"), state=PackageState.PRINTED)))
