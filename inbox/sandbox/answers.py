"""JSON in Mirakl's format."""

import json

from werkzeug.wrappers import Response

JSON_TYPE = "application/json;charset=UTF-8"


def json_response(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=JSON_TYPE)
