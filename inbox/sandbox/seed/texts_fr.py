# ruff: noqa: E501  texts are easier to read unbroken
"""French demo texts, for Maison Verte."""

from inbox.sandbox.seed.texts import Scenario, Texts

ORDERS = (
    Scenario(
        reason="23",
        topics=(
            "Où est mon colis ?",
            "Colis toujours pas arrivé",
            "Livraison de la commande {order}",
        ),
        questions=(
            "J'ai commandé l'article « {product} » il y a bientôt deux semaines et le suivi indique « en transit » depuis {day}. Pourriez-vous vous renseigner ? J'en ai besoin avant le week-end.",
            "D'après le transporteur, mon colis a été livré {day}, mais je n'ai rien reçu et les voisins non plus. J'étais pourtant chez moi toute la journée. Que faut-il faire ?",
            "Avez-vous des nouvelles de la commande {order} ? J'avais posé ma journée {day} pour la réceptionner et personne n'est passé. Ni avis de passage, ni appel.",
            "Mon colis est bloqué au dépôt de {city} depuis plusieurs jours. Le transporteur me répond que seul l'expéditeur peut ouvrir une enquête. Pouvez-vous le faire, s'il vous plaît ?",
        ),
        answers=(
            "Je suis désolée pour cette attente. J'ai ouvert une enquête ce matin auprès du transporteur, qui a deux jours ouvrés pour répondre. Je reviens vers vous dès que j'ai du nouveau, {day} au plus tard.",
            "Merci de nous avoir prévenus. Le colis est parti à temps de chez nous, le problème vient donc de l'acheminement. J'ai demandé une recherche au dépôt de {city}. S'il n'est pas retrouvé {day}, je vous en renvoie un aussitôt.",
        ),
        returns=(
            "Nous sommes {day} et toujours rien, le suivi n'a pas bougé. Merci de me renvoyer l'article ou de me rembourser.",
            "Merci, mais le transporteur me dit qu'aucune enquête n'est ouverte. Pourriez-vous me donner la référence pour que je les appelle ?",
            "Une nouvelle : le livreur l'a laissé chez un commerçant deux rues plus loin, sans prévenir. Un coin du carton est enfoncé. Est-ce que je l'ouvre ?",
        ),
        endings=(
            "Un nouvel exemplaire part aujourd'hui en express, vous l'aurez {day}. Si le premier finit par arriver, refusez-le simplement.",
            "Je viens de vous rembourser la totalité de la commande. Selon votre banque, comptez trois à cinq jours. Encore toutes nos excuses.",
        ),
    ),
    Scenario(
        reason="22",
        topics=("Mauvais coloris reçu", "Article non conforme", "Problème avec {product}"),
        questions=(
            "Bien reçu l'article « {product} », merci pour la rapidité. Seulement, je l'avais commandé en gris et celui-ci est franchement vert. Un échange est-il possible ? Je joins une photo.",
            "Je viens de déballer l'article « {product} » et le socle est fendu. Le carton était intact, il a donc dû être emballé comme ça. Photo jointe.",
            "Il manque deux vis et la platine de fixation dans le sachet livré avec l'article « {product} ». Pourriez-vous m'envoyer seulement les pièces ? Inutile de tout renvoyer.",
            "Il n'y avait qu'un seul exemplaire dans le colis au lieu de deux. Le bon de livraison en mentionne deux et j'en ai payé deux. Pouvez-vous m'envoyer le second ?",
        ),
        answers=(
            "Cela n'aurait pas dû arriver et je vous prie de nous excuser. Gardez celui que vous avez en attendant le bon : je l'expédie aujourd'hui et le transporteur reprendra l'autre en même temps.",
            "Merci pour la photo, c'est très clair. Préférez-vous un échange, ou le garder avec 25 % de remise ? C'est comme vous voulez.",
            "J'ai mis les pièces de côté, elles partent au courrier de cet après-midi. Elles passent dans une boîte aux lettres, pas besoin d'être là.",
            "Vous avez raison, notre pesée le confirme : un seul a été emballé. Le second part aujourd'hui, vous n'avez rien à faire.",
        ),
        returns=(
            "Le nouveau vient d'arriver et c'est malheureusement encore la même mauvaise couleur...",
            "Je prends la remise, ça ne se voit pas de face. Comment se passe le remboursement ?",
            "Les pièces sont là, merci. Seulement, une des vis est trop courte. Pourriez-vous vérifier la bonne longueur ?",
            "Le second est arrivé, mais il est un ton plus foncé que le premier. Côte à côte, cela se voit. Viennent-ils du même lot ?",
        ),
        endings=(
            "Deux fois de suite, je suis confuse. J'ai vérifié le prochain moi-même : il est bien gris. Il part aujourd'hui en express et vous pouvez garder les autres.",
            "C'est fait, le montant sera recrédité sur la carte utilisée. Bonne journée !",
            "Il faut du 40 mm et nous avons mis du 30. La bonne part au courrier de ce soir.",
            "Non, le fabricant a légèrement changé la teinte. Je vous en envoie un du premier lot, avec une étiquette pour le plus foncé.",
        ),
        files="photo",
    ),
    Scenario(
        reason="24",
        topics=("Facture", "Facture avec TVA pour {order}", "Facture au nom de l'entreprise"),
        questions=(
            "Pourriez-vous m'envoyer la facture de la commande {order} ? Je ne la trouve pas dans mon compte et ma comptable la réclame.",
            "Il me faudrait une facture au nom de la société et non au mien. J'ai oublié de l'indiquer à la commande. Est-ce encore modifiable ?",
            "La facture que vous m'avez envoyée porte mon ancienne adresse. Pouvez-vous la corriger ? Tout le reste est juste.",
        ),
        answers=(
            "Bien sûr, vous la trouverez en pièce jointe. Les suivantes seront aussi dans « Mes commandes », en général le lendemain de l'expédition.",
            "C'est possible. Indiquez-moi la raison sociale exacte, l'adresse et le numéro de TVA, et je joindrai ici la facture corrigée.",
        ),
        returns=(
            "Merci, mais le montant est hors taxes sur le PDF. Pourriez-vous vérifier la deuxième ligne ?",
            "Parfait. La société : Exemple & Filles SARL, 4 rue de la Démo, Démoville, TVA FR00 000000000.",
        ),
        endings=(
            "Vous avez raison, merci pour votre vigilance. La facture corrigée est jointe.",
            "Voici la nouvelle facture, vous pouvez jeter la première.",
        ),
        files="invoice",
    ),
    Scenario(
        reason="25",
        topics=("Retour", "Je souhaite renvoyer l'article", "Remboursement de {order}"),
        questions=(
            "L'article « {product} » est très beau mais trop grand pour notre entrée. Je voudrais le renvoyer, il est neuf et dans son carton. Comment faire, et qui paie le port ?",
            "J'ai renvoyé l'article il y a dix jours et d'après le suivi vous l'avez reçu {day}. Quand serai-je remboursé ?",
            "Je suis encore dans les 30 jours, n'est-ce pas ? Le carton d'origine est déjà parti au recyclage. Puis-je en utiliser un autre ?",
        ),
        answers=(
            "Aucun souci. Je joins l'étiquette de retour ; prenez un carton solide et déposez-le dans n'importe quel point relais, c'est à notre charge. Le remboursement suit deux ou trois jours après réception.",
            "Il est bien arrivé {day} et tout est en ordre. Je viens de déclencher le remboursement, il sera sur votre compte d'ici cinq jours ouvrés.",
        ),
        returns=(
            "Je n'ai pas d'imprimante. Y a-t-il un code à présenter au point relais ?",
            "Je n'ai reçu qu'une partie de la somme : il manque les frais de port. J'avais compris qu'ils étaient remboursés aussi ?",
        ),
        endings=(
            "Voici un code pour le point relais : DEMO-0000. On le scanne et on vous imprime l'étiquette sur place.",
            "Tout à fait, je viens d'envoyer le complément. Merci pour votre patience.",
        ),
        files="label",
    ),
    Scenario(
        reason="22",
        topics=("Garantie", "Ne fonctionne plus", "{product} : plus rien ne s'allume"),
        questions=(
            "Au bout de cinq mois, l'article « {product} » s'est mis à s'éteindre tout seul et depuis {day} il ne s'allume plus du tout. J'ai essayé une autre prise. Est-ce pris en charge par la garantie ?",
            "L'interrupteur de l'article « {product} » devient très chaud au bout d'une demi-heure. Est-ce normal ? Par précaution, j'ai tout débranché.",
            "L'article « {product} » s'arrête maintenant au bout de vingt minutes et ne repart qu'une fois refroidi. Je l'utilise pourtant comme indiqué dans la notice.",
        ),
        answers=(
            "J'en suis désolée. La garantie est de deux ans, vous n'avez donc rien à payer : réparation ou remplacement. Une photo de l'étiquette sous le socle nous aiderait auprès du fabricant.",
            "Ce n'est pas normal, vous avez bien fait. Je vous en envoie un neuf sans attendre l'ancien. Pourrez-vous mettre l'ancien dans le même carton ? L'étiquette est à l'intérieur.",
        ),
        returns=(
            "Le numéro sur l'étiquette est DEMO-00-42. Je préfère un remplacement à une réparation, si j'ai le choix.",
            "Le nouveau est arrivé et marche très bien. Tenez-vous vraiment à récupérer l'ancien ? Ce serait plus simple de le déposer à la déchetterie.",
        ),
        endings=(
            "Va pour un neuf : il part {day}, et la garantie repart de cette date.",
            "Dans ce cas, déposez-le à la déchetterie, merci de l'avoir proposé !",
        ),
        files="photo",
        electric=True,
    ),
    Scenario(
        reason="21",
        topics=("Annulation", "Commandé deux fois par erreur", "Changement d'adresse"),
        questions=(
            "J'ai cliqué deux fois et je me retrouve avec deux commandes identiques. Merci d'annuler {order}, une seule me suffit.",
            "Nous déménageons {day} et j'ai donné l'ancienne adresse. Peut-on encore la changer ou faut-il annuler et recommander ?",
            "Pourriez-vous annuler {order} ? Ma sœur vient de m'offrir exactement le même article pour mon anniversaire :)",
        ),
        answers=(
            "Juste à temps, elle n'était pas encore préparée. La commande est annulée et rien ne sera débité.",
            "Le colis est parti il y a une heure, je ne peux plus l'arrêter. Refusez-le à la livraison : il nous revient tout seul et vous êtes intégralement remboursé.",
        ),
        returns=(
            "Merci, mais le montant apparaît quand même sur mon relevé. Est-ce que ça va disparaître ?",
            "J'étais absent et le voisin l'a accepté. Que faire ?",
        ),
        endings=(
            "Oui, ce n'est qu'une autorisation. Votre banque la lève sous sept jours au plus tard.",
            "Ce n'est pas grave, je vous envoie une étiquette de retour. Déposez-le quand cela vous arrange.",
        ),
    ),
    Scenario(
        reason="20",
        topics=("Date de livraison", "Livraison un jour précis ?", "Livraison : {product}"),
        questions=(
            "Quand l'article « {product} » sera-t-il livré ? La page annonce « 3 à 8 jours », mais il faut que je sois là. Une idée approximative me suffirait.",
            "Je suis en congés à partir de {day}. Pouvez-vous garder le colis une semaine, ou l'envoyer dans un point relais à {city} ?",
            "La livraison se fait-elle au troisième étage ou au pied de l'immeuble ? Il n'y a pas d'ascenseur et je ne peux pas le porter seule.",
        ),
        answers=(
            "Il est prêt et part demain, je l'attends chez vous {day}. Le transporteur vous envoie un SMS la veille avec un créneau de deux heures.",
            "Nous le gardons volontiers. J'ai noté un envoi {day}, vous recevrez le numéro de suivi le soir même.",
            "En principe au pied de l'immeuble. J'ai réservé la livraison à l'étage avec deux personnes, sans supplément.",
        ),
        returns=(
            "Très bien. Le livreur peut-il sonner au numéro 12 ? Notre sonnette est en panne.",
            "Finalement {day} ne m'arrange pas. Le lendemain serait-il possible ?",
            "C'est très gentil, merci ! Reprennent-ils aussi les emballages ?",
        ),
        endings=(
            "Je l'ai ajouté sur le bon de livraison. Bonne semaine !",
            "Décalé d'un jour. Vous pouvez encore le modifier avec le lien du SMS.",
            "Oui, il suffit de le leur dire à la porte.",
        ),
    ),
    Scenario(
        reason="26",
        topics=("Montage", "Question sur {product}", "Pièce détachée"),
        questions=(
            "La notice de l'article « {product} » n'est qu'en italien et je bloque à l'étape 6. L'avez-vous en français ?",
            "La page indique 2,4 kg pour l'article « {product} », mais le carton 4,2 kg. Qui a raison ? Je voudrais savoir ce que mon étagère doit supporter.",
            "Mon chat a renversé l'article « {product} » et un pied est cassé. C'est entièrement notre faute, mais peut-on racheter le pied seul ?",
        ),
        answers=(
            "Voici la notice en français, en pièce jointe. À l'étape 6, la vis la plus longue va à gauche ; tout le monde s'y trompe.",
            "C'est la page qui a raison : 2,4 kg. Je fais corriger le carton, merci de l'avoir signalé.",
            "Quel dommage (et j'espère que le chat va bien) ! Le pied existe en pièce détachée à 14,90 € port compris. Je vous en mets un de côté ?",
        ),
        returns=(
            "C'est monté et c'est superbe. Une dernière question : comment le nettoyer ?",
            "Merci, l'étagère suffira donc. Et quelle est la hauteur totale, pieds compris ?",
            "Oui, avec plaisir. Comment puis-je payer ?",
        ),
        endings=(
            "Un chiffon doux et sec suffit. Profitez-en bien !",
            "55 cm avec les pieds, 53 sans.",
            "Je l'ai ajouté à la boutique sous « Pièce démo », vous pouvez le commander normalement.",
        ),
        files="manual",
    ),
)

OFFERS = (
    Scenario(
        reason="30",
        topics=("Question avant achat", "Dimensions : {product}", "Avant de commander"),
        questions=(
            "Quelles sont les dimensions exactes de l'article « {product} », carton compris ? Il doit passer dans un escalier étroit.",
            "Peut-on laisser l'article « {product} » sur un balcon couvert, ou est-il réservé à l'intérieur ?",
            "L'article « {product} » est-il livré monté, ou faut-il des outils ?",
        ),
        answers=(
            "Le carton mesure 62 x 40 x 38 cm et pèse 7 kg, une personne suffit. L'article lui-même fait 55 cm de haut.",
            "Il est prévu pour l'intérieur. Pour un balcon, regardez plutôt le modèle d'extérieur.",
            "Comptez dix minutes, et le seul outil nécessaire est dans le carton.",
        ),
        returns=("Parfait, merci. Et peut-on choisir la couleur à la commande ?",),
        endings=("Oui, trois coloris sont proposés juste au-dessus du panier.",),
    ),
    Scenario(
        reason="31",
        topics=("Retour en stock ?", "Dix pièces pour un bureau"),
        questions=(
            "Quand l'article « {product} » sera-t-il à nouveau disponible en bleu ? Il m'en faudrait deux.",
            "Nous voudrions dix exemplaires de l'article « {product} » pour nos bureaux. Les avez-vous, et y a-t-il un tarif ?",
        ),
        answers=(
            "Le prochain arrivage est prévu {day}. Si vous voulez, je vous en réserve deux.",
            "Il nous en reste quatorze. Pour dix, nous pouvons faire 8 % ; commandez en une fois et je vous rembourse la différence.",
        ),
        returns=(
            "Oui, volontiers. Je commande dès que vous me dites qu'ils sont là.",
            "Cela nous convient. Je viens de commander les dix.",
        ),
        endings=(
            "Ils viennent d'arriver : les vôtres sont réservés jusqu'à {day}.",
            "Merci ! Je vous ai remboursé la différence.",
        ),
    ),
)

OPERATOR = (
    Scenario(
        reason="MMP_SELLER_MESSAGING_INVOICING",
        topics=("Votre relevé du mois dernier", "Commission sur commandes remboursées"),
        questions=(
            "Votre relevé du mois dernier est disponible. Il y a un écart de 12,40 € sur deux commandes remboursées ; merci de vérifier et de nous dire avant {day} si vous êtes d'accord.",
            "Comme convenu, nous avons passé vos versements à deux fois par mois. Le premier selon ce rythme aura lieu {day}.",
        ),
        answers=(
            "Merci, nous avons vérifié : l'écart est exact, vous pouvez le passer comme proposé.",
            "Merci, cela nous convient très bien.",
        ),
        returns=(
            "C'est fait. Vous le verrez sur le prochain relevé, ligne « corrections ».",
            "Encore une chose : pourriez-vous confirmer les quatre derniers chiffres de votre compte avant {day} ?",
        ),
        endings=(
            "Parfait, merci pour votre rapidité.",
            "C'est toujours 0000.",
        ),
    ),
    Scenario(
        reason="MMP_SELLER_MESSAGING_CATALOG",
        topics=("Photos produits", "Trois offres sans catégorie"),
        questions=(
            "Trois de vos offres ont été retirées parce que leurs photos comportent un logo. Pourriez-vous les remplacer avant {day} ? La liste est dans « Offres en erreur ».",
            "Nous préparons la campagne d'automne. Quels sont les cinq produits que vous souhaitez mettre en avant, et à quel prix ?",
        ),
        answers=(
            "Les nouvelles photos sont en ligne depuis ce matin, toutes sans logo. Pouvez-vous remettre les offres ?",
            "Nous aimerions mettre en avant nos cinq meilleures ventes, à -15 % chacune. Est-ce suffisant ?",
        ),
        returns=(
            "Deux sont de nouveau en ligne. La troisième photo fait moins de 1 000 pixels, merci d'en envoyer une plus grande.",
            "C'est tout, merci. Pourriez-vous garder 20 pièces de chaque en stock jusqu'à {day} ?",
        ),
        endings=(
            "La photo plus grande vient d'être envoyée.",
            "Nous en avons 40 de chaque, c'est donc sans problème.",
        ),
    ),
)

BOOKINGS = (
    Scenario(
        reason="MPS_20",
        topics=("Rendez-vous", "Heure de passage"),
        questions=(
            "J'ai réservé la prestation « {product} » pour {day} après-midi. Votre collègue pourrait-il plutôt venir le matin ?",
            "La prestation « {product} » comprend-elle l'enlèvement de l'ancien ? Et dois-je préparer quelque chose ?",
        ),
        answers=(
            "Sans problème : entre 9 h et 11 h. Notre collègue vous appelle une demi-heure avant.",
            "Oui, nous emportons l'ancien, et vous n'avez rien à préparer.",
        ),
        returns=("Merci ! On peut se garer derrière la maison, le portail sera ouvert.",),
        endings=("C'est noté, merci. À {day} !",),
    ),
)


FRENCH = Texts(
    language="fr",
    products=(
        "Lampe démo Rivage",
        "Lampe de bureau démo",
        "Fauteuil exemple",
        "Étagère murale démo",
        "Tapis de laine exemple",
        "Bouilloire démo",
        "Miroir rond exemple",
        "Cache-pot démo, lot de 3",
        "Table de chevet exemple",
        "Aspirateur démo sans fil",
        "Portemanteau exemple",
        "Guirlande démo",
    ),
    categories=("Luminaires", "Mobilier", "Textile", "Cuisine", "Décoration"),
    services=("Montage de meubles démo", "Pose de luminaire exemple", "Nettoyage de tapis démo"),
    hellos=(
        "Bonjour,",
        "Bonjour Madame, Monsieur,",
        "Bonsoir,",
        "Bonjour à vous,",
        "Madame, Monsieur,",
        "",
    ),
    byes=(
        "Merci d'avance\n{name}",
        "Cordialement,\n{name}",
        "Bien à vous,\n{name}",
        "Merci, {name}",
        "{name}",
        "",
    ),
    shop_hellos=("Bonjour {customer},", "Bonjour,", "Chère cliente, cher client,"),
    shop_byes=(
        "Cordialement,\n{agent}\n{shop}",
        "Bonne journée,\n{agent}, {shop}",
        "Bien à vous\n{agent}",
    ),
    thanks=(
        "Formidable, merci beaucoup !",
        "Merci, c'est tout ce qu'il me fallait. 👍",
        "Super, merci pour la rapidité.",
        "Mille mercis et bon week-end ! 🌻",
    ),
    orders=ORDERS,
    offers=OFFERS,
    operator=OPERATOR,
    bookings=BOOKINGS,
    mail_header="Le {day}, {name} a écrit :",
    mediation="Ici Maison Verte. Nous avons lu l'échange et souhaitons vous aider : le vendeur peut-il nous dire avant {day} ce qu'il propose ? D'ici là, le paiement est suspendu.",
    photo_name="photo.png",
    invoice_name="facture-{order}.pdf",
    manual_name="notice de montage.pdf",
    label_name="étiquette de retour.pdf",
    legacy=(
        ("Question de livraison", "La commande est-elle déjà partie ? J'en ai besoin avant {day}."),
        (
            "Re : Question de livraison",
            "Elle part aujourd'hui, le numéro de suivi arrive ce soir.<br />Cordialement",
        ),
        ("Couleur", "L'article « {product} » est-il plutôt blanc chaud ou blanc froid ?"),
        ("Pièce manquante", "Il manque un pied à l'article « {product} »."),
    ),
    days=("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
)
