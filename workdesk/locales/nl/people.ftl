# Wie er aan het bureau werkt.
place-me = Mijn account
me-title = Mijn account
me-name = Naam
me-reference = Kenmerk
me-roles = Rollen
role-supervisor = intern begeleider of mentor
role-intake = intakemedewerker
role-attendance-officer = leerplichtambtenaar
role-safety-officer = aandachtsfunctionaris veiligheid
role-administrator = beheerder
role-auditor = controleur
role-privacy-officer = functionaris gegevensbescherming
