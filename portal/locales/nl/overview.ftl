### Het overzicht, de geschiedenis, wie de gegevens heeft, alles over mijn kind.

overview-title = { $you ->
        [je] Jouw overzicht
       *[u] Uw overzicht
    }
overview-window = Overzicht
overview-loading = De vragen worden opgehaald en nagekeken.
overview-open-title = { $you ->
        [je] Dit wordt aan jou gevraagd
       *[u] Dit wordt aan u gevraagd
    }
overview-open-none = { $you ->
        [je] Er wordt nu niets aan jou gevraagd.
       *[u] Er wordt nu niets aan u gevraagd.
    }
overview-running-title = Dit loopt of mag nu
overview-done-title = Dit is afgelopen
overview-count = { $count ->
        [0] Er wacht geen vraag.
        [one] Er wacht één vraag.
       *[other] Er wachten { $count } vragen.
    }
overview-from-to = Van { $sender } naar { $recipient }
overview-until = Antwoord vóór { $date }
overview-look-until = Bekijken kan tot { $date }
overview-decide = Bekijk en beslis
overview-look = Bekijk
overview-child-at = { $name }, via { $organisation }
overview-child-unnamed = Kind bij { $organisation }
overview-self-at = Over jezelf, via { $organisation }
overview-join = Nog een code erbij
overview-joined-unreadable = Deze brief kan hier nu niet worden geopend.
overview-not-believed = Er is een vraag die we niet vertrouwen. We laten hem niet zien. Bel { $organisation }.
overview-said = { $you ->
        [je] Je zei: { $choices }
       *[u] U zei: { $choices }
    }
overview-said-agree = ja
overview-said-mixed = deels ja, deels nee
overview-said-refuse = nee

place-overview = Overzicht
place-who = Wie heeft wat?
place-export = Alles bewaren
place-join = Nog een code
place-log-out = Uitloggen

## Wie heeft mijn gegevens?

holders-title = { $you ->
        [je] Wie heeft jouw gegevens?
       *[u] Wie heeft de gegevens?
    }
holders-window = Wie heeft wat?
holders-lead = Dit is verstuurd met Handdruk. Wat scholen op een andere manier doorgeven, staat hier niet.
holders-none = Nog niemand heeft iets gekregen.
holders-has = { $organisation } heeft gekregen
holders-at = Gekregen op { $date }
holders-read = Gelezen op { $date } door { $professional }
holders-not-confirmed = Verstuurd op { $date }. De ontvanger heeft nog niet gezegd dat het is aangekomen.
holders-erased = Gewist op { $date }, zegt { $organisation }.
holders-kept = Bewaard, zegt { $organisation }. Reden: { $ground }
holders-asked = Gevraagd om te wissen. { $organisation } heeft nog niet geantwoord.
holders-keep = Mag het bewaren: { $keep }
holders-source = Dit zegt de ontvanger. Handdruk geeft het door.
holders-question = Naar de vraag
holders-accepted = Iemand heeft het aangenomen op { $date }.
holders-declined = Niet aangenomen op { $date }.

## Alles over mijn kind

export-title = { $you ->
        [je] Alles over jou bewaren
       *[u] Alles over uw kind bewaren
    }
export-window = Alles bewaren
export-lead = { $you ->
        [je] Je hebt recht op een kopie van je gegevens. Hier maak je er een op je eigen apparaat.
       *[u] U hebt recht op een kopie van de gegevens. Hier maakt u er een op uw eigen apparaat.
    }
export-what = Erin staat alles wat u hier kunt zien, met alle handtekeningen. Wat van een ander is, staat er niet in.
export-care = Let op. In het bestand staan gegevens over gezondheid en gezin. Bewaar het op een veilige plek.
export-json = Als bestand voor computers (JSON)
export-html = Als pagina om te lezen
export-busy = Bezig. { $done } van { $total } klaar.
export-done = Klaar. Het bestand staat bij uw downloads.
export-more = Wat een school of hulpverlener zelf nog heeft, vraagt u daar op. Zij moeten binnen een maand antwoorden.

## Sessie

session-warning-title = { $you ->
        [je] Ben je er nog?
       *[u] Bent u er nog?
    }
session-warning = { $you ->
        [je] Over { $minutes ->
            [one] 1 minuut
           *[other] { $minutes } minuten
        } word je uitgelogd. Wat je nog niet hebt ondertekend, ben je dan kwijt.
       *[u] Over { $minutes ->
            [one] 1 minuut
           *[other] { $minutes } minuten
        } wordt u uitgelogd. Wat u nog niet hebt ondertekend, bent u dan kwijt.
    }
session-warning-last = Langer blijven kan niet meer. Log daarna opnieuw in.
session-stay = Ik ben er nog
session-leave = Uitloggen
