### Pagina's die voor iedereen gelijk zijn: over Handdruk, privacy, toegankelijkheid, hulp, en wat niet lukt.

## Onderaan elke pagina

footer-about = Over Handdruk
footer-privacy = Privacy
footer-accessibility = Toegankelijkheid
footer-help = Hulp
footer-title = Meer lezen

## Over

about-title = Over Handdruk
about-lead = Handdruk helpt scholen en hulpverleners om gegevens netjes door te geven. Niet meer dan nodig is. En niet achter uw rug om.
about-how-title = Wat doet Handdruk?
about-how-1 = Een school of hulpverlener zegt precies wat hij wil doorgeven, en aan wie.
about-how-2 = U ziet diezelfde gegevens hier. Vaak is toestemming nodig. Zegt u niets, dan kan het ja van een ander genoeg zijn.
about-how-3 = Mag het, dan gaan de gegevens in een dichte envelop naar de ontvanger. Niemand onderweg kan ze lezen.
about-how-4 = De ontvanger krijgt alleen wat mag. Wat te veel is, gaat opzij en wordt gewist.
about-proof-title = Hoe weet u dat het klopt?
about-proof-1 = Uw browser rekent na dat de gegevens die u ziet dezelfde zijn als die worden verstuurd.
about-proof-2 = Uw ja of nee tekent u met sleutels die alleen u hebt. Ook wij kunnen ze niet namaken.
about-proof-3 = Van elke stap blijft bewijs over. In dat bewijs staan geen namen.
about-limits-title = Wat u ons moet geloven
about-limits-1 = Uw browser draait de code die deze website stuurt. De vingerafdruk van die code is openbaar.
about-limits-2 = Of iemand gezag heeft, kijkt de school of organisatie na die u de brief gaf.
about-limits-3 = Wat de ontvanger zegt over wissen of bewaren, kunnen wij niet van buiten zien.
about-script = Vingerafdruk van de code van deze website

## Privacy

privacy-title = Privacy
privacy-lead = Zo gaat deze website om met uw gegevens.
privacy-knows-title = Wat Handdruk weet
privacy-knows = Wie iets stuurt naar wie, waarvoor en wanneer. Welke onderdelen het zijn, en hoe groot ongeveer. De soort overstap en de maand. De gemeente, behalve bij een geheim adres. De leeftijdsgroep van het kind. Dat er iemand mag meebeslissen, met welk soort gezag en in welke taal. Of dat gezag wordt onderzocht. Wat diegene antwoordt, en hoe het verdergaat. Welke medewerker iets deed, als code. Handdruk kent geen namen van mensen, geen adres en geen burgerservicenummer.
privacy-content-title = Wat Handdruk niet kan lezen
privacy-content = De gegevens zelf. Die gaan in een dichte envelop van de ene organisatie naar de andere. Zo gaan ze ook naar u.
privacy-device-title = Wat op uw apparaat staat
privacy-device = Zolang u bent ingelogd, staan uw sleutels op uw apparaat. Log uit, dan zijn ze meteen weg. Doe dat altijd op een computer van een ander. Er is één cookie, om te weten dat u bent ingelogd. En één voor de taal.
privacy-others-title = Andere bedrijven
privacy-others = Er kijkt niemand mee. Geen reclame, geen meetdiensten, niets van een andere website.
privacy-rights-title = Uw rechten
privacy-rights = U mag uw gegevens bekijken, verbeteren of laten wissen. Vraag dat aan de school of hulpverlener die ze heeft. Komt u er niet uit? Ga dan naar de Autoriteit Persoonsgegevens.

## Toegankelijkheid

accessibility-title = Toegankelijkheid
accessibility-lead = Iedereen moet deze website kunnen gebruiken.
accessibility-how-title = Wat u kunt doen
accessibility-how-1 = Alles werkt met het toetsenbord en met een schermlezer.
accessibility-how-2 = U kunt de tekst vier keer zo groot maken.
accessibility-how-3 = Elke vraag kunt u laten voorlezen, als uw apparaat dat kan.
accessibility-how-4 = De website volgt de stand van uw apparaat: licht of donker, en met minder beweging.
accessibility-standard-title = Waar we ons aan houden
accessibility-standard = De website is gemaakt volgens WCAG 2.2, niveau AA. We testen dat bij elke verandering met een programma. Mensen met een beperking hebben de website nog niet getest.
accessibility-languages = De Nederlandse tekst geldt. De andere talen zijn nog niet nagekeken door iemand die de taal goed spreekt.
accessibility-paper-title = Toch liever op papier?
accessibility-paper = Dat kan altijd. Bel de organisatie die u de brief gaf.

## Hulp

help-title = Hulp
help-lead = Komt u er niet uit? Bel de organisatie die u de brief gaf. Het nummer staat in uw brief.
help-lost-title = Ik ben mijn code of geheim kwijt
help-lost = Vraag een nieuwe brief. Met de nieuwe code kiest u een nieuw geheim. De oude telt dan niet meer.
help-used-title = Mijn code is al gebruikt, maar niet door mij
help-used = Bel meteen de organisatie die u de brief gaf. Misschien heeft een ander uw brief gezien.
help-paper-title = Ik wil op papier antwoorden
help-paper = Vraag om het formulier. Twee mensen van de organisatie leggen uw antwoord vast. U ziet dat hier terug.
help-language-title = Ik lees niet makkelijk Nederlands
help-language = Kies bovenaan een andere taal. U mag ook iemand mee laten lezen, of om een tolk vragen.
help-young-title = Ik ben jonger dan 18
help-young = Vanaf 12 jaar beslis je mee. Vanaf 16 jaar beslis je zelf. Je krijgt dan een eigen brief.
help-doubt-title = Ik vertrouw het niet
help-doubt = Vul niets in. Bel de organisatie op het nummer dat u al van hen kende.

## Wat niet lukt

failed-not-found-title = Deze pagina is er niet
failed-not-found = Misschien is het adres verkeerd getypt. Ga naar het begin.
failed-fault-title = Er ging iets mis
failed-fault = Dat ligt aan ons. Er is niets vastgelegd. Probeer het later opnieuw.
failed-busy-title = Het is heel druk
failed-busy = Wacht even en probeer het dan opnieuw.
failed-refused-title = Dat kan zo niet
failed-refused = Dit verzoek klopte niet. Er is niets vastgelegd. Ga naar het begin.
failed-number = Belt u hierover? Noem dan dit nummer: { $id }.
failed-home = Naar het begin
page-loading = Even geduld. De pagina wordt klaargezet.
