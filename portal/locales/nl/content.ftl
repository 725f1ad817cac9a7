### Wat categorieën, velden en woorden heten. Dezelfde namen als in de opdrachtregel voor ouders (crate `content`); een
### toets vergelijkt ze.

## D01

category-D01 = Naam en geboortedatum
field-D01-first_names = Voornamen
field-D01-prefix = Tussenvoegsel
field-D01-surname = Achternaam
field-D01-date_of_birth = Geboortedatum

## D02

category-D02 = Burgerservicenummer of onderwijsnummer
field-D02-bsn = Burgerservicenummer
field-D02-education_number = Onderwijsnummer

## D03

category-D03 = Contactgegevens
field-D03-name = Naam
field-D03-relation = Relatie tot het kind
word-D03-relation-mother = moeder
word-D03-relation-father = vader
word-D03-relation-parent = ouder
word-D03-relation-step-parent = stiefouder
word-D03-relation-foster-parent = pleegouder
word-D03-relation-guardian = voogd
word-D03-relation-grandparent = grootouder
word-D03-relation-representative = curator of mentor
word-D03-relation-child = kind of jongere
word-D03-relation-other-carer = andere verzorger
field-D03-phone = Telefoon
field-D03-email = E-mail
field-D03-language = Taal
field-D03-interpreter = Tolk nodig
field-D03-residence = Woonadres

## D04

category-D04 = Gezag
field-D04-kind = Soort gezag
word-D04-kind-joint = gezamenlijk gezag
word-D04-kind-single = eenhoofdig gezag
word-D04-kind-joint-with-non-parent = gezamenlijk met een niet-ouder
word-D04-kind-guardianship = voogdij
word-D04-kind-temporarily-none = tijdelijk geen gezag
word-D04-kind-undetermined = niet te bepalen
field-D04-confirmed_on = Gezag bevestigd op
field-D04-under_investigation = Gezag in onderzoek

## D05

category-D05 = Betrokken organisaties
field-D05-organisations = Betrokken organisaties
field-D05-municipality = Verantwoordelijke gemeente
field-D05-care_assignment = Toewijzing van hulp
word-D05-care_assignment-none = geen
word-D05-care_assignment-asked = aangevraagd
word-D05-care_assignment-given = toegewezen

## D06

category-D06 = Overstap
field-D06-code = Soort overstap
word-D06-code-VSPO = voorschool naar basisschool
word-D06-code-VSWEC = voorschool naar speciaal onderwijs
word-D06-code-POPO = basisschool naar basisschool
word-D06-code-POWEC = basisschool naar speciaal onderwijs
word-D06-code-POVO = basisschool naar voortgezet onderwijs
word-D06-code-VOVO = voortgezet naar voortgezet onderwijs
word-D06-code-VOMBO = voortgezet onderwijs naar mbo
word-D06-code-WECWEC = speciaal naar speciaal onderwijs
word-D06-code-WECVO = speciaal naar voortgezet onderwijs
word-D06-code-WECMBO = speciaal onderwijs naar mbo
word-D06-code-POSWV = basisschool naar samenwerkingsverband
word-D06-code-VOSWV = voortgezet onderwijs naar samenwerkingsverband
field-D06-date = Datum
field-D06-from = Van
field-D06-to = Naar
field-D06-status = Stand van zaken
word-D06-status-planned = gepland
word-D06-status-applied = aangemeld
word-D06-status-admitted = toegelaten
word-D06-status-enrolled = ingeschreven
word-D06-status-arrived = aangekomen
word-D06-status-not-enrolled = aangemeld, niet ingeschreven
word-D06-status-not-arrived = ingeschreven, niet aangekomen

## D07

category-D07 = Schoolloopbaan
field-D07-year = Schooljaar
field-D07-group = Groep of klas
field-D07-repeated = Overgedaan

## D08

category-D08 = Toetsresultaten
field-D08-subject = Vakgebied
word-D08-subject-reading = lezen
word-D08-subject-spelling = spelling
word-D08-subject-language = taal
word-D08-subject-arithmetic = rekenen en wiskunde
word-D08-subject-foreign-languages = vreemde talen
word-D08-subject-final-test = eindtoets
word-D08-subject-capacity = capaciteiten
word-D08-subject-other = overig
field-D08-test = Toets
field-D08-date = Datum
field-D08-score = Score

## D09

category-D09 = Schooladvies
field-D09-advice = Schooladvies
field-D09-revised_advice = Herzien advies
field-D09-points_of_attention = Aandachtspunten

## D10

category-D10 = Sociaal-emotionele ontwikkeling
field-D10-heading = Onderwerp
word-D10-heading-peers = omgang met leeftijdgenoten
word-D10-heading-teacher = omgang met de leraar
word-D10-heading-self-confidence = zelfvertrouwen
word-D10-heading-motivation = motivatie
word-D10-heading-work-attitude = werkhouding
word-D10-heading-behaviour = gedrag in de klas
word-D10-heading-wellbeing = welbevinden
field-D10-rating = Oordeel van de leraar
word-D10-rating-strong = sterk
word-D10-rating-as-expected = zoals verwacht
word-D10-rating-needs-attention = vraagt aandacht
field-D10-remark = Toelichting

## D11

category-D11 = Ondersteuningsbehoefte
field-D11-needs = Wat heeft het kind nodig
field-D11-works_well = Wat werkt goed
field-D11-avoid = Wat beter niet

## D12

category-D12 = Ontwikkelingsperspectief
field-D12-goal_level = Uitstroomniveau
field-D12-starts = Vanaf
field-D12-ends = Tot en met
field-D12-section_agreed = Instemming met handelingsdeel
word-D12-section_agreed-yes = ja
word-D12-section_agreed-no = nee
word-D12-section_agreed-unknown = onbekend
field-D12-reference = Kenmerk

## D13

category-D13 = Toelaatbaarheid en arrangementen
field-D13-kind = Soort
word-D13-kind-tlv = toelaatbaarheidsverklaring
word-D13-kind-cluster = arrangement cluster 1 of 2
word-D13-kind-alliance = arrangement van het samenwerkingsverband
field-D13-number = Nummer van het besluit
field-D13-swv = Samenwerkingsverband
field-D13-category = Bekostigingscategorie
word-D13-category-L = laag
word-D13-category-M = midden
word-D13-category-H = hoog
field-D13-starts = Vanaf
field-D13-ends = Tot en met

## D14

category-D14 = Diagnose en medicatie
field-D14-kind = Diagnose of medicatie
word-D14-kind-diagnosis = diagnose
word-D14-kind-medication = medicatie
field-D14-relevance = Van belang voor
word-D14-relevance-education = het onderwijs
word-D14-relevance-other = iets anders
field-D14-code = Code
field-D14-school_action = Wat school moet doen

## D15

category-D15 = Verzuim
field-D15-unauthorised_half_days = Ongeoorloofd gemiste dagdelen
field-D15-unauthorised_hours = Ongeoorloofd gemiste uren
field-D15-period = Periode
field-D15-officer_involved = Leerplichtambtenaar betrokken
field-D15-reason = Reden
field-D15-band = Omvang van het verzuim
word-D15-band-none = geen
word-D15-band-below-16-hours = minder dan 16 uur
word-D15-band-16-hours-or-more = 16 uur of meer

## D16

category-D16 = Hulpvraag
field-D16-question = Vraag van het gezin
field-D16-tried = Wat al geprobeerd is
field-D16-wish = Wat het gezin hoopt

## D17

category-D17 = Betrokken hulp
field-D17-provider = Aanbieder
field-D17-contact_person = Contactpersoon
field-D17-phone = Telefoon
field-D17-since = Sinds
field-D17-until = Tot
field-D17-waiting = Op een wachtlijst
field-D17-school_advice = Advies voor school

## D18

category-D18 = Zienswijze van het gezin
field-D18-author = Van
field-D18-date = Datum
field-D18-agreement = Akkoord
word-D18-agreement-yes = ja
word-D18-agreement-no = nee
word-D18-agreement-unknown = onbekend
field-D18-text = Zienswijze

## D19

category-D19 = Afspraken
field-D19-action = Afspraak
field-D19-owner = Wie
field-D19-date = Wanneer
field-D19-aftercare_date = Nazorg op
field-D19-aftercare_outcome = Uitkomst van de nazorg

## D20

category-D20 = Veiligheidssignaal
field-D20-facts = Feiten
field-D20-date = Datum
field-D20-source = Bron
field-D20-step = Stap van de meldcode
word-D20-step-signals = 1: signalen in kaart gebracht
word-D20-step-consulted = 2: overlegd
word-D20-step-talked = 3: met het gezin gesproken
word-D20-step-weighed = 4: gewogen
word-D20-step-decided = 5: besloten
