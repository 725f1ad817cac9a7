### Wat er mis kan gaan, en wat u dan doet.

error-title = Dat ging niet goed
error-WRONG_CODE_OR_SECRET = Code en geheim horen niet bij elkaar. Typ het geheim nog eens. Let op hoofdletters.
error-TOO_MANY = Er is te vaak geprobeerd. Wacht even en probeer het dan opnieuw. Na elke poging duurt het wachten langer.
error-BUSY = Het is heel druk. Er is niets veranderd. Wacht even en probeer het dan opnieuw.
error-UNANSWERED = We kregen geen antwoord. Misschien is het toch gelukt. Kijk in het overzicht voordat u het nog eens doet.
error-OFFLINE = Er is geen verbinding. Kijk of u internet hebt en probeer het opnieuw.
error-FAULT = Er ging bij ons iets mis. Er is niets vastgelegd. Probeer het later opnieuw.
error-fault-number = Belt u hierover? Noem dan dit nummer: { $id }.
error-NOT_FOUND = Dit is er niet, of het is niet voor u.
error-CODE_ALREADY_USED = Deze code is al gebruikt. Was u dat niet? Bel dan meteen de organisatie van de brief.
error-INVITATION_NOT_VALID = Deze brief telt niet meer. Gebruik de nieuwste brief, of vraag een nieuwe.
error-NO_SAY = U beslist hier niet over. Er is niets vastgelegd.
error-WRONG_STAGE = Dit kan nu niet meer. Kijk in het overzicht hoe het staat.
error-HANDOVER_CLOSED = Dit is al afgelopen. Er is niets vastgelegd.
error-TIME_OUT_OF_RANGE = De klok van uw apparaat loopt niet goed. Zet de tijd goed en probeer het opnieuw.
error-EVIDENCE_UNAVAILABLE = We kunnen het nu niet bewaren. Er is niets vastgelegd. Probeer het later opnieuw.
error-TOO_LARGE = Dit is te lang. Maak het korter.
error-CROSS_SITE = Dit verzoek kwam van een andere website. Er is niets vastgelegd. Open deze site opnieuw.
error-other = Dit is niet gelukt. Er is niets vastgelegd. Probeer het later opnieuw, of bel de organisatie van de brief.
error-not-believed-title = Dit vertrouwen we niet
error-not-believed = Wat hier staat, is niet ondertekend door wie het moet ondertekenen. Daarom laten we het niet zien. Bel de organisatie van de brief.
error-keys = De sleutels die zijn bewaard, zijn niet van u. Misschien heeft een ander uw brief gebruikt. Bel meteen de organisatie van de brief.
error-again = Probeer opnieuw
error-session-ended-title = U bent uitgelogd
error-session-ended = U was een tijd weg. Voor uw veiligheid is alles dichtgedaan. Er is niets kwijt.
error-log-in-again = Opnieuw naar binnen
