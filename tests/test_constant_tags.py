"""Constant texts and icons of templates are compiled in, in each language its own."""

import pytest
from django.template import Context, Template
from django.template.base import TextNode
from django.template.loader import get_template
from django.utils import translation

CLOSE = "{% load i18n %}{% translate 'Close' context 'conversation' %}"


def nodes_of(source: str) -> list[type]:
    return [type(node) for node in Template(source).nodelist[1:]]


@pytest.mark.parametrize(
    "tag",
    ["{% translate 'Close' %}", "{% translate 'Close' context 'dialog' %}", "{% icon 'x' %}"]
    + ["{% url 'inbox' %}", "{% url 'thread' 'maison' 't-1' %}", "{% static 'favicon.svg' %}"],
)
def test_a_constant_tag_is_a_text(tag: str) -> None:
    assert nodes_of("{% load i18n desk static %}" + tag) == [TextNode]


@pytest.mark.parametrize(
    "tag",
    ["{% translate words %}", "{% translate 'Close' as word %}", "{% translate 'Close'|upper %}"]
    + ["{% icon name %}", "{% icon 'x' label %}"]
    + ["{% static name %}", "{% static 'favicon.svg' as icon %}"]
    + ["{% url name %}", "{% url 'thread' 'maison' id %}", "{% url 'admin:index' %}"],
)
def test_a_tag_that_may_change_is_none(tag: str) -> None:
    assert TextNode not in nodes_of("{% load i18n desk static %}" + tag)


def test_a_template_of_a_language_has_its_texts() -> None:
    def rendered() -> str:
        return get_template("inbox/_send_menu.html").render({})

    english = rendered()
    with translation.override("de"):
        german = rendered()

    assert "Send and then" in english
    assert "Send and then" not in german
    assert rendered() == english


def test_what_is_compiled_in_looks_as_it_would_later() -> None:
    later = Template("{% load i18n %}{% translate words context 'conversation' %}")
    with translation.override("fr"):
        assert Template(CLOSE).render(Context()) == later.render(Context({"words": "Close"}))
    percent = Template("{% load i18n %}{% translate '100% <b>' %}")
    assert percent.render(Context()) == "100% <b>"
