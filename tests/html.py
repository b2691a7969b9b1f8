"""HTML of the desk for tests, read by a parser: templates may change their attributes' order."""

from collections.abc import Iterator
from html.parser import HTMLParser

# Elements without an end tag.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element(dict[str, str]):
    """The attributes of an element, with its tag, its text, and the elements inside of it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        super().__init__(attributes)
        self.tag = tag
        self.pieces: list[str] = []
        self.elements: list[Element] = []

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        return " ".join("".join(self.pieces).split())

    def find(
        self, tag: str = "", *, css_class: str = "", has: str = "", **wanted: str
    ) -> Iterator["Element"]:
        """Yields the elements inside with this tag, class and attributes, in their order.

        `has` names an attribute of any value. `hx_get` stands for hx-get.
        """
        attributes = {name.replace("_", "-"): value for name, value in wanted.items()}
        for one in self.elements:
            has_class = not css_class or css_class in one.get("class", "").split()
            has_names = one.tag == (tag or one.tag) and (not has or has in one)
            if has_class and has_names and attributes.items() <= one.items():
                yield one

    def texts(self, tag: str = "", *, css_class: str = "", **wanted: str) -> list[str]:
        return [one.text for one in self.find(tag, css_class=css_class, **wanted)]

    def get_all(
        self, attribute: str, tag: str = "", *, css_class: str = "", **wanted: str
    ) -> list[str]:
        """Returns the values of an attribute."""
        found = self.find(tag, css_class=css_class, has=attribute, **wanted)
        return [one[attribute] for one in found]

    def value(self, name: str) -> str:
        """Returns the value of the first form field with this name and a value."""
        named = (one for one in self.elements if one.get("name") == name and "value" in one)
        field = next(named, None)
        assert field is not None, f"no field {name}"
        return field["value"]


class Page(Element):
    """A page or fragment."""

    def __init__(self, text: str) -> None:
        super().__init__("", {})
        _Reader(self).feed(text)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.open: list[Element] = [page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        for one in self.open:
            one.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        places = [place for place, one in enumerate(self.open) if one.tag == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one.pieces.append(data)
