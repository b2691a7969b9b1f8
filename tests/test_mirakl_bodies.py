"""Answers that are compressed, endless or in another charset: read up to a limit, or refused."""

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable

import httpx
import pytest

from inbox import mirakl
from inbox.mirakl import FailureKind
from tests.answering import PAGE, answering, client

TO = [mirakl.Recipient("CUSTOMER")]
TOKEN_URL = "https://demo.example/oauth/token"


def packed(raw: bytes, encoding: str = "gzip", status: int = 200) -> httpx.Response:
    """Returns a raw compressed answer, which httpx does not decode here."""
    return httpx.Response(status, headers={"Content-Encoding": encoding}, stream=Wire(raw))


class Wire(httpx.SyncByteStream):
    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield self._raw


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """60 MB of zeros, compressed to a few kB."""
    return gzip.compress(b'{"message": "' + b" " * 60_000_000, 1)


@pytest.fixture(scope="module")
def small_bomb(bomb: bytes) -> bytes:
    """The same in a few bytes: compressed twice."""
    return gzip.compress(gzip.compress(bomb))


def spent(call: Callable[[], object]) -> tuple[float, float]:
    """Returns peak megabytes and CPU seconds."""
    tracemalloc.start()
    began = time.thread_time()
    call()
    seconds, (_, peak) = time.thread_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6, seconds


def test_it_asks_for_one_packing() -> None:
    mock = answering(packed(gzip.compress(PAGE)))

    page = client(mock).list_threads()

    assert page.threads == []
    assert mock.asked.headers["Accept-Encoding"] == "gzip"


def test_a_large_page_is_unpacked_whole() -> None:
    page = {"data": [{"id": f"t-{number}", "topic": {"value": "x" * 999}} for number in range(999)]}

    found = client(answering(packed(gzip.compress(json.dumps(page).encode())))).list_threads()

    assert [thread.id for thread in found.threads] == [f"t-{number}" for number in range(999)]


def test_what_unpacks_without_end_is_refused(bomb: bytes) -> None:
    calls = client(answering(packed(bomb)))

    def read() -> None:
        with pytest.raises(mirakl.Garbled) as caught:
            calls.list_threads()
        assert caught.value.kind == FailureKind.SIZE

    megabytes, seconds = spent(read)

    assert megabytes < 60
    assert seconds < 5


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip, gzip", "br", "zstd", "deflate", "gzip, identity"]
)
def test_what_is_packed_otherwise_is_refused(small_bomb: bytes, encoding: str) -> None:
    calls = client(answering(packed(small_bomb, encoding)))

    def read() -> None:
        with pytest.raises(mirakl.Garbled) as caught:
            calls.list_threads()
        assert caught.value.kind == FailureKind.PACKING

    assert spent(read)[0] < 1


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip, gzip"])
def test_a_refusal_is_read_with_a_bound(bomb: bytes, encoding: str) -> None:
    calls = client(answering(packed(bomb, encoding, 400)))

    def read() -> None:
        with pytest.raises(mirakl.Refused) as caught:
            calls.list_threads()
        assert caught.value.message == ""

    assert spent(read)[0] < 2


@pytest.mark.parametrize("status", [200, 401])
def test_a_token_is_read_with_a_bound(bomb: bytes, status: int) -> None:
    auth = mirakl.ClientCredentialsAuth(TOKEN_URL, "id", "secret")
    calls = client(answering(packed(bomb, status=status)), auth=auth)

    def write() -> None:
        with pytest.raises(mirakl.BadCredentials if status == 401 else mirakl.NotSent):
            calls.reply("t-1", body="Hello", to=TO)

    assert spent(write)[0] < 2


def test_a_refused_token_is_renewed_without_reading_the_refusal(bomb: bytes) -> None:
    token = {"access_token": "demo", "expires_in": 3599}
    auth = mirakl.ClientCredentialsAuth(TOKEN_URL, "id", "secret")
    calls = client(answering(token, packed(bomb, status=401), token, PAGE), auth=auth)

    assert spent(calls.list_threads)[0] < 2


def test_a_write_that_was_accepted_stays_so_whatever_its_answer_unpacks_to(bomb: bytes) -> None:
    calls = client(answering(packed(bomb, status=201)))

    assert calls.reply("t-1", body="Hello", to=TO) == mirakl.SendResult()


def test_a_file_is_unpacked_piece_by_piece(bomb: bytes) -> None:
    calls = client(answering(packed(bomb)))

    def read() -> None:
        with calls.download("a-1") as found:
            assert sum(map(len, found.chunks)) == 60_000_013

    assert spent(read)[0] < 2


def test_what_unpacks_to_nothing_has_a_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.mirakl.bodies.LARGEST_ANSWER", 10_000)
    nothing = b"\x00\x00\x00\xff\xff" * 10_000
    begun = zlib.compressobj(wbits=31).flush(zlib.Z_SYNC_FLUSH)

    with pytest.raises(mirakl.Garbled) as caught:
        client(answering(packed(begun + nothing))).list_threads()

    assert caught.value.kind == FailureKind.SIZE


@pytest.mark.parametrize("cut", [1, 9, 20])
def test_half_of_a_packing_is_no_answer(cut: int) -> None:
    with pytest.raises(mirakl.Garbled):
        client(answering(packed(gzip.compress(PAGE)[:-cut]))).list_threads()


# -- character sets -------------------------------------------------------

LABEL = {"data": [{"id": "t", "topic": {"type": "FREE_TEXT", "value": "Réclamation"}}]}


@pytest.mark.parametrize(
    ("charset", "kind"),
    [
        ("utf-8-sig", "application/json"),
        ("utf-8-sig", "application/json;charset=ISO-8859-1"),
        ("iso-8859-1", "application/json;charset=ISO-8859-1"),
        ("utf-8", "application/json;charset=ISO-8859-1"),
        ("cp1252", 'application/json; charset="windows-1252"'),
        ("utf-8", "application/json;charset=nonsense"),
    ],
)
def test_a_page_is_read_in_its_own_charset(charset: str, kind: str) -> None:
    raw = json.dumps(LABEL, ensure_ascii=False).encode(charset)

    page = client(
        answering(httpx.Response(200, headers={"Content-Type": kind}, content=raw))
    ).list_threads()

    assert page.threads[0].topic == mirakl.Topic("FREE_TEXT", "Réclamation")


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "zip", "unicode_escape"])
def test_a_charset_that_no_page_has_is_not_tried(charset: str) -> None:
    kind = {"Content-Type": f"application/json; charset={charset}"}

    with pytest.raises(mirakl.Garbled):
        client(answering(httpx.Response(200, headers=kind, content=b"\xff"))).list_threads()


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined"])
def test_a_refusal_in_a_charset_that_no_page_has_is_a_refusal(charset: str) -> None:
    kind = {"Content-Type": f"text/plain; charset={charset}"}

    with pytest.raises(mirakl.Refused):
        client(answering(httpx.Response(400, headers=kind, content=b"\xff"))).list_threads()
