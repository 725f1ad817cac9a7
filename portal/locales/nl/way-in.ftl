### De weg naar binnen: code, geheim, en wat er mis kan gaan met een brief.

## Eerste pagina

start-title = Wie krijgt gegevens over uw kind? U beslist mee.
start-window = Begin
start-lead = Een school of hulpverlener wil iets doorgeven over uw kind, of over uzelf. Hier ziet u precies wat, aan wie en waarom. Daarna zegt u ja of nee.
start-code-title = Begin met de code uit uw brief
start-how-title = Hoe werkt het?
start-how-1-title = U kijkt
start-how-1 = U ziet precies wat de ander krijgt. Woord voor woord.
start-how-2-title = U beslist
start-how-2 = U zegt per onderdeel ja of nee. Uw handtekening zet u met uw eigen geheim.
start-how-3-title = U kunt stoppen
start-how-3 = Een ja mag u altijd intrekken. U ziet wie wat heeft gekregen.
start-way-title = Waar gaat het heen?
start-way-from = De school die u een brief gaf
start-way-between = Handdruk brengt het in een dichte envelop. Wij kunnen het niet lezen.
start-way-to = Alleen de organisatie die u ziet
start-safe-title = Wie kan dit lezen?
start-safe = De school of hulpverlener die het stuurt, en wie het krijgt. Handdruk niet. Zonder uw geheim kan niemand uw handtekening namaken. Medewerkers kunnen een antwoord op papier voor u vastleggen. Een ja altijd met zijn tweeën. U ziet dat hier.
start-no-letter-title = Geen brief, of liever niet op het scherm?
start-no-letter = Bel de organisatie die iets wil doorgeven. Vraag om een brief met een code. U mag ook op papier antwoorden, of met hulp van iemand die u vertrouwt.
start-without-script = Deze pagina werkt alleen met JavaScript. Uw browser heeft dat niet aanstaan. Bel de organisatie die u de brief gaf. Het nummer staat in uw brief. U mag ook op papier antwoorden.

code-label = Code uit uw brief
code-hint = 17 letters en cijfers. Hoofdletters, spaties en streepjes maken niet uit.
code-example = Bijvoorbeeld 60RK-4CSM-6MV3-EE1SY
code-send = Verder
code-from-link = De code uit uw link staat er al in.
code-busy = De brief wordt nagekeken. Dat duurt een paar tellen.
code-wrong-LENGTH = Deze code is te kort of te lang. Er horen 17 letters en cijfers in te staan.
code-wrong-UNKNOWN_SYMBOL = In deze code staat een teken dat er niet in hoort. Gebruik alleen letters en cijfers.
code-wrong-MISTYPED = Er zit een typefout in de code. Kijk elk teken nog eens na.
code-empty = Vul de code uit uw brief in.
code-other = Een andere code gebruiken

## Een geheim kiezen

letter-from = Deze brief komt van { $organisation }.
letter-checked = { $you ->
        [je] Je browser heeft dat nagekeken.
       *[u] Uw browser heeft dat nagekeken.
    }
letter-for-guardian = U beslist mee over een kind op deze school of bij deze organisatie.
letter-for-young-person = Deze brief is voor jou. Jij beslist mee over je eigen gegevens.
letter-for-representative = U beslist namens iemand die dat zelf niet kan.
secret-title = { $you ->
        [je] Kies een geheim
       *[u] Kies een geheim
    }
secret-why = { $you ->
        [je] Met de code en je geheim onderteken je. Alleen jij kent het geheim. Medewerkers kunnen een antwoord op papier voor je vastleggen. Een ja altijd met zijn tweeën. Je ziet dat hier.
       *[u] Met de code en uw geheim ondertekent u. Alleen u kent het geheim. Medewerkers kunnen een antwoord op papier voor u vastleggen. Een ja altijd met zijn tweeën. U ziet dat hier.
    }
secret-lost = { $you ->
        [je] Kwijt? Niemand kan het terugvinden, wij ook niet. Vraag dan een nieuwe brief. Bewaar de brief, je hebt de code vaker nodig.
       *[u] Kwijt? Niemand kan het terugvinden, wij ook niet. Vraag dan een nieuwe brief. Bewaar de brief, u hebt de code vaker nodig.
    }
secret-new-label = { $you ->
        [je] Je geheim
       *[u] Uw geheim
    }
secret-new-hint = Minstens 8 tekens. Drie woorden achter elkaar is goed en makkelijk te onthouden.
secret-again-label = { $you ->
        [je] Je geheim nog een keer
       *[u] Uw geheim nog een keer
    }
secret-show = Laat zien wat ik typ
secret-activate = Vastleggen
secret-wrong-TOO_SHORT = Dit is te kort. Gebruik minstens 8 tekens.
secret-wrong-TOO_LONG = Dit is te lang. Gebruik hoogstens 256 tekens.
secret-wrong-CONTROL = Hier staat een teken in dat niet kan. Typ het op één regel.
secret-differs = De twee zijn niet gelijk. Typ ze nog een keer.
secret-busy = { $you ->
        [je] Je sleutels worden gemaakt op dit apparaat. Dat duurt een paar tellen.
       *[u] Uw sleutels worden gemaakt op dit apparaat. Dat duurt een paar tellen.
    }

## Terugkomen

login-title = Welkom terug
login-used = { $you ->
        [je] Deze code is al eerder gebruikt. Was jij dat? Vul dan je geheim in.
       *[u] Deze code is al eerder gebruikt. Was u dat? Vul dan uw geheim in.
    }
login-not-me-title = { $you ->
        [je] Was jij dat niet?
       *[u] Was u dat niet?
    }
login-not-me = { $you ->
        [je] Bel dan meteen { $organisation }. Het nummer staat in je brief. Zij maken een nieuwe brief. De oude telt dan niet meer.
       *[u] Bel dan meteen { $organisation }. Het nummer staat in uw brief. Zij maken een nieuwe brief. De oude telt dan niet meer.
    }
login-secret-label = { $you ->
        [je] Je geheim
       *[u] Uw geheim
    }
login-send = Naar binnen
login-busy = Wordt geopend. Dat duurt een paar tellen.
login-lost-title = { $you ->
        [je] Geheim vergeten?
       *[u] Geheim vergeten?
    }
login-lost = { $you ->
        [je] Niemand kan het terugvinden. Vraag { $organisation } om een nieuwe brief. Daarmee kun je ook intrekken wat je eerder hebt gezegd.
       *[u] Niemand kan het terugvinden. Vraag { $organisation } om een nieuwe brief. Daarmee kunt u ook intrekken wat u eerder hebt gezegd.
    }

## Een brief die niet meer werkt

letter-replaced-title = Er is een nieuwere brief
letter-replaced = { $organisation } heeft een nieuwe brief gemaakt. Gebruik de code uit de nieuwe brief.
letter-replaced-not-me = Hebt u geen nieuwe brief gekregen? Bel dan meteen { $organisation }.
letter-revoked-title = Deze brief is teruggenomen
letter-revoked = { $organisation } heeft deze brief teruggenomen. U kunt hem niet meer gebruiken. Bel { $organisation } als u niet weet waarom.
letter-expired-title = Deze brief is te oud
letter-expired = De code is niet op tijd gebruikt. Vraag { $organisation } om een nieuwe brief.
letter-unknown = Kijk na of de code goed is overgetypt. Klopt hij? Bel dan de organisatie die u de brief gaf.
letter-not-believed-title = We vertrouwen deze brief niet
letter-not-believed = Deze brief komt niet van wie hij lijkt te komen. Vul niets in. Bel de organisatie die u de brief gaf.

## Nog een code

join-title = Nog een code erbij
join-window = Nog een code
join-lead = Hebt u een brief voor een ander kind, of van een andere organisatie? Zet die erbij. Dan ziet u alles op één plek.
join-who = Alleen u ziet dat deze brieven bij elkaar horen. De organisaties en Handdruk kunnen dat niet zien.
