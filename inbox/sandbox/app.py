"""The WSGI application: finds the operation and the caller, applies faults, answers, and keeps a
log."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import WSGIEnvironment

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from inbox.sandbox import customer_page, parameters, seed
from inbox.sandbox.answers import json_response
from inbox.sandbox.call import Call, shop_asked_for
from inbox.sandbox.control import Control
from inbox.sandbox.credentials import SELLER, Account, Sessions, Tokens, no_store
from inbox.sandbox.errors import ApiError
from inbox.sandbox.faults import Fault
from inbox.sandbox.journal import Entry
from inbox.sandbox.operations import ROUTES, TOKEN_OPERATION, Operation
from inbox.sandbox.paging import Seal
from inbox.sandbox.state import State
from inbox.sandbox.uploads import SandboxRequest
from inbox.sandbox.world import World

SAFE = ("GET", "HEAD")
NO_FAULT = Fault(operation="*")


class Sandbox:
    """One sandbox: its state, and who may log in to it."""

    def __init__(
        self,
        *,
        threads: int = seed.DEFAULT_THREADS,
        random_seed: int = seed.DEFAULT_SEED,
        history_days: int = 0,
        token_lifetime: float = 3599,
        page_token_lifetime: float = 3600,
    ) -> None:
        self.state = State(threads, random_seed, history_days)
        self.tokens = Tokens(token_lifetime)
        self.sessions = Sessions()
        self.seal = Seal(page_token_lifetime)

    def __call__(
        self, environ: WSGIEnvironment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = SandboxRequest(environ)
        with request:
            return self.respond(request)(environ, start_response)

    def respond(self, request: SandboxRequest) -> Response:
        if request.path.startswith("/_sandbox") or request.path == "/":
            return self._beside_the_api(request)
        entry = None
        try:
            operation, arguments = _route(request)
            code = operation if isinstance(operation, str) else operation.code
            entry = self.state.journal.open(request, code)
            response = self._play(request, operation, arguments, entry)
        except ApiError as refusal:
            response = json_response(refusal.as_json(), refusal.status)
            response.headers.extend(refusal.headers)
        finally:
            entry = entry or self.state.journal.open(request, None)
            entry.bytes_in = bytes_read(request)
        entry.status = response.status_code
        return response

    def _beside_the_api(self, request: SandboxRequest) -> Response:
        try:
            if request.path.startswith("/_sandbox/") and request.path != "/_sandbox/":
                return Control(self.state).respond(request)
            return customer_page.respond(request, self.state.world)
        except ApiError as refusal:
            return json_response(refusal.as_json(), refusal.status)

    def _play(
        self,
        request: SandboxRequest,
        operation: Operation | str,
        arguments: Mapping[str, str],
        entry: Entry,
    ) -> Response:
        """Refusals are answers too: a fault may truncate them."""
        account, refusal = self._caller(request, operation)
        if account:
            entry.marketplace, entry.role = account.marketplace, account.role
        fault = self.state.faults.take(entry.operation, entry.marketplace) or NO_FAULT
        fault.before()
        response = fault.instead()
        if response is None:
            try:
                response = self._answer(request, operation, arguments, account or refusal, fault)
            except ApiError as error:
                response = json_response(error.as_json(), error.status)
        self.sessions.begin(request, response)
        return fault.after(response)

    def _caller(
        self, request: SandboxRequest, operation: Operation | str
    ) -> tuple[Account | None, ApiError | None]:
        is_token = operation == TOKEN_OPERATION
        if is_token:
            _read_body(request)
        try:
            self.sessions.check(request)
            find = self.tokens.client_of if is_token else self.tokens.account_of
            return find(request), None
        except ApiError as refusal:
            return None, refusal

    def _answer(
        self,
        request: SandboxRequest,
        operation: Operation | str,
        arguments: Mapping[str, str],
        caller: Account | ApiError | None,
        fault: Fault,
    ) -> Response:
        if isinstance(caller, ApiError):
            raise caller
        if isinstance(operation, str):
            status, body = self.tokens.answer(request)
            return no_store(json_response(body, status))
        assert caller is not None  # noqa: S101
        _check_right(operation, caller)
        parameters.refuse_nonsense(request)
        _read_body(request)
        world = self.state.shown() if request.method in SAFE else self.state.world
        with world.lock:
            call = self._call(request, world, caller, fault.alter)
            result = operation.handler(call, **arguments)
        return result if isinstance(result, Response) else json_response(result, operation.status)

    def _call(
        self, request: SandboxRequest, world: World, account: Account, alter: str | None
    ) -> Call:
        return Call(
            request=request,
            world=world,
            market=world.marketplaces[account.marketplace],
            account=account,
            seal=self.seal,
            shop_id=shop_asked_for(request, account),
            alter=alter,
        )


def _route(request: SandboxRequest) -> tuple[Operation | str, Mapping[str, str]]:
    try:
        operation, arguments = ROUTES.bind_to_environ(request.environ).match()
    except HTTPException as error:
        allowed = getattr(error, "valid_methods", None) or ()
        raise ApiError(error.code or 404, error.name, allowed=allowed) from None
    return operation, arguments


def _check_right(operation: Operation, account: Account) -> None:
    """Mirakl documents 403 for an operation that a role or a key may not call."""
    if account.role not in operation.roles:
        raise ApiError(403, f"{operation.code} is not available to {account.role} users")
    lacks_scope = account.scopes is not None and operation.scope not in (None, *account.scopes)
    if account.role == SELLER and lacks_scope:
        raise ApiError(403, f"{operation.code} needs the right {operation.scope}")


def _read_body(request: SandboxRequest) -> None:
    """Reads the body before the world is locked: a slow upload must not block other requests."""
    if request.method != "POST":
        return
    try:
        if request.mimetype == "multipart/form-data":
            request.files.to_dict()
        else:
            request.get_data()
    except RequestEntityTooLarge:
        raise ApiError(413, "The message and its attachments exceed 30 MB") from None


def bytes_read(request: SandboxRequest) -> int:
    """Returns the bytes read of the body; `sandbox.body` is its counting stream."""
    counter = request.environ.get("sandbox.body")
    return counter.count if counter else 0
