### Woorden die bij elke overdracht horen: doelen, fasen, redenen. Voor alle pagina's. De Nederlandse tekst geldt.

purpose-transfer-report-primary = Rapport bij overstap uit basis- of speciaal onderwijs
purpose-transfer-report-secondary = Gegevens bij overstap vo/mbo
purpose-mbo-arrival = Is de jongere aangekomen?
purpose-preschool-handover = Overdracht van voorschool naar basisschool
purpose-swv-support = Extra hulp op school regelen
purpose-attendance = Verzuim melden
purpose-early-leaver = Terug naar school of werk
purpose-care-access = Hulpvraag bij de gemeente
purpose-care-handover = Warme overdracht van school naar hulp
purpose-dyslexia-referral = Verwijzing ernstige dyslexie
purpose-pupil-transport = Vervoer na een overstap
purpose-care-feedback = Wat heeft de leraar nodig?
purpose-case-conference = Eén kind, één plan
purpose-care-status = Gemeente en aanbieder: hoe loopt de hulp?
purpose-safety = Onveiligheid melden
purpose-steering-figures = Cijfers voor overleg

desk-lpa = leerplicht
desk-loket = loket jeugdhulp
desk-neighbourhood-team = wijkteam
desk-school-support-team = ondersteuningsteam van de school
desk-early-leavers = voortijdig schoolverlaten

warm-received = aangekomen, nog niet opgepakt
warm-waiting = op de wachtlijst
warm-declined = afgewezen
warm-no-recipient = niemand bekend die het kan overnemen
warm-accepted = opgepakt
warm-talk-planned = gesprek gepland
warm-talk-held = gesprek gehad
warm-started = gestart
warm-not-started = niet gestart
warm-aftercare-planned = nazorg gepland
warm-aftercare-held = nazorg gedaan
warm-closed = afgesloten

owner-sender = de verzender
owner-recipient = de ontvanger
owner-both = de verzender en de ontvanger samen

decline-no-place = Geen plek
decline-wrong-address = Verkeerd adres
decline-waiting-list = Op de wachtlijst
decline-not-suitable = Niet de juiste hulp

keep-care-dossier = plicht om een hulpdossier te bewaren (Jeugdwet 7.3.8)
keep-statutory-duty = plicht om de schooladministratie te bewaren
keep-legal-claim = nodig voor een rechtszaak (AVG 17, lid 3)

quarantine-extra-field = Er kwam een gegeven mee dat bij dit doel niet mag.
quarantine-extra-category = Er kwam een soort gegevens mee waarvoor geen toestemming is.
quarantine-commitment-mismatch = De inhoud is niet wat de verzender heeft vastgelegd.
quarantine-cannot-open = Een deel kon niet worden geopend.
quarantine-missing-required = Er ontbreekt iets dat erbij moet.

## Waarom iets niet ging. Er is dan niets veranderd.

refused-not-a-member = De andere organisatie doet niet meer mee aan Handdruk.
refused-role-not-allowed = Deze stap is voor de andere organisatie.
refused-not-found = Deze overdracht is hier niet bekend.
refused-request-id-reused = Dit formulier was al eens anders verstuurd. Open de pagina opnieuw.
refused-too-many = Te veel pogingen achter elkaar. Wacht even.
refused-malformed = Er klopt iets niet in wat is ingevuld.
refused-too-large = Dit is te groot.
refused-bad-statement = Een handtekening klopt niet. Bel de beheerder.
refused-key-not-current = De sleutels worden net ververst. Probeer het zo nog eens.
refused-key-chain-broken = De sleutels van een organisatie kloppen niet. Bel de beheerder.
refused-wrong-recipient-key = De ontvanger heeft nieuwe sleutels. Probeer het zo nog eens.
refused-time-out-of-range = De klok loopt niet gelijk. Bel de beheerder.
refused-catalogue-not-current = De regels zijn net vernieuwd. Probeer het zo nog eens.
refused-purpose-not-allowed = Voor dit doel mag er tussen deze organisaties niets gaan.
refused-transition-not-allowed = Bij deze overstap hoort dit doel niet.
refused-category-not-allowed = Dit soort gegevens mag niet mee bij dit doel.
refused-national-number-not-allowed = Het burgerservicenummer mag niet naar deze ontvanger.
refused-required-category-missing = Er ontbreken gegevens die erbij moeten.
refused-term-not-allowed = De einddatum kan zo niet.
refused-application-missing = De aanmelding bij de nieuwe school ontbreekt.
refused-nobody-to-ask = Er is niemand bekend die toestemming mag geven.
refused-consent-blocked = Iemand wil dit niet. Praat met het gezin.
refused-consent-not-in-force = De toestemming geldt niet meer. Praat met het gezin.
refused-safety-not-allowed = Een melding mag alleen met reden, met een tweede collega en naar de juiste instantie.
refused-not-for-one-child = Dit doel is voor cijfers, niet voor één kind.
refused-code-already-used = Deze code is al gebruikt.
refused-wrong-code-or-secret = De code of het geheim klopt niet.
refused-invitation-not-valid = Deze brief geldt niet meer.
refused-no-say = Deze persoon beslist hier niet over.
refused-second-person-missing = Hier hoort een tweede collega bij.
refused-wrong-stage = De overdracht is intussen verder. Deze stap kan niet meer.
refused-no-permit = Hiervoor is nu geen toestemming.
refused-envelope-mismatch = De inhoud past niet bij wat is toegestaan.
refused-handover-closed = Deze overdracht is afgesloten.
refused-nothing-to-fetch = Er is niets op te halen.
refused-dossier-refused = Dit dossier kan niet worden gelezen, of past niet bij de afspraken.
refused-no-recipient = Er is nog geen ontvanger bekend.
refused-quarantined = De inhoud is apart gezet en niet te lezen.
refused-log-diverged = Het logboek klopt niet. Bel de beheerder.
refused-evidence-unavailable = Het bewijs kon niet worden vastgelegd. Daarom is er niets gedaan. Probeer het later.
refused-clock-not-controllable = De klok kan hier niet worden verzet.
