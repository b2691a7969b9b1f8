"""Short lines for the very long conversation: a customer and a shop, in turns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chat:
    customer: tuple[str, ...]
    shop: tuple[str, ...]


CHATS = {
    "fr": Chat(
        customer=(
            "Il faut qu'il soit branché pour ça ?",
            "C'est fait. Le voyant clignote, deux fois puis une pause.",
            "Non, le bleu. Le rouge est éteint.",
            "J'ai appuyé dix secondes, il ne se passe rien.",
            "Attendez, là il fait quelque chose 😊",
            "Il y a écrit « mode démo » à l'écran ?",
            "Je n'aurais jamais trouvé. Et ensuite ?",
            "Ça clignote toujours.",
            "Voici le numéro de série : DEMO-0042-77.",
            "Pardon, le téléphone a sonné. Où en étions-nous ?",
            "À gauche vu de face ou vu de derrière ?",
            "Oui !",
        ),
        shop=(
            "Oui, laissez-le branché pour l'instant.",
            "Bien. Appuyez maintenant dix secondes sur le petit bouton en dessous.",
            "C'est le mode appairage, exactement ce qu'il nous faut.",
            "Alors essayons encore une fois, dans l'autre ordre.",
            "Merci. Je regarde, un instant.",
            "Vu de face.",
            "On y est presque. Validez avec la touche ronde.",
            "Quelle version affiche la page 3 du menu ?",
        ),
    ),
    "de": Chat(
        customer=(
            "Muss es dafür eingesteckt sein?",
            "Gemacht. Das Licht blinkt jetzt, zweimal und dann Pause.",
            "Nein, das blaue. Das rote ist aus.",
            "Zehn Sekunden gehalten, es passiert nichts.",
            "Moment, jetzt tut sich was 😊",
            "Im Display steht „Demo-Modus“?",
            "Da wäre ich nie draufgekommen. Und jetzt?",
            "Blinkt immer noch.",
            "Das ist die Seriennummer: DEMO-0042-77.",
            "Entschuldigung, das Telefon. Wo waren wir?",
            "Links von vorn oder von hinten gesehen?",
            "Ja!",
        ),
        shop=(
            "Ja, bitte eingesteckt lassen.",
            "Gut. Jetzt den kleinen Knopf unten zehn Sekunden drücken.",
            "Das ist der Kopplungsmodus, genau den brauchen wir.",
            "Dann versuchen wir es noch einmal andersherum.",
            "Danke. Ich sehe nach, einen Moment.",
            "Von vorn gesehen.",
            "Fast geschafft. Bitte mit der runden Taste bestätigen.",
            "Welche Version zeigt Seite 3 im Menü?",
        ),
    ),
    "en": Chat(
        customer=(
            "Does it have to be plugged in for that?",
            "OK, done. The light is blinking now, twice and then a pause.",
            "No, the blue one. The red one is off.",
            "I held it for ten seconds, nothing happens.",
            "Wait, now it does something 😊",
            'It says "demo mode" on the display?',
            "I'd never have found that. What's next?",
            "Still blinking.",
            "That's the serial number: DEMO-0042-77.",
            "Sorry, the phone rang. Where were we?",
            'Which side is "left", seen from the front or from the back?',
            "Yes!",
        ),
        shop=(
            "Yes, please leave it plugged in for this.",
            "Good. Now press the small button underneath for ten seconds.",
            "That is the pairing mode, exactly what we need.",
            "Then let's try it once more, in the other order.",
            "Thank you. I'm looking it up, one moment.",
            "Seen from the front.",
            "Almost there. Please confirm with the round key.",
            "Which firmware does page 3 of the menu show?",
        ),
    ),
}
