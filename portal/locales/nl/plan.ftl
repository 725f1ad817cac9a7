### De afspraak voor een gesprek. Zonder adres of nummer van iemand anders.

plan-title-talk = Gesprek gepland
plan-title-aftercare = Gesprek over hoe het gaat
plan-when = Wanneer
plan-how = Hoe
plan-place = Waar
plan-guests = Wie zijn uitgenodigd
plan-message = Bericht
plan-kind-in-person = bij elkaar
plan-kind-phone = aan de telefoon
plan-kind-video = met een videogesprek
plan-guest-mentor = mentor of begeleider van { $sender }
plan-guest-parents = ouders of verzorgers
plan-guest-child = het kind of de jongere
plan-guest-care = hulpverlener
plan-guest-own-mentor = mentor of begeleider van { $recipient }
plan-again = Dit is een nieuwe afspraak. De eerdere afspraak geldt niet meer.
plan-phone = { $you ->
        [je] Het telefoonnummer staat hier niet. Vraag { $sender } of je wordt gebeld.
       *[u] Het telefoonnummer staat hier niet. Vraag { $sender } of u wordt gebeld.
    }
plan-left-out = { $you ->
        [je] Een deel van de tekst staat hier niet. Er kunnen gegevens van iemand anders in staan. Weet je niet genoeg? Vraag het aan { $sender }.
       *[u] Een deel van de tekst staat hier niet. Er kunnen gegevens van iemand anders in staan. Weet u niet genoeg? Vraag het aan { $sender }.
    }
plan-overtaken = Let op: er is daarna nog een afspraak gemaakt. Die kunnen we hier niet laten zien. Vraag { $sender } wat er nu geldt.
plan-none = Er is een gesprek gepland. De dag en de plek staan hier nog niet. Vraag het aan { $sender }.
plan-unreadable = Er is een gesprek gepland. We kunnen de afspraak niet openen, en laten hem daarom niet zien. Vraag het aan { $sender }.
plan-signed = { $sender } heeft deze afspraak ondertekend.
plan-ics = Zet in mijn agenda
plan-ics-note = In het bestand voor de agenda staan geen namen en geen plek.
plan-ics-summary = Gesprek (Handdruk)
plan-print = Print deze pagina
plan-line = Gesprek: { $when }, { $how }.
plan-line-overtaken = Er is daarna een andere afspraak gemaakt.
plan-line-none = Er is een gesprek gepland.
plan-line-unreadable = Er is een gesprek gepland. De afspraak kan niet open.
