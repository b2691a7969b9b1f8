"""Untrusted message bodies: no code runs, and no text of the sender is hidden."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.sanitize import MAX_LENGTH, MAX_TAGS, plain_text, render

ALLOWED_TAGS = {
    *("p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "a", "ul", "ol", "li"),
    *("blockquote", "pre", "code", "table", "thead", "tbody", "tr", "td", "th", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "bdi"),
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<p>Hello<script src=https://evil.example/x.js></script></p>",
    "<img src=x onerror=alert(1)>",
    "<body onload=alert(1)><p onclick='alert(1)'>x</p>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' &#1; javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a><a href='//evil.example'>y</a><a href='/admin/'>z</a>",
    "<p style='background:url(https://evil.example/t.gif)'>x</p>",
    "<style>@import 'https://evil.example'; body{display:none}</style><p>x</p>",
    "<div style='position:fixed;top:0' class='button' id='reply'>x</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=alert(1)"
    "&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<p><xmp><p title='</xmp><img src onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<p><!--[if mso]><script>alert(1)</script><![endif]--></p>",
    "<b><p><i></b></p><div></i><table><b><td><script>alert(1)",
    "<div hx-get='/x' hx-trigger='load' data-hx-post='/y' hx-on:click='alert(1)'>x</div>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'><p>x</p>",
    "<base href='https://evil.example'><form action='/x'><input name=q><button>Go</button></form>",
    "<iframe src='https://evil.example'></iframe><object data=x></object><embed src=x>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote>",
    "hi<plaintext><script>alert(1)</script>",
    "<p title='<img src=x onerror=alert(1)>' dir='x\" onclick=alert(1)'>x</p>",
    'https://example.com/"onmouseover=alert(1)//<script>alert(1)</script>',
    "<img alt='<script>alert(1)</script>' src=x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Outline(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("a comment", {}))


def assert_harmless(markup: str) -> None:
    for tag, attributes in Outline(markup).tags:
        assert tag in ALLOWED_TAGS
        if attributes == {"class": "host"}:
            continue
        assert set(attributes) <= {"dir", *({"href", "rel", "target"} if tag == "a" else ())}
        assert attributes.get("dir", "auto") in {"ltr", "rtl", "auto"}
        assert urlsplit(attributes.get("href", "https:")).scheme in {
            "http",
            "https",
            "mailto",
            "tel",
        }


@pytest.mark.parametrize("body", HOSTILE)
def test_it_lets_nothing_run(body: str) -> None:
    shown = render(body)

    assert_harmless(shown.html)
    assert_harmless(shown.quoted)


@pytest.mark.parametrize("body", HOSTILE)
def test_it_lets_nothing_run_in_quoted_mail(body: str) -> None:
    shown = render(f"<p>Hello</p><div class=gmail_quote>Old mail {body}</div>")

    assert_harmless(shown.html)
    assert_harmless(shown.quoted)


SCRAPS = st.lists(
    st.sampled_from(HOSTILE)
    | st.sampled_from(["<p>", "</p>", "<b x='", "'>", "<", ">", "<blockquote>", "</blockquote>"])
    | st.sampled_from(
        ["<table><td>", "<!--", "-->", "<svg>", "</style>", "&lt;", "\n> old\n", "-- "]
    )
    | st.sampled_from(
        ["On 1 May at 10:00 Jo <a@b.fr> wrote:", "<div class='gmail_quote'>", "<a href="]
    )
    | st.text(max_size=12)
)


@given(SCRAPS)
def test_it_never_fails_and_never_lets_anything_through(scraps: list[str]) -> None:
    body = "".join(scraps)

    shown = render(body)

    plain_text(body, without_quotes=True)
    assert_harmless(shown.html)
    assert_harmless(shown.quoted)


@given(st.lists(st.text(alphabet="abc é<&;#>\"'", min_size=1), min_size=1))
def test_it_returns_every_word_of_plain_text(lines: list[str]) -> None:
    words = [" ".join(line.split()) for line in lines if line.split()]
    body = "\n".join(line.replace("&", "& ").replace("<", "< ") for line in words)

    shown = plain_text(body)

    assert shown.split() == body.split()


def test_it_keeps_what_mail_programs_format() -> None:
    body = "<h2>Hi</h2><ul><li><b>One</b></li></ul><table><tr><td>1</td><td>2</td></tr></table>"

    assert render(body).html == (
        '<h2>Hi</h2><ul><li dir="auto"><b>One</b></li></ul>'
        "<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


def test_it_opens_links_outside_and_tells_nobody_where_from() -> None:
    (link,) = Outline(render("<p><a href='https://example.com/a?b=1&amp;c=2'>x</a></p>").html).tags[
        1:
    ]

    assert link[1] == {
        "href": "https://example.com/a?b=1&c=2",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }


def test_it_names_pictures_instead_of_fetching_them() -> None:
    body = "<p><img src='https://evil.example/a.png' alt='The broken cup'><img src=x></p>"

    assert render(body).html == "<p> [The broken cup]  [image] </p>"


def test_it_drops_pixels_that_only_track() -> None:
    assert (
        render("<p>Hi<img src='https://t.example/o.gif' width=1 height=1></p>").html == "<p>Hi</p>"
    )


def test_it_keeps_the_direction_of_right_to_left_text() -> None:
    assert render("<p dir=rtl>שלום, איפה ההזמנה?</p>").html == '<p dir="rtl">שלום, איפה ההזמנה?</p>'


def test_it_keeps_emoji_whole() -> None:
    assert render("<p>Merci 👩‍👩‍👧 🇫🇷</p>").html == "<p>Merci 👩‍👩‍👧 🇫🇷</p>"


def test_it_shows_plain_text_as_it_was_typed() -> None:
    shown = render("Size < 40 & <jo@x>\n\nthanks")

    assert not shown.is_html
    assert shown.html == "Size &lt; 40 &amp; &lt;jo@x&gt;<br><br>thanks"


def test_it_links_addresses_in_plain_text() -> None:
    shown = render("See https://example.com/a?b=1&c=2.")

    assert '<a href="https://example.com/a?b=1&amp;c=2"' in shown.html
    assert 'rel="noopener noreferrer nofollow"' in shown.html
    assert shown.html.endswith("</a>.")


def test_it_reads_plain_text_that_was_escaped_once() -> None:
    assert render("L&#39;article &amp; la bo&icirc;te AT&T").html == (
        "L'article &amp; la boîte AT&amp;T"
    )


def test_it_keeps_the_lines_of_text_with_a_little_markup() -> None:
    assert render("<b>Hi</b>\nthere").html == "<b>Hi</b><br>there"


GMAIL = (
    "<div dir='ltr'><p>It is broken.</p></div><br><div class='gmail_quote'><div dir='ltr'>"
    "{intro}<br></div><blockquote class='gmail_quote'>We have sent it.</blockquote></div>"
)
INTROS = [
    "On Tue, 4 Nov 2025 at 09:12, Bright Street &lt;help@example.com&gt; wrote:",
    "Le mar. 4 nov. 2025 à 09:12, Maison Verte &lt;help@example.com&gt; a écrit&nbsp;:",
    "Am Di., 4. Nov. 2025 um 09:12 Uhr schrieb Nordhaus &lt;help@example.com&gt;:",
    "El mar, 4 nov 2025 a las 9:12, Casa (&lt;help@example.com&gt;) escribió:",
    "Il giorno mar 4 nov 2025 alle ore 09:12 Casa &lt;help@example.com&gt; ha scritto:",
]


@pytest.mark.parametrize("intro", INTROS)
@pytest.mark.parametrize("template", [GMAIL, GMAIL.replace("gmail_quote", "x")])
def test_it_folds_what_mail_programs_quote(template: str, intro: str) -> None:
    shown = render(template.format(intro=intro))

    assert shown.html == '<div dir="ltr"><p>It is broken.</p></div>'
    assert "We have sent it." in shown.quoted
    assert "help@example.com" in shown.quoted


@pytest.mark.parametrize("intro", INTROS)
def test_it_folds_quotes_in_plain_text(intro: str) -> None:
    intro = intro.replace("&lt;", "\n<").replace("&gt;", ">").replace("&nbsp;", " ")

    shown = render(f"It is broken.\n\n{intro}\n> We have sent it.\n>\n> Regards")

    assert shown.html == "It is broken."
    assert "&gt; We have sent it." in shown.quoted


HEADERS = [
    ("From", "Sent", "To", "Subject"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("De", "Envoyé", "À", "Objet"),
    ("Da", "Inviato", "A", "Oggetto"),
]


@pytest.mark.parametrize("names", HEADERS)
def test_it_folds_outlooks_history(names: tuple[str, ...]) -> None:
    block = "".join(f"<b>{name}:</b> jo@example.com<br>" for name in names)

    shown = render(f"<p>It is broken.</p><hr><div><p>{block}</p></div><p>We have sent it.</p>")

    assert shown.html == "<p>It is broken.</p>"
    assert "We have sent it." in shown.quoted


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-----Message d'origine-----",
        "-----Message d’origine-----",
        "-----Ursprüngliche Nachricht-----",
    ],
)
def test_it_folds_below_a_separator(line: str) -> None:
    shown = render(f"It is broken.\n\n{line}\nWe have sent it.")

    assert shown.html == "It is broken."
    assert "We have sent it." in shown.quoted


@pytest.mark.parametrize(
    "body",
    [
        "> Which colour?\nGreen, please.",
        "Hello,\n> Which colour?\nGreen.\n> Which size?\n40.",
        "On 4 Nov 2025 at 09:12, Jo <a@b.fr> wrote:\n> Which colour?\n\nGreen.",
        "<blockquote>Which colour?</blockquote><p>Green.</p>",
        "<p>Hi</p><div class=gmail_quote>On 4 Nov 09:12 Jo wrote:<blockquote>Which?</blockquote>"
        "<p>Green.</p><blockquote>More</blockquote><p>No.</p></div>",
        "Bonjour,\nLe vendeur a écrit :\nnous expédions demain, et rien.",
        "Hello\nOn 3 May you wrote:\nit ships tomorrow. It has not.",
        "<blockquote>All of it is a quote</blockquote>",
        "-----Original Message-----\nForwarded, and nothing else.",
        "Trip\nFrom: Lyon\nTo: Paris\nDate: 3 May",
    ],
)
def test_it_never_folds_what_the_customer_wrote(body: str) -> None:
    assert not render(body).quoted
    assert plain_text(body, without_quotes=True) == plain_text(body)


def test_it_folds_what_a_mail_program_marks_in_a_language_we_do_not_read() -> None:
    shown = render(GMAIL.format(intro="2025年11月4日(火) 9:12 Jane &lt;jane@example.com&gt;:"))

    assert "2025" not in shown.html
    assert "2025" in shown.quoted


def test_a_quote_keeps_the_direction_of_its_message() -> None:
    body = "<div dir=rtl><p>השולחן שבור.</p><blockquote type=cite>שלחנו אותו.</blockquote></div>"

    assert render(body).quoted == '<div dir="rtl"><blockquote>שלחנו אותו.</blockquote></div>'


def test_it_leaves_a_signature_in_place() -> None:
    shown = render("It is broken.\n-- \nJo")

    assert shown.html == "It is broken.<br>-- <br>Jo"
    assert not shown.quoted


def test_it_cuts_what_is_far_too_long_and_says_so() -> None:
    shown = render("<p>" + "long " * 1_000_000 + "</p>")

    assert len(shown.html) < MAX_LENGTH + 10
    assert shown.is_cut


def test_it_cuts_what_has_far_too_many_tags_and_says_so() -> None:
    """The parser's time grows with the square of the number of open tags."""
    shown = render("<div>" * (MAX_TAGS + 1))

    assert shown.html.count("<div>") == MAX_TAGS
    assert shown.is_cut


def test_it_says_nothing_about_length_where_all_is_shown() -> None:
    assert not render("a" * MAX_LENGTH).is_cut


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000,
        "<ul><li>" * 10_000,
        "<p>" + "".join(f"<b id={n}>" for n in range(2_000)) + "</p>" + "<p>x</p>" * 2_000,
        "<blockquote>x" * 8_000,
        "<p>" + "<b " * 30_000,
        "On 1\n" * 20_000,
        "From: x\n" * 12_000,
    ],
    ids=["div", "list", "formatting", "quotes", "unclosed", "intros", "headers"],
)
def test_it_stays_small_whatever_a_body_makes_of_a_parser(body: str) -> None:
    """Some of these grew a thousandfold, or took minutes."""
    shown = render(body)

    assert len(shown.html) + len(shown.quoted) < 500_000


def test_it_reads_html_as_lines() -> None:
    body = (
        "<head><title>Mail</title><style>p{color:red}</style></head><p>Dear&nbsp;team,</p>"
        "<div>it is   <b>bro</b>ken<br>&amp; wet</div><ul><li>one</li><li>two</li></ul>"
    )

    assert plain_text(body) == "Dear team,\nit is broken\n& wet\none\ntwo"


def test_it_reads_plain_text_as_lines() -> None:
    assert plain_text("  Hello \r\n\r\n\r\n a <\tb ") == "Hello\na < b"


def test_it_reads_without_quotes() -> None:
    assert plain_text(GMAIL.format(intro=INTROS[0]), without_quotes=True) == "It is broken."


def test_it_reads_quotes_too_unless_told_otherwise() -> None:
    assert "We have sent it." in plain_text(GMAIL.format(intro=INTROS[0]))


def test_it_reads_nothing_as_nothing() -> None:
    assert plain_text("") == plain_text("<p><br></p>") == ""
    assert render("").html == ""
