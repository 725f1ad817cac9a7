//! The stories behind the rules: what must happen in the cases that people ask about.

use super::world::*;
use crate::category::Category;
use crate::ids::SlotId;
use crate::policy::{Awaited, Decided, Part, Said, What, Who, attestation_counts, has_say, part};
use crate::purpose::Purpose;
use crate::reason::{Reason, Refusal};
use crate::statement::Party;
use crate::statement::consent::{Attested, Choice};
use crate::statement::manifest::{AgeBand, ApplicationRef, AuthorityKind, Holder, Inspection};
use crate::statement::permit::Basis;

fn care(band: AgeBand) -> World {
    Draft::of(Purpose::CareHandover, band).sign()
}

fn awaited(decided: &Decided) -> Vec<(SlotId, &What)> {
    let Decided::Await(awaiting) = decided else {
        panic!("{decided:?}")
    };
    let of = |awaited: &'_ Awaited| match awaited.who {
        Who::Slot { slot, .. } => slot,
        Who::Sender => panic!("of the sender"),
    };
    awaiting
        .from
        .iter()
        .map(|awaited| (of(awaited), &awaited.what))
        .collect()
}

fn reasons(decided: &Decided) -> Vec<Reason> {
    let Decided::Refuse(refusals) = decided else {
        panic!("{decided:?}")
    };
    refusals.iter().map(|refusal| refusal.reason).collect()
}

fn is_permit(decided: &Decided) -> bool {
    matches!(decided, Decided::Permit(_))
}

const NO: Choice = Choice::Refuse;
const YES: Choice = Choice::Agree;

#[test]
fn one_parents_yes_waits_for_the_others_week_and_not_a_moment_longer() {
    let world = care(AgeBand::Under12);
    let said = [
        world.told(A, start()),
        world.told(B, after(1, 0)),
        world.decides(A, world.all(YES)),
    ];
    let before = world.decide(&said, after(7, 23));
    assert!(matches!(awaited(&before)[..], [(who, What::Objection { .. })] if who == slot(B)));
    let Decided::Await(awaiting) = &before else {
        unreachable!()
    };
    assert_eq!(awaiting.decide_again, after(8, 0));
    assert_eq!(awaiting.reason(), Reason::NoPermit);
    assert!(is_permit(&world.decide(&said, after(8, 0))));
}

#[test]
fn silence_of_everybody_is_never_a_yes() {
    let world = care(AgeBand::Under12);
    let said = [world.told(A, start()), world.told(B, start())];
    let late = world.decide(&said, after(40, 0));
    assert!(matches!(
        awaited(&late)[..],
        [(_, What::Answer { .. }), (_, What::Answer { .. })]
    ));
}

#[test]
fn no_period_runs_before_somebody_was_told() {
    let world = care(AgeBand::Under12);
    let said = [world.told(A, start()), world.decides(A, world.all(YES))];
    assert!(
        matches!(awaited(&world.decide(&said, after(50, 0)))[..], [(who, What::Telling)] if who == slot(B))
    );
}

#[test]
fn when_both_have_answered_nobody_waits() {
    let world = care(AgeBand::Under12);
    let both = [world.decides(A, world.all(YES)), world.decides(B, world.all(YES))];
    let Decided::Permit(granted) = world.decide(&both, after(0, 1)) else {
        panic!()
    };
    assert_eq!(granted.basis(), Basis::Consent);
    assert_eq!(*granted.categories(), world.categories().collect());
    assert_eq!(granted.rests_on().len(), 2);
    assert_eq!(granted.not_after(), term_end(&world));
}

#[test]
fn one_known_no_blocks_and_the_reason_does_not_say_whose() {
    let world = care(AgeBand::Under12);
    let said = [world.decides(A, world.all(YES)), world.decides(B, world.all(NO))];
    assert_eq!(
        world.decide(&said, after(1, 0)),
        Decided::Refuse(vec![Refusal::new(Reason::ConsentBlocked)])
    );
}

#[test]
fn a_no_to_what_is_not_required_holds_back_only_that() {
    let world = care(AgeBand::Under12);
    let optional = world.optional().expect("care has one");
    let no = world.decides(B, [(optional, NO)].into());
    let said = [world.told(B, start()), world.decides(A, world.all(YES)), no];
    let Decided::Permit(granted) = world.decide(&said, after(7, 0)) else {
        panic!()
    };
    assert!(!granted.categories().contains(&optional));
    let because = granted
        .blocked()
        .get(&optional)
        .expect("blocked, with its decision");
    assert!(granted.rests_on().contains(because));
}

#[test]
fn what_a_yes_leaves_out_does_not_go_and_is_not_waited_for() {
    let world = Draft::of(Purpose::CareHandover, AgeBand::From16).sign();
    let optional = world.optional().expect("care has one");
    let mut choices = world.all(YES);
    choices.remove(&optional);
    let Decided::Permit(granted) = world.decide(&[world.decides(CHILD, choices)], after(0, 1)) else {
        panic!()
    };
    assert!(!granted.categories().contains(&optional));
    assert!(granted.blocked().is_empty(), "nobody said no");
}

#[test]
fn a_required_category_that_was_left_out_stays_awaited() {
    let world = Draft::of(Purpose::CareHandover, AgeBand::From16).sign();
    let mut choices = world.all(YES);
    choices.remove(&Category::CareRequest);
    let decided = world.decide(
        &[world.told(CHILD, start()), world.decides(CHILD, choices)],
        after(30, 0),
    );
    let [
        (
            _,
            What::Answer {
                categories,
                again: false,
            },
        ),
    ] = awaited(&decided)[..]
    else {
        panic!("{decided:?}")
    };
    assert_eq!(*categories, [Category::CareRequest].into());
}

#[test]
fn from_12_the_child_must_say_yes_too_and_may_take_back_any_yes() {
    let world = care(AgeBand::From12);
    let mut said = vec![
        world.decides(A, world.all(YES)),
        world.decides(B, world.all(YES)),
        world.told(CHILD, start()),
    ];
    assert!(
        matches!(awaited(&world.decide(&said, after(40, 0)))[..], [(who, What::Answer { .. })] if who == slot(CHILD))
    );
    said.push(world.decides(CHILD, world.all(YES)));
    assert!(is_permit(&world.decide(&said, after(40, 0))));
    said.push(world.decides(CHILD, world.all(Choice::Withdraw)));
    assert_eq!(
        reasons(&world.decide(&said, after(40, 0))),
        [Reason::ConsentBlocked]
    );
}

#[test]
fn from_16_a_parents_word_changes_nothing_and_may_not_be_recorded() {
    let world = care(AgeBand::From16);
    let yes = world.decides(CHILD, world.all(YES));
    let alone = world.decide(std::slice::from_ref(&yes), after(0, 1));
    assert!(is_permit(&alone));
    let with_no = [world.decides(A, world.all(NO)), yes];
    assert_eq!(permitted(&world.decide(&with_no, after(0, 1))), permitted(&alone));
    let facts = world.facts(&[]);
    let refused = has_say(&facts, &world.catalogue, slot(A), &world.all(YES)).expect_err("no say");
    assert_eq!(refused.reason, Reason::NoSay);
    assert_eq!(part(&facts, &world.catalogue, slot(A)), Part::Nothing);
    assert_eq!(part(&facts, &world.catalogue, slot(CHILD)), Part::Decides);
}

#[test]
fn at_12_a_guardians_yes_stays_and_release_pauses_until_the_child_answers() {
    let world = care(AgeBand::Under12);
    let mut said = vec![world.decides(A, world.all(YES)), world.decides(B, world.all(YES))];
    assert!(is_permit(&world.decide(&said, after(1, 0))));
    said.push(world.renewed(AgeBand::From12));
    assert!(
        matches!(awaited(&world.decide(&said, after(1, 0)))[..], [(who, What::Telling)] if who == slot(CHILD))
    );
    said.extend([
        world.told(CHILD, after(1, 0)),
        world.decides(CHILD, world.all(YES)),
    ]);
    assert!(is_permit(&world.decide(&said, after(1, 0))));
}

#[test]
fn at_16_what_was_agreed_with_a_parent_lapses_and_the_young_person_is_asked_afresh() {
    let world = care(AgeBand::From12);
    let everybody = [A, B, CHILD];
    let mut said: Vec<_> = everybody
        .iter()
        .map(|who| world.decides(*who, world.all(YES)))
        .collect();
    said.push(world.told(CHILD, start()));
    assert!(is_permit(&world.decide(&said, after(1, 0))));
    said.push(world.renewed(AgeBand::From16));
    let paused = world.decide(&said, after(1, 0));
    assert!(matches!(awaited(&paused)[..], [(who, What::Answer { again: true, .. })] if who == slot(CHILD)));
    let Decided::Await(awaiting) = &paused else {
        unreachable!()
    };
    assert_eq!(awaiting.reason(), Reason::ConsentNotInForce);
    // A later renewal of the term alone does not take the new yes away.
    said.extend([
        world.decides(CHILD, world.all(YES)),
        world.renewed(AgeBand::From16),
    ]);
    assert!(is_permit(&world.decide(&said, after(1, 0))));
}

#[test]
fn a_no_of_the_child_before_16_still_stands_after() {
    let world = care(AgeBand::From12);
    let said = [
        world.decides(CHILD, world.all(NO)),
        world.renewed(AgeBand::From16),
    ];
    assert_eq!(
        reasons(&world.decide(&said, after(1, 0))),
        [Reason::ConsentBlocked]
    );
}

#[test]
fn a_yes_holds_through_the_day_it_names() {
    let world = Draft::of(Purpose::CareHandover, AgeBand::From16).sign();
    let yes = [world.decides_with(CHILD, 0, world.all(YES), Some(day("2026-11-20")))];
    let Decided::Permit(granted) = world.decide(&yes, "2026-11-20T22:59:59Z".parse().expect("a time")) else {
        panic!()
    };
    assert_eq!(
        granted.not_after(),
        "2026-11-20T23:00:00Z"
            .parse()
            .expect("midnight in the Netherlands")
    );
    let ended = world.decide(&yes, granted.not_after());
    let Decided::Await(awaiting) = &ended else {
        panic!("{ended:?}")
    };
    assert_eq!(awaiting.reason(), Reason::ConsentNotInForce);
}

#[test]
fn new_keys_never_revive_what_the_old_keys_refused() {
    let world = Draft::of(Purpose::CareHandover, AgeBand::From16).sign();
    let blocked = [Reason::ConsentBlocked];
    let no = world.decides_with(CHILD, 0, world.all(NO), None);
    let new_keys = [no.clone(), world.decides_with(CHILD, 1, world.all(YES), None)];
    assert_eq!(reasons(&world.decide(&new_keys, after(1, 0))), blocked);
    let on_paper = [no.clone(), world.on_paper(CHILD, world.all(YES))];
    assert_eq!(reasons(&world.decide(&on_paper, after(1, 0))), blocked);
    let spoken_then_new_keys = [
        world.spoken(CHILD, world.all(Choice::Object)),
        world.decides(CHILD, world.all(YES)),
    ];
    assert_eq!(
        reasons(&world.decide(&spoken_then_new_keys, after(1, 0))),
        blocked
    );
    let same_keys = [no.clone(), world.decides_with(CHILD, 0, world.all(YES), None)];
    assert!(is_permit(&world.decide(&same_keys, after(1, 0))));
    // New keys may take back what the old ones agreed, and the old keys' yes does not come back by itself.
    let agreed = world.decides_with(CHILD, 0, world.all(YES), None);
    let taken_back = [
        agreed.clone(),
        world.decides_with(CHILD, 1, world.all(Choice::Withdraw), None),
    ];
    assert_eq!(reasons(&world.decide(&taken_back, after(1, 0))), blocked);
    // Keys that had spoken before somebody recorded a spoken no are not new.
    let phoned = [
        agreed.clone(),
        world.spoken(CHILD, world.all(Choice::Withdraw)),
        agreed,
    ];
    assert!(is_permit(&world.decide(&phoned, after(1, 0))));
}

#[test]
fn paper_needs_two_professionals_and_a_spoken_withdrawal_one() {
    let world = care(AgeBand::Under12);
    let both = [
        world.on_paper(A, world.all(YES)),
        world.on_paper(B, world.all(YES)),
    ];
    assert!(is_permit(&world.decide(&both, after(0, 1))));
    let what = Attested::PaperDecision {
        manifest: world.manifest.digest(),
        choices: world.all(YES),
    };
    for professionals in [&["ib-1"][..], &["ib-1", "ib-1"]] {
        let alone = world.attestation(Some(A), what.clone(), professionals);
        assert_eq!(
            attestation_counts(&alone).expect_err("one").reason,
            Reason::SecondPersonMissing
        );
        let said = [Said::Attestation(by_sender(&alone)), both[1].clone()];
        assert!(!is_permit(&world.decide(&said, after(0, 1))));
    }
    let mut said = both.to_vec();
    said.push(world.spoken(A, world.all(Choice::Withdraw)));
    assert_eq!(
        reasons(&world.decide(&said, after(0, 1))),
        [Reason::ConsentBlocked]
    );
    let revived = Attested::SpokenWithdrawal {
        manifest: world.manifest.digest(),
        choices: world.all(YES),
    };
    assert!(
        attestation_counts(&world.attestation(Some(A), revived, &["ib-1"])).is_err(),
        "a yes is never spoken"
    );
}

#[test]
fn changed_authority_decides_everything_open_again() {
    let world = care(AgeBand::Under12);
    let rests = Holder::Guardian {
        authority: AuthorityKind::TemporarilyNone,
        under_investigation: false,
    };
    let mut said = vec![world.decides(A, world.all(YES)), world.decides(B, world.all(NO))];
    assert_eq!(
        reasons(&world.decide(&said, after(1, 0))),
        [Reason::ConsentBlocked]
    );
    said.push(world.authority_changed(B, rests));
    assert!(
        is_permit(&world.decide(&said, after(1, 0))),
        "B's authority rests, so B's no does too"
    );
    said.push(world.authority_changed(A, rests));
    assert_eq!(reasons(&world.decide(&said, after(1, 0))), [Reason::NobodyToAsk]);
    // Somebody new with authority is asked, although the manifest does not name them.
    let newcomer = Holder::Guardian {
        authority: AuthorityKind::Guardianship,
        under_investigation: false,
    };
    said.push(world.authority_changed(7, newcomer));
    assert!(
        awaited(&world.decide(&said, after(1, 0)))
            .iter()
            .all(|(who, _)| *who == slot(7))
    );
}

#[test]
fn a_parent_does_not_become_the_child_by_a_stroke_of_the_pen() {
    let world = care(AgeBand::From12);
    let parents_agree = [world.decides(A, world.all(YES)), world.decides(B, world.all(YES))];
    let childs_answer_is_missing = |said: &[Said]| {
        let decided = world.decide(said, after(30, 0));
        assert!(!is_permit(&decided), "{decided:?}");
    };
    // Beside the child there is no second one,
    let mut said = parents_agree.to_vec();
    said.push(world.authority_changed(B, YOUNG));
    childs_answer_is_missing(&said);
    said.push(world.decides_with(B, 0, world.all(YES), None));
    childs_answer_is_missing(&said);
    // and where no child is named yet, what was agreed to as a parent is not the child's yes.
    let world = Draft::of(Purpose::CareHandover, AgeBand::From12)
        .with(&[(A, JOINT), (B, JOINT)])
        .sign();
    let mut said = vec![world.decides(A, world.all(YES)), world.decides(B, world.all(YES))];
    said.push(world.authority_changed(B, YOUNG));
    assert!(!is_permit(&world.decide(&said, after(30, 0))));
    said.push(world.decides_with(B, 0, world.all(YES), None));
    assert!(is_permit(&world.decide(&said, after(30, 0))));
}

#[test]
fn what_goes_with_a_young_persons_own_agreement_is_not_shown_to_a_parent() {
    let early_leaver = |band| Draft::of(Purpose::EarlyLeaver, band);
    for band in [AgeBand::From16, AgeBand::Adult] {
        let world = early_leaver(band).sign();
        let shown = |person| part(&world.facts(&[]), &world.catalogue, slot(person));
        assert_eq!(shown(CHILD), Part::Decides, "{band}");
        assert_eq!(shown(A), Part::Nothing, "{band}");
    }
    // Without health data there is nothing to choose, and the law's notice is for both.
    let world = early_leaver(AgeBand::From16)
        .without(Category::Diagnosis)
        .without(Category::CareRequest)
        .sign();
    assert_eq!(part(&world.facts(&[]), &world.catalogue, slot(A)), Part::Informed);
}

#[test]
fn authority_in_doubt_can_object_and_cannot_carry() {
    let in_doubt = Holder::Guardian {
        authority: AuthorityKind::Joint,
        under_investigation: true,
    };
    let world = Draft::of(Purpose::CareHandover, AgeBand::Under12)
        .with(&[(A, JOINT), (B, in_doubt)])
        .sign();
    let (yes_a, yes_b) = (world.decides(A, world.all(YES)), world.decides(B, world.all(YES)));
    assert!(!is_permit(
        &world.decide(&[world.told(A, start()), yes_b], after(30, 0))
    ));
    assert!(is_permit(
        &world.decide(&[world.told(B, start()), yes_a.clone()], after(30, 0))
    ));
    let no_b = world.decides(B, world.all(NO));
    assert_eq!(
        reasons(&world.decide(&[yes_a, no_b], after(30, 0))),
        [Reason::ConsentBlocked]
    );
}

#[test]
fn where_all_must_agree_one_yes_is_not_enough() {
    let all = crate::catalogue::DEFAULT.replace("all_must_agree = false", "all_must_agree = true");
    let mut draft = Draft::of(Purpose::CareHandover, AgeBand::Under12);
    draft.catalogue = std::sync::Arc::new(crate::catalogue::Catalogue::parse(&all).expect("sound"));
    draft.manifest.catalogue = draft.catalogue.digest();
    let world = draft.sign();
    let mut said = vec![
        world.told(A, start()),
        world.told(B, start()),
        world.decides(A, world.all(YES)),
    ];
    assert!(
        matches!(awaited(&world.decide(&said, after(40, 0)))[..], [(who, What::Answer { .. })] if who == slot(B))
    );
    said.push(world.decides(B, world.all(YES)));
    assert!(is_permit(&world.decide(&said, after(1, 0))));
}

#[test]
fn a_statutory_report_waits_for_inspection_and_for_nothing_else() {
    let world = Draft::of(Purpose::TransferReportPrimary, AgeBand::Under12).sign();
    let mut said = vec![world.told(A, start()), world.told(B, start())];
    assert!(matches!(
        awaited(&world.decide(&said, after(9, 23)))[..],
        [(_, What::Inspection { .. }), (_, What::Inspection { .. })]
    ));
    assert!(
        is_permit(&world.decide(&said, after(10, 0))),
        "offered and unused counts as offered"
    );
    // "I have seen it" from both ends the waiting; a no has no effect and may not be recorded.
    said.extend([world.decides(A, [].into()), world.decides(B, [].into())]);
    assert!(is_permit(&world.decide(&said, after(0, 1))));
    said.push(world.decides(A, world.all(NO)));
    assert!(is_permit(&world.decide(&said, after(0, 1))));
    let facts = world.facts(&[]);
    assert!(has_say(&facts, &world.catalogue, slot(A), &[].into()).is_ok());
    let no = has_say(&facts, &world.catalogue, slot(A), &world.all(NO)).expect_err("no say");
    assert_eq!(no.reason, Reason::NoSay);
    assert_eq!(part(&facts, &world.catalogue, slot(A)), Part::Inspects);
}

#[test]
fn an_attested_inspection_counts_at_once() {
    let mut draft = Draft::of(Purpose::TransferReportPrimary, AgeBand::Under12);
    draft.manifest.inspection = Inspection::Attested {
        on: day("2026-11-01"),
    };
    assert!(is_permit(&draft.sign().decide(&[], after(0, 1))));
}

#[test]
fn at_16_parents_and_young_person_inspect_and_at_18_the_young_person_alone() {
    let inspectors = |band| {
        let world = Draft::of(Purpose::TransferReportSecondary, band).sign();
        awaited(&world.decide(&[], after(0, 1)))
            .into_iter()
            .map(|(who, _)| who)
            .collect::<Vec<_>>()
    };
    assert_eq!(inspectors(AgeBand::From12), [slot(A), slot(B)]);
    assert_eq!(inspectors(AgeBand::From16), [slot(A), slot(B), slot(CHILD)]);
    assert_eq!(inspectors(AgeBand::Adult), [slot(CHILD)]);
}

#[test]
fn health_data_of_an_early_leaver_go_only_with_their_agreement_and_never_hold_up_the_rest() {
    let world = Draft::of(Purpose::EarlyLeaver, AgeBand::From16).sign();
    let health = [Category::Diagnosis, Category::CareRequest];
    let agreed = |said: &[crate::policy::Said], now| permitted(&world.decide(said, now));
    let told = world.told(CHILD, start());
    assert!(matches!(
        awaited(&world.decide(std::slice::from_ref(&told), after(6, 0)))[..],
        [(_, What::Answer { .. })]
    ));
    let silent = agreed(std::slice::from_ref(&told), after(7, 0));
    assert!(!silent.is_empty() && health.iter().all(|category| !silent.contains(category)));
    let choices = |choice| {
        health
            .iter()
            .map(|category| (*category, choice))
            .collect::<Choices>()
    };
    assert!(
        health
            .iter()
            .all(|category| agreed(&[world.decides(CHILD, choices(YES))], after(0, 1)).contains(category))
    );
    assert_eq!(agreed(&[world.decides(CHILD, choices(NO))], after(0, 1)), silent);
    let without = Draft::of(Purpose::EarlyLeaver, AgeBand::From16)
        .without(health[0])
        .without(health[1])
        .sign();
    assert!(
        is_permit(&without.decide(&[], after(0, 1))),
        "without health data there is nothing to wait for"
    );
}

#[test]
fn safety_needs_justification_second_person_and_the_legal_recipient() {
    let place = |text: &str| text.parse().expect("a place");
    let world = Draft::of(Purpose::Safety, AgeBand::Under12).sign();
    let Decided::Await(awaiting) = world.decide(&[], after(0, 1)) else {
        panic!()
    };
    assert_eq!(
        awaiting.from,
        [Awaited {
            who: Who::Sender,
            what: What::SecondPerson
        }]
    );
    assert!(is_permit(&world.decide(&[world.second_person()], after(0, 1))));
    assert_eq!(
        part(&world.facts(&[]), &world.catalogue, slot(A)),
        Part::Nothing,
        "hidden until released"
    );
    let mut bare = Draft::of(Purpose::Safety, AgeBand::Under12);
    bare.manifest.justification = None;
    assert_eq!(
        reasons(&bare.sign().decide(&[], after(0, 1))),
        [Reason::SafetyNotAllowed]
    );
    let to_provider = Draft::of(Purpose::Safety, AgeBand::Under12)
        .between(place("po"), place("jh"))
        .sign();
    assert_eq!(
        reasons(&to_provider.decide(&[to_provider.second_person()], after(0, 1))),
        [Reason::SafetyNotAllowed]
    );
    let mut to_agency = Draft::of(Purpose::Safety, AgeBand::Under12).between(place("po"), place("gi"));
    assert_eq!(
        reasons(&to_agency.clone().sign().decide(&[], after(0, 1))),
        [Reason::SafetyNotAllowed]
    );
    to_agency.manifest.supervision_order = true;
    let world = to_agency.sign();
    assert!(is_permit(&world.decide(&[world.second_person()], after(0, 1))));
}

#[test]
fn a_cited_application_must_be_the_recipients_for_this_purpose_and_not_expired() {
    let cited = |spoil: &dyn Fn(&mut crate::statement::application::Application)| {
        let mut draft = Draft::of(Purpose::TransferReportPrimary, AgeBand::Under12);
        let mut body = application(&draft);
        spoil(&mut body);
        let digest = by(Party::Organisation(recipient()), &body).digest();
        draft.manifest.application = ApplicationRef::Cited { digest };
        draft.application = Some(body);
        draft
    };
    let missing = |world: World| reasons(&world.decide(&[], after(0, 1))) == [Reason::ApplicationMissing];
    assert!(!matches!(
        cited(&|_| {}).sign().decide(&[], after(0, 1)),
        Decided::Refuse(_)
    ));
    assert!(missing(
        cited(&|body| body.purpose = Purpose::TransferReportSecondary).sign()
    ));
    assert!(missing(cited(&|body| body.not_after = day("2026-11-01")).sign()));
    assert!(missing(
        cited(&|body| body.recipient.oin = oin("00000099000000003000")).sign()
    ));
    let mut other = cited(&|_| {});
    other.manifest.application = ApplicationRef::Cited {
        digest: crate::digest::Digest::of(b"another"),
    };
    assert!(missing(other.sign()));
    let mut forged = cited(&|_| {}).sign();
    let body = forged.application.as_ref().expect("there").body().clone();
    forged.application = Some(by_sender(&body));
    assert!(missing(forged), "the sender cannot sign for the recipient");
}

#[test]
fn what_a_stranger_said_or_was_said_of_another_manifest_counts_for_nothing() {
    use crate::policy::Said;
    let world = care(AgeBand::From16);
    let other = Draft::of(Purpose::CareHandover, AgeBand::From12).sign();
    let body = world.decision(CHILD, 0, world.all(YES), None);
    let by_another_key = Said::Decision(by(Party::Guardian(invitation(A, 0)), &body));
    let by_the_school = Said::Decision(by_sender(&body));
    let of_another = other.decides(CHILD, other.all(YES));
    let attested_by_the_recipient = {
        let what = Attested::PaperDecision {
            manifest: world.manifest.digest(),
            choices: world.all(YES),
        };
        let attestation = world.attestation(Some(CHILD), what, &["ib-1", "ib-2"]);
        Said::Attestation(by(Party::Organisation(recipient()), &attestation))
    };
    let nothing = world.decide(&[], after(1, 0));
    for said in [
        by_another_key,
        by_the_school,
        of_another,
        attested_by_the_recipient,
    ] {
        assert_eq!(
            world.decide(std::slice::from_ref(&said), after(1, 0)),
            nothing,
            "{said:?}"
        );
    }
}

#[test]
fn a_permit_says_what_was_granted_and_is_recognised_again() {
    let world = care(AgeBand::From16);
    let said = [world.decides(CHILD, world.all(YES))];
    let Decided::Permit(granted) = world.decide(&said, after(1, 0)) else {
        panic!()
    };
    let permit = granted.into_permit(
        crate::ids::PermitId::from_bytes([4; 16]),
        oin("00000099000000009000"),
    );
    assert_eq!(permit.manifest, world.manifest.digest());
    assert_eq!(permit.catalogue, world.catalogue.digest());
    assert_eq!(permit.at, after(1, 0));
    let Decided::Permit(later) = world.decide(&said, after(2, 0)) else {
        panic!()
    };
    assert!(later.is_same_as(&permit));
    let no = [
        said[0].clone(),
        world.decides(CHILD, [(world.optional().expect("care has one"), NO)].into()),
    ];
    let Decided::Permit(less) = world.decide(&no, after(2, 0)) else {
        panic!()
    };
    assert!(!less.is_same_as(&permit));
}

#[test]
fn a_late_yes_to_health_data_does_not_hold_up_the_rest_again() {
    let world = Draft::of(Purpose::EarlyLeaver, AgeBand::From12).sign();
    let health = |choice| [(Category::Diagnosis, choice), (Category::CareRequest, choice)].into();
    let mut said = vec![world.told(CHILD, start())];
    assert!(is_permit(&world.decide(&said, after(7, 0))));
    // Neither parent was ever told, so the yes is not enough, and it is not waited for either.
    said.push(world.decides(CHILD, health(YES)));
    assert!(is_permit(&world.decide(&said, after(7, 0))));
    // Parents who were told later still get their week: the permit lasts until it is over, and then holds more.
    said.extend([
        world.told(A, after(5, 0)),
        world.told(B, after(5, 0)),
        world.decides(A, health(YES)),
    ]);
    let Decided::Permit(meanwhile) = world.decide(&said, after(8, 0)) else {
        panic!()
    };
    assert!(!meanwhile.categories().contains(&Category::Diagnosis));
    assert_eq!(meanwhile.not_after(), after(12, 0));
    assert!(permitted(&world.decide(&said, after(12, 0))).contains(&Category::Diagnosis));
}

#[test]
fn what_was_said_without_a_say_carries_nothing_later_but_a_no_is_not_forgotten() {
    let rests = Holder::Guardian {
        authority: AuthorityKind::TemporarilyNone,
        under_investigation: false,
    };
    let world = Draft::of(Purpose::CareHandover, AgeBand::Under12)
        .with(&[(A, rests), (B, JOINT)])
        .sign();
    let gets_authority = world.authority_changed(A, JOINT);
    let yes = [
        world.decides(A, world.all(YES)),
        gets_authority.clone(),
        world.told(A, start()),
        world.told(B, start()),
    ];
    assert!(
        !is_permit(&world.decide(&yes, after(30, 0))),
        "A's yes was none when it was said"
    );
    let no = [
        world.decides(A, world.all(NO)),
        gets_authority,
        world.decides(B, world.all(YES)),
    ];
    assert_eq!(
        reasons(&world.decide(&no, after(30, 0))),
        [Reason::ConsentBlocked]
    );
    // Somebody whom the manifest does not name may say no before their authority is recorded.
    let stranger = [
        world.decides(7, world.all(NO)),
        world.decides(B, world.all(YES)),
        world.authority_changed(7, JOINT),
    ];
    assert_eq!(
        reasons(&world.decide(&stranger, after(30, 0))),
        [Reason::ConsentBlocked]
    );
}

#[test]
fn the_time_to_look_again_is_never_later_than_the_end_of_a_yes() {
    let world = care(AgeBand::From16);
    let mut some = world.all(YES);
    some.remove(&Category::Identity);
    let said = [world.decides_with(CHILD, 0, some, Some(day("2026-11-03")))];
    let Decided::Await(awaiting) = world.decide(&said, after(0, 1)) else {
        panic!()
    };
    assert_eq!(
        awaiting.decide_again,
        "2026-11-03T23:00:00Z"
            .parse()
            .expect("midnight in the Netherlands")
    );
}
