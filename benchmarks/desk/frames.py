"""Pages of the desk, taken apart into fixed HTML and plain templates of rows and messages."""

import re
from html import escape
from itertools import pairwise
from statistics import median_low

# A frame is a list of fixed HTML, and of templates: the kind of block, its template, their number.
Frame = list[str | tuple[str, str, int]]

BLOCKS = {
    "rows": re.compile(r'<li\s+class="row.*?</li>', re.S),
    "messages": re.compile(r'<section\s+id="message-.*?</section>', re.S),
}
TIME = re.compile(r'datetime="[^"]*" title="[^"]*">[^<]*<')
TIME_TEMPLATE = (
    'datetime="{{ one.at|date:"c" }}" title="{{ one.at|date:"j M Y, H:i" }}">'
    '{{ one.at|date:"j M, H:i" }}<'
)


def take_apart(html: str) -> Frame:
    """The page with each run of rows or messages as one template."""
    runs = []
    for kind, pattern in BLOCKS.items():
        if found := list(pattern.finditer(html)):
            typical = median_low(sorted((one[0] for one in found), key=len))
            run = (kind, templated(kind, typical), len(found))
            runs.append((found[0].start(), found[-1].end(), run))
    runs.sort()
    edges = [0, *(edge for start, end, _run in runs for edge in (start, end)), len(html)]
    fixed = [html[start:end] for start, end in list(pairwise(edges))[::2]]
    frame: Frame = [fixed[0]]
    for (_start, _end, run), after in zip(runs, fixed[1:], strict=True):
        frame += [run, after]
    return frame


def templated(kind: str, block: str) -> str:
    """The template that has made this block: its values replaced by their names."""
    values = row_values(block) if kind == "rows" else message_values(block)
    for name, value in sorted(values.items(), key=lambda one: -len(one[1])):
        block = block.replace(escape(value), f"{{{{ one.{name} }}}}")
    return TIME.sub(TIME_TEMPLATE, block)


def row_values(block: str) -> dict[str, str]:
    from inbox.models import Thread

    pk = re.search(r'data-row="(\d+)"', block)
    assert pk is not None
    thread = Thread.objects.get(pk=pk[1])
    return {
        "id": thread.mirakl_id,
        "who": thread.customer_name,
        "entity": thread.entity_id,
        "preview": thread.preview,
    }


def message_values(block: str) -> dict[str, str]:
    from inbox.models import Message

    id = re.search(r'id="message-([^"]+)"', block)
    assert id is not None
    message = Message.objects.get(mirakl_id=id[1])
    return {"id": message.mirakl_id, "who": message.sender_name, "body": message.body}
