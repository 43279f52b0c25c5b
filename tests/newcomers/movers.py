"""Lists of movers as a municipality gets them, made up row by row."""

from __future__ import annotations

HEADER = "navn;adresse;postnummer;poststed;flyttedato;fødselsår;husstand;språk;adressesperre"
IDENTITY_NUMBER = "01817050006"  # of the synthetic series


def row(
    name: str = "Kari Moen",
    address: str = "Storgata 1",
    postcode: str = "3550",
    city: str = "Gol",
    moved_on: str = "02.11.2026",
    birth_year: str = "1990",
    household: str = "",
    language: str = "",
    protection: str = "",
) -> str:
    return ";".join([name, address, postcode, city, moved_on, birth_year, household, language, protection])


def movers_csv(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()
