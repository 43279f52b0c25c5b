"""The texts of the portal and their translations: find them in the code, keep the .po files whole, compile them.

Built on Babel, so that no system gettext is needed. The texts in the code are English; each other language has a
catalogue in locale/. The texts of django-allauth have no Nynorsk of their own, so that is kept in locale/allauth/.
Those of Django's admin have gaps in nb and nn (what a screen reader says, most of all): they are in locale/admin/.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
FOLDERS = ("portal", "newcomers", "privacy", "housing", "jobs", "welcome", "templates")
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}
LANGUAGES = ("nb", "nn", "uk", "pl", "de", "ar")
OFFICE_LANGUAGES = ("nb", "nn")
LINE_WIDTH = 100

KEYWORDS: dict[str, Any] = {
    "_": None,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# No dates, names or tools: the header never changes, so a changed line is always a changed text.
HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plural_forms}\n"

"""
# What a translation must repeat exactly: %(name)s, {name}, <tag, and a line break at either end.
FIXED_PARTS = re.compile(r"%(?:\([^)]*\))?[-#0+]?\d*(?:\.\d+)?[sdifr%]|\{[^{}]*\}|</?\w+|\A\n|\n\Z")


class CatalogFile(NamedTuple):
    """A .po file, and the texts it must translate."""

    path: Path
    language: str
    texts: Catalog


class Finding(NamedTuple):
    """One reason why a .po file is not ready."""

    kind: str
    text: str


def catalog_files(root: Path = ROOT) -> list[CatalogFile]:
    ours = extract_texts(root)
    files = [CatalogFile(_po_path(root / "locale", language), language, ours) for language in LANGUAGES]
    office = admin_texts()
    files += [
        CatalogFile(_po_path(root / "locale" / "admin", language), language, office) for language in OFFICE_LANGUAGES
    ]
    return [*files, CatalogFile(_po_path(root / "locale" / "allauth", "nn"), "nn", allauth_texts())]


def extract_texts(root: Path = ROOT) -> Catalog:
    """Every text marked for translation in our Python files and templates."""
    texts = Catalog()
    for path in _source_files(root):
        source = path.read_text("utf-8")
        if path.suffix != ".py":
            # The brackets keep the indentation of HTML from counting as Python's.
            source = f"(\n{templatize(source, origin=str(path))}\n)"
        for _line, text, comments, context in extract(
            "python", BytesIO(source.encode()), KEYWORDS, comment_tags=("Translators:",)
        ):
            texts.add(text, auto_comments=comments, context=context)
    return texts


def allauth_texts() -> Catalog:
    """The texts of the installed django-allauth, as its complete Bokmål catalogue lists them."""
    return read_catalog(allauth_po("nb"), "nb")


def allauth_po(language: str) -> Path:
    return _package_po("allauth", language)


def admin_texts() -> Catalog:
    """The texts of the installed Django's admin, as its English catalogue lists them."""
    return read_catalog(_package_po("django.contrib.admin", "en"), "en")


def _package_po(package: str, language: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{package} is not installed; run `make setup`.")
    return _po_path(Path(spec.origin).parent / "locale", language)


def read_catalog(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(file: CatalogFile) -> bool:
    """Give the .po file exactly its texts, keeping the translations it has. True if the file changed."""
    old = read_catalog(file.path, file.language)
    new = Catalog(locale=file.language)
    for text in _messages(file.texts):
        known = _same_message(old, text)
        new.add(
            text.id,
            known.string if known and not known.fuzzy else "",
            auto_comments=text.auto_comments,
            user_comments=known.user_comments if known else (),
            context=text.context,
        )
    content = _dump(new, file.language)
    if file.path.exists() and file.path.read_bytes() == content:
        return False
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_bytes(content)
    return True


def findings(file: CatalogFile) -> Iterator[Finding]:
    """What keeps the .po file from being complete and right."""
    catalog = read_catalog(file.path, file.language)
    for text in _messages(file.texts):
        message = _same_message(catalog, text)
        if message is None:
            yield Finding("missing", _label(text))
        elif message.fuzzy or not all(forms(message.string)):
            yield Finding("empty", _label(text))
        else:
            yield from _wrong_parts(message)
    for message in _messages(catalog):
        if _same_message(file.texts, message) is None:
            yield Finding("obsolete", _label(message))


def compile_catalogs(locale: Path = LOCALE) -> list[Path]:
    """Write the .mo file beside each .po file that has changed since. Returns the files written."""
    outdated = [po for po in sorted(locale.rglob("*.po")) if not _is_compiled(po)]
    for po in outdated:
        compiled = BytesIO()
        write_mo(compiled, read_catalog(po, po.parent.parent.name))
        # A process that starts just now must never read half a file.
        unfinished = po.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_bytes(compiled.getvalue())
        unfinished.replace(po.with_suffix(".mo"))
    return [po.with_suffix(".mo") for po in outdated]


def _is_compiled(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns


def _source_files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            is_template = path.suffix in TEMPLATE_SUFFIXES and "templates" in path.relative_to(root).parts
            if path.suffix == ".py" or is_template:
                yield path


def _po_path(locale: Path, language: str) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _same_message(catalog: Catalog, message: Message) -> Message | None:
    # Babel looks a plural up by its singular alone, so the whole text is compared.
    found = catalog.get(message.id, message.context)
    return found if found is not None and found.id == message.id else None


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def _label(message: Message) -> str:
    text = repr(forms(message.id)[0])
    return f"{text} (context {message.context!r})" if message.context else text


def _wrong_parts(message: Message) -> Iterator[Finding]:
    originals = forms(message.id)
    for index, translation in enumerate(forms(message.string)):
        expected = _fixed_parts(originals[min(index, len(originals) - 1)])
        found = _fixed_parts(translation)
        if expected != found:
            parts = sorted(((expected - found) + (found - expected)).elements())
            yield Finding("placeholders", f"{_label(message)}: compare {', '.join(map(repr, parts))}")


def _fixed_parts(text: str) -> Counter[str]:
    return Counter(FIXED_PARTS.findall(text))


def _dump(catalog: Catalog, language: str) -> bytes:
    buffer = BytesIO()
    buffer.write(HEADER.format(language=language, plural_forms=catalog.plural_forms).encode())
    write_po(
        buffer,
        catalog,
        width=LINE_WIDTH,
        no_location=True,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
    )
    return buffer.getvalue().rstrip(b"\n") + b"\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["compile"]:
        sys.exit("Usage: python -m portal.messages compile")
    compile_catalogs()
