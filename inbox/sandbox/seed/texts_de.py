# ruff: noqa: E501  texts are easier to read unbroken
"""German demo texts, for Nordhaus."""

from inbox.sandbox.seed.texts import Scenario, Texts

ORDERS = (
    Scenario(
        reason="23",
        topics=("Wo ist mein Paket?", "Paket noch nicht da", "Lieferung der Bestellung {order}"),
        questions=(
            "ich habe vor fast zwei Wochen „{product}“ bestellt, und in der Sendungsverfolgung steht seit {day} nur „unterwegs“. Können Sie bitte nachforschen? Ich brauche es noch vor dem Wochenende.",
            "laut Zusteller wurde mein Paket am {day} abgegeben, aber hier ist nichts angekommen, und die Nachbarn haben es auch nicht. Ich war den ganzen Tag zu Hause. Was machen wir jetzt?",
            "gibt es etwas Neues zu {order}? Ich hatte mir für {day} extra freigenommen, und es kam niemand. Keine Karte im Briefkasten, kein Anruf.",
            "meine Sendung liegt seit Tagen im Depot in {city}. Der Paketdienst sagt, nur der Absender könne einen Nachforschungsauftrag stellen. Würden Sie das bitte tun?",
        ),
        answers=(
            "die Verzögerung tut mir leid. Ich habe heute früh einen Nachforschungsauftrag gestellt; der Paketdienst hat zwei Werktage Zeit. Sobald ich etwas höre, melde ich mich, spätestens am {day}.",
            "danke für den Hinweis. Das Paket hat unser Lager pünktlich verlassen, unterwegs ist also etwas schiefgegangen. Ich lasse im Depot {city} suchen. Taucht es bis {day} nicht auf, schicken wir sofort Ersatz.",
        ),
        returns=(
            "heute ist {day} und es ist immer noch nichts da. Der Status hat sich nicht geändert. Bitte schicken Sie mir Ersatz oder erstatten Sie den Betrag.",
            "danke, aber beim Paketdienst weiß man von keinem Auftrag. Können Sie mir die Nummer geben, damit ich selbst anrufe?",
            "kurzes Update: Der Fahrer hat es zwei Straßen weiter in einem Kiosk abgegeben, ohne Bescheid zu sagen. Eine Ecke ist eingedrückt. Soll ich es auspacken?",
        ),
        endings=(
            "der Ersatz geht heute per Express raus und ist am {day} bei Ihnen. Falls das erste Paket doch noch kommt, nehmen Sie es einfach nicht an.",
            "ich habe Ihnen gerade den vollen Betrag erstattet. Je nach Bank dauert es drei bis fünf Tage. Bitte entschuldigen Sie nochmals die Umstände.",
        ),
    ),
    Scenario(
        reason="22",
        topics=("Falsche Farbe geliefert", "Falscher Artikel", "Problem mit {product}"),
        questions=(
            "heute kam „{product}“ an, vielen Dank für die schnelle Lieferung. Nur: Bestellt hatte ich Grau, und dieses Stück ist eindeutig grün. Lässt es sich umtauschen? Foto anbei.",
            "gerade habe ich „{product}“ ausgepackt und am Fuß einen Riss entdeckt. Der Karton war unversehrt, es muss also schon so verpackt worden sein. Foto anbei.",
            "im Beutel zu „{product}“ fehlen zwei Schrauben und die Montageplatte. Würden Sie mir nur die Teile schicken? Alles andere ist in Ordnung.",
            "im Paket war nur ein Stück statt zwei. Auf dem Lieferschein stehen zwei, und bezahlt habe ich auch zwei. Können Sie das zweite nachschicken?",
        ),
        answers=(
            "das hätte nicht passieren dürfen, entschuldigen Sie bitte. Behalten Sie das Stück, bis das richtige da ist: Ich schicke es heute los, und der Fahrer nimmt das andere gleich mit.",
            "danke für das Foto, damit ist alles klar. Möchten Sie lieber Ersatz, oder es mit 25 % Nachlass behalten? Uns ist beides recht.",
            "die fehlenden Teile liegen bereit und gehen heute Nachmittag in die Post. Sie passen in den Briefkasten, Sie müssen also nicht zu Hause sein.",
            "Sie haben recht, unsere Waage sagt es auch: Es wurde nur eins gepackt. Das zweite geht heute raus, Sie müssen nichts weiter tun.",
        ),
        returns=(
            "das neue Stück ist da, und leider ist es wieder dieselbe falsche Farbe ...",
            "ich nehme den Nachlass, von vorn sieht man es nicht. Wie bekomme ich das Geld?",
            "die Teile sind da, danke. Nur ist eine der Schrauben zu kurz. Können Sie nachsehen, welche Länge es sein muss?",
            "das zweite ist da, aber einen Ton dunkler als das erste. Nebeneinander sieht man es. Sind beide aus derselben Charge?",
        ),
        endings=(
            "zweimal hintereinander, das ist mir peinlich. Das nächste habe ich selbst angesehen: Es ist grau. Es geht heute per Express raus, die anderen dürfen Sie behalten.",
            "erledigt, der Betrag geht auf die Karte zurück, mit der Sie bezahlt haben. Viel Freude damit!",
            "es müssen 40 mm sein, gepackt haben wir 30. Die richtige geht heute Abend in die Post.",
            "nein, der Hersteller hat den Ton leicht geändert. Ich schicke Ihnen eins aus der ersten Charge und ein Etikett für das dunklere.",
        ),
        files="photo",
    ),
    Scenario(
        reason="24",
        topics=("Rechnung", "Rechnung mit MwSt. zu {order}", "Rechnung auf Firma"),
        questions=(
            "könnten Sie mir bitte die Rechnung zu {order} schicken? In meinem Konto finde ich sie nicht, und die Buchhaltung fragt danach.",
            "ich brauche die Rechnung auf die Firma statt auf mich. Das habe ich bei der Bestellung vergessen. Lässt sich das noch ändern?",
            "auf der Rechnung steht noch meine alte Anschrift. Können Sie das bitte berichtigen? Alles andere stimmt.",
        ),
        answers=(
            "gern, Sie finden die Rechnung im Anhang. Künftige stehen auch unter „Meine Bestellungen“, in der Regel einen Tag nach dem Versand.",
            "das geht noch. Schicken Sie mir bitte den genauen Firmennamen, die Anschrift und die USt-IdNr., dann hänge ich die berichtigte Rechnung hier an.",
        ),
        returns=(
            "danke, aber im PDF steht der Betrag ohne Mehrwertsteuer. Könnten Sie sich Zeile zwei noch einmal ansehen?",
            "wunderbar. Die Firma: Beispiel & Töchter GmbH, Musterweg 4, Musterstadt, USt-IdNr. DE000000000.",
        ),
        endings=(
            "Sie haben recht, danke fürs genaue Hinsehen. Die berichtigte Rechnung hängt an.",
            "hier ist die neue Rechnung, die erste können Sie wegwerfen.",
        ),
        files="invoice",
    ),
    Scenario(
        reason="25",
        topics=("Rücksendung", "Ich möchte den Artikel zurückgeben", "Erstattung zu {order}"),
        questions=(
            "„{product}“ ist sehr schön, aber zu groß für unseren Flur. Ich möchte es zurückgeben, unbenutzt und im Karton. Wie gehe ich vor, und wer trägt das Porto?",
            "ich habe den Artikel vor zehn Tagen zurückgeschickt, laut Sendungsverfolgung ist er seit {day} bei Ihnen. Wann bekomme ich mein Geld?",
            "ich bin doch noch innerhalb der 30 Tage, oder? Der Originalkarton ist leider schon im Altpapier. Geht auch ein anderer?",
        ),
        answers=(
            "kein Problem. Ich hänge das Rücksendeetikett an; nehmen Sie einen stabilen Karton und geben Sie ihn in einem beliebigen Paketshop ab, das Porto übernehmen wir. Die Erstattung folgt zwei bis drei Tage nach Eingang.",
            "das Paket ist am {day} angekommen und geprüft, alles bestens. Die Erstattung habe ich soeben ausgelöst, sie ist in spätestens fünf Werktagen auf Ihrem Konto.",
        ),
        returns=(
            "ich habe keinen Drucker. Gibt es einen Code, den ich im Paketshop zeigen kann?",
            "es ist nur ein Teil angekommen, das Porto fehlt. Ich dachte, das wird auch erstattet?",
        ),
        endings=(
            "hier ist ein Code für den Paketshop: DEMO-0000. Er wird gescannt und das Etikett dort gedruckt.",
            "stimmt, das Porto habe ich gerade nachgeschickt. Danke für Ihre Geduld.",
        ),
        files="label",
    ),
    Scenario(
        reason="22",
        topics=("Garantie", "Funktioniert nicht mehr", "{product} geht nicht mehr an"),
        questions=(
            "nach fünf Monaten fing „{product}“ an, sich von selbst auszuschalten, und seit {day} geht gar nichts mehr. Eine andere Steckdose habe ich probiert. Ist das ein Garantiefall?",
            "der Schalter von „{product}“ wird nach einer halben Stunde richtig heiß. Ist das normal? Zur Sicherheit habe ich den Stecker gezogen.",
            "„{product}“ gibt neuerdings nach zwanzig Minuten auf und läuft erst nach dem Abkühlen wieder. Ich benutze es so, wie es in der Anleitung steht.",
        ),
        answers=(
            "das tut mir leid. Sie haben zwei Jahre Garantie, es kostet Sie also nichts: Reparatur oder Ersatz. Ein Foto vom Typenschild auf der Unterseite würde uns beim Hersteller helfen.",
            "normal ist das nicht, Sie haben es richtig gemacht. Ich schicke Ihnen ein neues, ohne auf das alte zu warten. Könnten Sie das alte in denselben Karton legen? Das Etikett liegt bei.",
        ),
        returns=(
            "auf dem Typenschild steht DEMO-00-42. Ein neues Gerät wäre mir lieber als eine Reparatur, falls ich wählen darf.",
            "das neue ist da und läuft einwandfrei. Brauchen Sie das alte wirklich zurück? Ich könnte es hier zum Wertstoffhof bringen.",
        ),
        endings=(
            "dann also ein neues. Es geht am {day} raus, und die Garantie beginnt damit von vorn.",
            "dann gern zum Wertstoffhof, Sie müssen nichts schicken. Danke fürs Mitdenken!",
        ),
        files="photo",
        electric=True,
    ),
    Scenario(
        reason="21",
        topics=("Bitte stornieren", "Versehentlich doppelt bestellt", "Adressänderung"),
        questions=(
            "ich habe zweimal geklickt und nun zwei gleiche Bestellungen. Bitte stornieren Sie {order}, ich möchte nur eine.",
            "wir ziehen am {day} um, und ich habe die alte Adresse angegeben. Lässt sich das noch ändern, oder muss ich stornieren und neu bestellen?",
            "könnten Sie {order} bitte stornieren? Meine Schwester hat mir gerade genau dasselbe zum Geburtstag geschenkt :)",
        ),
        answers=(
            "gerade noch rechtzeitig, sie war noch nicht gepackt. Die Bestellung ist storniert, es wird nichts abgebucht.",
            "das Paket ist vor einer Stunde rausgegangen, ich kann es nicht mehr aufhalten. Verweigern Sie bitte die Annahme: Es kommt von selbst zurück, und Sie bekommen den vollen Betrag erstattet.",
        ),
        returns=(
            "danke, aber auf meinem Kontoauszug steht der Betrag trotzdem. Verschwindet das wieder?",
            "ich war nicht da, und der Nachbar hat es angenommen. Was nun?",
        ),
        endings=(
            "ja, das ist nur eine Vormerkung. Ihre Bank löscht sie spätestens nach sieben Tagen.",
            "macht nichts, ich schicke Ihnen ein Rücksendeetikett. Geben Sie es ab, wann es Ihnen passt.",
        ),
    ),
    Scenario(
        reason="20",
        topics=("Liefertermin", "Lieferung an einem bestimmten Tag?", "Lieferung: {product}"),
        questions=(
            "wann kommt „{product}“ ungefähr? Auf der Seite steht „3 bis 8 Tage“, aber ich müsste zu Hause sein. Eine grobe Angabe genügt.",
            "ab {day} bin ich im Urlaub. Können Sie das Paket eine Woche zurückhalten oder an einen Paketshop in {city} schicken?",
            "wird bis in den dritten Stock geliefert oder nur bis zur Haustür? Wir haben keinen Aufzug, und allein kann ich es nicht tragen.",
        ),
        answers=(
            "es ist fertig gepackt und geht morgen raus, ich rechne mit {day}. Am Abend vorher bekommen Sie eine SMS mit einem Zeitfenster von zwei Stunden.",
            "das halten wir gern zurück. Ich habe den Versand für {day} vorgemerkt; die Sendungsnummer bekommen Sie am selben Abend.",
            "üblich ist die Haustür. Ich habe zwei Leute und die Lieferung in Ihr Stockwerk gebucht, ohne Aufpreis.",
        ),
        returns=(
            "prima. Könnte der Fahrer bei Nummer 12 klingeln? Unsere Klingel ist kaputt.",
            "leider passt mir {day} doch nicht. Ginge auch der Tag danach?",
            "das ist sehr nett, danke! Nehmen sie auch die Verpackung mit?",
        ),
        endings=(
            "steht jetzt auf dem Lieferschein. Eine schöne Woche noch!",
            "um einen Tag verschoben. Mit dem Link in der SMS können Sie es auch selbst noch ändern.",
            "ja, sagen Sie es einfach an der Tür.",
        ),
    ),
    Scenario(
        reason="26",
        topics=("Aufbau", "Frage zu {product}", "Ersatzteil"),
        questions=(
            "die Anleitung zu „{product}“ ist nur auf Italienisch, und bei Schritt 6 komme ich nicht weiter. Gibt es sie auch auf Deutsch?",
            "auf der Seite stehen für „{product}“ 2,4 kg, auf dem Karton 4,2 kg. Was stimmt? Ich wüsste gern, was mein Regal aushalten muss.",
            "meine Katze hat „{product}“ umgeworfen, und ein Fuß ist abgebrochen. Ganz allein unsere Schuld, aber kann ich den Fuß einzeln nachkaufen?",
        ),
        answers=(
            "im Anhang finden Sie die deutsche Anleitung. Bei Schritt 6 gehört die längere Schraube nach links; darüber stolpert jeder.",
            "die Seite stimmt: 2,4 kg. Den Karton lasse ich berichtigen, danke für den Hinweis.",
            "das ist ärgerlich (und hoffentlich geht es der Katze gut)! Den Fuß gibt es als Ersatzteil für 14,90 € inklusive Versand. Soll ich einen zurücklegen?",
        ),
        returns=(
            "steht und sieht großartig aus. Noch eine letzte Frage: Wie reinige ich das am besten?",
            "danke, dann reicht das Regal. Wie hoch ist es insgesamt, mit Füßen?",
            "ja, sehr gern. Wie bezahle ich?",
        ),
        endings=(
            "ein trockenes, weiches Tuch genügt. Viel Freude damit!",
            "55 cm mit Füßen, 53 ohne.",
            "ich habe es unter „Demo-Ersatzteil“ in den Shop gestellt, Sie können es ganz normal bestellen.",
        ),
        files="manual",
    ),
)

OFFERS = (
    Scenario(
        reason="30",
        topics=("Frage vor dem Kauf", "Maße: {product}", "Vor der Bestellung"),
        questions=(
            "wie sind die genauen Maße von „{product}“ samt Karton? Es muss durch ein enges Treppenhaus.",
            "darf „{product}“ auf einem überdachten Balkon stehen, oder ist es nur für drinnen?",
            "kommt „{product}“ fertig montiert, oder brauche ich Werkzeug?",
        ),
        answers=(
            "der Karton misst 62 x 40 x 38 cm und wiegt 7 kg, das trägt eine Person allein. Der Artikel selbst ist 55 cm hoch.",
            "er ist nur für drinnen gedacht. Für den Balkon empfehle ich die wetterfeste Ausführung.",
            "es dauert zehn Minuten, und das einzige nötige Werkzeug liegt im Karton.",
        ),
        returns=("prima, danke. Und kann ich beim Bestellen die Farbe wählen?",),
        endings=("ja, direkt über dem Warenkorb stehen drei zur Wahl.",),
    ),
    Scenario(
        reason="31",
        topics=("Wieder lieferbar?", "Zehn Stück fürs Büro"),
        questions=(
            "wann gibt es „{product}“ wieder in Blau? Ich bräuchte zwei davon.",
            "wir hätten gern zehn Stück „{product}“ fürs Büro. Haben Sie so viele da, und gibt es einen besseren Preis?",
        ),
        answers=(
            "die nächste Lieferung kommt am {day}. Wenn Sie möchten, lege ich Ihnen zwei zurück.",
            "vierzehn sind noch da. Bei zehn Stück gehen 8 % Nachlass; bestellen Sie in einem Rutsch, die Differenz erstatte ich.",
        ),
        returns=(
            "ja, bitte. Ich bestelle, sobald Sie mir Bescheid geben.",
            "das ist fair. Ich habe gerade alle zehn bestellt.",
        ),
        endings=(
            "soeben eingetroffen: Ihre liegen bis {day} bereit.",
            "danke! Die Differenz habe ich erstattet.",
        ),
    ),
)

OPERATOR = (
    Scenario(
        reason="MMP_SELLER_MESSAGING_INVOICING",
        topics=("Ihre Abrechnung vom letzten Monat", "Provision auf erstattete Bestellungen"),
        questions=(
            "Ihre Abrechnung vom letzten Monat ist fertig. Bei zwei erstatteten Bestellungen gibt es eine Abweichung von 12,40 €; bitte prüfen Sie das und sagen uns bis {day}, ob Sie einverstanden sind.",
            "wie besprochen zahlen wir künftig zweimal im Monat aus. Die erste Auszahlung in diesem Rhythmus ist am {day}.",
        ),
        answers=(
            "danke, wir haben es geprüft: Die Abweichung stimmt, bitte wie vorgeschlagen buchen.",
            "danke, das passt uns sehr gut.",
        ),
        returns=(
            "gebucht. Sie finden es auf der nächsten Abrechnung unter „Korrekturen“.",
            "noch etwas: Könnten Sie uns bis {day} die letzten vier Ziffern Ihres Kontos bestätigen?",
        ),
        endings=(
            "perfekt, danke für die schnelle Hilfe.",
            "unverändert 0000.",
        ),
    ),
    Scenario(
        reason="MMP_SELLER_MESSAGING_CATALOG",
        topics=("Produktbilder", "Drei Angebote ohne Kategorie"),
        questions=(
            "drei Ihrer Angebote sind offline, weil auf den Bildern ein Logo zu sehen ist. Könnten Sie sie bis {day} austauschen? Die Liste steht unter „Fehlerhafte Angebote“.",
            "wir planen die Herbstaktion. Welche fünf Produkte möchten Sie nach vorn stellen, und zu welchem Preis?",
        ),
        answers=(
            "die neuen Bilder sind seit heute früh online, alle ohne Logo. Können Sie die Angebote wieder freischalten?",
            "wir würden gern unsere fünf meistverkauften Artikel nach vorn stellen, je 15 % günstiger. Genügt das so?",
        ),
        returns=(
            "zwei sind wieder online. Das dritte Bild hat weniger als 1.000 Pixel, bitte schicken Sie ein größeres.",
            "das genügt, danke. Könnten Sie bis {day} je 20 Stück auf Lager halten?",
        ),
        endings=(
            "das größere Bild ist gerade hochgeladen.",
            "wir haben je 40 da, das ist also kein Problem.",
        ),
    ),
)

BOOKINGS = (
    Scenario(
        reason="MPS_20",
        topics=("Termin", "Uhrzeit des Monteurs"),
        questions=(
            "ich habe „{product}“ für {day} Nachmittag gebucht. Könnte Ihr Kollege auch vormittags kommen?",
            "ist bei „{product}“ die Entsorgung des alten Stücks dabei? Und muss ich etwas vorbereiten?",
        ),
        answers=(
            "sehr gern: dann zwischen 9 und 11 Uhr. Der Kollege ruft eine halbe Stunde vorher an.",
            "ja, das alte Stück nehmen wir mit, und vorzubereiten ist nichts.",
        ),
        returns=("danke! Parken kann man hinter dem Haus, das Tor ist offen.",),
        endings=("notiert, danke. Bis {day}!",),
    ),
)


GERMAN = Texts(
    language="de",
    products=(
        "Demo-Leuchte Fjord",
        "Demo-Schreibtischlampe",
        "Beispielsessel",
        "Demo-Wandregal",
        "Muster-Wollteppich",
        "Demo-Wasserkocher",
        "Beispielspiegel, rund",
        "Demo-Übertopf, 3er-Set",
        "Muster-Nachttisch",
        "Demo-Akkusauger",
        "Beispielgarderobe",
        "Muster-Lichterkette",
    ),
    categories=("Leuchten", "Möbel", "Heimtextilien", "Küche", "Dekoration"),
    services=("Demo-Möbelaufbau", "Muster-Lampenmontage", "Beispiel-Teppichreinigung"),
    hellos=(
        "Guten Tag,",
        "Hallo,",
        "Sehr geehrte Damen und Herren,",
        "Moin,",
        "Hallo zusammen,",
        "Guten Morgen,",
    ),
    byes=(
        "Vielen Dank im Voraus\n{name}",
        "Mit freundlichen Grüßen\n{name}",
        "Beste Grüße\n{name}",
        "Danke und Gruß\n{name}",
        "{name}",
        "MfG {name}",
    ),
    shop_hellos=("Guten Tag {customer},", "Hallo {customer},", "Liebe Kundin, lieber Kunde,"),
    shop_byes=(
        "Mit freundlichen Grüßen\n{agent}\n{shop}",
        "Herzliche Grüße\n{agent}, {shop}",
        "Beste Grüße\n{agent}",
    ),
    thanks=(
        "Wunderbar, vielen herzlichen Dank!",
        "Danke, mehr wollte ich gar nicht wissen. 👍",
        "Super, danke für die schnelle Antwort.",
        "Tausend Dank und ein schönes Wochenende! 🌻",
    ),
    orders=ORDERS,
    offers=OFFERS,
    operator=OPERATOR,
    bookings=BOOKINGS,
    mail_header="Am {day} schrieb {name}:",
    mediation="Hier ist Nordhaus. Wir haben mitgelesen und möchten gern vermitteln: Könnte der Händler uns bis {day} sagen, was er vorschlägt? Bis dahin ruht die Zahlung.",
    photo_name="foto.png",
    invoice_name="Rechnung {order}.pdf",
    manual_name="Aufbauanleitung für später.pdf",
    label_name="Rücksendeetikett.pdf",
    legacy=(
        ("Frage zur Lieferung", "Ist die Bestellung schon raus? Ich brauche sie bis {day}."),
        (
            "Re: Frage zur Lieferung",
            "Sie geht heute raus, die Sendungsnummer folgt am Abend.<br />Viele Grüße",
        ),
        ("Farbe", "Ist „{product}“ eher warmweiß oder kaltweiß?"),
        ("Fehlendes Teil", "Bei „{product}“ fehlt ein Fuß."),
    ),
    days=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
)
