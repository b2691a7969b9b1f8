"""Templates render as in production.

Django's test environment copies the context of every template for the test client: a tenth of the
time of tests that open pages. Few tests read them.
"""

from collections.abc import Callable, Iterator

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString

Render = Callable[[Template, Context], SafeString]


@pytest.fixture(scope="session", autouse=True)
def _copying_render(django_test_environment: None) -> Iterator[Render]:
    """Replaces Django's own for tests, and yields it."""
    copying: Render = Template._render  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _render)
        yield copying


def _render(template: Template, context: Context) -> SafeString:
    return template.nodelist.render(context)


@pytest.fixture
def contexts(_copying_render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives answers of the test client their `context`."""
    monkeypatch.setattr(Template, "_render", _copying_render)
