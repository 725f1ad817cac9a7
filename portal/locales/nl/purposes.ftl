### Waarom gegevens worden doorgegeven, in gewone woorden. `$child` is "uw kind" of "de jongere".
### `$you` kiest tussen "je" voor jongeren en "u" voor anderen.

child-own = uw kind
child-other = de jongere

## School naar school

purpose-transfer-report-primary = Rapport bij overstap uit basis- of speciaal onderwijs
purpose-transfer-report-primary-why = { $you ->
        [je] De nieuwe school moet weten wat je kunt en nodig hebt.
       *[u] De nieuwe school moet weten wat { $child } kan en nodig heeft.
    }
purpose-transfer-report-primary-ground = De wet zegt dat de school dit rapport moet sturen. Daarom vraagt de school geen toestemming.

purpose-transfer-report-secondary = Gegevens bij overstap vo/mbo
purpose-transfer-report-secondary-why = { $you ->
        [je] De nieuwe school moet weten wat je kunt en nodig hebt.
       *[u] De nieuwe school moet weten wat { $child } kan en nodig heeft.
    }
purpose-transfer-report-secondary-ground = De wet zegt dat scholen deze gegevens aan elkaar geven. Daarom vraagt de school geen toestemming.

purpose-mbo-arrival = Is de jongere aangekomen?
purpose-mbo-arrival-why = { $you ->
        [je] Zo val je niet tussen twee scholen in. Kom je niet aan, dan merkt iemand dat.
       *[u] Zo valt niemand tussen twee scholen in. Komt { $child } niet aan, dan merkt iemand dat.
    }
purpose-mbo-arrival-ground = De wet zegt dat scholen dit aan elkaar of aan de gemeente melden. Daarom vraagt de school geen toestemming.

purpose-preschool-handover = Overdracht van voorschool naar basisschool
purpose-preschool-handover-why = { $you ->
        [je] De juf of meester weet dan vanaf de eerste dag wat je nodig hebt.
       *[u] De juf of meester weet dan vanaf de eerste dag wat { $child } nodig heeft.
    }
purpose-preschool-handover-ground = Dit mag alleen met toestemming.

## Rond de school

purpose-swv-support = Extra hulp op school regelen
purpose-swv-support-why = { $you ->
        [je] Scholen in de buurt werken samen aan extra hulp in de klas. Samen kijken zij wat je nodig hebt.
       *[u] Scholen in de buurt werken samen aan extra hulp in de klas. Samen kijken zij wat { $child } nodig heeft.
    }
purpose-swv-support-ground = De wet geeft de scholen samen deze taak. Daarom vraagt de school geen toestemming.

purpose-attendance = Verzuim melden
purpose-attendance-why = { $you ->
        [je] Ben je vaak niet op school, dan kijkt de gemeente mee wat er aan de hand is.
       *[u] Is een kind vaak niet op school, dan kijkt de gemeente mee wat er aan de hand is.
    }
purpose-attendance-ground = De wet zegt dat de school dit moet melden. Daarom vraagt de school geen toestemming.

purpose-early-leaver = Terug naar school of werk
purpose-early-leaver-why = { $you ->
        [je] De gemeente helpt je om weer naar school of werk te gaan.
       *[u] De gemeente helpt jongeren die van school gaan zonder diploma.
    }
purpose-early-leaver-ground = { $you ->
        [je] De wet zegt dat de school dit meldt. Gegevens over je gezondheid gaan alleen mee als jij dat goed vindt.
       *[u] De wet zegt dat de school dit meldt. Gegevens over gezondheid gaan alleen mee als de jongere dat goed vindt.
    }

purpose-pupil-transport = Vervoer na een overstap
purpose-pupil-transport-why = De gemeente regelt het vervoer van en naar de nieuwe school.
purpose-pupil-transport-ground = Dit mag alleen met toestemming.

## Tussen school en hulp

purpose-care-access = Hulpvraag bij de gemeente
purpose-care-access-why = { $you ->
        [je] De gemeente kijkt welke hulp past. Je hoeft het verhaal dan niet opnieuw te vertellen.
       *[u] De gemeente kijkt welke hulp past. U hoeft het verhaal dan niet opnieuw te vertellen.
    }
purpose-care-access-ground = Dit mag alleen met toestemming.

purpose-care-handover = Warme overdracht van school naar hulp
purpose-care-handover-why = { $you ->
        [je] De hulpverlener weet dan wat je helpt in de klas. Je hoeft het verhaal niet opnieuw te vertellen.
       *[u] De hulpverlener weet dan wat { $child } helpt in de klas. U hoeft het verhaal niet opnieuw te vertellen.
    }
purpose-care-handover-ground = Dit mag alleen met toestemming.

purpose-dyslexia-referral = Verwijzing bij ernstige dyslexie
purpose-dyslexia-referral-why = { $you ->
        [je] De hulpverlener kijkt of je extra hulp bij lezen en spellen nodig hebt.
       *[u] De hulpverlener kijkt of { $child } extra hulp bij lezen en spellen nodig heeft.
    }
purpose-dyslexia-referral-ground = Dit mag alleen met toestemming.

purpose-care-feedback = Wat heeft de leraar nodig?
purpose-care-feedback-why = De leraar weet dan dat er hulp is en wat in de klas werkt. Waar de hulp over gaat, staat er niet in.
purpose-care-feedback-ground = Dit mag alleen met toestemming.

purpose-case-conference = Eén kind, één plan
purpose-case-conference-why = Iedereen die helpt, zit aan tafel en werkt aan hetzelfde plan.
purpose-case-conference-ground = Dit mag alleen met toestemming. Elke deelnemer vraagt dat apart.

purpose-care-status = Hulp die loopt: gemeente en aanbieder, of na een verhuizing
purpose-care-status-why = Zo gaat de hulp door, ook na een verhuizing.
purpose-care-status-ground = De wet zegt dat de gemeente en de hulpverlener dit aan elkaar doorgeven. Daarom wordt geen toestemming gevraagd.

## Veiligheid

purpose-safety = Onveiligheid melden
purpose-safety-why = { $you ->
        [je] Iemand maakt zich zorgen over je veiligheid.
       *[u] Iemand maakt zich zorgen over de veiligheid van { $child }.
    }
purpose-safety-ground = De wet zegt dat een professional dit mag melden zonder toestemming. Een tweede professional heeft meegekeken.

## Bij wie binnen de organisatie

desk-lpa = leerplichtambtenaar
desk-loket = loket jeugdhulp
desk-neighbourhood-team = wijkteam
desk-school-support-team = ondersteuningsteam van de school
desk-early-leavers = loket voor vroegtijdig schoolverlaters

## Hoe lang de ontvanger bewaart

keep-months = { $months ->
        [one] 1 maand
       *[other] { $months } maanden
    } na { $from }
keep-years = { $years } jaar na { $from }
keep-until = tot { $from }
keep-own = zo lang als de regels van de ontvanger zelf zeggen
keep-declined-months = Neemt de ontvanger het niet aan, dan { $months ->
        [one] 1 maand
       *[other] { $months } maanden
    }
keep-signed = Dat staat in de ondertekende regels van deze samenwerking
keep-from-received = de ontvangst
keep-from-leaving = het vertrek van de ontvangende school
keep-from-decision = het besluit van het samenwerkingsverband
keep-from-end-of-school-year = het einde van het schooljaar
keep-from-age-27 = de 27e verjaardag
keep-from-last-entry = de laatste aantekening in het dossier
keep-from-plan-closed = het einde van het plan
mark-17 = tekst van 2017
mark-D = eigen keuze van deze samenwerking
mark-U = nog niet door een jurist nagekeken
