"""A link whose text names another place shows its target."""

import pytest

from inbox.sanitize import render


def beside(address: str, words: str) -> str:
    """Returns the text after such a link."""
    shown = render(f'<p><a href="{address}">{words}</a></p>').html
    return shown.partition("</a>")[2].removesuffix("</p>")


def said(host: str) -> str:
    return f' <span class="host">({host})</span>'


@pytest.mark.parametrize(
    "words",
    [
        *("paypal.com", "https://paypal.com/login", "PayPal.com", "www.paypal.com"),
        *("Go to paypal.com now", "<b>pay</b>pal.com", "pay\u200bpal.com", "paypal\u3002com"),
        *("ｐａｙｐａｌ.com", "paypal.com and paypal.com.evil.example", "help@paypal.com"),
    ],
)
def test_it_shows_where_a_link_leads_that_names_another_host(words: str) -> None:
    address = "https://paypal.com.evil.example/login"

    assert beside(address, words) == said("paypal.com.evil.example")


@pytest.mark.parametrize(
    "address",
    [
        *("https:\\\\evil.example/", "https:evil.example", "https:///evil.example"),
        *(
            "https://paypal.com@evil.example/",
            "https://EVIL.example:443?x",
            "mailto:a@evil.example",
        ),
    ],
)
def test_it_reads_addresses_as_browsers_do(address: str) -> None:
    assert beside(address, "paypal.com") == said("evil.example")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://shop.example/a?b=1", "shop.example"),
        ("https://www.shop.example/", "https://shop.example/a"),
        ("https://mail.shop.example/", "shop.example"),
        ("https://shop.example/é", "https://shop.example/é"),
        ("https://shop.example/", "Click here. It costs 19.99 EUR, z.B. today"),
        ("mailto:help@shop.example?subject=x", "help@shop.example"),
    ],
)
def test_an_honest_link_shows_no_target(address: str, words: str) -> None:
    assert beside(address, words) == ""


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://xn--pypal-4ve.com/", "xn--pypal-4ve.com"),
        ("https://\u0440\u0430ypal.com/", "xn--ypal-43d9g.com"),
        ("https://münchen.example/", "xn--mnchen-3ya.example"),
    ],
)
def test_it_shows_foreign_characters_of_a_host_in_punycode(address: str, host: str) -> None:
    assert beside(address, "here") == said(host)


def test_it_does_the_same_for_addresses_in_plain_text() -> None:
    shown = render("See https://münchen.example/a and https://paypal.com@evil.example/").html

    assert said("xn--mnchen-3ya.example") in shown
    assert said("evil.example") in shown


def test_nobody_can_write_such_a_remark_themselves() -> None:
    shown = render('<a href="https://evil.example">x</a> <span class="host">(paypal.com)</span>')

    assert 'class="host"' not in shown.html


@pytest.mark.parametrize("host", ["example.com", "example.edu", "example.gov", "www.example.shop"])
@pytest.mark.parametrize("body", ["See {} please", "<p>See {} please</p>"])
def test_a_host_alone_is_a_link_in_texts_of_either_kind(body: str, host: str) -> None:
    assert f'://{host}"' in render(body.format(host)).html


def test_a_text_without_links_is_escaped() -> None:
    assert render("Tom & 'Ann' <3 \"lamps\"").html == "Tom &amp; 'Ann' &lt;3 \"lamps\""
