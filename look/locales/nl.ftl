### What every page says: frame, dates, the note on a translation. The Dutch text is binding.

frame-name = Handdruk
frame-skip = Ga naar de inhoud
frame-languages = Kies een taal
frame-menu = Menu

translation-label = Over de vertaling
translation-note = Deze vertaling is nog niet nagekeken door iemand die de taal goed spreekt. De Nederlandse tekst geldt.
translation-to-dutch = Lees deze pagina in het Nederlands

month-1 = januari
month-2 = februari
month-3 = maart
month-4 = april
month-5 = mei
month-6 = juni
month-7 = juli
month-8 = augustus
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
weekday-1 = maandag
weekday-2 = dinsdag
weekday-3 = woensdag
weekday-4 = donderdag
weekday-5 = vrijdag
weekday-6 = zaterdag
weekday-7 = zondag
date = { $day } { $month } { $year }
date-with-weekday = { $weekday } { $date }
month-with-year = { $month } { $year }
moment = { $date } om { $hour }.{ $minute } uur
