"""Invented letters and packing lists for the tests of rendering."""

from __future__ import annotations

from typing import Any, cast

from portal.documents.shapes import Contact, LetterData, LetterDocument, PackingListDocument, PackingRow, Section

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1v1h-1z" fill="#000"/></svg>'
SECTIONS = 18


def section(number: int, text: str = "Open for everybody who lives here. Ask us anything.") -> Section:
    contact: Contact = {"name": f"Desk {number}", "details": ["00 00 00 01", "Mon-Fri 9-15"]}
    return {"heading": f"Heading {number}", "text": text, "contacts": [contact]}


def letter(**changes: object) -> LetterData:
    data: Any = {
        "language": "nb",
        "reference": "GOL-1",
        "labels": {"reference": "Vår referanse", "page": "Side {page} av {pages}"},
        "recipient_lines": ["Kari Eksempel", "Prøvevegen 1", "3550 Gol"],
        "sender": {
            "name": "Gol kommune",
            "address_lines": ["Tenktvegen 4", "3550 Gol"],
            "contact_lines": ["00 00 00 02", "post@gol.example", "gol.example"],
            "return_line": "Retur: Gol kommune, Tenktvegen 4, 3550 Gol",
        },
        "date_line": "Gol, 22. november 2026",
        "subject": "Velkommen til Gol",
        "greeting": "Kjære Kari",
        "paragraphs": ["Så fint at du har flyttet hit.", "På baksiden står det du trenger først."],
        "gifts_heading": "I pakken ligger",
        "gifts": ["et turkart", "en kinobillett"],
        "signature": {"closing": "Varm hilsen", "name": "Ola Eksempel", "title": "koordinator"},
        "information_heading": "Praktisk informasjon",
        "sections": [section(number) for number in range(1, SECTIONS + 1)],
        "qr": {"svg": SQUARE, "caption": "Les mer på gol.example"},
        "footer": ["Du får brevet fordi du er ny i Gol.", "Adressen har du gitt oss selv."],
        "no_post": {
            "text": "Vil du ikke ha post fra oss? Gå til gol.example/no-post og skriv koden:",
            "code": "BCDF-GHJH",
            "qr": {"svg": SQUARE, "caption": "Ikke mer post"},
        },
    }
    return cast(LetterData, data | changes)


def bundle(*letters: LetterData, **changes: object) -> LetterDocument:
    data: Any = {
        "language": "nb",
        "title": "Velkomstbrev",
        "author": "Gol kommune",
        "demo_notice": "Bare en prøve",
        "letters": list(letters) or [letter()],
    }
    return cast(LetterDocument, data | changes)


def packing_row(number: int, **changes: object) -> PackingRow:
    data: Any = {
        "number": number,
        "reference": f"GOL-{number}",
        "name_lines": ["Kari Eksempel"],
        "address_lines": ["Prøvevegen 1", "3550 Gol"],
        "items": ["Turkart"],
        "short_items": [],
    }
    return cast(PackingRow, data | changes)


def packing_list(*rows: PackingRow, **changes: object) -> PackingListDocument:
    data: Any = {
        "language": "nb",
        "title": "Pakkeliste",
        "author": "Gol kommune",
        "municipality": "Gol kommune",
        "quarter": "4. kvartal 2026",
        "demo_notice": "Bare en prøve",
        "labels": {
            "totals_heading": "Gaver i alt",
            "gift": "Gave",
            "needed": "Trengs",
            "short": "Mangler",
            "none": "Ingen",
            "packages_heading": "Pakker",
            "number": "Nr.",
            "reference": "Referanse",
            "recipient": "Til",
            "items": "Innhold",
            "packed": "Pakket",
            "page": "Side {page} av {pages}",
        },
        "totals": [{"gift": "Turkart", "needed": 12, "short": 3}],
        "rows": list(rows),
    }
    return cast(PackingListDocument, data | changes)
