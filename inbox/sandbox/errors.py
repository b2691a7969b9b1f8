"""Error answers of the sandbox.

Mirakl documents no error body. The sandbox uses both shapes seen in practice: `{"status",
"message"}` everywhere, and `{"errors": [{"code", "field", "message"}]}` on M12.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


class ApiError(Exception):
    """Ends a request with this status and body."""

    def __init__(self, status: int, message: str, *, allowed: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        # The allowed methods for a 405.
        self.headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}

    def as_json(self) -> dict[str, object]:
        return {"status": self.status, "message": self.message}


class InvalidFields(ApiError):
    """M12's own shape."""

    def __init__(self, problems: list["Problem"]) -> None:
        super().__init__(400, "; ".join(problem.message for problem in problems))
        self.problems = problems

    def as_json(self) -> dict[str, object]:
        return {"errors": [problem.as_json() for problem in self.problems]}


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    field: str
    message: str

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "field": self.field, "message": self.message}


@dataclass(slots=True)
class Problems:
    """Collects all problems of a form before refusing it."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, field_name: str, message: str) -> None:
        self.found.append(Problem(code, field_name, message))

    def refuse_as_list(self) -> None:
        if self.found:
            raise InvalidFields(self.found)

    def refuse_as_message(self) -> None:
        if self.found:
            raise ApiError(400, "; ".join(problem.message for problem in self.found))


def not_found(what: str, identifier: object) -> ApiError:
    """An unknown object and an invisible one get the same answer, as with Mirakl."""
    return ApiError(404, f"{what} with identifier [{identifier}] not found")
