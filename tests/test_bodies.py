"""Message bodies after the mail programs that processed them."""

import re
from dataclasses import dataclass
from html import unescape

import pytest

from inbox.sanitize import plain_text, render, stored
from tests.html import Page


@dataclass(frozen=True)
class Case:
    """A body, its visible text, its hidden text, and the targets of its links."""

    body: str
    seen: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


PIXELS = "iVBORw0KGgoAAAANSUhEUgAA" * 6_000
FILLER = "&#847;&zwnj;&nbsp;&#8199;&shy;" * 60

CASES = {
    # -- what looks like a tag
    "address in brackets": Case(
        "See <https://parcels.example/t/77>.<br>Write to Ann <ann@shop.example> please.",
        ("https://parcels.example/t/77", "Ann <ann@shop.example> please"),
        links=("https://parcels.example/t/77", "mailto:ann@shop.example"),
    ),
    "fewer than": Case(
        "<p>the slot is <4 mm wide, 5<6 and 7> 2</p>", ("<4 mm wide, 5<6 and 7> 2",)
    ),
    "a size": Case("I ordered size <L>,<br>you sent <S>.", ("size <L>,", "you sent <S>.")),
    "a size alone": Case("Not size <S> but <XXL>", ("size <S> but <XXL>",)),
    "a word of a template": Case(
        "Dear <firstname>,<br />your <order no> left.", ("Dear <firstname>,", "<order no>")
    ),
    "words behind a name": Case("<i think so><br><b or c><br>bye", ("<i think so>", "<b or c>")),
    "a heart": Case("I </3 this<br>lamp <3", ("I </3 this", "lamp <3")),
    "an arrow": Case("left <- right<br>up <-> down", ("left <- right", "up <-> down")),
    "a tag without its end": Case("<p>if x <p then</p>", ("if x <p then",)),
    "real tags": Case(
        "<p>It is <b>very</b> <i class='x'>small</i></p>", ("It is very small",), ("<b", "<i")
    ),
    "uppercase": Case(
        "<P>One<BR>two <FONT COLOR=red>three</FONT></P>", ("One", "two three"), ("FONT",)
    ),
    "a title in words": Case("Please put <title> on it<br>Jo", ("put <title> on it",)),
    "a button in words": Case("press <button><br>then wait", ("press <button>", "then wait")),
    "a table pasted from elsewhere": Case(
        "<google-sheets-html-origin><p>one</p></google-sheets-html-origin><p>two</p>",
        ("one", "two"),
        ("google-sheets",),
    ),
    "an element of somebody's own": Case("<card id='1'><p>cup</p></card>", ("cup",), ("card",)),
    # -- escaped once
    "markup escaped as a whole": Case(
        "Hallo,&lt;br&gt;der Henkel f&amp;uuml;r die T&amp;uuml;r fehlt.&lt;br&gt;Gru&amp;szlig;",
        ("der Henkel für die Tür fehlt.", "Gruß"),
        ("<br", "&uuml;", "&szlig;"),
    ),
    "paragraphs escaped": Case(
        "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two &amp;amp; three&lt;/p&gt;",
        ("One", "Two & three"),
        ("<p", "&amp;"),
    ),
    "written about escapes": Case(
        "Your page says &amp;nbsp; and &lt;b&gt; to me", ("says &nbsp; and <b> to me",)
    ),
    "written about a break": Case(
        "it prints &lt;br /&gt; everywhere", ("it prints <br /> everywhere",)
    ),
    "code that would run": Case(
        "&lt;script&gt;alert(1)&lt;/script&gt; is shown", ("<script>alert(1)</script> is shown",)
    ),
    "an address with parameters": Case(
        "https://a.example/?x=1&copy=2&amp;y=3", ("https://a.example/?x=1&copy=2&y=3",)
    ),
    # -- pictures
    "a large picture before the text": Case(
        f"<p>Look:</p><img src='data:image/png;base64,{PIXELS}'><p>The lid is bent.</p>",
        ("Look:", "The lid is bent."),
        ("iVBOR",),
    ),
    "a picture of many lines": Case(
        '<img alt="lid" src="data:image/png;base64,'
        + "\r\n".join(["QUJD" * 18] * 1_500)
        + '"><p>The lid.</p>',
        ("The lid.",),
        ("QUJD",),
    ),
    "a picture in a style": Case(
        f"<p style='background:url(data:image/gif;base64,{PIXELS})'>Bent.</p>",
        ("Bent.",),
        ("iVBOR",),
    ),
    "words about data": Case("Send me my data: all of it, please", ("my data: all of it, please",)),
    # -- Office
    "the settings of a document": Case(
        "<xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml>"
        "<p class=MsoNormal>Die Schraube fehlt.<o:p></o:p></p>",
        ("Die Schraube fehlt.",),
        ("Settings", "o:p"),
    ),
    "settings without their frame": Case(
        "<w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom><w:Kerning/></w:WordDocument><p>Hook.</p>",
        ("Hook.",),
        ("Normal", "0"),
    ),
    "words inside Office's own": Case(
        "<p><o:p>The cup</o:p> from <st1:City w:st='on'>Leeds</st1:City></p>",
        ("The cup from Leeds",),
        ("st1", "o:p"),
    ),
    "Office's own alone": Case("Mr <o:p></o:p>Jo", ("Mr Jo",), ("o:p",)),
    "a namespace": Case(
        "<?xml:namespace prefix = o ns = 'urn:x' /><p>Cup</p>", ("Cup",), ("namespace",)
    ),
    "a conditional comment": Case(
        "<!--[if mso]><p>Old</p><![endif]--><p>New</p>", ("New",), ("Old", "endif")
    ),
    "one for everybody else": Case("<![if !mso]><p>New</p><![endif]>", ("New",), ("endif", "mso")),
    "a comment without an end": Case(
        "<p>One.</p><!-- [if gte mso 9]> <p>Two.</p>", ("One.", "Two."), ("mso",)
    ),
    "a style without an end": Case("<style> td {color:red} <p>One.</p>", ("One.",), ("color",)),
    "a settings block without an end": Case("<xml><w:View>Normal <p>One.</p>", ("One.",)),
    "a head": Case(
        "<html><head><title>Fwd</title><meta charset=x></head><body>One.</body></html>",
        ("One.",),
        ("Fwd",),
    ),
    "rules of a style sheet": Case(
        "P {margin-top:0;margin-bottom:0;}\nThe cup is chipped.",
        ("The cup is chipped.",),
        ("margin", "{"),
    ),
    "rules in a paragraph": Case("<p>p.x { margin: 0 }</p><p>Cup.</p>", ("Cup.",), ("margin",)),
    "rules with a comment": Case(
        "/* Style Definitions */ p.x, li.x {margin:0cm;}\nCup.", ("Cup.",), ("Style", "margin")
    ),
    "rules of several lines": Case(
        "@font-face\n\t{font-family:Calibri;}\n"
        "p.MsoNormal, li.MsoNormal,\ndiv.x\n\t{margin:0cm;\n\tfont-size:11pt;}\n\nCup.",
        ("Cup.",),
        ("Calibri", "margin", "{"),
    ),
    "rules inside of rules": Case(
        "@media print {\n.a {color:red;}\np {width:1px}\n}\nCup.", ("Cup.",), ("color", "}")
    ),
    "braces of a person": Case(
        "#1042 {two: boxes}\nand {color me surprised}",
        ("#1042 {two: boxes}", "{color me surprised}"),
    ),
    "a form": Case("<form><p>Why:</p><textarea>It leaks</textarea></form>", ("Why:", "It leaks")),
    # -- escapes of mail
    "quoted-printable": Case(
        "Gr=C3=B6=C3=9Fe passt nicht, bitte zur=C3=BCck=\nnehmen.=20\nDanke",
        ("Größe passt nicht, bitte zurücknehmen.", "Danke"),
        ("=",),
    ),
    "quoted-printable in small letters": Case("Caf=c3=a9 cr=c3=a8me", ("Café crème",), ("=",)),
    "quoted-printable of Latin-1": Case(
        "Die Gr=F6=DFe f=FCr den K=F6rper=20\nfehlt", ("Die Größe für den Körper", "fehlt"), ("=",)
    ),
    "quoted-printable markup": Case(
        '<p class=3D"x">Caf=C3=A9</p><a href=3D"https://a.example/?id=3D5">Lien</a>',
        ("Café", "Lien"),
        ("=C3", "3D"),
        ("https://a.example/?id=5",),
    ),
    "an address that looks like it": Case(
        "https://a.example/?id=20&lang=DE&size=AB&x=C3", ("?id=20&lang=DE&size=AB&x=C3",)
    ),
    "sums": Case("2+2=40 and 3=30, a=FF and b=EE", ("2+2=40 and 3=30, a=FF and b=EE",)),
    "a table's widths": Case(
        "<table width=20 height=30 border=10><tr><td>Cup</td></tr></table>", ("Cup",)
    ),
    # -- read in the wrong characters
    "garbled": Case(
        "La poignÃ©e est cassÃ©e, câ€™est dommage", ("La poignée est cassée, c’est dommage",)
    ),
    "partly garbled": Case("dÃ©jÃ\xa0 vu, été", ("déjà vu, été",)),
    "garbled after a capital": Case("FÃ¼r ZÃ¼rich, Ã¼brigens", ("Für Zürich, übrigens",)),
    "garbled money": Case("It costs Â£20, or â‚¬24", ("It costs £20, or €24",)),
    "capitals that are meant": Case("NÃO, «CAFÉ» Â° SÃO", ("NÃO, «CAFÉ» Â° SÃO",)),
    # -- hidden
    "not displayed": Case(
        "<div style='display:none'>View online</div><p>Cup.</p>", ("Cup.",), ("View",)
    ),
    "hidden from Office": Case(
        "<span style='mso-hide: all'>View online</span><p>Cup.</p>", ("Cup.",), ("View",)
    ),
    "a button hidden from Office": Case(
        "<a href='https://a.example/b' style='mso-hide:all'>Track</a> it", ("Track it",)
    ),
    "too small to read": Case(
        "<div style='color:#fff;font-size:1px;'>View online</div><p>Cup.</p>", ("Cup.",), ("View",)
    ),
    "small outside, large inside": Case(
        "<div style='font-size:0'><div style='font-size:13px'>Cup.</div>x</div>", ("Cup.",), ("x",)
    ),
    "no height": Case(
        "<p style='max-height:0px;overflow:hidden'>View</p><p>Cup.</p>", ("Cup.",), ("View",)
    ),
    "no height, and cut off": Case(
        "<div style='height:0;overflow:hidden'>View</div><p>Cup.</p>", ("Cup.",), ("View",)
    ),
    "some height": Case(
        "<p style='max-height:0.5em;opacity:0.9;font-size:0.8em'>Cup.</p>", ("Cup.",)
    ),
    "transparent": Case("<p style='opacity: 0;'>View</p><p>Cup.</p>", ("Cup.",), ("View",)),
    "invisible": Case("<p style='VISIBILITY:HIDDEN'>View</p><p>Cup.</p>", ("Cup.",), ("View",)),
    "hidden by an attribute": Case(
        "<section hidden><p>View</p></section><p>Cup.</p>", ("Cup.",), ("View",)
    ),
    "hidden in a font": Case(
        "<font style='display:none'>View</font><center>Cup.</center>", ("Cup.",), ("View",)
    ),
    "all of it hidden": Case("<div style='font-size:0'>Cup.</div>", ("Cup.",)),
    "filled with nothing": Case(
        f"<div>Sale!{FILLER}</div><p>Cup.</p>", ("Sale!", "Cup."), ("\u034f", "\u200c", "\xad")
    ),
    "characters of no width": Case(
        "The han\u200bdle is br\xadoken\ufeff", ("The handle is broken",)
    ),
    "joined on purpose": Case(
        "می\u200cخواهم 👨\u200d👩\u200d👧", ("می\u200cخواهم 👨\u200d👩\u200d👧",)
    ),
    "turned around": Case("My order \u202egpj.exe came", ("My order gpj.exe came",)),
    # -- links
    "an address in markup": Case(
        "Hello,<br />it is https://t.example/p/5?a=en&amp;b=1 now.<br />Jo",
        links=("https://t.example/p/5?a=en&b=1",),
    ),
    "a mailbox in markup": Case(
        "<p>Write to ann@shop.example</p>", links=("mailto:ann@shop.example",)
    ),
    "a number abroad": Case(
        "<p>Call +49 (0)221 123 45-67 today</p>", links=("tel:+4902211234567",)
    ),
    "a number at home": Case("Mon portable : 06 12 34 56 78.", links=("tel:0612345678",)),
    "a number of two groups": Case("Call 0800 123 4567.", links=("tel:08001234567",)),
    "a number with a country's": Case("Call 0049 30 123456", links=("tel:004930123456",)),
    "an account": Case("IBAN DE89 3704 0044 0532 0130 00", ("DE89 3704 0044 0532 0130 00",)),
    "a long number": Case("Order 0012345678901", ("Order 0012345678901",)),
    "numbers that are none": Case("On 01 02 2026 order 0044-1 and 12 34 56 78", ("order 0044-1",)),
    "a link that is one": Case(
        "<a href='https://a.example/x'>https://a.example/x</a>", links=("https://a.example/x",)
    ),
    "a link that says another": Case(
        "<a href='https://evil.example/x'>bank.example</a>",
        ("bank.example (evil.example)",),
        links=("https://evil.example/x",),
    ),
    "a call that says another": Case(
        "<a href='tel:+4990012345'>Call 0800 111 222</a>", ("0800 111 222 (+4990012345)",)
    ),
    "what is no link": Case("<a href='javascript:x'>Go</a> file.txt v1.2", ("Go file.txt v1.2",)),
}


def read(markup: str) -> str:
    """Returns the visible text: a line for each block, single spaces."""
    lines = re.sub(r"<(?:br|/?(?:p|div|li|tr|h\d|table|pre))\b[^>]*>", "\n", markup)
    return re.sub(r"[^\S\n]+", " ", unescape(re.sub(r"<[^>]*>", "", lines)))


@pytest.mark.parametrize("name", CASES)
def test_it_reads_as_it_was_meant(name: str) -> None:
    case = CASES[name]

    shown = render(stored(case.body))

    words = read(shown.html)
    assert [part for part in case.seen if part not in words] == []
    assert [part for part in case.unseen if part in words] == []
    assert not shown.is_cut
    assert Page(shown.html).get_all("href", "a") >= list(case.links)


@pytest.mark.parametrize("name", CASES)
def test_a_preview_says_the_same(name: str) -> None:
    case = CASES[name]

    words = plain_text(case.body).replace("\n", " ")

    assert [part for part in case.unseen if part in words] == []


@pytest.mark.parametrize("name", ["an account", "a long number", "numbers that are none"])
def test_numbers_of_other_things_are_not_called(name: str) -> None:
    assert "tel:" not in render(CASES[name].body).html


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].links])
def test_links_lead_where_they_say(name: str) -> None:
    shown = render(CASES[name].body)

    links = list(Page(shown.html).find("a"))
    assert tuple(link["href"] for link in links) == CASES[name].links
    assert {link["rel"] for link in links} == {"noopener noreferrer nofollow"}


TABLES = {
    "cells without a table": (
        "<tr><td>One</td><td>Two</td></tr>",
        "<div><div>One</div><div>Two</div></div>",
    ),
    "one cell a row": (
        "<table><tr><td>One</td></tr><tr><td>Two</td></tr></table>",
        "<div>One</div><div>Two</div>",
    ),
    "said to be a layout": (
        "<table role='presentation'><tr><td>a</td><td>b</td></tr>"
        "<tr><td>c</td><td>d</td></tr></table>",
        "<div>a</div><div>b</div><div>c</div><div>d</div>",
    ),
    "tables in a table": (
        "<table><tr><td><table><tr><td>left</td></tr></table></td>"
        "<td><table><tr><td>right</td></tr></table></td></tr></table>",
        "<div><div>left</div></div><div><div>right</div></div>",
    ),
    "empty cells beside": (
        "<table><tr><td>&nbsp;</td><td>One</td></tr></table>",
        "<div></div><div>One</div>",
    ),
    "columns": (
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
        "<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
    ),
    "columns inside a layout": (
        "<table><tr><td>Hi<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>"
        "</td></tr></table>",
        "<div>Hi<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></tbody></table></div>",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_only_tables_with_columns_stay(name: str) -> None:
    body, shown = TABLES[name]

    assert render(body).html == shown


GAPS = {
    "breaks": ("One<br><br><br><br>Two", "One<br><br>Two"),
    "empty paragraphs": (
        "<p>One</p><p>&nbsp;</p><p>&nbsp;</p><p>Two</p>",
        "<p>One</p><p>&nbsp;</p><p></p><p>Two</p>",
    ),
    "empty blocks": (
        "<div>One</div><div><br></div><div><br></div><div>Two</div>",
        "<div>One</div><div><br></div><div></div><div>Two</div>",
    ),
    "spaces between breaks": ("One<br>&nbsp;<br>&nbsp;<br>Two", "One<br><br>Two"),
    "at either end": ("<br>&nbsp;<br>One<br><br>", "One"),
    "empty lines": ("One\n\n \n\n\nTwo", "One<br><br>Two"),
    "a poem": ("<pre>a\n\n\n\nb</pre>", "<pre>a\n\n\n\nb</pre>"),
    "a line of spaces": (
        "<p>Sale!" + "&nbsp;&#8199; " * 40 + "</p><p>Cup.</p>",
        "<p>Sale! </p><p>Cup.</p>",
    ),
    "spaces inside a line": ("<p>a&nbsp;<b>&nbsp;</b>b</p>", "<p>a&nbsp;<b>&nbsp;</b>b</p>"),
}


@pytest.mark.parametrize("name", GAPS)
def test_many_empty_lines_are_one(name: str) -> None:
    body, shown = GAPS[name]

    assert render(body).html == shown


@pytest.mark.parametrize(
    ("body", "is_blank"),
    [
        ("", True),
        ("  \n ", True),
        ("\u200b", True),
        ("<p>&nbsp;</p><br>", True),
        ("<style>p{color:red}</style>", True),
        ("<img src=cid:1>", False),
        ("👍", False),
        (".", False),
    ],
)
def test_it_tells_whether_anything_shows(body: str, is_blank: bool) -> None:
    assert render(body).is_blank == is_blank
