"""Pictures for tests, made of a few colours."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from portal.municipalities.models import Municipality
from portal.pages.models import Picture, PictureFile


def picture_bytes(size: tuple[int, int] = (640, 400), format: str = "JPEG", **options: Any) -> bytes:
    """A file with light from left to right, red at the left and blue at the right."""
    image = Image.linear_gradient("L").rotate(90).resize(size)
    file = BytesIO()
    Image.merge("RGB", (image, Image.new("L", size, 90), image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))).save(
        file, format, **options
    )
    return file.getvalue()


def make_picture(municipality: Municipality, alt: str = "Lys i et vindu.", **fields: Any) -> Picture:
    """With a row for its file, which holds no picture."""
    picture = Picture.objects.create(municipality=municipality, width=480, height=300, **fields)
    picture.translations.create(language_code="nb", alt=alt)
    PictureFile.objects.create(
        picture=picture, name=f"{picture.pk.hex[:24]}-480.webp", width=480, height=300, media_type="image/webp",
        content=b"webp",
    )  # fmt: skip
    return picture
