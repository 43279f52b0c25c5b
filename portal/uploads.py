"""What a person uploads stays in memory, up to a limit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload


class BoundedMemoryUploadHandler(MemoryFileUploadHandler):
    """Keep an upload in memory and stop reading once it is too large.

    A list of movers may hold what must never be stored, so no upload is spooled to disk. The view sees
    a cut upload as `request.upload_too_large`.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.MAX_UPLOAD_BYTES:
            setattr(self.request, "upload_too_large", True)  # noqa: B010  # a mark for the form, no field of requests
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)
