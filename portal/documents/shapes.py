"""What the document templates need: plain data, JSON all the way down.

Every word a reader sees comes from here, so that languages live in gettext and in the editors' texts,
never in Typst. All strings are plain text; nothing in them is read as markup. A blank string or an empty
list means "leave this out".
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Sender(TypedDict):
    """Who writes: stands at the top right, outside the envelope window."""

    name: str  # the municipality's official written form, "Gol kommune"
    address_lines: list[str]
    contact_lines: list[str]  # telephone, e-mail, website: one line each
    return_line: str  # the return address on one line, "Retur: Gol kommune, Gamlevegen 4, 3550 Gol"


class Signature(TypedDict):
    """Who signs. There is room for a pen between the closing and the name."""

    closing: str  # "Kind regards"
    name: str
    title: str


class Contact(TypedDict):
    """Whom to ask: a name, and each telephone number, address and opening hour as its own string."""

    name: str
    details: list[str]


class Section(TypedDict):
    """One of the practical headings on the second page."""

    heading: str
    text: str
    contacts: list[Contact]


class QrCode(TypedDict):
    """A QR code as SVG source; the caption says in words where it leads and is its alternative text."""

    svg: str
    caption: str


class NoPost(TypedDict):
    """How to say no to more letters: where, and the household's own code. It has its own place on the last page."""

    text: str  # "No more post from us? Go to bli-her.no/en/gol/no-post and write the code:"
    code: str  # "BCDF-GHJK"
    qr: QrCode  # the same address for all, without the code


class LetterLabels(TypedDict):
    """The few fixed words of a letter, in the letter's own language."""

    reference: str  # "Our reference"
    page: str  # "Page {page} of {pages}"


class LetterData(TypedDict):
    """One letter to one household. Fits two pages (one sheet) with ordinary texts, and grows when it must."""

    language: str  # "nb", "nn", "en", "pt-br"
    reference: str
    labels: LetterLabels
    recipient_lines: list[str]  # 1 to 5: names, c/o, street, and last the postcode with the place
    sender: Sender
    date_line: str  # "Gol, 22. november 2026"
    subject: str
    greeting: str
    paragraphs: list[str]
    gifts_heading: str
    gifts: list[str]
    signature: Signature
    information_heading: str
    sections: list[Section]
    qr: QrCode | None
    footer: list[str]  # why you got this letter, where your address comes from, how to say no
    no_post: NotRequired[NoPost]  # letters from before it existed go without


class LetterDocument(TypedDict):
    """A bundle of letters. Each begins on an odd page, so that a duplex printer gives each its own sheet."""

    language: str  # of the bundle; each letter has its own besides
    title: str  # of the PDF
    author: str  # of the PDF: the municipality
    demo_notice: str  # printed on every page of a demo installation
    letters: list[LetterData]


class GiftTotal(TypedDict):
    """How many of a gift the whole run needs, and how many of them are missing from stock."""

    gift: str
    needed: int
    short: int


class PackingRow(TypedDict):
    """One package: what goes in, and what should but is out of stock."""

    number: int
    reference: str
    name_lines: list[str]
    address_lines: list[str]
    items: list[str]
    short_items: list[str]


class PackingLabels(TypedDict):
    """The fixed words of a packing list."""

    totals_heading: str  # "Gifts in all"
    gift: str
    needed: str
    short: str  # "Short", also before each short item
    none: str  # "None", where nothing is short
    packages_heading: str  # "Packages"
    number: str  # "No."
    reference: str
    recipient: str
    items: str
    packed: str  # the box to tick
    page: str  # "Page {page} of {pages}"


class PackingListDocument(TypedDict):
    """The list for those who fill the packages of one municipality and quarter."""

    language: str
    title: str
    author: str
    municipality: str
    quarter: str
    demo_notice: str
    labels: PackingLabels
    totals: list[GiftTotal]
    rows: list[PackingRow]


class TextRun(TypedDict):
    """A stretch of words in one style. A run of "\\n" alone begins a new line."""

    text: str
    bold: bool
    italic: bool
    url: str  # where a click leads; blank for plain words


class TextBlock(TypedDict):
    """A part of a longer text."""

    kind: str  # "heading" (all of one rank), "paragraph", "list" or "quote"
    runs: list[TextRun]  # of a heading or paragraph
    first: int  # the number a list begins with; 0 for one without numbers
    items: list[list[TextBlock]]  # of a list; a quote has one


class GuideContact(TypedDict):
    """Whom to ask, with what was checked and when."""

    language: str  # of the name and the hours
    name: str
    phone: str
    lines: list[str]  # hours and where to go
    checked: str  # "Last checked 12 November 2026"


class GuideChapter(TypedDict):
    """One topic. Its notes and dates are in the guide's language, its words in its own."""

    key: str  # what page references point to
    language: str
    title: str
    lead: str
    blocks: list[TextBlock]
    notes: list[str]  # "We do not have this text in your language yet."
    contacts: list[GuideContact]
    checked: str


class GuidePart(TypedDict):
    """A theme with its chapters."""

    heading: str
    lead: str
    chapters: list[GuideChapter]


class GuideStep(TypedDict):
    """One thing to do, with the chapter that says more about it."""

    language: str
    title: str
    text: str
    link: list[TextRun]
    chapter: str  # its key; blank for none
    note: str


class GuideLabels(TypedDict):
    """The fixed words of a guide."""

    contents: str
    page: str  # "Page {page} of {pages}"
    see: str  # "More on page {page}"
    phone: str


class GuideOffice(TypedDict):
    """The last page: who answers, and the way to the site."""

    heading: str
    lead: str
    name: str
    phone: str
    lines: list[str]
    site_heading: str
    site_text: str
    address: str
    qr: QrCode


class GuideDocument(TypedDict):
    """Everything a newcomer needs to know, on paper: one municipality in one language."""

    language: str
    title: str
    author: str
    demo_notice: str
    place: str
    tagline: str
    tagline_language: str
    date_line: str
    explanation: list[str]  # what "checked" means
    labels: GuideLabels
    steps_heading: str
    steps_lead: str
    steps_note: str  # when some of them are in another language
    steps: list[GuideStep]
    parts: list[GuidePart]
    office: GuideOffice


class PosterDocument(TypedDict):
    """One page of the site for a notice board: readable from two metres, opened with a phone."""

    language: str
    text_language: str  # of title and text
    title: str
    text: str
    author: str
    demo_notice: str
    place: str
    invitation: str  # "Point your phone's camera here"
    address: str  # in letters, for those without a camera
    qr: QrCode


class OwnDataCell(TypedDict):
    label: str
    value: str


class OwnDataSection(TypedDict):
    title: str
    rows: list[list[OwnDataCell]]


class OwnDataDocument(TypedDict):
    """Everything that is kept of somebody, for them to read."""

    language: str
    title: str
    author: str
    lead: list[str]  # which day it is from; when letters of a name are missing
    page: str
    sections: list[OwnDataSection]
