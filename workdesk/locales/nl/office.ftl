# Collega's beheren, het logboek, en de noodtoegang.
colleagues-title = Collega's
colleague-away = afwezig tot en met { $day }
colleague-add-title = Collega toevoegen
colleague-add = Toevoegen
colleague-reference-hint = Zoals uw organisatie de collega noemt: kleine letters, cijfers, streepjes en punten. Geen naam.
colleague-roles = Waarvoor is de collega er?
colleague-scope = Voor wie?
colleague-everything = de hele organisatie
colleague-sites = Schoollocaties
colleague-sites-hint = BRIN en twee cijfers, zoals 99ZZ00. Een spatie ertussen.
colleague-change-title = Rollen en locaties
colleague-save = Opslaan
colleague-in-title = Inloggen
colleague-in = Is de collega wachtwoord of telefoon kwijt? Geef dan een nieuwe code. Het oude wachtwoord en de oude telefoon werken dan niet meer.
colleague-reset = Nieuwe code geven
colleague-disable = Account sluiten
colleague-code-title = Code voor uw collega
colleague-code-lead = Geef deze code zelf aan uw collega. Hij werkt één keer, een week lang. U ziet hem hierna niet meer terug.
colleague-code-address = Adres
colleague-wrong-taken = Dit kenmerk is al van iemand.
colleague-wrong-malformed = Vul kenmerk, naam en minstens één rol in. Zeg ook voor wie de collega er is. Een locatie is een BRIN met twee cijfers.
colleague-wrong-too-long = Kies een dag vanaf vandaag, hoogstens 90 dagen verder. Later kunt u opnieuw een dag kiezen.
colleague-wrong-meanwhile = Iemand anders veranderde dit account intussen. Kijk na wat er nu staat.
colleague-wrong-own = Uw eigen account verandert een andere beheerder.
account-invited = heeft een code
account-active = werkt
account-disabled = gesloten
team-lpa = leerplicht
team-loket = loket
team-neighbourhood-team = wijkteam
team-school-support-team = ondersteuningsteam
team-early-leavers = doorstroomcoaches
absent-title = Afwezig
absent-until = Tot en met
absent-until-hint = Leeg betekent: niet afwezig.
absent-stand-in = Wie neemt waar?
absent-nobody = niemand
absent-save = Opslaan

log-title = Logboek
log-lead = Wie zag wat, wanneer en waarom. Ook wat niet mocht of niet lukte, staat erin.
log-who = Kenmerk van de collega
log-handover = Overdracht
log-colleague = Collega
log-refused-only = alleen wat niet mocht of niet lukte
log-search = Zoeken
log-export = Als bestand (CSV)
log-nobody = onbekend
log-machine = de server zelf
log-refused = mocht niet
log-failed = lukte niet
log-ground = Grond
log-categories = Onderdelen
log-source = Vanaf
log-older = Ouder
deed-logged-in = logde in
deed-not-let-in = kwam er niet in
deed-enrolled = stelde wachtwoord en telefoon in
deed-logged-out = logde uit
deed-listed = zag een lijst
deed-opened = opende een overdracht
deed-read = las inhoud
deed-exported = nam inhoud mee
deed-acted = deed een stap
deed-assigned = gaf een overdracht aan iemand
deed-sent = werkte aan een overdracht die weggaat
deed-family = regelde iets voor de familie
deed-looked-as-second = keek als tweede naar een beslissing
deed-confirmed = zei als tweede dat een beslissing klopt
deed-denied = zei als tweede dat een beslissing niet klopt
deed-erased = wiste of bewaarde
deed-broke-glass = gebruikte noodtoegang
deed-told-privacy-officer = vertelde de functionaris gegevensbescherming van noodtoegang
deed-tended-account = beheerde een account
deed-marked-absent = regelde afwezigheid
deed-read-log = las het logboek
deed-read-broken-glass = las wie noodtoegang gebruikte

glass-title = Noodtoegang
glass-lead = Een collega opende wat voor hem of haar gesloten was. Hier staat waarom.
glass-none = Dat is nog niet gebeurd.
glass-read = Gelezen
glass-read-by = Gelezen door { $who } op { $when }
glass-ask-title = Noodtoegang
glass-ask-lead = U opent zo iets wat voor u gesloten is. Dat kan, voor { $minutes } minuten, om te lezen. De functionaris gegevensbescherming leest wie u bent, welke overdracht het is en uw reden.
glass-wrong-reason = Schrijf in een zin waarom u dit nu nodig hebt.
glass-wrong-nobody-told = Dit kan nu niet: er is geen andere collega die het als functionaris gegevensbescherming leest. Vraag uw beheerder.
glass-reason = Waarom hebt u dit nu nodig?
glass-reason-hint = Minstens tien tekens. Noem geen naam van het kind.
glass-break = Gebruik noodtoegang
glass-mail-none = Geen e-mail: er is geen adres ingesteld.
glass-mail-waits = De e-mail aan de functionaris gegevensbescherming is nog niet verstuurd. Wij proberen het opnieuw.
glass-mail-told = De functionaris gegevensbescherming kreeg een e-mail op { $when }.
glass-mail-not-told = De e-mail aan de functionaris gegevensbescherming is niet aangenomen. Laat de beheerder het adres nakijken.

# De e-mail aan de functionaris gegevensbescherming. Er staat niets in over iemand.
glass-mail-subject = Er is noodtoegang gebruikt
glass-mail-text =
    Er is noodtoegang gebruikt op de werkplek.

    Kijk in het logboek wie het was en waarom: { $address }/glass

    In deze e-mail staan geen gegevens over een kind of een collega.
