### Wat er gebeurde, van wie we dat weten, en wat we niet kunnen nagaan.

history-title = Wat is er gebeurd?
history-none = Er is nog niets gebeurd.
history-by-gateway = Dit meldt Handdruk.
history-by-sender = Ondertekend door { $organisation }.
history-by-you = { $you ->
        [je] Door jou ondertekend.
       *[u] Door u ondertekend.
    }
history-by-recipient = Gezegd door { $organisation }, doorgegeven door Handdruk.
history-evidence = Bewijs nummer { $number }

act-invited = Iemand kreeg een brief om mee te beslissen.
act-invitation-revoked = Een brief is teruggenomen.
act-activated = Iemand die mag meebeslissen, heeft zijn brief gebruikt.
act-code-found-used = Let op: iemand probeerde een code die al was gebruikt.
act-proposed = Er is gevraagd om dit te versturen.
act-renewed = De termijn is verlengd.
act-previewed = De inhoud is klaargezet om te bekijken.
act-told = Iemand die mag meebeslissen, weet ervan.
act-decided = Iemand die mag meebeslissen, heeft geantwoord.
act-attested = Professionals hebben iets vastgelegd.
act-withdrawn = Iemand heeft een ja ingetrokken of bezwaar gemaakt.
act-view-added = Er is een mening bij geschreven.
act-permitted = Het mag worden verstuurd.
act-permit-lapsed = Het mag nu niet meer worden verstuurd.
act-refused = Het is tegengehouden.
act-submitted = Het is dichtgemaakt en klaargezet.
act-released = Het is verstuurd.
act-received = Het is aangekomen.
act-quarantined = De ontvanger heeft het apart gezet.
act-retracted = Het is teruggenomen voordat het aankwam.
act-expired = De termijn was voorbij voordat het werd verstuurd.
act-withdrawal-answered = De ontvanger heeft geantwoord op het intrekken.
act-progressed = Er is een stap gezet in de overdracht.
act-read = Iemand bij de ontvanger heeft het gelezen.
act-erased = De ontvanger heeft de inhoud gewist.
act-family-alerted = Een stap is niet op tijd gezet. Wie dat moet doen, weet het.
act-content-erased = Wat klaarstond, is gewist.
act-other = Er is iets vastgelegd.

said-proposed = Voorgesteld om te versturen: { $categories }
said-renewed = Verlengd tot { $date }
said-told = { $you ->
        [je] Je hoorde hiervan.
       *[u] U hoorde hiervan.
    }
said-told-somebody = Iemand die mag meebeslissen, hoorde hiervan.
said-told-preview = De inhoud stond klaar in dit portaal.
said-told-letter = Met een brief.
said-told-conversation = In een gesprek.
said-decided = { $you ->
        [je] Jij zei: { $choices }
       *[u] U zei: { $choices }
    }
said-decided-seen = { $you ->
        [je] Je liet weten dat je het hebt gezien.
       *[u] U liet weten dat u het hebt gezien.
    }
said-decided-earlier = { $you ->
        [je] Met een eerdere brief zei je: { $choices }. Dat is hier niet na te gaan.
       *[u] Met een eerdere brief zei u: { $choices }. Dat is hier niet na te gaan.
    }
said-attested-paper-decision = Op papier vastgelegd door twee professionals: { $choices }
said-attested-assisted-decision = Met hulp vastgelegd door twee professionals: { $choices }
said-attested-spoken-withdrawal = Mondeling gezegd en vastgelegd door een professional: { $choices }
said-attested-authority-changed = Het gezag is veranderd. Alles wat openstaat, wordt opnieuw bekeken.
said-attested-safety-report = Een tweede professional keek mee met de melding.
said-attested-who-you = { $you ->
        [je] Dit gaat over jouw antwoord.
       *[u] Dit gaat over uw antwoord.
    }
said-attested-who-other = Dit gaat over het antwoord van een ander.
said-choice = { $choice }: { $categories }
said-released = Verstuurd: { $categories }
said-released-views = { $count ->
        [one] Er ging een mening mee.
       *[other] Er gingen { $count } meningen mee.
    }
said-released-dropped = Achtergehouden: { $categories }
said-received = Aangekomen: { $categories }
said-quarantined = De ontvanger zette het apart, want er klopte iets niet. Het wordt gewist.
said-erased = De ontvanger heeft het gewist.
said-kept = De ontvanger bewaart het. Reden: { $ground }
said-accepted = Iemand bij de ontvanger heeft het aangenomen.
said-declined = De ontvanger nam het niet aan: { $reason }
said-read = Gelezen door { $professional } van { $organisation }: { $categories }
said-step-confirmed = De verzender heeft het losgelaten. Nu is het alleen van de ontvanger.
said-step-no-recipient = Er is nog niemand gevonden. De verzender zoekt verder.
said-step-talk-planned = Er is een gesprek afgesproken.
said-step-talk-held = Het gesprek is geweest.
said-step-started = Het is begonnen.
said-step-not-started = Het is nog niet begonnen.
said-step-aftercare-planned = Er is afgesproken wanneer er wordt gekeken hoe het gaat.
said-step-aftercare-held = Er is gekeken hoe het gaat.
said-step-closed = Het is afgerond.
said-step-erased = De inhoud is bij de ontvanger gewist.
said-unverified = Dit is niet ondertekend door wie het moet ondertekenen. Vertrouw het niet.
said-nothing = niets

ground-care-dossier = { $you ->
        [je] De hulpverlener moet het dossier bewaren (Jeugdwet 7.3.8). Je mag vragen om het te vernietigen (Jeugdwet 7.3.9).
       *[u] De hulpverlener moet het dossier bewaren (Jeugdwet 7.3.8). U mag vragen om het te vernietigen (Jeugdwet 7.3.9).
    }
ground-statutory-duty = De wet zegt dat de ontvanger het moet bewaren.
ground-legal-claim = Het is nodig voor een rechtszaak.

declined-no-place = er is geen plek
declined-wrong-address = het kwam bij de verkeerde organisatie
declined-waiting-list = er is een wachtlijst
declined-not-suitable = dit is niet de juiste hulp
