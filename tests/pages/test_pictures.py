"""Pictures: what is refused and why, what is dropped, what comes out, and who may fetch it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.models import Picture, PictureFile, SiteLook
from portal.pages.pictures import PHONE_BYTES, read, renditions, sources, with_files
from tests.access.cast import client_of
from tests.factories import MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory
from tests.pages.factories import make_picture, picture_bytes

GPS = 0x8825
ORIENTATION = 0x0112


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """The reasons that these tests look for."""
    with translation.override("en"):
        yield


@pytest.fixture
def gol(db: None) -> Municipality:
    return MunicipalityFactory(gol=True)


@pytest.fixture
def editor(gol: Municipality) -> Client:
    return client_of(StaffRoleFactory(municipality=gol, role=Role.EDITOR).user)


def upload(content: bytes, name: str = "bilde.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def add(editor: Client, gol: Municipality, content: bytes, **fields: Any) -> Any:
    data = {"municipality": gol.pk, "alt": "Lys i et vindu.", "credit": "Kari Eksempel", "file": upload(content)}
    return editor.post(reverse("admin:pages_picture_add"), data | fields)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


# --- What is refused ---


def zipped() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>")
    return file.getvalue()


def moving() -> bytes:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def bad_files() -> Iterator[tuple[str, bytes, str]]:
    yield "html", b"<html><script>alert(1)</script></html>", "no picture"
    yield "zip", zipped(), "no picture"
    yield "svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"
    yield "gif", picture_bytes(format="GIF"), "no picture"
    yield "half", picture_bytes()[:2000], "broken"
    yield "moving", moving(), "moves"
    yield "40 megapixels", picture_bytes((8000, 5000)), "30 megapixels"
    yield "strip", picture_bytes((4000, 100)), "strip"
    yield "13 MB", b"\xff\xd8\xff" + b"0" * 13_000_000, "12 MB"


@pytest.mark.parametrize(("content", "why"), [row[1:] for row in bad_files()], ids=[row[0] for row in bad_files()])
def test_a_bad_file_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        read(content)


def test_a_refused_file_loses_nothing_that_was_typed(editor: Client, gol: Municipality) -> None:
    answer = add(editor, gol, b"<html>")
    assert "no picture" in errors(answer)["file"][0]
    html = answer.content.decode()
    assert "Lys i et vindu." in html
    assert "Kari Eksempel" in html
    assert not Picture.objects.exists()


def test_a_file_that_is_too_large_is_cut_off_and_what_was_typed_is_kept(editor: Client, gol: Municipality) -> None:
    answer = add(editor, gol, picture_bytes() + b"0" * 13_000_000)
    assert "12 MB" in errors(answer)["file"][0]
    assert "Lys i et vindu." in answer.content.decode()


def test_a_decompression_bomb_is_not_unpacked(monkeypatch: Any) -> None:
    content = BytesIO()
    file = picture_bytes((10, 10), "PNG")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("unpacked"))
    # The same file, which now says that it is 20,000 pixels wide and high.
    header = b"IHDR" + (20_000).to_bytes(4, "big") * 2 + file[24:29]
    content.write(file[:12] + header + zlib.crc32(header).to_bytes(4, "big") + file[33:])
    with pytest.raises(ValidationError, match="30 megapixels"):
        read(content.getvalue())


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"]),
)
def test_strange_bytes_are_refused_and_never_break(tail: bytes, head: bytes) -> None:
    with pytest.raises(ValidationError):
        read(head + tail)


# --- What is dropped, and what comes out ---


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (60.0, 42.0, 0.0)
    exif[0x010E] = "Hemmelig beskrivelse"
    return picture_bytes((640, 400), exif=exif)


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken() -> None:
    assert b"Hemmelig" in with_metadata()
    image = read(with_metadata())
    assert image.size == (400, 640)
    for file in renditions(image):
        made = Image.open(BytesIO(file.content))
        assert not made.getexif(), file.format
        assert not made.getexif().get_ifd(GPS)
        assert b"Hemmelig" not in file.content
        assert "icc_profile" not in made.info or file.format == "AVIF"


@pytest.mark.parametrize(
    ("width", "widths"),
    [(300, [300]), (480, [480]), (700, [480, 700]), (1600, [480, 960, 1600]), (3000, [480, 960, 1600])],
)
def test_widths_are_never_enlarged(width: int, widths: list[int]) -> None:
    made = list(renditions(read(picture_bytes((width, 200 + width // 4)))))
    for format in ("WEBP", "AVIF"):
        assert [file.width for file in made if file.format == format] == widths
    for file in made:
        assert Image.open(BytesIO(file.content)).size == (file.width, file.height)


def test_the_phones_picture_is_small_also_when_it_is_all_noise() -> None:
    noise = Image.effect_noise((1000, 3000), 120).convert("RGB")
    file = BytesIO()
    noise.save(file, "JPEG", quality=90)
    made = [rendition for rendition in renditions(read(file.getvalue())) if rendition.width <= 480]
    assert {rendition.format for rendition in made} == {"WEBP", "AVIF"}
    assert all(len(rendition.content) <= PHONE_BYTES for rendition in made)


def test_what_can_be_seen_through_stays_so_and_is_white_elsewhere() -> None:
    file = BytesIO()
    Image.new("RGBA", (700, 400), (0, 0, 0, 0)).save(file, "PNG")
    made = {rendition.format: Image.open(BytesIO(rendition.content)) for rendition in renditions(read(file.getvalue()))}
    assert made["WEBP"].convert("RGBA").getpixel((5, 5))[3] == 0
    assert made["JPEG"].size == (1200, 630)
    assert min(made["JPEG"].getpixel((5, 5))) > 250


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1", "I;16", "LA"])
def test_every_kind_of_colours_can_be_read(mode: str) -> None:
    file = BytesIO()
    Image.new(mode, (500, 300)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    assert {rendition.format for rendition in renditions(read(file.getvalue()))} >= {"WEBP", "AVIF"}


# --- In the office ---


def test_an_editor_adds_a_picture(editor: Client, gol: Municipality) -> None:
    assert add(editor, gol, picture_bytes((1000, 600))).status_code == 302
    picture = Picture.objects.get()
    assert (picture.width, picture.height) == (1000, 600)
    kinds = sorted((file.media_type, file.width) for file in picture.files.all())
    assert kinds == [("image/avif", 480), ("image/avif", 960), ("image/avif", 1000),
                     ("image/jpeg", 1200), ("image/webp", 480), ("image/webp", 960), ("image/webp", 1000)]  # fmt: skip
    html = editor.get(reverse("admin:pages_picture_changelist")).content.decode()
    assert reverse("picture", args=[picture.files.get(media_type="image/webp", width=480).name]) in html


def test_a_picture_needs_words_in_the_main_language_unless_it_only_decorates(editor: Client, gol: Municipality) -> None:
    assert "alt" in errors(add(editor, gol, picture_bytes(), alt=""))
    assert "file" in errors(add(editor, gol, picture_bytes(), file=""))
    assert add(editor, gol, picture_bytes(), alt="", is_decoration="on").status_code == 302
    add_english = reverse("admin:pages_picture_add") + "?language=en"
    data = {"municipality": gol.pk, "alt": "A window.", "file": upload(picture_bytes())}
    assert "Say first in" in errors(editor.post(add_english, data))["alt"][0]


def test_a_language_without_words_falls_back(editor: Client, gol: Municipality) -> None:
    picture = make_picture(gol)
    change = reverse("admin:pages_picture_change", args=[picture.pk])
    assert editor.post(f"{change}?language=en", {"alt": "", "credit": "X"}).status_code == 302
    found = sources(Picture.objects.get(), "en")
    assert found is not None
    assert found.alt == "Lys i et vindu."


def test_another_file_takes_its_place_and_the_row_stays(editor: Client, gol: Municipality) -> None:
    add(editor, gol, picture_bytes((500, 300)))
    picture = Picture.objects.get()
    before = set(picture.files.values_list("name", flat=True))
    change = reverse("admin:pages_picture_change", args=[picture.pk])
    assert editor.post(change, {"alt": "Nytt.", "file": upload(picture_bytes((900, 500)))}).status_code == 302
    picture.refresh_from_db()
    assert (picture.width, picture.height) == (900, 500)
    assert not before & set(picture.files.values_list("name", flat=True))
    # Without a file the old one stays; the same one again is no error.
    kept = set(picture.files.values_list("name", flat=True))
    assert editor.post(change, {"alt": "Nytt ord."}).status_code == 302
    assert editor.post(change, {"alt": "Nytt ord.", "file": upload(picture_bytes((900, 500)))}).status_code == 302
    assert set(picture.files.values_list("name", flat=True)) == kept


def test_two_towns_may_have_the_same_picture(editor: Client, gol: Municipality) -> None:
    add(editor, gol, picture_bytes())
    aal = MunicipalityFactory(aal=True)
    other = client_of(StaffRoleFactory(municipality=aal, role=Role.EDITOR).user)
    assert add(other, aal, picture_bytes()).status_code == 302
    assert Picture.objects.count() == 2


def test_a_picture_says_where_it_is_used(editor: Client, gol: Municipality) -> None:
    picture = make_picture(gol)
    info = ServiceInfoFactory(municipality=gol, topic="jobs", picture=picture)
    SiteLook.objects.create(municipality=gol, logo=picture, picture=picture)
    html = editor.get(reverse("admin:pages_picture_change", args=[picture.pk])).content.decode()
    assert "Used in 3 places" in html
    assert reverse("admin:pages_serviceinfo_change", args=[info.pk]) in html
    row = editor.get(reverse("admin:pages_picture_changelist")).context["cl"].queryset.get()
    assert row.used_in == 3


# --- For everyone ---


def test_everyone_may_fetch_a_file_and_keep_it_for_a_year(client: Client, gol: Municipality) -> None:
    file = make_picture(gol).files.get()
    answer = client.get(reverse("picture", args=[file.name]))
    assert answer.content == b"webp"
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer
    assert client.post(reverse("picture", args=[file.name])).status_code == 405
    for name in ["never.webp", "../manage.py", "%2e%2e", "x" * 3000]:
        assert client.get(f"/pictures/{name}").status_code == 404


def test_sources_read_no_bytes_and_ask_nothing_more(gol: Municipality) -> None:
    make_picture(gol, credit="Foto: Kari")
    picture = Picture.objects.prefetch_related("translations", with_files()).get()
    with CaptureQueriesContext(connection) as queries:
        found = sources(picture, "en", "nb")
    assert not queries.captured_queries
    assert found is not None
    assert found.alt == "Lys i et vindu."
    assert found.credit == "Foto: Kari"
    assert found.webp_srcset == f"/pictures/{PictureFile.objects.get().name} 480w"
    assert not found.avif_srcset
    assert sources(None, "nb") is None


def test_a_decoration_is_silent(gol: Municipality) -> None:
    found = sources(make_picture(gol, is_decoration=True), "nb")
    assert found is not None
    assert found.alt == ""
