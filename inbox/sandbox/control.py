"""The control API, `/_sandbox/...`: for tests and for people who watch a demo."""

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from inbox.sandbox import customers, uploads
from inbox.sandbox.answers import json_response
from inbox.sandbox.errors import ApiError
from inbox.sandbox.operations import CODES
from inbox.sandbox.state import State

ROUTES = Map(
    [
        Rule("/_sandbox/customer-message", methods=["POST"], endpoint="customer_message"),
        Rule("/_sandbox/faults", methods=["PUT"], endpoint="put_faults"),
        Rule("/_sandbox/faults", methods=["DELETE"], endpoint="delete_faults"),
        Rule("/_sandbox/log", methods=["GET"], endpoint="get_log"),
        Rule("/_sandbox/log", methods=["DELETE"], endpoint="delete_log"),
        Rule("/_sandbox/reset", methods=["POST"], endpoint="reset"),
    ]
)


class Control:
    def __init__(self, state: State) -> None:
        self._state = state

    def respond(self, request: Request) -> Response:
        try:
            endpoint, _ = ROUTES.bind_to_environ(request.environ).match()
        except HTTPException as error:
            raise ApiError(error.code or 404, error.name) from None
        response: Response = getattr(self, endpoint)(request)
        return response

    def customer_message(self, request: Request) -> Response:
        data = uploads.json_object(request.get_data())
        return json_response(customers.write(self._state.world, data), 201)

    def put_faults(self, request: Request) -> Response:
        self._state.faults.replace(uploads.json_value(request.get_data()), CODES)
        return Response(status=204)

    def delete_faults(self, _request: Request) -> Response:
        self._state.faults.clear()
        return Response(status=204)

    def get_log(self, _request: Request) -> Response:
        return json_response(self._state.journal.as_json())

    def delete_log(self, _request: Request) -> Response:
        self._state.journal.clear()
        return Response(status=204)

    def reset(self, _request: Request) -> Response:
        self._state.reset()
        return Response(status=204)
