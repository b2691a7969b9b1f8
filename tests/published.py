"""Static files as browsers get them in production: joined, and cached for ever."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpResponse

from helpdesk import static_files

if TYPE_CHECKING:
    from django.http import HttpRequest

STATIC = Path(settings.BASE_DIR) / "static"
JOINED = (*static_files.SHEETS, *static_files.SCRIPTS)
TYPES = {".css": "text/css", ".js": "text/javascript"}


class PublishedFiles(StaticFilesHandler):
    """Serves them without `collectstatic`, which takes ten seconds."""

    def serve(self, request: "HttpRequest") -> Any:
        name = self.file_path(request.path)
        answer = _joined(name) if name in JOINED else super().serve(request)
        answer["Cache-Control"] = "max-age=86400, immutable"
        return answer


def _joined(name: str) -> HttpResponse:
    return HttpResponse(_text(name), content_type=TYPES[Path(name).suffix])


@cache
def _text(name: str) -> str:
    return static_files.publish(name, lambda path: (STATIC / path).read_text())
