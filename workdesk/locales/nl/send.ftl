### Overdragen: dossiers inlezen, aanvullen, nakijken en overdragen. De Nederlandse tekst geldt.

send-new-title = Een kind overdragen
send-new-lead = Kies één of meer dossiers. U ziet eerst wat er zou gaan. Pas daarna gaat er iets weg.
send-new-files = Dossiers
send-new-files-hint = Bestanden van OSO 2019.1 (xml) of JSON. Een bestand mag 20 MB zijn, alles samen 60 MB.
send-new-send = Dossiers inlezen
send-new-again = Lees het dossier van dit kind nog eens in. Wie beslist en waarvoor het is, weten wij nog.
send-new-drafts = { $count ->
    [one] U heeft nog 1 concept staan
   *[other] U heeft nog { $count } concepten staan
 }
send-new-blank-title = Geen bestand?
send-new-blank = Vul een formulier in. Bijvoorbeeld om de school te laten weten wat het kind nodig heeft.
send-new-blank-link = Beginnen zonder bestand
send-new-safe-title = Wat er met een concept gebeurt
send-new-safe-1 = Alleen u ziet het. Het staat in het geheugen van de computer van uw organisatie, niet op een schijf.
send-new-safe-2 = Het is weg als u het hebt overgedragen of weggegooid, en anders na een dag.
send-new-safe-3 = Start die computer opnieuw op, dan is een concept ook weg. Lees het bestand dan nog eens in.

send-blank-title = Beginnen zonder bestand
send-blank-lead = Over wie gaat het, en waarvoor? Daarna vult u in wat de ander moet weten.
send-blank-child = Het kind
send-blank-first-names = Voornamen
send-blank-prefix = Tussenvoegsel
send-blank-surname = Achternaam
send-blank-born = Geboortedatum

send-purpose = Waarvoor
send-choose = Kies
send-next = Verder
send-child = Kind
send-to = Naar wie
send-missing = Wat ontbreekt
send-open = Openen
send-complete = Aanvullen
send-ready = kan weg
send-nobody = nog niemand bekend
send-target = { $purpose }: { $recipient }
send-destination-site = { $name }, vestiging { $site }
send-destination-desk = { $name }, { $desk }
send-born = Geboren op { $day }
send-no-target = Nog niet gekozen
send-missing-target = Kies waarvoor en naar wie
send-missing-capacity = Zeg van iedereen wat voor gezag die heeft

send-drafts-title = Klaarzetten
send-drafts-lead = Kies naar wie het gaat en vul aan wat ontbreekt. Kijk daarna na wat er weggaat.
send-drafts-broken = { $count ->
    [one] 1 bestand kon niet worden gelezen
   *[other] { $count } bestanden konden niet worden gelezen
 }
send-drafts-gone = Overgedragen
send-drafts-unplaced = { $purpose }. Er is nog niemand bekend. Het staat bij uw overdrachten, en u bent aan zet.
send-drafts-letters = Brieven voor ouders en jongeren printen
send-drafts-none = Er staat niets klaar.
send-drafts-ticked = De knoppen gaan over de kinderen met een vinkje.
send-drafts-check = Nakijken wat er weggaat
send-drafts-recipient = Ontvanger kiezen
send-drafts-remove = Concepten weggooien
send-drafts-more = Meer dossiers inlezen
send-back-to-drafts = Terug naar klaarzetten

send-recipient-title = Waarvoor, en naar wie?
send-recipient-name = Naam van de ontvanger
send-recipient-name-hint = Een deel van de naam is genoeg. Laat leeg om alle ontvangers te zien.
send-recipient-search = Zoeken
send-recipient-who = Naar wie
send-recipient-none = Niemand met deze naam mag dit ontvangen.
send-recipient-nobody = Er is nog niemand bekend
send-recipient-more = Er zijn er meer. Vul meer van de naam in.
send-recipient-take = Deze ontvanger kiezen

send-draft-window = Aanvullen
send-step-file = Inlezen
send-step-complete = Aanvullen
send-step-check = Nakijken
send-step-hand-over = Overdragen
send-stale = Dit concept is in een ander venster veranderd. Wat u hier typte, staat er nog. Kijk het na en sla het op.
send-part-to = Waarvoor, en naar wie
send-part-to-none = Nog niet gekozen.
send-add-target = Ontvanger kiezen
send-drop = Weghalen
send-applied = Aangemeld op
send-applied-hint = Op welke dag meldde het gezin zich bij de nieuwe school aan? U zegt dit met uw naam.
send-application-have = Het gezin heeft een bewijs van aanmelding
send-application = Bewijs van aanmelding
send-application-hint = De regel die de nieuwe school aan het gezin gaf.
send-justification = Waarom u nu meldt
send-justification-hint = Schrijf op wat u zag en hoorde. Alleen de ontvanger kan dit lezen.
send-second = Tweede collega
send-second-hint = De collega die dit met u besloot.
send-order = Er is een ondertoezichtstelling
send-part-people = Wie beslist mee
send-part-people-safety = Iedereen met gezag, en het kind zelf vanaf 12 jaar. Voor een melding van onveiligheid krijgt niemand van hen nu een brief.
send-part-people-lead = Iedereen met gezag, en het kind zelf vanaf 12 jaar. Zij krijgen een brief en zien wat er gaat.
send-person-new = Nog iemand
send-person-name = Naam
send-person-capacity = Wat voor gezag
send-person-language = Taal van de brief
send-person-mail = E-mail voor een bericht
send-person-own = Deze persoon gaf dit adres zelf op
send-person-investigated = Het gezag is in onderzoek
capacity-none = gezag niet ingevuld
capacity-joint = gezamenlijk gezag
capacity-single = gezag alleen
capacity-joint-with-non-parent = gezag samen met een niet-ouder
capacity-guardianship = voogd
capacity-temporarily-none = tijdelijk geen gezag
capacity-undetermined = gezag niet te bepalen
capacity-curator = curator
capacity-mentor = mentor van een jongere
capacity-young-person = het kind of de jongere zelf
spoken-nl = Nederlands
spoken-en = Engels
spoken-tr = Turks
spoken-ar = Arabisch
send-part-support = Wat helpt dit kind
send-part-support-lead = Zet elke zin op een regel van zichzelf. Schrijf wat iemand morgen kan doen.
send-needs = Wat heeft het kind nodig
send-works-well = Wat werkt goed
send-avoid = Wat beter niet
send-part-request = De vraag van het gezin
send-part-request-lead = Schrijf dit op in de woorden van het gezin.
send-question = Wat is de vraag
send-tried = Wat is al geprobeerd
send-wish = Wat hoopt het gezin
send-part-care = Welke hulp is er
send-part-care-lead = Schrijf op wat de leraar nodig heeft. Niet wat er in de behandeling gebeurt.
send-care-new = Nog een aanbieder
send-care-provider = Wie helpt
send-care-contact = Naar wie kan men vragen
send-care-phone = Telefoon
send-care-since = Sinds
send-care-advice = Advies voor school
send-care-waiting = Het gezin staat op een wachtlijst
send-part-views = Wat vindt het gezin
send-part-views-lead = Wat de school al opschreef in het dossier, gaat mee. Vul hier aan wat iemand nog zei.
send-view-new = Nog iemand
send-view-author = Wie
send-view-date = Wanneer
send-view-agreement = Eens met wat er staat
send-view-text = In eigen woorden
send-agreement-yes = ja
send-agreement-no = nee
send-agreement-unknown = niet bekend
send-part-agreements = Afspraken
send-agreement-number = Afspraak { $number }
send-agreement-action = Wat gaat iemand doen
send-agreement-owner = Wie
send-agreement-date = Wanneer
send-part-more = Wat wij nog moeten weten
send-month = Maand van de overstap
send-municipality = Gemeentecode (4 cijfers)
send-pupil = Kenmerk van het kind bij u
send-pupil-hint = Uw eigen leerlingnummer of cliëntnummer. Gebruik voor hetzelfde kind steeds hetzelfde. Het gaat niet mee.
send-save-and-check = Opslaan en nakijken
send-save = Opslaan

send-check-title = Nakijken voordat er iets gaat
send-check-lead = Dit is precies wat de ander krijgt. Er is nog niets weg.
send-check-changed = Er is intussen iets veranderd. Kijk het nog eens na.
send-check-not-yet = Dit kan nog niet weg
send-check-unplaced = Er is nog niemand bekend. Er gaat niets weg. Het staat straks bij uw overdrachten, met u als eigenaar.
send-check-missing = Vul eerst aan:
send-check-goes = { $count ->
    [one] Dit gaat mee: 1 soort gegevens
   *[other] Dit gaat mee: { $count } soorten gegevens
 }
send-check-home = { $count ->
    [one] Dit blijft hier: 1 soort gegevens
   *[other] Dit blijft hier: { $count } soorten gegevens
 }
send-home-purpose = Voor dit doel is het niet nodig.
send-home-national-number = Het nummer mag volgens de wet niet naar deze ontvanger.
send-home-secret = Het adres is geheim.
send-check-home-all = Alles
send-check-home-part = Een deel
send-check-people = Wie beslist of kijkt mee
send-check-person = { $name } ({ $capacity })
send-check-dropped = { $count ->
    [one] In het bestand stond nog 1 onderdeel dat nooit meegaat, zoals een bijlage.
   *[other] In het bestand stonden nog { $count } onderdelen die nooit meegaan, zoals bijlagen.
 }
send-check-hints = { $count ->
    [one] Op 1 plek staat misschien te veel in een vrije tekst. Lees die nog eens na.
   *[other] Op { $count } plekken staat misschien te veel in een vrije tekst. Lees die nog eens na.
 }
send-check-edit = Dit concept veranderen
send-check-what-happens = Na de knop vraagt Handdruk wie moet beslissen of mag meekijken. Pas als dat klaar is, gaat de inhoud weg.
send-hand-over = { $count ->
    [one] Draag over
   *[other] Draag deze { $count } over
 }

refused-no-room = Er staat al te veel klaar. Draag eerst iets over, of gooi iets weg.
refused-about = { $what } ({ $about })
refused-about-category = { $what } Het gaat om: { $category }.
refused-too-many-files = Het zijn meer dan 100 bestanden. De rest is niet gelezen: stuur die apart.
refused-upload-too-large = De bestanden samen zijn groter dan 64 MB. De rest is niet gelezen: stuur die apart.
refused-upload-stalled = De verbinding bleef te lang stil. De rest is niet gelezen: stuur die nog eens.
file-element-on-line = { $path }, regel { $line }
file-empty = Het bestand is leeg. Haal het dossier nog eens uit uw systeem.
file-too-large = Het bestand is groter dan { $limit } MB. Haal het dossier zonder bijlagen uit uw systeem.
file-not-a-dossier = Dit is geen dossier. Kies een bestand van OSO 2019.1 (xml) of JSON.
file-encoding = De letters in het bestand zijn niet te lezen. Haal het dossier uit uw systeem als UTF-8.
file-not-well-formed = Het bestand is stuk bij { $at }. Haal het dossier nog eens uit uw systeem.
file-doctype = Bij { $at } staat een DOCTYPE. Dat hoort niet in een dossier. Haal het weg.
file-entity = Bij { $at } staat een verwijzing die niet mag. Schrijf de tekst uit.
file-not-oso = Bij { $at } zit het bestand te diep in elkaar. Dit is geen dossier van OSO.
file-one-per-file = Zet één dossier in een bestand.
file-text-too-long = De tekst bij { $at } is langer dan { $limit } letters. Maak die korter.
file-wrong-version = Dit is een andere versie van OSO ({ $at }). Haal het dossier uit uw systeem als OSO 2019.1.
file-unexpected-element = Bij { $at } staat iets dat daar niet hoort in OSO 2019.1. Haal het weg of verbeter het.
file-repeated = { $at } staat er twee keer. Laat er één staan.
file-missing = { $at } ontbreekt. Vul het in.
file-invalid = { $at } is niet goed ingevuld. Verbeter het.
file-elfproef = { $at } is geen geldig nummer. Verbeter het in uw administratie.
file-in-the-future = { $at } ligt in de toekomst. Verbeter de datum.
file-contradiction = { $at } past niet bij wat er verder staat. Kijk na wat klopt.
file-secret = { $at } is ingevuld, maar het adres is geheim. Haal het weg.
file-not-for-swv = { $at } mag niet in een dossier voor het samenwerkingsverband. Haal het weg.
file-delivery-weakened = { $at } moet bij deze overstap op VERPLICHT staan. Verbeter het.
file-higher-education = { $at } is een overstap naar hbo of wo. Die doet Handdruk niet.
file-transition-unknown = { $at } is geen overstap die OSO 2019.1 kent. Verbeter de code.
file-json-syntax = Het bestand is stuk op regel { $line }. Haal het nog eens uit uw systeem.
file-json-shape = { $at } past niet bij hoe een dossier eruit moet zien. Verbeter het.
file-addition-conflict = Het dossier zegt al iets over: { $category }. Haal uw eigen tekst daarover weg.

## Wat al is overgedragen

sent-title = Overgedragen
sent-window = Overgedragen
sent-new = Een kind overdragen
sent-back = Terug naar overgedragen
sent-filter = Wat wilt u zien
sent-show-open = Alles wat loopt
sent-show-ours = Wij zijn aan zet
sent-show-family = Wacht op het gezin
sent-show-theirs = Wacht op de ontvanger
sent-show-late = Te laat
sent-show-over = Voorbij
sent-none = Hier staat nu niets.
sent-older = Oudere bekijken
sent-stands = Hoe staat het ervoor
sent-turn = Wie is aan zet
sent-until = uiterlijk { $day }
sent-late = te laat
sent-deadline = Uiterlijk
sent-advised = Scholen mogen deze vakantie zelf kiezen. De dag kan dus iets anders zijn.
sent-heard = Wie weet dat het te laat is
sent-heard-owner = wie aan zet is
sent-heard-organisations = beide organisaties
sent-heard-family = beide organisaties en het gezin
sent-heard-third-party = beide organisaties, het gezin en de instantie die de wet noemt
sent-queued = klaar om te gaan, de verbinding is er nog niet
sent-stage-awaiting = wacht op antwoord
sent-stage-blocked = gestopt
sent-stage-permitted = mag gaan, wordt ingepakt
sent-stage-submitted = ingepakt, wacht op de ontvanger
sent-stage-released = onderweg
sent-stage-received = aangekomen
sent-stage-quarantined = apart gezet door de ontvanger
sent-stage-retracted = teruggehaald
sent-stage-expired = verlopen
sent-withdrawal-unanswered = ingetrokken, de ontvanger moet nog antwoorden
sent-withdrawal-erased = ingetrokken, de ontvanger heeft het gewist
sent-withdrawal-kept = ingetrokken, de ontvanger moet het bewaren
turn-ours = wij
turn-family = het gezin
turn-theirs = de ontvanger
turn-both = wij en de ontvanger
turn-underway = niemand, het gaat vanzelf
turn-over = niemand, het is voorbij
sent-somebody = iemand die niet meer in de lijst staat
sent-withdrawn = Het gezin heeft toestemming ingetrokken
sent-answer-awaited = De ontvanger moet nog zeggen of het gewist is.
sent-answer-erased = De ontvanger heeft het gewist.
sent-answer-kept = De ontvanger moet het bewaren. De reden: { $ground }.
sent-unplaced-title = Er is nog niemand bekend
sent-unplaced = Zoek iemand die dit kan overnemen. U blijft eigenaar tot het gelukt is.
sent-declined-title = De ontvanger neemt dit niet over
sent-declined = U bent weer aan zet. Kies een ander, of zeg dat er niemand bekend is.
sent-reroute = Een andere ontvanger kiezen
sent-no-recipient = Er is niemand bekend
sent-close = Afsluiten
sent-confirm-title = Loslaten
sent-confirm = U en de ontvanger zijn nu allebei eigenaar. Laat pas los als u weet dat het bij de ander goed staat.
sent-confirm-do = De ontvanger neemt het nu alleen over
sent-remarks = Opmerkingen die te laat kwamen om mee te gaan
sent-remarks-lead = De inhoud was al ingepakt. Geef dit zelf door aan de ontvanger, in het gesprek.
sent-people = Op wie wordt gewacht
sent-ours = Wij zelf:
sent-letter-activated = Gebruikt de brief
sent-letter-printed = Heeft een brief, die nog niet is gebruikt
sent-letter-none = Heeft nog geen brief
sent-alarm = Iemand probeerde een code die al was gebruikt. Bel deze persoon.
sent-awaited-telling = moet het nog horen
sent-awaited-inspection = mag het eerst bekijken
sent-awaited-decision = moet nog beslissen
sent-awaited-objection-period = mag nog nee zeggen
sent-awaited-second-person = een tweede collega moet meetekenen
sent-awaited-until = { $what }, tot { $day }
sent-print = Brief printen
sent-print-again = Nieuwe brief printen
sent-told-letter = Brief is gegeven
sent-told-conversation = Verteld in een gesprek
sent-revoke = Brief ongeldig maken
sent-decision = Vastleggen wat iemand op papier of in een gesprek besloot
sent-content = Wat er gaat
sent-goes = Gaat mee
sent-withheld = Ging niet mee, door een besluit
sent-arrived = Aangekomen
sent-retract = Terughalen
sent-retract-lead = Zolang het niet is aangekomen, kunt u het terughalen. Er gaat dan niets meer.
sent-retract-do = Haal terug

decision-title = Een besluit vastleggen
decision-back = Terug naar de overdracht
decision-lead = Voor wie niet zelf met de brief beslist. Iedereen met gezag krijgt bericht dat dit is vastgelegd.
decision-who = Wie besloot dit
decision-how = Hoe
decision-how-paper = Op papier. De ondertekende brief blijft bij ons.
decision-how-assisted = Met hulp. Wij lazen het voor of vulden het samen in.
decision-how-spoken = In een gesprek. Dat kan alleen een nee zijn.
decision-second-none = Niemand
decision-no-second = Kies wie erbij was. Voor een ja op papier of met hulp zijn twee collega's nodig.
decision-second-hint = Wie was erbij? Deze collega bevestigt het zelf, op de eigen werkplek. Nodig voor een ja op papier of met hulp. Een nee telt meteen.
decision-what = Wat werd besloten
decision-yes = Ja, dit mag
decision-no = Nee, dit mag niet
decision-record = Leg dit vast
decision-nothing = Vul in wat er is besloten.
decision-nobody = Kies wie dit besloot.
decision-no-spoken-yes = Een ja in een gesprek telt niet. Gebruik papier, of vul het samen in met een collega erbij.

letters-title = Brieven
letters-lead = Deze mensen hebben nog geen brief. Alle brieven komen in één bestand, elk op een A4.
letters-none = Iedereen heeft een brief.
letters-who = Voor wie
letters-careful = In elke brief staat een code. Print het bestand, geef de brieven zelf af en gooi het bestand weg.
letters-print = Brieven in één bestand

sent-thread = Wat er gebeurd is
sent-us = wij
sent-by = { $who } ({ $organisation })
sent-step-accepted = Opgepakt
sent-step-declined = Afgewezen
sent-step-declined-for = Niet opgepakt: { $reason }
sent-step-talk-planned = Gesprek gepland
sent-step-talk-held = Gesprek gehad
sent-step-started = Gestart
sent-step-not-started = Niet gestart op de eerste dag
sent-step-aftercare-planned = Nazorg gepland
sent-step-aftercare-held = Nazorg gedaan
sent-step-confirmed = Losgelaten door de verzender
sent-step-no-recipient = Niemand bekend die het kan overnemen
sent-step-closed = Afgesloten
sent-step-erased = Inhoud gewist door de ontvanger
sent-talk-when = Wanneer
sent-talk-how = Hoe
sent-talk-place = Waar
sent-talk-invited = Met wie
sent-talk-message = Bericht
sent-talk-at = { $day } om { $time } uur
sent-talk-in-person = op een plek
sent-talk-phone = aan de telefoon
sent-talk-video = met beeld
sent-waiting-until = Op de wachtlijst tot ongeveer
sent-details-refused = Hier kwam iets mee dat niet klopte. Het is niet bewaard.
sent-readers = Wie heeft het gelezen
sent-reader = { $who }, op { $when }: { $what }

# Een tweede collega bevestigt.
confirm-title = Klopt dit?
confirm-lead = { $who } noteerde dit op { $when }, en zegt dat u erbij was.
confirm-what = Pas als u bevestigt, telt deze beslissing. Bevestigt u niet tot en met { $until }, dan vervalt deze beslissing.
confirm-yes = Ja, dit klopt
confirm-no = Nee, dit klopt niet
confirm-list = Wacht op uw bevestiging
confirm-asked = Beslissing op papier of met hulp, genoteerd door { $who }. Tot en met { $until }.
confirm-waits = Een beslissing op papier of met hulp wacht op bevestiging door { $who }. Tot en met { $until }.
confirm-sent = { $who } bevestigde een genoteerde beslissing. Of zij al telt, is nog niet zeker.
confirm-again = U bevestigde dit al. Of het is aangekomen, is niet zeker. Bevestig het nog een keer: het telt dan één keer.
confirm-answered = Hierop is al geantwoord. Er is nu niets veranderd.
confirm-denied = Volgens { $who } klopt een genoteerde beslissing niet. Zij telt niet.

# Het gezag veranderde.
authority-title = Gezag veranderd
authority-lead = Er is iets veranderd in wie het gezag heeft over { $child }. De reden noteert u nergens.
authority-none = Wij kennen niemand met gezag over dit kind.
authority-who = Over wie gaat het
authority-now = Wat geldt nu
authority-effect = Alles wat voor dit kind open staat, wordt opnieuw beslist. Iedereen met gezag hoort dat er iets veranderde.
authority-record = Leg dit vast
authority-nobody = Kies over wie het gaat.
authority-nothing = Kies wat nu geldt.
authority-investigated = Is het gezag nu in onderzoek?
authority-investigated-yes = Ja, in onderzoek
authority-investigated-no = Nee
authority-investigated-now = gezag in onderzoek
authority-investigated-unsaid = Kies of het gezag nu in onderzoek is.
