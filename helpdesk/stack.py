"""Room for the Python stack of a whole request.

CPython keeps the frames of functions in chunks of 16 kB. Where a chunk ends below code that calls
many functions, each call maps memory and each return unmaps it: templates took half as long again,
or not, depending on how many middlewares there were. A function that asks for a larger stack gets
a larger chunk, which the functions below it use.
"""

from collections.abc import Callable
from typing import Any

# Half of a chunk of 256 kB; the rest is for what is called.
SLOTS = 2**14 + 1


def with_room(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **options: Any) -> Any:
        return function(*args, **options)

    run.__code__ = run.__code__.replace(co_stacksize=SLOTS)
    return run
