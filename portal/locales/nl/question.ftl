### Eén vraag: wie, aan wie, wat, waarom, tot wanneer, en wat ja, nee en zwijgen betekenen. Deze woorden worden ondertekend.

## Bovenaan

question-title-consent = { $sender } vraagt: mag { $recipient } dit weten?
question-title-statutory = { $sender } stuurt gegevens naar { $recipient }
question-title-safety = { $sender } heeft een zorg gemeld bij { $recipient }
question-at-desk = { $organisation }, { $desk }

flow-title = Waar gaat het heen?
flow-from = Nu bij
flow-between = Onderweg zit alles dicht. Handdruk kan het niet lezen.
flow-stops = Hier stopt het. Niemand anders krijgt het.

facts-title = In het kort
fact-from = Wie vraagt dit
fact-sends = Wie stuurt dit
fact-to = Wie krijgt het
fact-why = Waarom
fact-ground = Mag dit
fact-law = Regels
fact-until = Deze vraag geldt tot
fact-until-statutory = Versturen kan tot
fact-keep = Zo lang mag de ontvanger het bewaren
fact-told = { $you ->
        [je] Je weet dit sinds
       *[u] U weet dit sinds
    }

## De inhoud

content-title = Dit is precies wat er wordt verstuurd
content-title-sent = Dit is precies wat er is verstuurd of klaarstond
content-checked = { $you ->
        [je] Je browser heeft dit nagekeken. Het is precies wat { $sender } heeft vastgelegd.
       *[u] Uw browser heeft dit nagekeken. Het is precies wat { $sender } heeft vastgelegd.
    }
content-withheld = { $you ->
        [je] Van een ander. Jij ziet dit niet.
       *[u] Van een ander. U ziet dit niet.
    }
content-withheld-more = { $you ->
        [je] Dit gaat wel mee. Ook wat je niet ziet, staat vast en is nagekeken.
       *[u] Dit gaat wel mee. Ook wat u niet ziet, staat vast en is nagekeken.
    }
content-person = Persoon { $number }
content-item = Nummer { $number }
content-title-names = Hierover gaat het
content-waiting = { $you ->
        [je] De gegevens zelf staan hier nog niet. { $sender } zet ze klaar. Ja zeggen kan pas als je ze hebt gezien.
       *[u] De gegevens zelf staan hier nog niet. { $sender } zet ze klaar. Ja zeggen kan pas als u ze hebt gezien.
    }
content-expected = De gegevens worden klaargezet. Ze komen hier vanzelf te staan.
content-arrived = De gegevens staan er nu.
value-yes = ja
value-no = nee
value-secret = geheim

## Wie beslist

who-title = Wie beslist?
who-law = { $you ->
        [je] De wet schrijft dit voor. Je hoeft geen toestemming te geven. Je mag alles eerst zien en er iets bij schrijven.
       *[u] De wet schrijft dit voor. U hoeft geen toestemming te geven. U mag alles eerst zien en er iets bij schrijven.
    }
who-law-notice = De wet schrijft dit voor. Daarom vraagt niemand toestemming.
who-law-parts-self = De wet schrijft dit voor. Alleen over gegevens over gezondheid beslis je zelf.
who-law-parts = De wet schrijft dit voor. Alleen over gegevens over gezondheid beslist de jongere.
who-all = Iedereen aan wie dit wordt gevraagd, moet ja zeggen.
who-parents = { $you ->
        [je] Je ouders of voogd. Eén ja is genoeg, als niemand van hen nee zegt.
       *[u] De ouders of voogd. Eén ja is genoeg, als niemand van hen nee zegt.
    }
who-together = { $you ->
        [je] Jij beslist samen met een ouder of voogd. Ieder van jullie mag nee zeggen. Een ja mag je later intrekken.
       *[u] Een ouder of voogd beslist samen met het kind. Ieder van hen mag nee zeggen. Een ja mag u later intrekken.
    }
who-self = { $you ->
        [je] Jij beslist alleen. Je ouders beslissen hier niet over.
       *[u] U beslist alleen.
    }
who-young = De jongere beslist alleen.
who-safety = Wie zich zorgen maakt over veiligheid, mag dat melden zonder toestemming.
who-investigation = Er loopt een onderzoek naar het gezag. Uw nee telt. Uw ja telt nu nog niet.

## Zwijgen

silence-title = { $you ->
        [je] Als je niets doet
       *[u] Als u niets doet
    }
silence-nothing = { $you ->
        [je] Je hoeft niets te doen.
       *[u] U hoeft niets te doen.
    }
silence-no-consent = { $you ->
        [je] Zonder jouw ja gaat er niets weg.
       *[u] Zonder uw ja gaat er niets weg.
    }
silence-others = { $you ->
        [je] Niets zeggen is geen ja. Zegt een ander ja? Dan kan het na { $date } worden verstuurd. Dat kan niet als je eerst nee zegt.
       *[u] Niets zeggen is geen ja. Zegt een ander ja? Dan kan het na { $date } worden verstuurd. Dat kan niet als u eerst nee zegt.
    }
silence-no-yes = Niets zeggen is geen ja.
silence-inspection = { $you ->
        [je] Je kunt de gegevens bekijken tot { $date }. Daarna worden ze verstuurd.
       *[u] U kunt de gegevens bekijken tot { $date }. Daarna worden ze verstuurd.
    }
silence-inspection-undated = { $you ->
        [je] De gegevens worden verstuurd als de tijd om te kijken voorbij is.
       *[u] De gegevens worden verstuurd als de tijd om te kijken voorbij is.
    }
silence-goes-on = De gegevens worden verstuurd.
over-received = De gegevens zijn aangekomen.
over-ended = Dit is afgelopen. Er wordt niets meer verstuurd.

## Nee

no-title = { $you ->
        [je] Als je nee zegt
       *[u] Als u nee zegt
    }
no-parts = { $you ->
        [je] Je mag per onderdeel nee zeggen. Een ja mag je later intrekken. Is er dan al iets verstuurd? Dan hoor je of de ontvanger het wist of moet bewaren.
       *[u] U mag per onderdeel nee zeggen. Een ja mag u later intrekken. Is er dan al iets verstuurd? Dan hoort u of de ontvanger het wist of moet bewaren.
    }
no-required = Zonder deze onderdelen gaat er niets weg: { $categories }.
no-optional = Bij deze onderdelen blijft bij een nee alleen dat onderdeel achter: { $categories }.
no-help = { $you ->
        [je] Zeg je nee, dan mag je nog steeds hulp krijgen. De hulp begint dan zonder deze gegevens.
       *[u] Zegt u nee, dan mag { $child } nog steeds hulp krijgen. De hulp begint dan zonder deze gegevens.
    }
no-effect-law = { $you ->
        [je] Een nee houdt dit niet tegen. Je kunt wel opschrijven wat je ervan vindt. Dat gaat mee.
       *[u] Een nee houdt dit niet tegen. U kunt wel opschrijven wat u ervan vindt. Dat gaat mee.
    }
no-effect-other = { $you ->
        [je] Jouw ja of nee verandert hier niets. Een ander beslist.
       *[u] Uw ja of nee verandert hier niets. Een ander beslist.
    }

## Bellen

call-title = Wie belt wie, en voor wanneer?
call-takes-on = Zijn de gegevens aangekomen? Dan zegt { $recipient } binnen { $days } of het verdergaat.
call-talk = { $you ->
        [je] Gaat het verder? Dan belt { $recipient } je binnen { $days } voor een gesprek. { $sender } is daar ook bij.
       *[u] Gaat het verder? Dan belt { $recipient } u binnen { $days } voor een gesprek. { $sender } is daar ook bij.
    }
call-talk-young = Gaat het verder? Dan belt { $recipient } de jongere binnen { $days } voor een gesprek.
call-held-before-start = Dat gesprek is uiterlijk { $days } voor de eerste schooldag.
call-held-start = Dat gesprek is binnen { $days } na de eerste schooldag.
call-held-stage = Dat gesprek is binnen { $days } nadat het is afgesproken.
call-short = { $you ->
        [je] Gaat het verder? Dan is { $recipient } binnen { $days } klaar. Is er iets te vragen? Dan belt { $recipient } jou.
       *[u] Gaat het verder? Dan is { $recipient } binnen { $days } klaar. Is er iets te vragen? Dan belt { $recipient } u.
    }
call-safety = { $recipient } beslist zelf wie het belt.
call-late = Gebeurt dit niet op tijd? Dan horen { $sender } en { $recipient } dat.
call-late-family = { $you ->
        [je] Gebeurt dit niet op tijd? Dan horen { $sender } en { $recipient } dat. Jij ziet het op deze pagina.
       *[u] Gebeurt dit niet op tijd? Dan horen { $sender } en { $recipient } dat. U ziet het op deze pagina.
    }
days-working = { $count ->
        [one] 1 werkdag
       *[other] { $count } werkdagen
    }
days-school = { $count ->
        [one] 1 schooldag
       *[other] { $count } schooldagen
    }
days-calendar = { $count ->
        [one] 1 dag
       *[other] { $count } dagen
    }
phone-title = Liever bellen?
phone-letter = { $you ->
        [je] Vragen? Bel { $sender }. Het nummer staat in je brief.
       *[u] Vragen? Bel { $sender }. Het nummer staat in uw brief.
    }
phone-number = Vragen? Bel { $sender }: { $phone }

## Hoe het verdergaat nadat het is aangekomen

warm-title = Hoe gaat het verder?
warm-received = { $recipient } zegt uiterlijk op { $date } of het verdergaat.
warm-waiting = Er is een wachtlijst. { $recipient } laat uiterlijk op { $date } weten hoe het staat.
warm-declined = { $recipient } nam het niet aan. { $sender } zoekt een andere weg. Dat duurt hoogstens tot { $date }.
warm-no-recipient = Er is nog niemand gevonden. { $sender } zoekt verder en zegt uiterlijk op { $date } hoe het staat.
warm-accepted-talk = { $you ->
        [je] { $recipient } belt je uiterlijk op { $date } voor een gesprek.
       *[u] { $recipient } belt u uiterlijk op { $date } voor een gesprek.
    }
warm-accepted-short = { $recipient } is uiterlijk op { $date } klaar.
warm-talk-planned = Er is een gesprek afgesproken. Het is uiterlijk op { $date }.
warm-talk-held = Het gesprek is geweest. { $recipient } zegt uiterlijk op { $date } of het is begonnen.
warm-started = Het is begonnen. { $recipient } zegt uiterlijk op { $date } wanneer jullie kijken hoe het gaat.
warm-not-started = Het is nog niet begonnen. { $sender } en { $recipient } lossen dat uiterlijk op { $date } op.
warm-aftercare-planned = { $you ->
        [je] { $recipient } kijkt uiterlijk op { $date } samen met jou hoe het gaat.
       *[u] { $recipient } kijkt uiterlijk op { $date } samen met u hoe het gaat.
    }
warm-aftercare-held = Er is gekeken hoe het gaat. { $recipient } is uiterlijk op { $date } klaar.
warm-late = Dit is te laat. De organisaties weten dat.

## Antwoorden

answer-title = { $you ->
        [je] Jouw antwoord
       *[u] Uw antwoord
    }
answer-intro = { $you ->
        [je] Kies bij elk onderdeel ja of nee. Er staat nog niets vast. Je kijkt straks alles na.
       *[u] Kies bij elk onderdeel ja of nee. Er staat nog niets vast. U kijkt straks alles na.
    }
answer-required = Zonder dit onderdeel gaat er niets weg.
answer-optional = Bij nee blijft alleen dit onderdeel achter.
answer-yes = Ja
answer-no = Nee
answer-all-yes = Overal ja
answer-all-no = Overal nee
answer-next = Verder
answer-missing = { $count ->
        [one] Kies nog ja of nee bij één onderdeel.
       *[other] Kies nog ja of nee bij { $count } onderdelen.
    }
answer-only-no = { $you ->
        [je] Je kunt hier alleen nee zeggen. Kruis aan waartegen je nee zegt.
       *[u] U kunt hier alleen nee zeggen. Kruis aan waartegen u nee zegt.
    }
answer-object = Bezwaar maken
answer-object-missing = Kruis minstens één onderdeel aan.
answer-change = Antwoord veranderen
answer-given-title = { $you ->
        [je] Dit heb je gezegd
       *[u] Dit hebt u gezegd
    }
choice-agree = ja
choice-refuse = nee
choice-withdraw = ja ingetrokken
choice-object = bezwaar

## Intrekken

withdraw-title = Toestemming intrekken
withdraw-intro = { $you ->
        [je] Je mag altijd stoppen. Je hoeft niet te zeggen waarom.
       *[u] U mag altijd stoppen. U hoeft niet te zeggen waarom.
    }
withdraw-intro-sent = { $you ->
        [je] Er is al iets verstuurd. De ontvanger moet laten weten of het wordt gewist of bewaard. Je leest dat hier.
       *[u] Er is al iets verstuurd. De ontvanger moet laten weten of het wordt gewist of bewaard. U leest dat hier.
    }
withdraw-intro-queued = Er wordt hierna niets meer verstuurd. Wat klaarstond, wordt meteen gewist.
withdraw-due = { $organisation } moet uiterlijk op { $date } antwoorden op de intrekking.
withdraw-due-late = Dat antwoord is te laat. De organisaties weten dat.
withdraw-all = Alles intrekken
withdraw-part = Een deel intrekken
withdraw-next = Verder

## Inzien en mening

inspect-title = Gezien?
inspect-intro = { $you ->
        [je] Heb je alles bekeken? Dan hoeft niemand op jou te wachten. Dit is geen toestemming.
       *[u] Hebt u alles bekeken? Dan hoeft niemand op u te wachten. Dit is geen toestemming.
    }
inspect-confirm = Ik heb dit gezien
inspect-done = { $you ->
        [je] Je hebt laten weten dat je dit hebt gezien.
       *[u] U hebt laten weten dat u dit hebt gezien.
    }
view-title = { $you ->
        [je] Wat vind jij ervan?
       *[u] Wat vindt u ervan?
    }
view-intro = { $you ->
        [je] Schrijf op wat je vindt. Het gaat mee naar { $recipient }. { $sender } leest het ook. Verder kan niemand het lezen.
       *[u] Schrijf op wat u vindt. Het gaat mee naar { $recipient }. { $sender } leest het ook. Verder kan niemand het lezen.
    }
view-agree-legend = { $you ->
        [je] Ben je het eens met deze gegevens?
       *[u] Bent u het eens met deze gegevens?
    }
view-yes = Ja, ik ben het eens
view-no = Nee, ik ben het niet eens
view-unknown = Dat zeg ik liever niet
view-text = Wat moet de ontvanger weten? (mag leeg blijven)
view-left = { $count ->
        [one] Nog 1 teken.
       *[other] Nog { $count } tekens.
    }
view-too-long = Dit is te lang. Maak het korter.
view-missing = { $you ->
        [je] Kies eerst of je het eens bent.
       *[u] Kies eerst of u het eens bent.
    }
view-late = { $you ->
        [je] Dit was al dichtgemaakt. Je mening gaat niet meer mee. { $sender } leest het wel en kan het nog doorgeven aan { $recipient }.
       *[u] Dit was al dichtgemaakt. Uw mening gaat niet meer mee. { $sender } leest het wel en kan het nog doorgeven aan { $recipient }.
    }
view-send = Verder
view-open = Mening opschrijven

## Nakijken en ondertekenen

check-title = Klopt dit?
check-intro = { $you ->
        [je] Dit onderteken je. Daarna staat het vast.
       *[u] Dit ondertekent u. Daarna staat het vast.
    }
check-yes = { $you ->
        [je] Je zegt ja tegen
       *[u] U zegt ja tegen
    }
check-no = { $you ->
        [je] Je zegt nee tegen
       *[u] U zegt nee tegen
    }
check-withdraw = { $you ->
        [je] Je trekt je ja in voor
       *[u] U trekt uw ja in voor
    }
check-object = { $you ->
        [je] Je maakt bezwaar tegen
       *[u] U maakt bezwaar tegen
    }
check-means = Dit gebeurt er dan
check-means-all = { $you ->
        [je] { $recipient } krijgt alles wat je hebt gezien, als niemand anders nee zegt.
       *[u] { $recipient } krijgt alles wat u hebt gezien, als niemand anders nee zegt.
    }
check-means-part = Dit gaat niet naar { $recipient }: { $categories }. De rest kan wel gaan.
check-means-part-law = Dit gaat niet naar { $recipient }: { $categories }. De rest gaat wel. Dat moet van de wet.
check-means-none = Er wordt niets verstuurd.
check-means-required = { $categories } is nodig. Zonder dat wordt er niets verstuurd. Iemand van { $sender } neemt contact op.
check-means-stop = Vanaf nu wordt er niets meer van verstuurd.
check-means-answer = { $recipient } moet laten weten of het wordt gewist of bewaard.
check-means-later = { $you ->
        [je] Je kunt je later bedenken.
       *[u] U kunt zich later bedenken.
    }
check-seen = { $you ->
        [je] Je laat weten dat je alles hebt gezien. Dat is geen toestemming.
       *[u] U laat weten dat u alles hebt gezien. Dat is geen toestemming.
    }
check-view = { $you ->
        [je] Je mening gaat mee:
       *[u] Uw mening gaat mee:
    }
check-sign = Ondertekenen
check-back = Terug
check-busy = Bezig met ondertekenen.

## Ontvangstbewijs

receipt-title = Ondertekend
receipt-title-view = { $you ->
        [je] Je mening is verstuurd
       *[u] Uw mening is verstuurd
    }
receipt-kept = { $you ->
        [je] Bewaar dit bewijs als je wilt. Je vindt je antwoord ook terug in het overzicht.
       *[u] Bewaar dit bewijs als u wilt. U vindt uw antwoord ook terug in het overzicht.
    }
receipt-at = Ondertekend op
receipt-about = Over
receipt-said = Antwoord
receipt-seen = gezien
receipt-stage = Hoe het nu staat
receipt-evidence = Nummer in het bewijslogboek
receipt-digest = Vingerafdruk van de tekst
receipt-digest-hint = Hiermee kan later iedereen nagaan welke tekst op het scherm stond.
receipt-print = Bewijs printen
receipt-download = Bewijs opslaan
receipt-released-title = Dit was al verstuurd
receipt-released-none = Er was nog niets verstuurd.
receipt-released-arrived = { $date }: { $categories }. Aangekomen.
receipt-released-under-way = { $date }: { $categories }. Onderweg.
receipt-released-answer = { $recipient } hoort dit meteen en moet antwoorden: gewist, of bewaard en waarom.
receipt-overview = Naar het overzicht

## Hoe het staat

stage-awaiting = wacht op antwoord
stage-blocked = gaat niet door, iemand neemt contact op
stage-permitted = mag worden verstuurd
stage-submitted = staat klaar voor de ontvanger
stage-released = onderweg
stage-received = aangekomen
stage-quarantined = door de ontvanger apart gezet
stage-retracted = teruggenomen
stage-expired = termijn voorbij

## Hulp bij lezen

speak-start = Lees voor
speak-stop = Stop met voorlezen
question-history = Wat is er gebeurd?
question-unknown = Deze vraag is er niet, of niet voor u.
question-dutch-beside = De Nederlandse tekst geldt
question-window = Vraag
question-loading-page = De vraag wordt opgehaald en nagekeken.
question-to-answer = Naar het antwoord
