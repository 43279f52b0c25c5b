"""What a household got. The package itself stays without it, since the stock must add up."""

from __future__ import annotations

from newcomers.models import Household
from portal.personal_data import PersonalTable, register_personal_data
from welcome.packages import leaving

TABLES = [
    PersonalTable(
        "packages.Package",
        ["created_at", "occasion", "run", "state", "number"],
        {"letter": "stands in the same export"},
        household="household",
        related=["run__municipality"],
    ),
    PersonalTable(
        "packages.PackageItem",
        ["gift", "quantity", "state"],
        {"package": "stands in the same export"},
        household="package__household",
        related=["gift__translations"],
    ),
]
NOTHING_IN = {
    "packages.Partner": "a shop or a club and whom to call there; not a newcomer",
    "packages.PackageRun": "names the colleagues who planned and printed it",
}


def erase(household: Household) -> None:
    leaving.take_out(household)


register_personal_data("packages", holds=TABLES, erase=erase, nothing_in=NOTHING_IN)
