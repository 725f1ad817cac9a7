# Who works at the desk.
place-me = My account
me-title = My account
me-name = Name
me-reference = Reference
me-roles = Roles
role-supervisor = internal supervisor or mentor
role-intake = intake worker
role-attendance-officer = attendance officer
role-safety-officer = safety officer
role-administrator = administrator
role-auditor = auditor
role-privacy-officer = privacy officer
