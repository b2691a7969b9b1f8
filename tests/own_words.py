"""Customers' own text that looks like a quote: all of it must be shown."""

from tests.mail_corpus import WHO

# Mail programs write long lines.
# ruff: noqa: E501

OWN = {
    "told in German": "Hallo,\nam 3.8.2026 um 17:20 schrieb mir der Fahrer:\nIch komme heute nicht mehr.\nUnd jetzt?",
    "told in French": "Bonjour,\nLe 3 août 2026 à 17:20 le livreur m’a écrit :\nje passe demain.\nPersonne n’est venu.",
    "told in Spanish": "Hola:\nEl 3 de agosto de 2026 a las 17:20 el repartidor me escribió:\nllego mañana.",
    "told in Italian": "Il 3/08/2026 alle 17:20 il corriere mi ha scritto:\narrivo domani.\nNon è arrivato.",
    "told in Dutch": "Op 3 aug 2026 om 17:20 schreef de bezorger mij:\nmorgen kom ik.",
    "told in Polish": "Dzień dobry,\n3.08.2026 o 17:20 kurier napisał mi:\nprzyjadę jutro.",
    "told in English": "Hi\nOn 3 August 2026 at 17:20 the driver wrote to me:\nBack tomorrow.\nHe was not.",
    "told with an address": "On 3 August 2026 at 17:20 I wrote to your help desk <help@kissen.example>:\nno answer so far.",
    "told with their answer": "Hello\nOn 3 Aug 2026 at 17:20 I asked <help@parcels.example> and got this:\nIt is lost.",
    "told of the neighbour": "Guten Tag\nam 3.8.2026 um 17:20 schrieb der Nachbar:\n> Es lag am Zaun.",
    "told of the driver": "Hello\nOn 3 August 2026 at 17:20 the driver wrote:\n> I left it at the fence.",
    "told of the driver in French": "Bonjour\nLe 3 août 2026 à 17:20, le livreur a écrit :\n> Posé devant la porte.",
    "told of the driver in Polish": "Dzień dobry\nW dniu 3.08.2026 o 17:20 kurier napisał:\n> Przyjadę jutro.",
    "told of the driver in Danish": "Hej\nDen 03.08.2026 kl. 17.20 skrev chaufføren:\n> Jeg kommer i morgen.",
    "told with a quotation": "Guten Tag\nam 3.8.2026 schrieb mir der Nachbar:\n> Es lag am Zaun.",
    "a sign and a number": "The gap at the hinge is\n>2 cm wide now",
    "a sign and a face": "And now it squeaks\n>:-(",
    "signs as bullets": "I still miss:\n> the screws\n> the key\n> the manual",
    "signs in HTML": "<p>I still miss:</p><p>&gt; the screws</p><p>&gt; the key</p>",
    "an arrow": "Menu\n>> Settings\n>> Wi-Fi\nshows nothing",
    "an indented address": "<div>Please deliver to</div><blockquote style='margin:0 0 0 40px;border:none;padding:0'>"
    "<div>Kim Home</div><div>3 Quay Street</div></blockquote>",
    "an indented list": "<p>The label reads</p><blockquote><ul><li>KC-20881</li><li>2 of 3</li></ul></blockquote>",
    "a quotation of their own": "<p>Your page promises:</p><blockquote>Free returns for 60 days</blockquote>",
    "a trip": "Stuck on its way:\nFrom: Gdynia\nTo: Brno\nDate: 3.8.2026\nSubject to customs, they say.",
    "a form": "Von: Kim\nDatum: 3.8.2026\nBetreff: Rückgabe\nIch möchte das Kissen zurückgeben.",
    "a form with an address": "From: Kim\nTo: your returns\nDate: 3.8.2026\nEmail: kim@home.example\nI send it back.",
    "told of a parcel service": "Hello\nParcels wrote on 3 August 2026 at 17:20:\n> It is with a neighbour.",
    "an engraving": "On the mug:\nPlease write above this line: MUM\nand a heart below it.",
    "a form in French": "De : Kim\nÀ : Kissen\nDate : 3 août\nObjet : retour\nJe souhaite le rendre.",
    "forwarded by Gmail": "Look at this.\n\n---------- Forwarded message ---------\nFrom: Parcels <no@parcels.example>\n"
    "Date: Mon, 3 Aug 2026 at 17:20\nSubject: Your parcel\nTo: Kim <kim@home.example>\n\nIt fell into the canal.",
    "forwarded by Gmail in HTML": '<div>Look</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded '
    "message ---------<br>From: <b>Parcels</b> &lt;no@parcels.example&gt;<br>Date: Mon, 3 Aug 2026<br>Subject: "
    "Lost<br></div>It fell into the canal.</div>",
    "forwarded by Thunderbird in German": "Siehe unten\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Paket\n"
    "Datum: Mon, 3 Aug 2026 17:20\nVon: Paketdienst <nein@pakete.example>\nAn: kim@home.example\n\nEs fiel in den Kanal.",
    "forwarded by Apple": "<div>See</div><div>Begin forwarded message:</div><br><blockquote type=cite><div><b>From: </b>"
    "Parcels &lt;no@parcels.example&gt;</div><div><b>Subject: </b>Lost</div><div><b>Date: </b>3 August 2026</div>"
    "<div>It fell into the canal.</div></blockquote>",
    "forwarded by Apple in French": "Voir\n\nDébut du message transféré :\n\n> De: Colis <non@colis.example>\n> Objet: Perdu\n"
    "> Date: 3 août 2026\n>\n> Il est tombé dans le canal.",
    "forwarded in Polish": "Proszę zobaczyć\n\n---------- Treść przekazanej wiadomości ----------\nOd: Paczki <nie@paczki.example>\n"
    "Do: kim@home.example\nTemat: Zguba\n\nWpadła do kanału.",
    "forwarded in Turkish": "Bakın\n\n---------- İletilen ileti ---------\nGönderen: Kargo <yok@kargo.example>\nTarih: 3 Ağu 2026\n"
    "Konu: Kayıp\n\nKanala düştü.",
    "forwarded and nothing else": "---------- Forwarded message ---------\nFrom: P <no@parcels.example>\nSubject: x\nDate: y\n\nLost.",
    "answers between the quotes": f"On 4 Aug 2026 at 09:41, {WHO} wrote:\n> Which cushion?\nGreen.\n> Which size?\nLarge.",
    "an answer below the quote": f"On 4 Aug 2026 at 09:41, {WHO} wrote:\n> Which cushion?\n\nThe green one.",
    "an answer below in HTML": '<div class="gmail_quote"><div class="gmail_attr">On 4 Aug 2026 K &lt;p@k.example&gt; wrote:'
    "</div><blockquote class=gmail_quote>Which cushion?</blockquote></div><div>The green one.</div>",
    "a promise": "You wrote:\nit leaves on Friday. It is Sunday.",
    "a rule": "Broken:\n-----------\nthe zip and the seam",
    "a mention": "Please write to kim@home.example instead:\nI do not read this one.",
    "a line of the form": "I could not sign above this line: the form ends there.",
    "who wrote what": "Kim wrote:\n> the zip is broken\nand that is still so",
    "a telephone": "Sent from my balcony, where the parcel was thrown.\nIt is broken.",
}  # fmt: skip
