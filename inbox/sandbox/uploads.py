"""Multipart of M12, M14, OR43, OR74: one JSON part, and any number of `files`."""

import json
from typing import IO, Any

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request

from inbox.sandbox.errors import ApiError
from inbox.sandbox.wire import Json

MEGABYTE = 1024 * 1024
MESSAGE_LIMIT = 30 * MEGABYTE


class SandboxRequest(Request):
    # Headers and boundaries of the parts come on top of the 30 MB of the message.
    max_content_length = MESSAGE_LIMIT + MEGABYTE
    # JSON may escape 50,000 characters into 600 kB.
    max_form_memory_size = 2 * MEGABYTE

    def _get_file_stream(self, *args: Any, **named: Any) -> IO[bytes]:
        """Closes files with the request, also if an upload breaks off."""
        stream = super()._get_file_stream(*args, **named)
        self.environ.setdefault("sandbox.streams", []).append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self.environ.get("sandbox.streams", ()):
            stream.close()


def json_part(request: Request, name: str) -> Json:
    """Clients differ: the part may have a type, a charset and a file name."""
    if request.mimetype != "multipart/form-data":
        raise ApiError(415, f"Content type '{request.content_type or ''}' not supported")
    text = request.form.get(name)
    if text is None and name in request.files:
        text = request.files[name].read().decode("utf-8", "replace")
    if text is None:
        raise ApiError(400, f"Required part '{name}' is not present")
    return json_object(text)


def json_body(request: Request) -> Json:
    if request.mimetype != "application/json":
        raise ApiError(415, f"Content type '{request.content_type or ''}' not supported")
    return json_object(request.get_data())


def json_value(text: str | bytes) -> Any:
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair cannot be sent back
    except (ValueError, RecursionError):
        raise ApiError(400, "Malformed JSON") from None
    return value


def json_object(text: str | bytes) -> Json:
    value = json_value(text)
    if not isinstance(value, dict):
        raise ApiError(400, "A JSON object is expected")
    return value


def files(request: Request) -> list[tuple[str, bytes]]:
    """Returns names and bytes unchanged. A browser's empty file field is not a file."""
    if "files" in request.form:
        raise ApiError(400, "Each of 'files' needs a file name")
    return [
        (file.filename, _content(file)) for file in request.files.getlist("files") if file.filename
    ]


def _content(file: FileStorage) -> bytes:
    return file.stream.read()


def refuse_if_too_large(body: str, attached: list[tuple[str, bytes]]) -> None:
    if len(body.encode()) + sum(len(content) for _, content in attached) > MESSAGE_LIMIT:
        raise ApiError(413, "The message and its attachments exceed 30 MB")
