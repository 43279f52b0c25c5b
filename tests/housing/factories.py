from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from housing.enums import ListingKind
from housing.models import Listing
from tests.factories import MunicipalityFactory, PostcodeFactory


class ListingFactory(DjangoModelFactory[Listing]):
    """A flat to rent, on the site in Gol; confirmed on 1 November 2026."""

    class Meta:
        model = Listing

    class Params:
        draft = factory.Trait(is_published=False, published_on=None, confirmed_on=None)
        withdrawn = factory.Trait(is_published=False)
        # On 22 November 2026 the last day of a confirmation is that of 23 September.
        unconfirmed = factory.Trait(confirmed_on=date(2026, 9, 22))
        about_to_leave = factory.Trait(confirmed_on=date(2026, 9, 25))
        taken = factory.Trait(taken_on=date(2026, 11, 20))
        plot = factory.Trait(kind=ListingKind.PLOT, rooms=None, area_m2=None, plot_area_m2=1050, price_nok=290_000)

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    kind = ListingKind.RENTAL_FLAT
    title = factory.Sequence(lambda n: f"Leilegheit {n}")
    description = "To **soverom**."
    language = "nn"
    street = "Morgonlysvegen 12"
    show_address = False
    postcode = factory.SubFactory(PostcodeFactory)
    rooms = 3
    area_m2 = 74
    price_nok = 9500
    contact_name = "Servicekontoret"
    contact_phone = "00 00 00 01"
    is_published = True
    published_on = date(2026, 11, 1)
    confirmed_on = date(2026, 11, 1)
