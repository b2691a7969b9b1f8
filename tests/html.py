"""HTML of the desk for tests, read by a parser: templates may change their attributes' order."""

from collections.abc import Iterator
from html.parser import HTMLParser

Attributes = dict[str, str]


class Page(HTMLParser):
    """The start tags of a page or fragment with their attributes, in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def find(self, tag: str, *, css_class: str = "", **wanted: str) -> Iterator[Attributes]:
        """Yields the attributes of elements with this tag, class and these attributes."""
        for name, attributes in self.elements:
            has_class = not css_class or css_class in attributes.get("class", "").split()
            if name == tag and has_class and wanted.items() <= attributes.items():
                yield attributes

    def value(self, name: str) -> str:
        """Returns the value of the first element with this name and a value."""
        named = (one for _, one in self.elements if one.get("name") == name and "value" in one)
        field = next(named, None)
        assert field is not None, f"no field {name}"
        return field["value"]
