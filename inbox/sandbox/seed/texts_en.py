# ruff: noqa: E501  texts are easier to read unbroken
"""English demo texts, for Bright Street."""

from inbox.sandbox.seed.texts import Scenario, Texts

ORDERS = (
    Scenario(
        reason="23",
        topics=("Where is my parcel?", "Parcel not here yet", "Delivery of order {order}"),
        questions=(
            'I ordered the {product} almost two weeks ago and the tracking page has said "in transit" since {day}. Could you find out where it is? I need it before the weekend.',
            "The carrier's page says my {product} was delivered on {day}, but nothing was left here, and the neighbours don't have it either. I was home all day. What do we do now?",
            "Any news on {order}? I took a day off on {day} to receive it and nobody came. No card in the letterbox, no call.",
            "Hello, my order has been stuck at the depot in {city} for days. The carrier tells me only the sender can open an enquiry. Would you do that, please?",
        ),
        answers=(
            "I'm sorry about the wait. I have opened an enquiry with the carrier this morning; they have two working days to answer. I'll write to you as soon as I hear from them, on {day} at the latest.",
            "Thank you for letting us know. The parcel left us on time, so something went wrong on the way. I've asked the carrier for a search in the {city} depot. If it isn't found by {day}, I'll send you a new {product} at once.",
        ),
        returns=(
            "It's now {day} and still nothing. The tracking hasn't moved. Please send me a replacement or refund the order.",
            "Thanks, but the carrier just told me they know of no enquiry. Could you give me the reference number so I can call them myself?",
            "Quick update: the driver left it with a shop two streets away, without telling anyone. One corner of the box is crushed. Should I open it?",
        ),
        endings=(
            "A new {product} has left today by express, you'll have it on {day}. If the first one turns up after all, simply refuse it at the door.",
            "I have refunded the order in full just now. Depending on your bank it takes three to five days. My apologies once more for the trouble.",
        ),
    ),
    Scenario(
        reason="22",
        topics=("Wrong colour delivered", "Not what I ordered", "Problem with {product}"),
        questions=(
            "My {product} came today, thank you for the quick delivery. Only: I ordered it in grey and this one is clearly green. Can it be exchanged? I attach a photo.",
            "I've just unpacked the {product} and there's a crack along the base. The box itself was fine, so it must have been packed that way. Photo attached.",
            "Two screws and the mounting plate are missing from the bag that came with the {product}. Could you post me just the parts? No need to send everything again.",
            "The parcel contained only one {product} instead of two. The delivery note says two, and I paid for two. Could you send the second one?",
        ),
        answers=(
            "That shouldn't have happened, and I'm sorry. You can keep what you have until the right one arrives: I'm sending it today, and the carrier will take the other one back at the same time.",
            "Thank you for the photo, that makes it easy. Would you rather have a replacement, or keep it with 25% off? Either is fine with us.",
            "I've set the missing parts aside and they go out with this afternoon's post. They fit in a letterbox, so nobody has to be home.",
            "You're right, our scales say the same: only one was packed. The second one leaves us today, there is nothing you need to do.",
        ),
        returns=(
            "The new one has arrived and I'm afraid it is the same wrong colour again...",
            "I'd take the discount, it can't be seen from the front. How do I get the money?",
            "The parts are here, thank you. Only: one of the screws is too short. Could you check which length it should be?",
            "The second one has come, but it is a shade darker than the first. Side by side you can see it. Are they from the same batch?",
        ),
        endings=(
            "Twice in a row, how embarrassing. I've looked at the next one myself: it is grey. It leaves today by express, and you may keep the others.",
            "Done, the amount goes back to the card you paid with. Enjoy your {product}!",
            "It should be 40 mm, and we packed 30. The right one is in tonight's post.",
            "They aren't: the maker has changed the shade a little. I'm sending one from the first batch, and a label for the darker one.",
        ),
        files="photo",
    ),
    Scenario(
        reason="24",
        topics=("Invoice please", "VAT invoice for {order}", "Invoice with company name"),
        questions=(
            "Could you send me the invoice for {order}? I can't find it in my account and my accountant is asking for it.",
            "I need a VAT invoice made out to the company rather than to me. I forgot to enter it when I ordered. Is it still possible to change that?",
            "The invoice you sent shows the old delivery address. Could you correct it? Everything else is right.",
        ),
        answers=(
            'Of course, the invoice is attached. You\'ll find all later ones under "My orders" as well, usually one day after dispatch.',
            "That can be changed. Please send me the company's exact name, address and VAT number, and I'll attach the corrected invoice here.",
        ),
        returns=(
            "Thank you, but the PDF shows the amount without VAT. Could you check line two?",
            "Perfect. The company is Sample & Daughters Ltd, 4 Demo Lane, Sampleton, VAT number GB 000 0000 00.",
        ),
        endings=(
            "You're right, thank you for looking so closely. The corrected invoice is attached.",
            "Here is the new invoice, please throw the first one away.",
        ),
        files="invoice",
    ),
    Scenario(
        reason="25",
        topics=("Return", "I'd like to send it back", "Refund for {order}"),
        questions=(
            "The {product} is lovely but too big for our hallway. I'd like to send it back, it's unused and in its box. How do I go about it, and who pays for the postage?",
            "I sent the {product} back ten days ago and according to the tracking you received it on {day}. When will I get my refund?",
            "I'm still within the 30 days, aren't I? The box is already in the recycling, I'm afraid. Can I return it in another one?",
        ),
        answers=(
            "No problem at all. I attach the return label; please use a sturdy box and drop it at any parcel shop. We pay for it. The refund follows two or three days after it reaches us.",
            "It arrived here on {day} and has been checked: all fine. I have released the refund just now, you should see it within five working days.",
        ),
        returns=(
            "I can't print the label, we have no printer. Is there a code I can show at the parcel shop?",
            "Only part of the money has arrived: the postage is missing. As I understood it, that is refunded as well?",
        ),
        endings=(
            "Here is a code for the parcel shop: DEMO-0000. They scan it and print the label for you.",
            "Quite right, I have just sent the postage after it. Thank you for your patience.",
        ),
        files="label",
    ),
    Scenario(
        reason="22",
        topics=("Warranty", "Stopped working", "{product} no longer switches on"),
        questions=(
            "After five months my {product} has begun to switch itself off, and since {day} it doesn't come on at all. I tried another socket. Is this covered by the warranty?",
            "The switch of the {product} gets quite hot after half an hour. Is that normal? I've unplugged it to be safe.",
            "The {product} now gives up after twenty minutes and only works again once it has cooled down. I use it as the manual says.",
        ),
        answers=(
            "I'm sorry to hear that. It is covered by our two-year warranty, so there is nothing to pay: we can repair it, or send you a new one. A photo of the label underneath would help us with the maker.",
            "That is not normal, you did the right thing. I'm sending a new one without waiting for the old one. May I ask you to put the old one in the same box? The label is inside.",
        ),
        returns=(
            "The number on the label is DEMO-00-42. I'd rather have a new one than a repair, if I may choose.",
            "The new one has arrived and works beautifully. Do you really want the old one back? It would be cheaper to recycle it here.",
        ),
        endings=(
            "A new one it is. It goes out on {day}, and the warranty starts again from then.",
            "Then please recycle it, no need to send it. Thank you for asking!",
        ),
        files="photo",
        electric=True,
    ),
    Scenario(
        reason="21",
        topics=("Please cancel", "Ordered twice by mistake", "Change of address"),
        questions=(
            "I clicked twice and now have two orders for the same {product}. Please cancel {order}, I only want one.",
            "We're moving on {day} and I gave the old address. Could you still change it to the new one, or do I have to cancel and order again?",
            "Could you cancel {order}, please? My sister has just given me the very same {product} for my birthday. :)",
        ),
        answers=(
            "Just in time, it wasn't packed yet. The order is cancelled and nothing will be taken from your account.",
            "The parcel left us an hour ago, so I can't stop it any more. Please refuse it at the door: it comes back to us by itself and you get a full refund.",
        ),
        returns=(
            "Thanks, but I see the amount on my statement all the same. Is that going to disappear?",
            "I wasn't home and the neighbour took it in. What now?",
        ),
        endings=(
            "Yes, that is only a reservation. Your bank drops it after seven days at the latest.",
            "Never mind, I'm sending you a return label. Drop it off whenever it suits you.",
        ),
    ),
    Scenario(
        reason="20",
        topics=("Delivery date", "Deliver on a given day?", "Delivery of {product}"),
        questions=(
            'When will the {product} be delivered? The page says "3 to 8 days", but I\'d have to be home. A rough idea of the day would do.',
            "I'm on holiday from {day}. Could you hold the parcel for a week, or send it to a parcel shop in {city}?",
            "Is it delivered to the third floor or just to the front door? We have no lift and I can't carry it on my own.",
        ),
        answers=(
            "It is ready and leaves us tomorrow, so I'd expect it on {day}. The carrier sends you a text message the evening before with a two-hour window.",
            "Happy to hold it. I've made a note to send it on {day}; you'll have the tracking number that evening.",
            "As a rule it goes to the front door. I've booked two people and delivery to your floor, at no extra charge.",
        ),
        returns=(
            "Lovely. Could the driver ring at number 12? Our bell doesn't work.",
            "I'm afraid {day} doesn't suit me after all. Would the day after be possible?",
            "How kind, thank you! Do they take the packaging with them, too?",
        ),
        endings=(
            "I've added that to the delivery note. Have a good week!",
            "Moved by a day. You can move it again yourself with the link in the text message.",
            "They do, just tell them at the door.",
        ),
    ),
    Scenario(
        reason="26",
        topics=("How do I put it together?", "Question about {product}", "Spare part"),
        questions=(
            "The manual of the {product} is in Italian only, and I can't make sense of step 6. Do you have it in English?",
            "The page gives 2.4 kg for the {product}, the box says 4.2 kg. Which is right? I need to know what my shelf has to bear.",
            "My cat pushed the {product} over and one of the feet is broken. All our own fault, but can I buy the foot on its own?",
        ),
        answers=(
            "Here is the manual in English, attached. In step 6 the longer screw goes on the left; everybody stumbles over that one.",
            "The page is right: 2.4 kg. I'm having the box corrected, thank you for pointing it out.",
            "Poor thing (and I hope the cat is fine)! The foot is available as a spare part for 14.90 including postage. Shall I set one aside?",
        ),
        returns=(
            "It's done, and it looks wonderful. One last thing: how do I clean it?",
            "Thank you, then the shelf will do. How high is it altogether, feet included?",
            "Yes, please, I'll take it. How do I pay?",
        ),
        endings=(
            "A dry, soft cloth is all it needs. Have fun with it!",
            "55 cm with its feet, 53 without.",
            'I\'ve put it into the shop for you under "Demo spare part", so you can order it as usual.',
        ),
        files="manual",
    ),
)

OFFERS = (
    Scenario(
        reason="30",
        topics=("Question before I buy", "Size of the {product}", "Before I order"),
        questions=(
            "What are the exact measurements of the {product}, box included? It has to go up a narrow staircase.",
            "May the {product} stand on a covered balcony, or is it for indoors only?",
            "Does the {product} come assembled, or do I need tools?",
        ),
        answers=(
            "The box measures 62 x 40 x 38 cm and weighs 7 kg, one person can carry it. The {product} itself is 55 cm high.",
            "It's made for indoors only. For a balcony have a look at its weatherproof sister.",
            "It takes ten minutes, and the only tool it needs is in the box.",
        ),
        returns=("Great, thank you. And can I choose the colour when I order?",),
        endings=("Yes, there are three to choose from, just above the basket.",),
    ),
    Scenario(
        reason="31",
        topics=("Back in stock?", "Ten pieces for an office"),
        questions=(
            "When will the {product} be available in blue again? I need two of them.",
            "We'd like to buy ten of the {product} for our office. Do you have that many, and is there a better price?",
        ),
        answers=(
            "The next delivery comes on {day}. If you like, I'll put two aside for you.",
            "We have fourteen. For ten we can take 8% off; order them in one go and I'll refund the difference.",
        ),
        returns=(
            "Yes, please do. I'll order as soon as you tell me they're in.",
            "That's fair. I've just ordered all ten.",
        ),
        endings=(
            "They've just come in: yours are set aside until {day}.",
            "Thank you! I have refunded the difference.",
        ),
    ),
)

OPERATOR = (
    Scenario(
        reason="MMP_SELLER_MESSAGING_INVOICING",
        topics=("Your statement for last month", "Commission on refunded orders"),
        questions=(
            "Your statement for last month is ready. There is a difference of 12.40 on two refunded orders; please have a look and tell us by {day} whether you agree.",
            "We have changed your payment cycle to twice a month, as agreed. The first payment under the new cycle is on {day}.",
        ),
        answers=(
            "Thank you, we've checked it: the difference is right, please book it as proposed.",
            "Thank you, that suits us well.",
        ),
        returns=(
            'Booked. You\'ll find it on the next statement, line "corrections".',
            "One more thing: could you confirm the last four digits of your account by {day}?",
        ),
        endings=(
            "Perfect, thank you for the quick help.",
            "They are 0000, as before.",
        ),
    ),
    Scenario(
        reason="MMP_SELLER_MESSAGING_CATALOG",
        topics=("Product pictures", "Three offers without a category"),
        questions=(
            'Three of your offers have been taken down because their pictures show a logo. Could you replace them by {day}? The list is in your back office under "Offers with errors".',
            "We're preparing the autumn campaign. Which five products would you like to put forward, and at what price?",
        ),
        answers=(
            "The new pictures are online since this morning, all three without a logo. Could you put the offers back?",
            "We'd like to put forward our five best sellers, each at 15% off. Is that all you need?",
        ),
        returns=(
            "Two are back online. The third picture is below 1,000 pixels, please send a larger one.",
            "That's all, thank you. Could you keep 20 of each in stock until {day}?",
        ),
        endings=(
            "The larger picture has just been uploaded.",
            "We have 40 of each, so that is no problem.",
        ),
    ),
)

BOOKINGS = (
    Scenario(
        reason="MPS_20",
        topics=("Appointment", "Time of the fitter's visit"),
        questions=(
            "I booked the {product} for {day}, in the afternoon. Could your colleague come in the morning instead?",
            "Does the {product} include taking the old one away? And do I need to have anything ready?",
        ),
        answers=(
            "Certainly: between 9 and 11 then. Our colleague rings you half an hour before.",
            "Yes, we take the old one with us, and there is nothing to prepare.",
        ),
        returns=("Thank you! Parking is behind the house, the gate will be open.",),
        endings=("Noted, thank you. See you on {day}.",),
    ),
)


ENGLISH = Texts(
    language="en",
    products=(
        "Demo lamp Harbour",
        "Demo desk lamp",
        "Sample armchair",
        "Demo wall shelf",
        "Sample wool rug",
        "Demo kettle",
        "Example mirror, round",
        "Demo plant pot, set of 3",
        "Sample bedside table",
        "Demo cordless vacuum",
        "Example coat stand",
        "Sample string lights",
    ),
    categories=("Lighting", "Furniture", "Home textiles", "Kitchen", "Decoration"),
    services=("Demo furniture assembly", "Sample lamp fitting", "Example carpet cleaning"),
    hellos=("Hello,", "Hi,", "Good morning,", "Dear team,", "Hi there,", ""),
    byes=(
        "Thanks in advance\n{name}",
        "Kind regards\n{name}",
        "Best,\n{name}",
        "Cheers, {name}",
        "{name}",
        "",
    ),
    shop_hellos=("Dear {customer},", "Hello {customer},", "Good morning {customer},"),
    shop_byes=("Kind regards\n{agent}\n{shop}", "Best wishes\n{agent}, {shop}", "Yours\n{agent}"),
    thanks=(
        "Wonderful, thank you very much!",
        "Thank you, that's all I needed. 👍",
        "Brilliant, thanks for being so quick.",
        "Many thanks, have a lovely weekend! 🌻",
    ),
    orders=ORDERS,
    offers=OFFERS,
    operator=OPERATOR,
    bookings=BOOKINGS,
    mail_header="On {day}, {name} wrote:",
    mediation="Bright Street here. We've read the conversation and would like to help: could the shop please say by {day} what it proposes? Until then the payment is on hold.",
    photo_name="photo.png",
    invoice_name="invoice-{order}.pdf",
    manual_name="assembly manual.pdf",
    label_name="return-label.pdf",
    legacy=(
        ("Delivery question", "Has the order left already? I need it by {day}."),
        (
            "Re: Delivery question",
            "It left us today, the tracking number follows tonight.<br />Kind regards",
        ),
        ("Colour", "Is the {product} more of a warm or a cold white?"),
        ("Missing part", "One of the feet is missing from the {product}."),
    ),
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
)
