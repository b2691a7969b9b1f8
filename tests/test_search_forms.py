"""Search finds all spellings of a word, and no word that is only similar."""

import pytest
from django.db import connection
from django.utils import timezone

from inbox import sanitize, word_forms
from inbox.models import Marketplace, Message, Thread
from inbox.services.mirror import mapping
from inbox.services.search import full_text, highlights

pytestmark = pytest.mark.django_db

SPELLINGS = [
    ("Frau Köhler hat bezahlt", "Koehler", "Köhler"),
    ("Frau Köhler hat bezahlt", "kohler", "Köhler"),
    ("Frau Koehler hat bezahlt", "Köhler", "Koehler"),
    ("Frau Koehler hat bezahlt", "Kohler", "Koehler"),
    ("Frau Kohler hat bezahlt", "Koehler", "Kohler"),
    ("Ko\u0308hlers Paket", "koehler", "Köhlers"),
    ("Haeusler ruft an", "Häusler", "Haeusler"),
    ("Schöne Grüße", '"schoene gruesse"', "Schöne Grüße"),
    ("Die Fußmatte ist naß", "fussmatte", "Fußmatte"),
    ("FUSSMATTE", "Fußmatte", "FUSSMATTE"),
    ("un bœuf entier", "boeuf", "bœuf"),
    ("un boeuf entier", "bœuf", "boeuf"),
    ("Søren fra Tromsø", "soren tromso", "Søren"),
    ("Søren fra Tromsø", "Soeren", "Søren"),
    ("Hilsen fra Ålesund", "aalesund", "Ålesund"),
    ("Hilsen fra Aalesund", "Ålesund", "Aalesund"),
    ("Hilsen, Kjær", "kjaer", "Kjær"),
    ("Zażółć gęślą jaźń, Michał", "zazolc michal", "Zażółć"),
    ("Işıl Kılıç", "isil kilic", "Işıl"),
    ("Đurđević piše", "durdevic", "Đurđević"),
    ("Đurđević piše", "djurdjevic", "Đurđević"),
    ("Sæþór og Guðrún", "saethor gudrun", "Sæþór"),
    ("à la crème brûlée", "CREME BRULEE", "crème"),
    ("Señor Ibáñez", "ibanez", "Ibáñez"),
    ("ΟΔΟΣ Αθηνάς", "αθηνας οδος", "Αθηνάς"),
    ("Счёт оплачен", "счет", "Счёт"),
    ("הזמנה", "הזמנה", "הזמנה"),
]
JOINED = [
    ("Mr O’Hara rang", "ohara", "O’Hara"),
    ("Mr O'Hara rang", "O’Hara", "O'Hara"),
    ("Mr OHara rang", "O'Hara", "OHara"),
    ("Mr OHara rang", "o hara", "OHara"),
    ("Jeanne d'Arc", "darc", "d'Arc"),
    ("Jeanne d’Arc", "d'arc", "d’Arc"),
    ("il manque l’écrou", "écrou", "écrou"),
    ("A Blu-ray player", "bluray", "Blu-ray"),
    ("A BluRay player", "blu-ray", "BluRay"),
    ("A bluray player", "blu ray", "bluray"),
    ("A Blu‑ray player", "blu-ray", "Blu‑ray"),
    ("send an e-mail", "email", "e-mail"),
    ("Jean-Luc Fabre", "jeanluc", "Jean-Luc"),
    ("file_name_final", "name final", "name"),
    ("my order TX-5519-Q", "TX5519Q", "TX-5519-Q"),
    ("my order TX5519Q", "tx-5519-q", "TX5519Q"),
    ("my order TX5519Q", "tx 5519 q", "TX5519Q"),
    ("my order tx 5519 q", "TX5519Q", "tx 5519 q"),
    ("my order TX 5519 Q", "TX-5519-Q", "TX 5519 Q"),
    ("my order TX-5519-Q", "5519", "5519"),
    ("my order TX5519Q", "5519", "TX5519Q"),
    ("my order TX-5519-Q", "tx55", "TX-5519"),
    ("my order TX-5519-Q", "TX-55", "TX-5519"),
    ("article LMP/220.B", "lmp220b", "LMP/220.B"),
    ("Tel. +49 151 2345 6789", "+4915123456789", "+49 151 2345 6789"),
    ("Tel. +49 151 2345 6789", "015123456789", "+49 151 2345 6789"),
    ("Tel. +49 151 2345 6789", "0049 151 23456789", "+49 151 2345 6789"),
    ("Tel. +49 (0)151 2345-6789", "+4915123456789", "+49 (0)151 2345-6789"),
    ("Tel. 0151/23456789", "+49 151 23456789", "0151/23456789"),
    ("Tel. 06.98.76.54.32", "+33 6 98 76 54 32", "06.98.76.54.32"),
    ("Tel. 06 98 76 54 32", "0698765432", "06 98 76 54 32"),
    ("Tel. 0698765432", "06 98 76 54 32", "0698765432"),
    ("Tel. +1 (415) 555-0132", "415-555-0132", "+1 (415) 555-0132"),
    ("parcel 1Z 52R 65E 68 0384 7712", "1Z52R65E6803847712", "1Z 52R 65E 68 0384 7712"),
    ("parcel 1Z52R65E6803847712", "1Z 52R 65E 68 0384 7712", "1Z52R65E6803847712"),
    ("parcel 1Z52R65E6803847712", "1z52r65e", "1Z52R65E6803847712"),
    ("parcel 00 3404 3416 1209", "00340434161209", "00 3404 3416 1209"),
    ("IBAN NL20 INGB 0001 2345 67", "NL20INGB0001234567", "NL20 INGB 0001 2345 67"),
    ("IBAN NL20INGB0001234567", "nl20 ingb 0001 2345 67", "NL20INGB0001234567"),
    ("I paid 2.750,90 €", "2750", "2.750,90"),
    ("I paid 2.750,90 €", "2,750.90", "2.750,90"),
    ("I paid 2,750.90 €", "2750.90", "2,750.90"),
    ("I paid 2750.90", "2.750,90", "2750.90"),
    ("j’ai payé 2 750,90 €", "2750,90", "2 750,90"),
    ("j’ai payé 2\u202f750,90 €", "2.750,90", "2 750,90"),
    ("CHF 2'750.90", "2750.90", "2'750.90"),
    ("I paid 2750.90", "2 750,90", "2750.90"),
]
SCRIPTS = [
    ("我想退货因为颜色不对", "颜色", "颜色"),
    ("我想退货因为颜色不对", "退货因为", "退货因为"),
    ("我想退货因为颜色不对", "对", "对"),
    ("我的Switch手柄坏了", "switch", "Switch"),
    ("我的Switch手柄坏了", "手柄", "手柄"),
    ("我的Switch手柄坏了", "switch手柄", "Switch手柄"),
    ("荷物がまだ届きません", "届き", "届き"),
    ("イヤホンが壊れました", "イヤホン", "イヤホン"),
    ("ｲﾔﾎﾝが壊れました", "イヤホン", ""),
    ("สินค้ายังไม่มาถึง", "สินค้า", "สินค้า"),
    ("재고가 있나요 무료배송인가요", "배송", "배송"),
    ("재고가 있나요", "재고", "재고"),
    ("رقم ٧٣١٨ من فضلك", "7318", "٧٣١٨"),
    ("नंबर ७३१८", "7318", "७३१८"),
    ("रिफंड चाहिए", "चाहिए", "चाहिए"),
    ("注文７３１８です", "7318", "７３１８"),
    ("number 7318", "٧٣١٨", "7318"),
    ("<p>Rück&shy;sende&shy;etikett</p>", "Rücksendeetikett", None),
    ("track\u200bing num\u2060ber", "tracking number", None),
    ("wri\u00adte to jo.bell+shop@mail.example", "jo.bell+shop@mail.example", None),
    ("write to jo.bell+shop@mail.example", "bell", "bell"),
    ("write to jo.bell+shop@mail.example", "mail.example", "mail.example"),
    ("see https://parcel.example/follow?id=KK44120", "kk44120", "KK44120"),
    ("see https://parcel.example/follow?id=KK44120", "parcel.example/follow", None),
    ("Lampadaires Café™ 12V", "cafe 12v", "Café"),
]
FOUND = [*SPELLINGS, *JOINED, *SCRIPTS]
NOT_FOUND = [
    ("the birthday party", "art"),
    ("order 91042x", "1042"),
    ("order 91042", "1042"),
    ("order 1042", "10424"),
    ("TX-5519-Q", "TX-5518-Q"),
    ("TX-5519-Q", "TX5519R"),
    ("order 5519 quickly", "5519q"),
    ("TX5519Q", "519"),
    ("2.750,90", "27509"),
    ("2.750,90", "2.750,91"),
    ("3.5 cm", "35"),
    ("from 3 to 5, or 10 42", "1042"),
    ("Tel. +49 151 2345 6789", "+49 151 2345 6780"),
    ("Tel. +49 151 2345 6789", "3456789"),
    ("neue Ware", "Nue"),
    ("the queue is long", "quue"),
    ("good value", "valu e-mail"),
    ("Köhler", "Kehler"),
    ("color", '"colorful"'),
    ("我想退货", "想货"),
    ("我想退货", "货退"),
    ("パパ", "ハハ"),
    ("a bout of flu", '"about"'),
    ("plan b works", "planbworks"),
    ("in voice mail", "invoices"),
    ("der Bär und die Müllerin", '"müllerin bär"'),
    ("der Bär und die Müllerin", '"baer muellerin"'),
    ("l'hôtel", "hotels.example"),
]


def is_found(text: str, query: str) -> bool:
    marketplace = Marketplace.objects.create(name="N", slug="n", base_url="https://n.example")
    now = timezone.now()
    thread = Thread.objects.create(marketplace=marketplace, mirakl_id="t", last_message_at=now)
    Message.objects.create(
        marketplace=thread.marketplace,
        thread=thread,
        mirakl_id="m",
        created_at=now,
        search_text=mapping.build_search_text(text),
    )
    return full_text.matching(Thread.objects.all(), query).exists()


@pytest.mark.parametrize(("text", "query", "_shown"), FOUND)
def test_it_is_found_however_it_is_written(text: str, query: str, _shown: str | None) -> None:
    assert is_found(text, query)


@pytest.mark.parametrize(("text", "query"), NOT_FOUND)
def test_what_only_looks_like_it_is_not_found(text: str, query: str) -> None:
    assert not is_found(text, query)


@pytest.mark.parametrize(("text", "query", "shown"), [one for one in FOUND if one[2]])
def test_what_is_found_is_marked(text: str, query: str, shown: str) -> None:
    marker = highlights.Marker(full_text.find_terms(query))

    marked = [part for part, is_marked in marker.pieces(sanitize.plain_text(text)) if is_marked]

    assert shown in " ".join(marked), marked


@pytest.mark.parametrize("text", [text for text, *_others in FOUND])
def test_each_word_is_one_of_postgresqls(text: str) -> None:
    """PostgreSQL's parser keeps each form as one word."""
    given = word_forms.indexed(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector('simple', %s))", [given])
        (kept,) = cursor.fetchone()

    assert set(kept) == set(given.split())


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("我想退货因为颜色不对", "颜色", ["颜色"]),
        ("我想退货因为颜色不对", "因为颜色", ["因为颜色"]),
        ("my order TX-5519-Q", "5519", ["5519"]),
        ("my order TX-5519-Q", "tx5519q", ["TX-5519-Q"]),
        ("a Blu-ray, no ray of light", "bluray", ["Blu-ray"]),
        ("a Blu-ray, no ray of light", "ray", ["ray", "ray"]),
    ],
)
def test_no_more_is_marked_than_was_found(text: str, query: str, marked: list[str]) -> None:
    pieces = highlights.Marker(full_text.find_terms(query)).pieces(text)

    assert [part for part, is_marked in pieces if is_marked] == marked
