### Wat er binnenkomt: het overzicht, een overdracht, de stappen, bewaren. De Nederlandse tekst geldt.


## Het overzicht

receive-overview-title = Overzicht
receive-part-withdrawn = Ingetrokken: antwoord nodig
receive-part-withdrawn-why = Een ouder of jongere trok de toestemming in. Er zijn twee antwoorden: gewist, of bewaard met een reden. Het gezin ziet het antwoord.
receive-part-late = Te laat
receive-part-late-why = De laatste dag is voorbij. Ook de andere organisatie weet dit, of hoort het gauw.
receive-part-mine = Wacht op mij
receive-part-mine-why = Op tijd. De volgende stap is aan de collega die nu is ingelogd.
receive-part-new = Nieuw
receive-part-new-why = Nog door niemand opgepakt.
receive-part-colleagues = Bij collega's
receive-part-colleagues-why = Op tijd, en bij een collega.
receive-part-elsewhere = Bij de andere organisatie
receive-part-elsewhere-why = De volgende stap is aan de andere organisatie.
receive-more = Toon alle { $n }
receive-next = Volgende
receive-nothing-here = Hier staat nu niets.
receive-filter = Kies wat er te zien is
receive-filter-purpose = Doel
receive-filter-site = Vestiging
receive-filter-desk = Team
receive-filter-whose = Van wie
receive-filter-all = Alles
receive-filter-apply = Toon
receive-filter-clear = Wis de keuze
receive-whose-everybody = Van iedereen
receive-whose-mine = Van mij
receive-whose-nobody = Van niemand
receive-direction-sent = verstuurd
receive-name-unknown = Naam niet bekend
receive-born = geboren { $date }
receive-from = van { $sender }
receive-to = naar { $recipient }
receive-with = bij { $colleague }
receive-with-me = bij mij
receive-with-nobody = bij niemand
receive-pick = Kies { $name }
receive-assign-title = Verdeel wat is aangevinkt
receive-assign-to = Aan wie
receive-assign-choose = Kies een collega
receive-assign-send = Geef aan deze collega
receive-assign-none = Vink eerst een overdracht aan.
receive-assign-nobody = Kies eerst een collega.
receive-assigned = { $n ->
    [one] 1 overdracht is nu bij { $colleague }.
   *[other] { $n } overdrachten zijn nu bij { $colleague }.
}
receive-assign-meanwhile = Er is niets verdeeld. Een collega gaf één van deze overdrachten net aan iemand. Kijk bij wie die nu is, en vink opnieuw aan.

## Tot wanneer, in woorden

receive-deadline-none = Er is geen laatste dag.
receive-deadline-today = Vandaag is de laatste dag.
receive-deadline-tomorrow = Morgen is de laatste dag.
receive-deadline-in = Uiterlijk { $date }, over { $days } dagen.
receive-deadline-late = { $days ->
    [one] Te laat: de laatste dag was gisteren.
   *[other] Te laat: de laatste dag was { $date }, { $days } dagen geleden.
}
receive-deadline-advised = Een school kan een andere vakantieweek hebben. Dan is het een andere dag.
receive-deadline-unknown = De vakanties van dat jaar zijn nog niet bekend. De dag kan nog schuiven.
receive-late-days = { $days ->
    [one] 1 dag te laat
   *[other] { $days } dagen te laat
}
receive-heard-owner = De eigenaar kreeg een bericht dat het te laat is.
receive-heard-organisations = Beide organisaties kregen een bericht dat het te laat is.
receive-heard-family = Ook het gezin ziet dat het te laat is.
receive-heard-third-party = Ook de gemeente kreeg een bericht dat het te laat is.

## Een overdracht

receive-back = Terug naar het overzicht
receive-back-handover = Terug naar de overdracht
receive-progress = Hoe ver het is
receive-progress-arrived = Aangekomen
receive-progress-accepted = Opgepakt
receive-progress-talk = Gesprek
receive-progress-start = Start
receive-progress-aftercare = Nazorg
receive-progress-closed = Afgesloten
receive-now = Nu aan de beurt
receive-stage = Stand
receive-owner = Wie is aan zet
receive-deadline = Tot wanneer
receive-assignee = Bij wie in huis
receive-sender = Verzender
receive-arrived = Aangekomen
receive-addressed = Voor wie
receive-quarantined-title = De inhoud is apart gezet
receive-quarantined = Niemand kan de inhoud lezen. De verzender weet het. Na 7 dagen is alles gewist.
receive-erased-title = De inhoud is gewist
receive-erased = Er is hier niets meer om te lezen.
receive-erased-part = Gewist na een intrekking: { $categories }. De rest geldt nog.
receive-kept = Bewaard na een intrekking: { $ground }.
receive-withdrawn-title = De toestemming is ingetrokken
receive-withdrawn = Het gezin wacht op antwoord.
receive-withdrawn-answer = Geef antwoord
receive-content-title = Inhoud
receive-content-read = Lees de inhoud
receive-content-recorded = Wie leest, staat met kenmerk in het logboek. Het gezin en de verzender zien dat.
receive-withheld = Niet meegekomen, omdat iemand dat niet wil: { $categories }.
receive-readers-title = Gelezen door
receive-readers-none = Nog door niemand gelezen.
receive-reader = { $who } op { $when }: { $categories }
receive-duplicates-title = Mogelijk dubbel
receive-duplicates = Er is nog iemand met dezelfde naam en geboortedatum. Kijk of het om hetzelfde kind gaat.
receive-duplicate = { $purpose }, van { $sender }
receive-thread-title = Wat er is gebeurd
receive-thread-us = door { $who }
receive-thread-them = door { $organisation }
receive-step-received = Aangekomen
receive-step-accepted = Opgepakt
receive-step-declined = Afgewezen
receive-step-confirmed = De verzender laat los
receive-step-no-recipient = Geen ontvanger bekend
receive-step-talk-planned = Gesprek gepland
receive-step-talk-held = Gesprek gehad
receive-step-started = Gestart
receive-step-not-started = Niet gestart
receive-step-aftercare-planned = Nazorg gepland
receive-step-aftercare-held = Nazorg gedaan
receive-step-closed = Afgesloten
receive-step-read = Gelezen
receive-step-erased = Inhoud gewist
receive-talk-when = Wanneer
receive-talk-kind = Hoe
receive-talk-where = Waar
receive-talk-invited = Uitgenodigd
receive-talk-message = Bericht
receive-talk-ics = Zet in de agenda
receive-waiting-until = Op de wachtlijst tot { $date }
receive-checklist-title = Controlelijst van een goede overdracht
receive-point-informed = Ouders en kind weten ervan
receive-point-remarks = Hun opmerkingen zijn meegekomen
receive-point-named = Een collega met naam heeft het opgepakt
receive-point-talked = Het gesprek is gehad
receive-point-first-day = De eerste dag is afgesproken
receive-point-running-care = Lopende hulp en contact zijn bekend
receive-point-absence = Bekend is wie handelt bij verzuim op dag één
receive-point-aftercare-planned = De dag van de nazorg staat vast
receive-point-aftercare-held = De uitkomst van de nazorg staat op papier
receive-mark-done = gedaan
receive-mark-open = nog doen
receive-mark-not-applicable = niet van toepassing
receive-more-title = Meer
receive-forward = Geef aan een collega of team
receive-print = Print
receive-export-json = Bewaar als bestand (JSON)
receive-export-pdf = Bewaar als PDF
receive-feedback = Laat school weten wat helpt
receive-conference = Nodig anderen uit: één kind, één plan
receive-keep = Bewaren of wissen

## Lezen

receive-read-title = Inhoud
receive-first-question = Wat intake het eerst wil weten
receive-municipality = Verantwoordelijke gemeente
receive-municipality-unknown = Staat er niet in. Vraag het na.
receive-care = Hulp toegewezen
receive-care-unknown = Staat er niet in. Vraag het na.
receive-entry = Nummer { $n }
receive-empty = Hier staat niets in.
receive-views-title = Opmerkingen van ouders en jongere
receive-view = Op { $date }
receive-view-agrees-yes = Akkoord met wat is gestuurd.
receive-view-agrees-no = Niet akkoord met wat is gestuurd.
receive-view-agrees-unknown = Zegt niet of het akkoord is.
receive-code-advice = advies dat alleen als code in het dossier staat
receive-code-municipality = gemeente
receive-code-site = school, vestiging { $site }
receive-code-organisation = organisatie
receive-hidden = Dit is gevoelig. Het is er alleen voor collega's met een andere rol.
receive-hidden-glass = Dit is gevoelig. In nood kan het toch, met een reden. De functionaris gegevensbescherming hoort dat meteen.
receive-glass-open = Toch bekijken, met reden
receive-printed = Geprint op { $when } door { $who }

## Stappen

receive-act-accept = Pak op
receive-act-decline = Wijs af, of zet op de wachtlijst
receive-act-talk = Plan een gesprek
receive-act-held = Gesprek gehad: leg afspraken vast
receive-act-started = Meld: gestart
receive-act-not-started = Meld: niet gestart
receive-act-aftercare = Plan nazorg
receive-act-aftercare-held = Nazorg gedaan
receive-act-close = Sluit af
receive-what-accept = De collega die nu is ingelogd, staat dan bij de verzender bekend als wie het oppakt.
receive-accept-from = Nu is het bij { $colleague }. Wie het oppakt, neemt het over.
receive-what-decline = De verzender ziet dit en zoekt verder. Op de wachtlijst blijft het hier.
receive-what-talk = De verzender ziet het voorstel. Alleen de twee organisaties kunnen het lezen.
receive-what-held = De afspraken gaan op slot naar de verzender.
receive-what-started = Het kind is er, op de eerste dag.
receive-what-not-started = Het kind was er niet. De verzender en deze organisatie zoeken nu samen uit waarom.
receive-what-aftercare = Een vast moment om te zien of het goed gaat.
receive-what-aftercare-held = Wat bleek er? Dit gaat op slot naar de verzender.
receive-what-close = Er is dan niets meer te doen. Dit kan niet terug.
receive-send-accept = Pak op
receive-send-decline = Verstuur
receive-send-talk = Verstuur het voorstel
receive-send-held = Leg vast
receive-send-started = Meld de start
receive-send-not-started = Meld dit
receive-send-aftercare = Leg vast
receive-send-aftercare-held = Leg vast
receive-send-close = Sluit af
receive-done-accept = Opgepakt. De verzender ziet bij wie het is.
receive-done-accept-elsewhere = Opgepakt. Een collega gaf dit intussen aan iemand: hieronder staat bij wie het is.
receive-done-decline = Verstuurd. De verzender ziet het.
receive-done-talk = Het gesprek staat. De verzender ziet het.
receive-done-held = De afspraken zijn vastgelegd.
receive-done-started = De start is gemeld.
receive-done-not-started = Gemeld. Beide organisaties zoeken dit nu uit.
receive-done-aftercare = De nazorg staat.
receive-done-aftercare-held = De nazorg is vastgelegd.
receive-done-close = Afgesloten.
receive-done-queued = Vastgelegd. Het gaat vanzelf door zodra de verbinding er weer is.
receive-done-forward = Doorgegeven.
receive-done-withdrawal = Het antwoord is verstuurd.
receive-done-keep = Vastgelegd. De inhoud blijft langer.
receive-done-erase = De inhoud is gewist. Er ligt bewijs van.
receive-failed-title = Dit ging niet
receive-failed-taken = { $who } was eerder en heeft het al opgepakt.
receive-failed-taken-unknown = Een collega was eerder en heeft het al opgepakt.
receive-failed-unanswered = Er kwam geen antwoord. Verstuur het nog eens: dubbel tellen kan niet.
receive-failed-fault = Er ging bij ons iets mis. Verstuur het nog eens: dubbel tellen kan niet.
receive-failed-fault-id = Geef dit nummer door aan de beheerder: { $id }
receive-failed-check = Kijk de velden na. Er is nog niets verstuurd.
receive-stop = Toch niet

receive-decline-reason = Waarom
receive-decline-until = Op de wachtlijst tot
receive-decline-until-hint = Alleen nodig bij een wachtlijst.
receive-wrong-reason = Kies een reden.
receive-wrong-until = Vul een dag in die nog komt.
receive-decline-what-no-place = De verzender zoekt een andere plek.
receive-decline-what-wrong-address = De verzender kiest een ander adres.
receive-decline-what-waiting-list = Het blijft hier, en er is een dag waarop iemand weer kijkt.
receive-decline-what-not-suitable = De verzender zoekt andere hulp.

receive-talk-day = Dag
receive-talk-time = Tijd
receive-talk-place = Plaats of telefoonnummer
receive-talk-place-hint = Bijvoorbeeld: lokaal 12. Wie van het gezin erbij is, leest dit ook. Zet hier dus geen adres of nummer van een ouder. Een telefoonnummer krijgt het gezin niet te zien.
receive-talk-whom = Wie is erbij
receive-talk-whom-hint = Wie van het gezin u hier kiest, leest dag, plaats en bericht. Wie u niet kiest, ziet alleen dat er een gesprek is.
receive-talk-others = Anderen
receive-talk-others-hint = Eén per regel, hoogstens 8.
receive-talk-note = Bericht voor de verzender en het gezin
receive-talk-kind-in-person = bij elkaar
receive-talk-kind-phone = telefonisch
receive-talk-kind-video = met beeld
receive-invite-mentor = mentor of intern begeleider van de vorige school
receive-invite-parents = ouders of verzorgers
receive-invite-child = het kind of de jongere
receive-invite-care = hulpverlener
receive-invite-own-mentor = mentor van de nieuwe plek
receive-wrong-day = Vul een dag in die nog komt, hoogstens een jaar verder.
receive-wrong-time = Vul een tijd in, zoals 14:30.
receive-wrong-kind = Kies hoe het gesprek gaat.
receive-wrong-place = Hoogstens 200 tekens, op één regel.
receive-wrong-invited = Nodig minstens één iemand uit, en hoogstens 8 anderen.
receive-wrong-message = Hoogstens 1000 tekens.
receive-talk-ics-title = Warm gesprek (Handdruk)

receive-agree-first-day = Eerste dag: wat is afgesproken
receive-agree-first-day-hint = Wie wacht het kind op, waar en hoe laat?
receive-agree-absence = Afwezig op dag één: wie doet wat
receive-agree-absence-hint = Wie belt, en hoe snel?
receive-agree-care = Lopende hulp: wie is het contact
receive-agree-other = Andere afspraak
receive-agree-owner = Wie
receive-agree-date = Voor wanneer
receive-agree-aftercare = Nazorg op
receive-agree-aftercare-hint = Ongeveer 6 weken na de start.
receive-wrong-agreement = Hoogstens 450 tekens.
receive-wrong-owner = Hoogstens 120 tekens, op één regel.
receive-wrong-date = Vul een dag in, of laat het leeg.
receive-wrong-none = Leg minstens één afspraak vast.
receive-aftercare-outcome = Wat bleek er
receive-aftercare-outcome-hint = Gaat het goed? Wat is er nog nodig?
receive-wrong-outcome = Schrijf op wat er bleek, in hoogstens 500 tekens.

## In huis doorgeven

receive-forward-title = Geef aan een collega of team
receive-forward-what = De collega ziet het bij "Wacht op mij". Voor de verzender verandert er niets.
receive-forward-colleague = Collega
receive-forward-nobody = Niemand in het bijzonder
receive-forward-team = Team
receive-forward-no-team = Geen team
receive-forward-send = Geef door
receive-wrong-colleague = Deze collega mag dit niet zien. Kies iemand anders.
receive-wrong-meanwhile = Een collega gaf dit net aan iemand anders. Kijk eerst bij wie het nu is.
receive-wrong-nobody = Kies een collega of een team.
receive-wrong-both = Kies een collega of een team, niet allebei.
receive-absent = { $colleague } doet dit nu. Is die er niet? Kies hieronder wie het overneemt.

## Intrekking

receive-withdrawal-title = Antwoord op de intrekking
receive-withdrawal-lead = Kies wat er met de inhoud gebeurt. Het gezin en de verzender zien het antwoord.
receive-withdrawal-taken-back = Dit is ingetrokken:
receive-withdrawal-erased = Gewist
receive-withdrawal-erased-what = Wat is ingetrokken, is hier meteen weg. Er ligt bewijs van.
receive-withdrawal-kept = Bewaard, met een reden uit de wet
receive-withdrawal-kept-what = Het blijft hier, alleen voor die reden. Het gezin ziet welke.
receive-withdrawal-ground = Reden
receive-withdrawal-sure = Wissen kan niet terug.
receive-withdrawal-send = Verstuur het antwoord
receive-wrong-answer = Kies één van de twee.
receive-wrong-ground = Kies een reden.

## Bewaren en wissen

receive-retention-title = Bewaren en wissen
receive-retention-lead = Wat binnen 30 dagen wordt gewist. Dat gaat vanzelf, en er blijft bewijs van.
receive-retention-none = De komende 30 dagen wordt er niets gewist.
receive-retention-when = Wordt gewist op { $date }
receive-retention-kept = Blijft tot { $date }: { $ground }
receive-keep-title = Bewaren of wissen
receive-letters-missing = Sommige tekens staan niet op dit papier. Op het scherm staan ze wel.
receive-keep-until = Bewaren tot en met
receive-keep-ground = Reden uit de wet
receive-keep-send = Bewaar langer
receive-keep-what = Alleen voor wie de inhoud moet bewaren, zoals in een hulpdossier.
receive-erase-title = Wissen op verzoek
receive-erase-what = Een ouder of jongere mag vragen om een hulpdossier te wissen (Jeugdwet 7.3.9), of wat met toestemming kwam. Wat op een wet rust, wist alleen de termijn. Wissen kan niet terug.
receive-erase-confirm = Ik heb nagekeken wie het vraagt, en of die het mag vragen
receive-erase-send = Wis de inhoud
receive-wrong-keep-until = Vul een dag in die nog komt.
receive-wrong-confirm = Vink aan dat dit is nagekeken.
