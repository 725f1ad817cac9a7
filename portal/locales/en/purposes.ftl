### Why data is handed over, in everyday words. `$child` is "your child" or "the young person".
### `$you` is "je" for young people themselves and "u" for others.

child-own = your child
child-other = the young person

## School to school

purpose-transfer-report-primary = Report at a transition from primary or special education
purpose-transfer-report-primary-why = { $you ->
        [je] The new school has to know what you can do and need.
       *[u] The new school has to know what { $child } can do and needs.
    }
purpose-transfer-report-primary-ground = The law says that the school must send this report. That is why the school does not ask for consent.

purpose-transfer-report-secondary = Data at a transition between secondary schools or to mbo
purpose-transfer-report-secondary-why = { $you ->
        [je] The new school has to know what you can do and need.
       *[u] The new school has to know what { $child } can do and needs.
    }
purpose-transfer-report-secondary-ground = The law says that schools give each other this data. That is why the school does not ask for consent.

purpose-mbo-arrival = Did the young person arrive?
purpose-mbo-arrival-why = { $you ->
        [je] So you do not drop between two schools. If you do not arrive, somebody notices.
       *[u] So nobody drops between two schools. If { $child } does not arrive, somebody notices.
    }
purpose-mbo-arrival-ground = The law says that schools tell each other or the municipality. That is why the school does not ask for consent.

purpose-preschool-handover = Handover from preschool to primary school
purpose-preschool-handover-why = { $you ->
        [je] Then the teacher knows from the first day what you need.
       *[u] Then the teacher knows from the first day what { $child } needs.
    }
purpose-preschool-handover-ground = This is allowed only with consent.

## Around the school

purpose-swv-support = Arranging extra support at school
purpose-swv-support-why = { $you ->
        [je] Schools in the area arrange extra support in class together. They look at what you need.
       *[u] Schools in the area arrange extra support in class together. They look at what { $child } needs.
    }
purpose-swv-support-ground = The law gives the schools this task together. That is why the school does not ask for consent.

purpose-attendance = Reporting absence
purpose-attendance-why = { $you ->
        [je] If you are often absent from school, the municipality helps to find out why.
       *[u] If a child is often absent from school, the municipality helps to find out why.
    }
purpose-attendance-ground = The law says that the school must report this. That is why the school does not ask for consent.

purpose-early-leaver = Back to school or work
purpose-early-leaver-why = { $you ->
        [je] The municipality helps you to go back to school or work.
       *[u] The municipality helps young people who leave school without a diploma.
    }
purpose-early-leaver-ground = { $you ->
        [je] The law says that the school reports this. Data about your health goes along only if you agree.
       *[u] The law says that the school reports this. Health data goes along only if the young person agrees.
    }

purpose-pupil-transport = Transport after a transition
purpose-pupil-transport-why = The municipality arranges transport to and from the new school.
purpose-pupil-transport-ground = This is allowed only with consent.

## Between school and care

purpose-care-access = A request for help to the municipality
purpose-care-access-why = The municipality looks at which help fits. Then you do not have to tell the story again.
purpose-care-access-ground = This is allowed only with consent.

purpose-care-handover = Warm handover from school to care
purpose-care-handover-why = { $you ->
        [je] Then the care worker knows what helps you in class. You do not have to tell the story again.
       *[u] Then the care worker knows what helps { $child } in class. You do not have to tell the story again.
    }
purpose-care-handover-ground = This is allowed only with consent.

purpose-dyslexia-referral = Referral for severe dyslexia
purpose-dyslexia-referral-why = { $you ->
        [je] The care worker looks at whether you need extra help with reading and spelling.
       *[u] The care worker looks at whether { $child } needs extra help with reading and spelling.
    }
purpose-dyslexia-referral-ground = This is allowed only with consent.

purpose-care-feedback = What does the teacher need?
purpose-care-feedback-why = Then the teacher knows that there is help, and what works in class. It does not say what the help is about.
purpose-care-feedback-ground = This is allowed only with consent.

purpose-case-conference = One child, one plan
purpose-case-conference-why = Everybody who helps sits at one table and works on the same plan.
purpose-case-conference-ground = This is allowed only with consent. It is asked for each participant.

purpose-care-status = Running care: municipality and provider, or after a move
purpose-care-status-why = So that the help goes on, also after a move.
purpose-care-status-ground = The law says that the municipality and the care provider tell each other this. That is why nobody asks for consent.

## Safety

purpose-safety = Reporting unsafety
purpose-safety-why = { $you ->
        [je] Somebody is worried about your safety.
       *[u] Somebody is worried about the safety of { $child }.
    }
purpose-safety-ground = The law says that a professional may report this without consent. A second professional looked at it too.

## With whom inside the organisation

desk-lpa = attendance officer
desk-loket = intake desk for care
desk-neighbourhood-team = neighbourhood team
desk-school-support-team = school support team
desk-early-leavers = desk for early leavers

## How long the recipient keeps it

keep-months = { $months ->
        [one] 1 month
       *[other] { $months } months
    } after { $from }
keep-years = { $years ->
        [one] 1 year
       *[other] { $years } years
    } after { $from }
keep-until = until { $from }
keep-own = as long as the recipient's own rules say
keep-declined-months = If the recipient declines it, { $months ->
        [one] 1 month
       *[other] { $months } months
    }
keep-signed = That stands in the signed rules of this federation
keep-from-received = it was received
keep-from-leaving = leaving the receiving school
keep-from-decision = the support alliance's decision
keep-from-end-of-school-year = the end of the school year
keep-from-age-27 = the 27th birthday
keep-from-last-entry = the last entry in the dossier
keep-from-plan-closed = the end of the plan
mark-17 = text of 2017
mark-D = a choice of this federation
mark-U = not yet checked by a lawyer
