"""A Mirakl made of the vendor's document for a role alone: it shares no data with the sandbox and
no code with the desk.

It validates requests against the document. It draws answers at random within the document's schemas
and enumerations, optional members and nulls included.
"""

import json
import os
import random
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

PLACE = os.environ.get("MIRAKL_DOCUMENTS", "")
needs_documents = pytest.mark.skipif(
    not PLACE and os.environ.get("REQUIRE_DOCUMENTS") != "1",
    reason="MIRAKL_DOCUMENTS names no folder with the vendor's documents",
)
# Enumerations are in the descriptions, not in the schemas.
ENUMERATED = re.compile(r'`"([^"`]+)"`')
WORDS = [
    *("Lampe", "Über", "naïve", "Ω≈ç", "مرحبا", "订单", "🙂", "O'Brien", 'say "so"', "a/b"),
    *("<b>bold</b>", "<script>alert(1)</script>", "&amp;", "{{ name }}", "%s", "C:\\d", "1,5"),
]
# Ids in URLs: Mirakl's own format, and formats of some marketplaces.
IDS = ["MV-1001-A", "10/2", "A B", "é#1?x=2", "2f2b8c1e-7d3b-4f0e-9a51-0c0a9d6f5b11", "007"]
LONGEST_LIST = 3
PAPER = b"%PDF-1.4 a paper"


@dataclass
class Mock:
    role: str
    url: str = ""
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def path_of(name: str) -> Path:
    if not PLACE:
        pytest.fail("Name the folder with the vendor's documents in MIRAKL_DOCUMENTS.")
    return Path(PLACE).resolve() / name


@cache
def document(role: str) -> Any:
    """Returns the vendor's document about messages and orders for a role."""
    of_messages = json.loads(path_of(f"mirakl-{role}.augmented.json").read_text())
    # Storefronts have DO01 too; our document describes it for other roles.
    described = "operator" if role == "front" else role
    of_orders = json.loads(path_of(f"mirakl-{described}.orders.json").read_text())
    paths = of_orders["paths"]
    if role == "front":
        paths = {"/api/documents": paths["/api/documents"]}
    for operation in (one for methods in paths.values() for one in methods.values()):
        operation["parameters"] = operation.get("parameters", []) + said_in_prose(operation)
    for address, methods in of_messages["paths"].items():
        paths[address] = {**paths.get(address, {}), **methods}
    schemas = of_orders["components"]["schemas"] | of_messages["components"]["schemas"]
    return of_messages | {
        "paths": paths,
        "components": of_messages["components"] | {"schemas": schemas},
    }


def said_in_prose(operation: Any) -> list[Any]:
    """Returns parameters that a description names and no schema declares."""
    words = operation.get("description", "")
    names = {"limit": "integer", "page_token": "string"} if "seek pagination" in words else {}
    if "<code>locale</code> parameter" in words:
        names["locale"] = "string"
    return [{"name": name, "in": "query", "schema": {"type": kind}} for name, kind in names.items()]


@contextmanager
def running(role: str, seed: int) -> Iterator[Mock]:
    mock = Mock(role)
    app = App(mock, seed)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    mock.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield mock
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class App:
    def __init__(self, mock: Mock, seed: int) -> None:
        self.mock, self.document, self.seed = mock, document(mock.role), seed
        found = [
            (re.sub(r"{(\w+)}", r"<path:\1>", path), method, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict) and "operationId" in operation
        ]
        self.operations = {operation["operationId"]: operation for *_where, operation in found}
        rules = [
            Rule(path, methods=[method], endpoint=operation["operationId"])
            for path, method, operation in found
        ]
        self.routes = Map(rules, merge_slashes=False)

    def __call__(self, environ: Any, start: Any) -> Any:
        with Request(environ) as request:
            return self._answer(request)(environ, start)

    def _answer(self, request: Request) -> Response:
        try:
            code, named = self.routes.bind_to_environ(request.environ).match()
        except NotFound as error:
            self.mock.complaints.append(f"{request.method} {request.path} is in no document")
            return Response(error.description, 404)
        except HTTPException as error:
            return Response(error.description, error.code)
        operation = self.operations[code]
        self.mock.asked.append(code)
        wrong = [f"{code}: {words}" for words in self._wrong_with(request, operation)]
        self.mock.complaints += wrong
        return self._good(operation, named, request)

    def _good(self, operation: Any, named: Mapping[str, Any], request: Request) -> Response:
        status, described = next(
            (int(status), answer)
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        )
        content = described.get("content", {})
        if "application/json" not in content:
            name = {"Content-Disposition": 'attachment; filename="paper.pdf"'}
            return Response(PAPER, status, name, content_type=next(iter(content), ""))
        # The same request gets the same answer.
        rng = random.Random(f"{self.seed} {request.full_path}")  # noqa: S311
        body = Drawn(self.document, rng).value(content["application/json"]["schema"])
        body = asked_for(operation["operationId"], body, named, request)
        return Response(json.dumps(body), status, content_type="application/json")

    # -- requests ------------------------------------------------------------

    def _wrong_with(self, request: Request, operation: Any) -> Iterator[str]:
        declared = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}
        for name, values in request.args.lists():
            if name not in declared:
                yield f"the parameter {name} is not declared"
                continue
            yield from self._wrong_value(name, declared[name]["schema"], values)
        for name, parameter in declared.items():
            if parameter.get("required") and name not in request.args:
                yield f"the parameter {name} is missing"
        if "requestBody" in operation:
            yield from self._wrong_body(request, operation["requestBody"]["content"])

    def _wrong_value(self, name: str, schema: Any, values: list[str]) -> Iterator[str]:
        is_list = schema.get("type") == "array"
        items = schema.get("items", {}) if is_list else schema
        for value in ",".join(values).split(",") if is_list else values:
            typed = json.loads(value) if items.get("type") in {"integer", "boolean"} else value
            for error in self._errors(items, typed):
                yield f"the parameter {name} is {value!r}: {error}"

    def _wrong_body(self, request: Request, content: Any) -> Iterator[str]:
        kind = request.mimetype
        if kind not in content:
            yield f"the body is {kind}, not one of {list(content)}"
            return
        schema = content[kind]["schema"]
        if kind == "application/json":
            yield from self._errors(schema, request.get_json())
            return
        for name, described in resolved(self.document, schema)["properties"].items():
            if name == "files":
                continue
            part = request.files.get(name)
            raw = part.read() if part else request.form.get(name)
            yield from (
                [f"no part {name}"] if raw is None else self._errors(described, json.loads(raw))
            )

    def _errors(self, schema: Any, value: Any) -> Iterator[str]:
        whole = schema | {"components": self.document["components"]}
        for error in Draft202012Validator(whole).iter_errors(value):
            yield f"{error.json_path}: {error.message}"


def asked_for(code: str, body: Any, named: Mapping[str, Any], request: Request) -> Any:
    """Sets values that cannot be random: the requested ids, and the end of a list."""
    if code == "M10":
        body["id"] = named["thread_id"]
    for thread in [body] if code == "M10" else body["data"] if code == "M11" else []:
        for message in thread.get("messages") or []:
            for file in message.get("attachments") or []:
                file["size"] = len(PAPER)
    if code == "OR11":
        for order, asked in zip(body["orders"], request.args["order_ids"].split(","), strict=False):
            order["order_id"] = asked
    for one in body["data"] if code in {"ST11", "SOR11"} else []:
        one["order_id" if code == "ST11" else "id"] = request.args["order_id"]
    if code == "DO01":  # the one type in the vendor's text
        body["documents"].append({"code": "CUSTOMER_INVOICE", "label": "", "entity": "ORDER"})
    if code == "OR74":
        body["order_documents"] = [{"errors": []} for _one in request.files.getlist("files")]
    body.pop("next_page_token", None)
    return body


def resolved(document: Any, schema: Any) -> Any:
    while "$ref" in schema:
        target = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = {**target, **{k: v for k, v in schema.items() if k not in {"$ref", "type"}}}
    return schema


class Drawn:
    """Draws random values of a schema."""

    def __init__(self, document: Any, rng: random.Random) -> None:
        self.document, self.rng = document, rng

    def value(self, schema: Any, name: str = "", depth: int = 0) -> Any:
        schema = resolved(self.document, schema)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.value(self.rng.choice(schema[choice]), name, depth)
        kind = schema.get("type", "object")
        if isinstance(kind, list):
            kind = self.rng.choice(kind)
        match kind:
            case "null":
                return None
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "boolean":
                return self.rng.random() < 0.5
            case "integer" | "number":
                return self._number(schema, kind)
            case _:
                return self._text(schema, name)

    def _object(self, schema: Any, depth: int) -> dict[str, Any]:
        parts = [resolved(self.document, one) for one in [*schema.get("allOf", []), schema]]
        required = {name for part in parts for name in part.get("required", [])}
        return {
            name: self.value(described, name, depth + 1)
            for part in parts
            for name, described in part.get("properties", {}).items()
            if name in required or self.rng.random() < 0.7
        }

    def _array(self, schema: Any, name: str, depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", LONGEST_LIST), max(least, LONGEST_LIST))
        length = self.rng.randint(max(least, 1 if depth < 2 else 0), most)
        return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(length)]

    def _number(self, schema: Any, kind: str) -> Any:
        least = schema.get("minimum", -5)
        most = schema.get("maximum", 2**31 - 1)
        number = self.rng.choice([least, most, self.rng.randint(int(least), int(most)), 0, 7])
        number = min(max(number, least), most)
        return number if kind == "integer" else round(number + self.rng.random(), 4)

    def _text(self, schema: Any, name: str) -> str:
        if options := schema.get("enum") or ENUMERATED.findall(schema.get("description", "")):
            # Enumerations grow without notice.
            is_new = "enum" not in schema and self.rng.random() < 0.1
            return "SOMETHING_NEW" if is_new else str(self.rng.choice(options))
        if schema.get("format", "").startswith("date"):
            return self._moment(schema["format"])
        if name == "id" or name.endswith("_id"):
            own = str(uuid.UUID(int=self.rng.getrandbits(128)))
            return own if name in {"id", "message_id", "thread_id"} else self.rng.choice(IDS)
        text = " ".join(self.rng.choices(WORDS, k=self.rng.randint(0, 12)))
        least, most = schema.get("minLength", 0), schema.get("maxLength", 4000)
        return (text + "x" * least)[: max(least, most)] if len(text) < least else text[:most]

    def _moment(self, form: str) -> str:
        year = self.rng.choice([1999, 2024, 2025, 2026, 2027, 9999])
        day = f"{year}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"
        if form == "date":
            return day
        seconds = self.rng.choice(["11:22:33", "11:22:33.5", "00:00:00.123"])
        return f"{day}T{seconds}" + ("" if form.endswith("without-timezone") else "Z")
