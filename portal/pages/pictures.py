"""Pictures: looked at before they are opened, turned the right way, without metadata, in the sizes phones want."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from portal.pages.models import Picture, PictureFile
from portal.pages.texts import text_in

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 30_000_000
WIDTHS = (480, 960, 1600)
SOCIAL = (1200, 630)
LONGEST_STRIP = 8
# What a phone on a poor network loads.
PHONE_BYTES = 60_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_MEDIA_TYPES = {"WEBP": "image/webp", "AVIF": "image/avif", "JPEG": "image/jpeg"}
_QUALITIES = (80, 70, 60, 50, 40, 30, 20)

# Pillow reads the size from the header, and warns before it unpacks more than this.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


# --- Reading what was uploaded ---


def read(content: bytes) -> Image.Image:
    """The uploaded picture, upright, in sRGB, without metadata. Raises ValidationError that says what is wrong."""
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 12 MB. Make the picture smaller, and choose it again."))
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ValidationError(_("This is no picture that can be used. Choose a JPEG, PNG or WebP file.")) from None
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if max(image.size) > LONGEST_STRIP * min(image.size):
        raise ValidationError(_("The picture is a long strip. Cut it, so that no side is eight times the other."))
    # A phone's JPEG may hold a second, smaller picture; that does not make it move.
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise ValidationError(_("The picture moves. Choose one that stands still."))
    try:
        image.load()
        return _plain(image)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise ValidationError(
            _("The file is broken: the picture cannot be read to its end. Choose it again.")
        ) from None


def _too_many_pixels() -> ValidationError:
    return ValidationError(_("The picture has more than 30 megapixels. Make it smaller, and choose it again."))


def _plain(image: Image.Image) -> Image.Image:
    """Pixels alone: what the camera wrote beside them, such as the place, is not copied."""
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    seen_through = upright.has_transparency_data
    plain = _in_srgb(upright, profile).convert("RGBA" if seen_through else "RGB")
    plain.info = {}
    return plain


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return image
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image  # a profile nobody understands: the colours as they are
    return converted or image


# --- Making the files ---


@dataclass(frozen=True)
class Rendition:
    format: str
    width: int
    height: int
    content: bytes


def renditions(image: Image.Image) -> Iterator[Rendition]:
    """WebP and AVIF in each width that does not enlarge it, and a JPEG for previews elsewhere."""
    widths = sorted({*(width for width in WIDTHS if width < image.width), min(image.width, WIDTHS[-1])})
    for width in widths:
        small = _scaled(image, width)
        for format in ("WEBP", "AVIF"):
            yield _small_enough(small, format) if width <= WIDTHS[0] else _encoded(small, format, _QUALITIES[0])
    if image.width >= SOCIAL[0] // 2 and image.height >= SOCIAL[1] // 2:
        yield _encoded(ImageOps.fit(_on_white(image), SOCIAL), "JPEG", _QUALITIES[0])


def _scaled(image: Image.Image, width: int) -> Image.Image:
    height = max(1, round(image.height * width / image.width))
    return image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image, format: str, quality: int) -> Rendition:
    out = BytesIO()
    image.save(out, format, quality=quality, **({"speed": 8} if format == "AVIF" else {}))
    return Rendition(format, image.width, image.height, out.getvalue())


def _small_enough(image: Image.Image, format: str) -> Rendition:
    """Less quality until it is; a strip as long as a street also gets narrower."""
    while True:
        for quality in _QUALITIES:
            made = _encoded(image, format, quality)
            if len(made.content) <= PHONE_BYTES:
                return made
        image = _scaled(image, max(1, image.width * 3 // 4))


@transaction.atomic
def store(*, picture: Picture, image: Image.Image, files: Iterable[Rendition]) -> None:
    """Put these files in the place of those the picture had; its row, and where it is used, stay as they are."""
    picture.width, picture.height = image.size
    picture.save()
    picture.files.all().delete()
    rows = {}
    for file in files:
        # The picture's own id in the hash: two towns may upload the same file.
        digest = hashlib.sha256(picture.pk.bytes + file.content).hexdigest()[:24]
        name = f"{digest}-{file.width}.{file.format.lower()}"
        rows[name] = PictureFile(
            picture=picture, name=name, width=file.width, height=file.height,
            media_type=_MEDIA_TYPES[file.format], content=file.content,
        )  # fmt: skip
    for row in rows.values():
        row.save()


# --- Showing it ---


def with_files(path: str = "") -> Prefetch[Any]:
    """Prefetch a picture's files without their bytes: `with_files("picture__")` from a page."""
    return Prefetch(f"{path}files", PictureFile.objects.defer("content"))


@dataclass(frozen=True)
class PictureSources:
    """What components/picture.html needs. `alt` is empty when the picture only decorates."""

    alt: str
    credit: str
    width: int
    height: int
    avif_srcset: str
    webp_srcset: str
    src: str
    small_src: str
    social_url: str


def sources(picture: Picture | None, language: str, fallback: str = "nb") -> PictureSources | None:
    """The picture for a page in this language; None when there is none. Prefetch `translations` and `with_files()`."""
    if picture is None:
        return None
    prefetched = "files" in getattr(picture, "_prefetched_objects_cache", {})
    files = list(picture.files.all() if prefetched else picture.files.defer("content"))
    webp = sorted((file for file in files if file.media_type == "image/webp"), key=lambda file: file.width)
    if not webp:
        return None
    avif = sorted((file for file in files if file.media_type == "image/avif"), key=lambda file: file.width)
    social = next((file for file in files if file.media_type == "image/jpeg"), None)
    text = None if picture.is_decoration else text_in(picture, language, fallback)
    return PictureSources(
        alt=text.alt if text else "",
        credit=picture.credit,
        width=picture.width,
        height=picture.height,
        avif_srcset=_srcset(avif),
        webp_srcset=_srcset(webp),
        src=_url(webp[min(1, len(webp) - 1)]),
        small_src=_url(webp[0]),
        social_url=_url(social) if social else "",
    )


def _url(file: PictureFile) -> str:
    return reverse("picture", args=[file.name])


def _srcset(files: list[PictureFile]) -> str:
    return ", ".join(f"{_url(file)} {file.width}w" for file in files)
