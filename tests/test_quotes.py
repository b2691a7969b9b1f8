"""A customer's own text and the history below it, by mail program and language."""

import re

import pytest

from inbox.sanitize import plain_text, render
from tests.mail_corpus import HISTORIES, WORDS, Mail
from tests.own_words import OWN


def words_in(markup: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", markup).split())


@pytest.mark.parametrize("mail", HISTORIES, ids=lambda mail: f"{mail.program}-{mail.language}")
def test_it_folds_what_a_mail_program_copied(mail: Mail) -> None:
    shown = render(mail.text)

    assert plain_text(mail.text, without_quotes=True).splitlines()[0] == mail.answer
    assert len(plain_text(mail.text, without_quotes=True).splitlines()) == 1
    assert mail.question in words_in(shown.quoted)


@pytest.mark.parametrize("name", OWN)
def test_it_keeps_the_customers_own_text_visible(name: str) -> None:
    shown = render(OWN[name])

    assert not shown.quoted
    assert plain_text(OWN[name], without_quotes=True) == plain_text(OWN[name])


def test_every_language_is_there() -> None:
    assert {mail.language for mail in HISTORIES} == set(WORDS)
