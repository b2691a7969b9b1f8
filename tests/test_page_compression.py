"""Pages are compressed for the desk itself, and for no site that could measure their length."""

import gzip

import brotli  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from helpdesk.compression import CompressionMiddleware
from inbox.models import Marketplace, User
from tests.html import Page

GZIP = {"Accept-Encoding": "gzip, deflate"}
BROTLI = {"Accept-Encoding": "gzip, deflate, br, zstd"}
CODINGS = [pytest.param(GZIP, "gzip", id="gzip"), pytest.param(BROTLI, "br", id="brotli")]
DECOMPRESS = {"gzip": gzip.decompress, "br": brotli.decompress}


@pytest.fixture
def agent(client: Client, ada: User, nordhaus: Marketplace) -> Client:
    client.force_login(ada)
    return client


@pytest.mark.parametrize(("accepts", "coding"), CODINGS)
@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_is_compressed_for_the_desk_and_the_address_bar(
    agent: Client, site: str, accepts: dict[str, str], coding: str
) -> None:
    answer = agent.get("/", headers={**accepts, "Sec-Fetch-Site": site})

    assert answer["Content-Encoding"] == coding
    assert b"<html" in DECOMPRESS[coding](answer.content)


@pytest.mark.parametrize("accepts", [GZIP, BROTLI])
@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_no_other_site_learns_how_well_a_page_compresses(
    agent: Client, site: str | None, accepts: dict[str, str]
) -> None:
    asked = {**accepts, "Sec-Fetch-Site": site} if site else accepts

    assert "Content-Encoding" not in agent.get("/", headers=asked).headers


@pytest.mark.parametrize("accepts", [GZIP, BROTLI])
def test_the_same_page_has_many_lengths(agent: Client, accepts: dict[str, str]) -> None:
    own = {**accepts, "Sec-Fetch-Site": "same-origin"}

    lengths = {len(agent.get("/profile/", headers=own).content) for _ in range(20)}

    # Django's tokens alone make some.
    assert len(lengths) > 12


def test_what_is_no_page_stays_as_it_is(agent: Client) -> None:
    answer = agent.get("/healthz", headers={**GZIP, "Sec-Fetch-Site": "none"})

    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("site", ["same-origin", "cross-site"])
def test_a_cache_keeps_each_kind_of_answer_apart(agent: Client, site: str) -> None:
    answer = agent.get("/", headers={**GZIP, "Sec-Fetch-Site": site})

    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize(("accepts", "coding"), CODINGS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_the_length_told_is_that_of_what_is_sent(
    agent: Client, method: str, accepts: dict[str, str], coding: str
) -> None:
    plain = agent.get("/")

    answer = getattr(agent, method)("/", headers={**accepts, "Sec-Fetch-Site": "same-origin"})

    assert answer["Content-Encoding"] == coding
    assert int(answer["Content-Length"]) < len(plain.content)
    assert method == "head" or int(answer["Content-Length"]) == len(answer.content)


def test_no_token_of_forms_stands_on_two_pages(agent: Client) -> None:
    pages = [agent.get("/profile/").content.decode() for _ in range(2)]

    tokens = [Page(page).get_all("value", name="csrfmiddlewaretoken") for page in pages]

    assert tokens[0]
    assert not set(tokens[0]) & set(tokens[1])
    assert agent.cookies[settings.CSRF_COOKIE_NAME].value not in pages[0]


@pytest.mark.parametrize(
    "answer",
    [
        StreamingHttpResponse(["<p>Hello</p>" * 90], headers={"Content-Length": "1080"}),
        HttpResponse("a,b\n" * 90, content_type="text/csv"),
        HttpResponse("<p>Hi</p>" * 90, headers={"Content-Encoding": "br", "ETag": '"1"'}),
        HttpResponse("<p>Hi</p>"),
    ],
    ids=["streamed", "download", "compressed before", "short"],
)
@pytest.mark.parametrize("accepts", [GZIP, BROTLI])
def test_what_streams_is_saved_or_is_compressed_already_goes_on_as_it_is(
    rf: RequestFactory, answer: HttpResponseBase, accepts: dict[str, str]
) -> None:
    before = {name: answer.get(name) for name in ("Content-Encoding", "Content-Length", "ETag")}
    asked = rf.get("/", headers={**accepts, "Sec-Fetch-Site": "same-origin"})

    given = CompressionMiddleware(lambda _request: answer).process_response(asked, answer)

    assert {name: given.get(name) for name in before} == before
