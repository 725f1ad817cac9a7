### What categories, fields and words are called. The same names as at a guardian's command line (crate `content`); a
### test compares them.

## D01

category-D01 = Name and date of birth
field-D01-first_names = First names
field-D01-prefix = Prefix
field-D01-surname = Surname
field-D01-date_of_birth = Date of birth

## D02

category-D02 = National number
field-D02-bsn = Citizen service number
field-D02-education_number = Education number

## D03

category-D03 = Contact details
field-D03-name = Name
field-D03-relation = Relation to the child
word-D03-relation-mother = mother
word-D03-relation-father = father
word-D03-relation-parent = parent
word-D03-relation-step-parent = step-parent
word-D03-relation-foster-parent = foster parent
word-D03-relation-guardian = guardian
word-D03-relation-grandparent = grandparent
word-D03-relation-representative = curator or mentor
word-D03-relation-child = child or young person
word-D03-relation-other-carer = other carer
field-D03-phone = Telephone
field-D03-email = E-mail
field-D03-language = Language
field-D03-interpreter = Interpreter needed
field-D03-residence = Home address

## D04

category-D04 = Parental authority
field-D04-kind = Kind of authority
word-D04-kind-joint = joint authority
word-D04-kind-single = single authority
word-D04-kind-joint-with-non-parent = joint with a non-parent
word-D04-kind-guardianship = guardianship
word-D04-kind-temporarily-none = temporarily none
word-D04-kind-undetermined = cannot be determined
field-D04-confirmed_on = Authority confirmed on
field-D04-under_investigation = Authority under investigation

## D05

category-D05 = Organisations involved
field-D05-organisations = Organisations involved
field-D05-municipality = Responsible municipality
field-D05-care_assignment = Care assignment
word-D05-care_assignment-none = none
word-D05-care_assignment-asked = asked for
word-D05-care_assignment-given = given

## D06

category-D06 = School transition
field-D06-code = Kind of transition
word-D06-code-VSPO = preschool to primary
word-D06-code-VSWEC = preschool to special education
word-D06-code-POPO = primary to primary
word-D06-code-POWEC = primary to special education
word-D06-code-POVO = primary to secondary
word-D06-code-VOVO = secondary to secondary
word-D06-code-VOMBO = secondary to mbo
word-D06-code-WECWEC = special to special education
word-D06-code-WECVO = special education to secondary
word-D06-code-WECMBO = special education to mbo
word-D06-code-POSWV = primary to support alliance
word-D06-code-VOSWV = secondary to support alliance
field-D06-date = Date
field-D06-from = From
field-D06-to = To
field-D06-status = Status
word-D06-status-planned = planned
word-D06-status-applied = applied
word-D06-status-admitted = admitted
word-D06-status-enrolled = enrolled
word-D06-status-arrived = arrived
word-D06-status-not-enrolled = applied, not enrolled
word-D06-status-not-arrived = enrolled, not arrived

## D07

category-D07 = School history
field-D07-year = School year
field-D07-group = Group or class
field-D07-repeated = Repeated

## D08

category-D08 = Test results
field-D08-subject = Subject
word-D08-subject-reading = reading
word-D08-subject-spelling = spelling
word-D08-subject-language = language
word-D08-subject-arithmetic = arithmetic
word-D08-subject-foreign-languages = foreign languages
word-D08-subject-final-test = final test
word-D08-subject-capacity = capacity
word-D08-subject-other = other
field-D08-test = Test
field-D08-date = Date
field-D08-score = Score

## D09

category-D09 = School advice
field-D09-advice = School advice
field-D09-revised_advice = Revised advice
field-D09-points_of_attention = Points of attention

## D10

category-D10 = Social-emotional development
field-D10-heading = Heading
word-D10-heading-peers = with other children
word-D10-heading-teacher = with the teacher
word-D10-heading-self-confidence = self-confidence
word-D10-heading-motivation = motivation
word-D10-heading-work-attitude = work attitude
word-D10-heading-behaviour = behaviour in class
word-D10-heading-wellbeing = wellbeing
field-D10-rating = Teacher's judgement
word-D10-rating-strong = strong
word-D10-rating-as-expected = as expected
word-D10-rating-needs-attention = needs attention
field-D10-remark = Remark

## D11

category-D11 = Support needs
field-D11-needs = What the child needs
field-D11-works_well = What works well
field-D11-avoid = What to avoid

## D12

category-D12 = Development plan
field-D12-goal_level = Goal level
field-D12-starts = From
field-D12-ends = Until
field-D12-section_agreed = Agreement with the support section
word-D12-section_agreed-yes = yes
word-D12-section_agreed-no = no
word-D12-section_agreed-unknown = not known
field-D12-reference = Reference

## D13

category-D13 = Admissibility and arrangements
field-D13-kind = Kind
word-D13-kind-tlv = admissibility statement
word-D13-kind-cluster = cluster 1 or 2 arrangement
word-D13-kind-alliance = arrangement of the support alliance
field-D13-number = Number of the decision
field-D13-swv = Support alliance
field-D13-category = Funding category
word-D13-category-L = low
word-D13-category-M = middle
word-D13-category-H = high
field-D13-starts = From
field-D13-ends = Until

## D14

category-D14 = Diagnosis and medication
field-D14-kind = Diagnosis or medication
word-D14-kind-diagnosis = diagnosis
word-D14-kind-medication = medication
field-D14-relevance = Relevant for
word-D14-relevance-education = education
word-D14-relevance-other = something else
field-D14-code = Code
field-D14-school_action = What the school must do

## D15

category-D15 = Absence
field-D15-unauthorised_half_days = Half-days missed without leave
field-D15-unauthorised_hours = Hours missed without leave
field-D15-period = Period
field-D15-officer_involved = Attendance officer involved
field-D15-reason = Reason
field-D15-band = Extent of absence
word-D15-band-none = none
word-D15-band-below-16-hours = fewer than 16 hours
word-D15-band-16-hours-or-more = 16 hours or more

## D16

category-D16 = Request for help
field-D16-question = The family's question
field-D16-tried = What was tried
field-D16-wish = What the family hopes for

## D17

category-D17 = Care involved
field-D17-provider = Provider
field-D17-contact_person = Contact person
field-D17-phone = Telephone
field-D17-since = Since
field-D17-until = Until
field-D17-waiting = On a waiting list
field-D17-school_advice = Advice for school

## D18

category-D18 = The family's view
field-D18-author = By
field-D18-date = Date
field-D18-agreement = Agrees
word-D18-agreement-yes = yes
word-D18-agreement-no = no
word-D18-agreement-unknown = not known
field-D18-text = View

## D19

category-D19 = Agreements
field-D19-action = Agreement
field-D19-owner = Who
field-D19-date = When
field-D19-aftercare_date = Aftercare on
field-D19-aftercare_outcome = Outcome of aftercare

## D20

category-D20 = Safety signal
field-D20-facts = Facts
field-D20-date = Date
field-D20-source = Source
field-D20-step = Step of the reporting code
word-D20-step-signals = 1: signals written down
word-D20-step-consulted = 2: consulted
word-D20-step-talked = 3: talked with the family
word-D20-step-weighed = 4: weighed
word-D20-step-decided = 5: decided
