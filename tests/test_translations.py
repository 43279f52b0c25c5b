from __future__ import annotations

import ast
import gettext
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from django.conf import settings
from django.core.management import CommandError, call_command

from portal import messages
from portal.messages import CatalogFile, Finding

# Everyday words that are right in Bokmål and never in Nynorsk.
BOKMAL_ONLY = re.compile(
    r"\b(ikke|jeg|hva|hvem|hvis|hvor|hvordan|hvorfor|hvilken|hvilket|hvilke|noen|noe|fra|et|være|gjøre|selv|"
    r"mer|flere|kun|dere|deres|hjem|uke|uker|bolig|boliger|leilighet|tilflytter|innbygger|stillinger|skole|nåværende|"
    r"opplysninger|kommer|vennligst|øvrige|mottaker|avsender|eier|leie)\b",
    re.IGNORECASE,
)
TEMPLATE = """
{% load i18n %}
<div>
    <h1>{% translate "Homes" %}</h1>
  <p title="{% translate 'May' context 'month' %}">{{ _("Jobs")|upper }}{{ value|default:_("none") }}</p>
    {# Translators: a person, not a computer #}
    {% translate "Host" %}
      {% blocktranslate trimmed count counter=n %}
        {{ counter }} home
      {% plural %}
        {{ counter }} homes
      {% endblocktranslate %}
  {% blocktranslate with name=person.name context "letter" %}Dear {{ name }}, 100% you{% endblocktranslate %}
</div>
"""
PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext_lazy, npgettext, pgettext_lazy
def gettext(message="not a text"): ...
a = _("Two " "halves") % {"n": 1}
b = ngettext_lazy("%(n)d day", "%(n)d days", "n")
c = pgettext_lazy("verb", "Open")
d = npgettext("gift", "%d piece", "%d pieces", 2)
e = gettext_lazy("Lazy")
f = f"{a} never"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "jobs" / "templates" / "jobs").mkdir(parents=True)
    (tmp_path / "jobs" / "templates" / "jobs" / "list.html").write_text(TEMPLATE)
    (tmp_path / "jobs" / "views.py").write_text(PYTHON)
    (tmp_path / "jobs" / "notes.txt").write_text("{% translate 'Not a template' %}")
    return tmp_path


@pytest.fixture
def file(tmp_path: Path) -> CatalogFile:
    texts = Catalog()
    for text in ("Welcome", "Hello %(name)s", "Call {number}", "<b>Now</b>"):
        texts.add(text)
    texts.add(("%(n)s gift", "%(n)s gifts"))
    return CatalogFile(tmp_path / "nn" / "LC_MESSAGES" / "django.po", "nn", texts)


def translate(file: CatalogFile, translations: dict[str, str | tuple[str, str]]) -> None:
    """Fill the entries of a .po file."""
    texts = Catalog(locale=file.language)
    for message in messages.read_catalog(file.path, file.language):
        if message.id:
            first = message.id if isinstance(message.id, str) else message.id[0]
            texts.add(message.id, translations.get(first, message.string), context=message.context)
    with file.path.open("wb") as out:
        write_po(out, texts)


# --- The catalogues of the portal -------------------------------------------------------------------


@pytest.fixture(scope="module")
def files() -> list[CatalogFile]:
    return messages.catalog_files()


def test_catalogues_are_complete_and_keep_every_placeholder(files: list[CatalogFile]) -> None:
    found = [(file.path.relative_to(messages.ROOT), *finding) for file in files for finding in messages.findings(file)]
    assert found == []


def test_catalogues_are_written_as_the_command_writes_them(files: list[CatalogFile], tmp_path: Path) -> None:
    for number, file in enumerate(files):
        copy = file._replace(path=tmp_path / f"{number}.po")
        copy.path.write_bytes(file.path.read_bytes())
        assert messages.update(copy) is False, file.path


def test_upstream_bokmal_of_allauth_is_complete() -> None:
    upstream = messages.allauth_texts()
    assert len(upstream) > 300
    assert list(messages.findings(CatalogFile(messages.allauth_po("nb"), "nb", upstream))) == []


def nynorsk_texts() -> Iterator[str]:
    for path in messages.LOCALE.rglob("nn/LC_MESSAGES/django.po"):
        for message in messages.read_catalog(path, "nn"):
            if message.id:
                yield from messages.forms(message.string)


def test_nynorsk_has_no_bokmal_words() -> None:
    assert [text for text in nynorsk_texts() if BOKMAL_ONLY.search(text)] == []


def test_bokmal_word_is_recognised() -> None:
    assert BOKMAL_ONLY.search("Det er ikke lov")
    assert not BOKMAL_ONLY.search("Det er ikkje lov")


def test_norwegian_is_not_the_english_text(files: list[CatalogFile]) -> None:
    for file in files:
        catalog = messages.read_catalog(file.path, file.language)
        same = [message.id for message in catalog if message.id and message.id == message.string]
        # LIX has the same name in Norwegian, and what holds no word at all is the same everywhere.
        words = [re.sub(r"%\(\w+\)\w|%%|LIX.*|\W", " ", str(text)).split() for text in same]
        long_and_same = [text for text in words if len(text) > 2]
        assert long_and_same == []


def test_compiled_catalogues_serve_all_three_languages(tmp_path: Path) -> None:
    for po in messages.LOCALE.rglob("*.po"):
        copy = tmp_path / po.relative_to(messages.LOCALE)
        copy.parent.mkdir(parents=True)
        copy.write_bytes(po.read_bytes())
    messages.compile_catalogs(tmp_path)
    assert gettext.translation("django", tmp_path, ["nb"]).gettext("English") == "Engelsk"
    nn = gettext.translation("django", tmp_path / "allauth", ["nn"])
    assert nn.gettext("Sign Out") == "Logg ut"
    one, many = "You have added %(count)s security key.", "You have added %(count)s security keys."
    assert nn.ngettext(one, many, 1).endswith("tryggleiksnøkkel.")
    assert nn.ngettext(one, many, 2).endswith("tryggleiksnøklar.")
    office = gettext.translation("django", tmp_path / "admin", ["nn"])
    assert office.gettext("Skip to main content") == "Hopp til hovudinnhald"


def test_django_looks_in_every_folder_of_catalogues() -> None:
    assert {po.parents[2] for po in messages.LOCALE.rglob("*.po")} == set(settings.LOCALE_PATHS)


# --- Finding the texts ------------------------------------------------------------------------------


def test_texts_are_found_in_templates_and_python(project: Path) -> None:
    texts = messages.extract_texts(project)
    found = {(message.id, message.context) for message in texts if message.id}
    assert found == {
        ("Homes", None),
        ("May", "month"),
        ("Jobs", None),
        ("none", None),
        ("Host", None),
        (("%(counter)s home", "%(counter)s homes"), None),
        ("Dear %(name)s, 100%% you", "letter"),
        ("Two halves", None),
        (("%(n)d day", "%(n)d days"), None),
        ("Open", "verb"),
        (("%d piece", "%d pieces"), "gift"),
        ("Lazy", None),
    }


def test_every_way_of_marking_a_text_is_one_that_is_looked_for() -> None:
    """A text marked by another name would never be translated, and nobody would miss it."""
    marked_by = {
        alias.asname or alias.name
        for folder in messages.FOLDERS
        for path in (messages.ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    assert marked_by <= messages.KEYWORDS.keys()


def test_note_to_translators_reaches_the_catalogue(project: Path) -> None:
    host = messages.extract_texts(project).get("Host")
    assert host is not None
    assert host.auto_comments == ["Translators: a person, not a computer"]


# --- Keeping a catalogue ----------------------------------------------------------------------------


def test_update_keeps_translations_adds_empty_and_drops_obsolete(file: CatalogFile) -> None:
    assert messages.update(file) is True
    translate(file, {"Welcome": "Velkomen", "%(n)s gift": ("%(n)s gåve", "%(n)s gåver")})
    texts = Catalog()
    texts.add("Welcome")
    texts.add("New")
    messages.update(file._replace(texts=texts))
    kept = {message.id: message.string for message in messages.read_catalog(file.path, "nn") if message.id}
    assert kept == {"New": "", "Welcome": "Velkomen"}


def test_update_changes_nothing_the_second_time(file: CatalogFile) -> None:
    messages.update(file)
    before = file.path.read_bytes()
    assert messages.update(file) is False
    assert file.path.read_bytes() == before
    assert b"Date" not in before


def test_a_text_that_gained_a_plural_is_translated_anew(file: CatalogFile) -> None:
    messages.update(file)
    translate(file, {"Welcome": "Velkomen"})
    texts = Catalog()
    texts.add(("Welcome", "Welcomes"))
    changed = file._replace(texts=texts)
    messages.update(changed)
    assert b"fuzzy" not in file.path.read_bytes()
    assert [finding.kind for finding in messages.findings(changed)] == ["empty"]


def test_missing_empty_and_obsolete_are_named(file: CatalogFile) -> None:
    messages.update(file)
    translate(file, {"Hello %(name)s": "Hei, %(name)s", "Call {number}": "Ring {number}", "<b>Now</b>": "<b>No</b>"})
    texts = Catalog()
    for message in file.texts:
        if message.id and message.id != "<b>Now</b>":
            texts.add(message.id)
    texts.add("New")
    assert set(messages.findings(file._replace(texts=texts))) == {
        Finding("missing", "'New'"),
        Finding("empty", "'Welcome'"),
        Finding("empty", "'%(n)s gift'"),
        Finding("obsolete", "'<b>Now</b>'"),
    }


@pytest.mark.parametrize(
    ("text", "translation", "part"),
    [
        ("Hello %(name)s", "Hei %(navn)s", "%(navn)s"),
        ("Call {number}", "Ring", "{number}"),
        ("<b>Now</b>", "<i>No</b>", "<i"),
        ("%(n)s gift", ("%(n)s gåve", "fleire gåver"), "%(n)s"),
        ("Welcome", "Velkomen\n", r"\n"),
    ],
)
def test_changed_placeholder_is_named(
    file: CatalogFile, text: str, translation: str | tuple[str, str], part: str
) -> None:
    messages.update(file)
    translate(file, {text: translation})
    wrong = [finding.text for finding in messages.findings(file) if finding.kind == "placeholders"]
    assert len(wrong) == 1
    assert part in wrong[0]


# --- Compiling --------------------------------------------------------------------------------------


def test_only_changed_catalogues_are_compiled(file: CatalogFile, tmp_path: Path) -> None:
    messages.update(file)
    assert messages.compile_catalogs(tmp_path) == [file.path.with_suffix(".mo")]
    assert messages.compile_catalogs(tmp_path) == []
    later = file.path.with_suffix(".mo").stat().st_mtime_ns + 10**9
    os.utime(file.path, ns=(later, later))
    assert len(messages.compile_catalogs(tmp_path)) == 1
    assert {path.name for path in file.path.parent.iterdir()} == {"django.po", "django.mo"}


def test_untranslated_text_stays_english_when_compiled(file: CatalogFile, tmp_path: Path) -> None:
    messages.update(file)
    messages.compile_catalogs(tmp_path)
    compiled = gettext.translation("django", tmp_path, ["nn"])
    assert compiled.gettext("Welcome") == "Welcome"
    assert compiled.ngettext("%(n)s gift", "%(n)s gifts", 2) == "%(n)s gifts"


def test_compiling_needs_no_settings() -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "portal.messages", "compile"]
    subprocess.run(command, cwd=messages.ROOT, env=environment, check=True)


# --- The command ------------------------------------------------------------------------------------


def test_check_names_the_gap_and_fails(
    file: CatalogFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "catalog_files", lambda: [file])
    with pytest.raises(CommandError, match="not ready: 5"):
        call_command("messages", "--check")
    assert not file.path.exists()
    assert "nn/LC_MESSAGES/django.po: missing: 'Welcome'" in capsys.readouterr().out


def test_command_updates(
    file: CatalogFile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "catalog_files", lambda: [file])
    call_command("messages")
    assert "updated, 5 to translate" in capsys.readouterr().out
