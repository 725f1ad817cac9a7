mod store;
mod story;
mod world;

use std::collections::BTreeSet;

use proptest::prelude::*;
use story::Twist;
use world::{SECONDARY, World, oin};

use super::{Bundle, BundleError, Check, ProvenLeaf, Report, Verdict};
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::HandoverId;
use crate::statement::member::{KeyBundle, Membership};
use crate::statement::{Kind, RawStatement, Statement};

const OTHER: HandoverId = HandoverId::from_bytes([9; 16]);

/// A federation with each story twice in its log, and events of others between them: two care handovers, two reports.
fn stories() -> (World, [HandoverId; 4]) {
    let mut world = World::new();
    let handovers = [0, 1, 2, 3].map(|which| {
        (0..150).for_each(|_| world.log(Some(OTHER), Act::Previewed, Vec::new()));
        if which < 2 {
            world.care_handover(Twist::None)
        } else {
            world.transfer_report()
        }
    });
    (world, handovers)
}

/// The care handover and the report of the stories, exported.
fn exports() -> (World, [Bundle; 2]) {
    let (world, [care, _, report, _]) = stories();
    let bundles = [care, report].map(|handover| world.export(handover, None));
    for bundle in &bundles {
        let report = world.audit(bundle);
        assert!(report.holds(), "before anything was altered: {report:#?}");
    }
    (world, bundles)
}

fn failed(report: &Report) -> BTreeSet<Check> {
    report.failed().map(|finding| finding.check).collect()
}

#[track_caller]
fn assert_fails(world: &World, bundle: &Bundle, check: Check, what: &str) {
    let report = world.audit(bundle);
    assert!(
        failed(&report).contains(&check),
        "{what}: {check} should have failed\n{report:#?}"
    );
}

/// The check that is about statements of a kind.
fn check_of(kind: Kind) -> Check {
    match kind {
        Kind::Membership => Check::Membership,
        Kind::Catalogue => Check::Catalogue,
        Kind::KeyBundle => Check::Keys,
        Kind::Invitation | Kind::GuardianKeys => Check::Guardians,
        Kind::Told => Check::Told,
        Kind::Application => Check::Application,
        Kind::Manifest => Check::Manifest,
        Kind::Renewal => Check::Renewal,
        Kind::Decision => Check::Decisions,
        Kind::Attestation => Check::Attestations,
        Kind::Permit => Check::Permit,
        Kind::Envelope => Check::Envelope,
        Kind::Release => Check::Release,
        Kind::Receipt => Check::Receipt,
        Kind::WithdrawalAnswer => Check::Withdrawal,
        Kind::Progress => Check::Progress,
        Kind::Agreement | Kind::View | Kind::Plan | Kind::Restoration => panic!("in no story"),
    }
}

/// Whether nothing in the bundle is by the organisation or under the keys that a shared statement is about.
fn is_bystander(raw: &RawStatement, bundle: &Bundle) -> bool {
    match raw.kind {
        Kind::Membership => {
            let claim = Statement::<Membership>::claim(raw.clone()).expect("a membership");
            claim.peek().expect("well formed").oin == oin(SECONDARY)
        }
        Kind::KeyBundle => {
            let claim = Statement::<KeyBundle>::claim(raw.clone()).expect("a key bundle");
            let key = claim.peek().expect("well formed").statement_key.id();
            let signs = bundle
                .statements
                .iter()
                .flat_map(|it| &it.signatures)
                .any(|made| made.key == key);
            let gateways = bundle
                .checkpoint
                .contains(&claim.peek().expect("well formed").oin.to_string());
            !(signs || gateways)
        }
        _ => false,
    }
}

fn records(leaf: &ProvenLeaf, raw: &RawStatement) -> bool {
    let event = leaf.leaf().and_then(|leaf| leaf.event().ok()).expect("an event");
    event.act.records(raw.kind) && event.rests_on.contains(&raw.digest())
}

#[test]
fn a_whole_chain_verifies() {
    let (world, bundles) = exports();
    for bundle in bundles {
        let read = Bundle::parse(&bundle.to_json()).expect("reads what it wrote");
        assert_eq!(read, bundle);
        let report = world.audit(&read);
        assert!(report.holds(), "{report:#?}");
    }
}

#[test]
fn whoever_got_authority_after_the_manifest_is_told_and_decides_like_anybody() {
    let mut world = World::new();
    let handover = world.care_handover(Twist::Newcomer);
    let report = world.audit(&world.export(handover, None));
    assert!(report.holds(), "{report:#?}");
}

#[test]
fn a_report_reads_like_this() {
    let (world, [care, _]) = exports();
    let report = world.audit(&care);
    let lines = report
        .findings()
        .iter()
        .map(|it| format!("{:14} {:14} {}\n", it.verdict.word(), it.check.word(), it.says));
    insta::assert_snapshot!(lines.collect::<String>());
}

#[test]
fn the_stories_hold_every_kind_that_a_bundle_can() {
    let (_, bundles) = exports();
    let kinds: BTreeSet<_> = bundles
        .iter()
        .flat_map(|bundle| &bundle.statements)
        .map(|raw| raw.kind)
        .collect();
    let absent: Vec<_> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert_eq!(
        absent,
        [&Kind::Agreement, &Kind::View, &Kind::Plan, &Kind::Restoration]
    );
}

#[test]
fn a_flipped_byte_in_any_signature_fails_the_check_of_its_kind() {
    let (world, bundles) = exports();
    for bundle in bundles {
        for (at, raw) in bundle.statements.iter().enumerate() {
            for signature in 0..raw.signatures.len() {
                let mut altered = bundle.clone();
                altered.statements[at].signatures[signature].bytes[at % 64] ^= 1;
                assert_fails(
                    &world,
                    &altered,
                    check_of(raw.kind),
                    &format!("{at}, a {}", raw.kind),
                );
            }
        }
    }
}

#[test]
fn a_flipped_byte_in_any_statement_is_no_longer_on_record() {
    let (world, bundles) = exports();
    for bundle in bundles {
        for (at, raw) in bundle.statements.iter().enumerate() {
            let mut altered = bundle.clone();
            let byte = at * 7 % raw.body.len();
            altered.statements[at].body[byte] ^= 1;
            assert_fails(
                &world,
                &altered,
                Check::Inclusion,
                &format!("{at}, a {}", raw.kind),
            );
            assert_fails(
                &world,
                &altered,
                Check::Complete,
                &format!("{at}, a {}", raw.kind),
            );
        }
    }
}

#[test]
fn a_missing_statement_is_missed() {
    let (world, bundles) = exports();
    for bundle in bundles {
        for (at, raw) in bundle.statements.iter().enumerate() {
            let mut altered = bundle.clone();
            altered.statements.remove(at);
            assert_fails(
                &world,
                &altered,
                Check::Complete,
                &format!("{at}, a {}", raw.kind),
            );
        }
    }
}

#[test]
fn nothing_that_is_relied_on_can_be_left_out_together_with_its_event() {
    let (world, [care, _]) = exports();
    for (at, raw) in care.statements.iter().enumerate() {
        let mut altered = care.clone();
        altered.statements.remove(at);
        altered.leaves.retain(|leaf| !records(leaf, raw));
        let report = world.audit(&altered);
        let missed = match raw.kind {
            // Nobody relies on these; that they are not in the log takes the whole log to show.
            Kind::WithdrawalAnswer | Kind::Progress => continue,
            Kind::Membership | Kind::KeyBundle if is_bystander(raw, &care) => continue,
            Kind::Membership => Check::Membership,
            // The keys verify something: which check misses them depends on whose they are.
            Kind::KeyBundle => {
                assert!(!report.holds(), "{at}: {report:#?}");
                continue;
            }
            Kind::Invitation => Check::Guardians,
            Kind::GuardianKeys => Check::Decisions,
            // The last attestation and decision are withdrawals; what cites them is the answer or the release.
            Kind::Told | Kind::Decision | Kind::Attestation => {
                let cited = [Check::Permit, Check::Withdrawal];
                assert!(
                    cited.iter().any(|check| failed(&report).contains(check)),
                    "{at}: {report:#?}"
                );
                continue;
            }
            Kind::Permit => Check::Policy,
            Kind::Envelope => Check::Release,
            Kind::Release => Check::Receipt,
            Kind::Receipt => Check::Progress,
            kind => check_of(kind),
        };
        // Without its first permit the envelope has none; without its second the release.
        let missed = if raw.kind == Kind::Permit {
            let either = [Check::Envelope, Check::Release]
                .into_iter()
                .find(|check| failed(&report).contains(check));
            either.unwrap_or(missed)
        } else {
            missed
        };
        assert!(
            failed(&report).contains(&missed),
            "{at}, a {}: {missed}\n{report:#?}",
            raw.kind
        );
    }
}

#[test]
fn a_statement_of_another_handover_is_noticed_though_signed_and_on_record() {
    let (world, handovers) = stories();
    for (ours, theirs) in [(handovers[0], handovers[1]), (handovers[2], handovers[3])] {
        let (bundle, other) = (world.export(ours, None), world.export(theirs, None));
        let stranger = |raw: &&RawStatement| !bundle.statements.contains(raw);
        for (at, raw) in bundle
            .statements
            .iter()
            .enumerate()
            .filter(|(_, raw)| !other.statements.contains(raw))
        {
            let swapped = other
                .statements
                .iter()
                .filter(stranger)
                .find(|it| it.kind == raw.kind)
                .expect("as many");
            let mut altered = bundle.clone();
            altered.statements[at] = swapped.clone();
            altered.leaves.retain(|leaf| !records(leaf, raw));
            altered
                .leaves
                .extend(other.leaves.iter().find(|leaf| records(leaf, swapped)).cloned());
            assert_fails(
                &world,
                &altered,
                check_of(raw.kind),
                &format!("{at}, a {}", raw.kind),
            );
        }
    }
}

#[test]
fn a_statement_exported_twice_is_noticed() {
    let (world, [care, _]) = exports();
    for raw in &care.statements {
        let mut altered = care.clone();
        altered.statements.push(raw.clone());
        assert_fails(&world, &altered, Check::Complete, raw.kind.word());
    }
}

#[test]
fn an_event_that_is_missing_altered_or_elsewhere_is_noticed() {
    let (world, [care, _]) = exports();
    for at in 0..care.leaves.len() {
        let alter = |change: &dyn Fn(&mut Bundle)| {
            let mut altered = care.clone();
            change(&mut altered);
            assert_fails(&world, &altered, Check::Inclusion, &format!("event {at}"));
        };
        alter(&|it| drop(it.leaves.remove(at)));
        alter(&|it| it.leaves[at].index += 1);
        alter(&|it| it.leaves[at].salt.0[3] ^= 1);
        alter(&|it| it.leaves[at].salt.0.truncate(15));
        alter(&|it| it.leaves[at].event.0[9] ^= 1);
        alter(&|it| it.leaves[at].proof.truncate(3));
        alter(&|it| it.leaves[at].proof[2] = Digest::of(b"another"));
        alter(&|it| it.leaves.push(it.leaves[at].clone()));
    }
}

#[test]
fn the_checkpoint_must_be_the_gateways() {
    let (world, [care, _]) = exports();
    let root = care.checkpoint.lines().nth(2).expect("a root line");
    let another = data_encoding::BASE64.encode(Digest::of(b"another").as_bytes());
    for text in [
        String::new(),
        care.checkpoint.replace(root, &another),
        care.checkpoint.replace("handdruk/", "other/"),
    ] {
        let altered = Bundle {
            checkpoint: text,
            ..care.clone()
        };
        assert_fails(&world, &altered, Check::Checkpoint, "checkpoint");
        assert_fails(&world, &altered, Check::Inclusion, "checkpoint");
    }
}

#[test]
fn the_log_must_extend_the_earlier_checkpoint() {
    let mut world = World::new();
    let handover = world.care_handover(Twist::None);
    let seen = (world.size(), world.checkpoint());
    world.transfer_report();
    let bundle = world.export(handover, Some(seen));
    let report = world.audit(&bundle);
    let verdict = |report: &Report| {
        report
            .findings()
            .iter()
            .find(|it| it.check == Check::Consistency)
            .map(|it| it.verdict)
    };
    assert!(
        report.holds() && verdict(&report) == Some(Verdict::Passed),
        "{report:#?}"
    );

    let alter = |change: &dyn Fn(&mut super::Earlier)| {
        let mut altered = bundle.clone();
        change(altered.earlier.as_mut().expect("given"));
        assert_fails(&world, &altered, Check::Consistency, "earlier");
    };
    alter(&|it| it.proof.truncate(1));
    alter(&|it| it.proof[0] = Digest::of(b"another"));
    alter(&|it| it.checkpoint = String::new());
    // Another log under the same keys: a gateway that was restored and went on differently.
    let mut forked = World::new();
    forked.log(None, Act::EvidenceErased, Vec::new());
    alter(&|it| it.checkpoint = forked.checkpoint());

    let without = Bundle {
        earlier: None,
        ..bundle.clone()
    };
    assert_eq!(verdict(&world.audit(&without)), Some(Verdict::NotApplicable));
}

#[test]
fn an_insider_with_valid_keys_is_found_out() {
    let twists = [
        (Twist::RecipientInvites, Check::Guardians),
        (Twist::ActivatedTwice, Check::Guardians),
        (Twist::ActivatedAfterRevoking, Check::Guardians),
        (Twist::ReplacedKeys, Check::Decisions),
        (Twist::PermitsAfterRevoking, Check::Permit),
        (Twist::BackdatedRelease, Check::Order),
        (Twist::OneProfessional, Check::Attestations),
        (Twist::PermitsTooMuch, Check::Policy),
        (Twist::SchoolPermits, Check::Membership),
        (Twist::SealsToOldKey, Check::Envelope),
        (Twist::SealsTooMuch, Check::Envelope),
        (Twist::OldSenderKey, Check::Envelope),
        (Twist::ReleasesAfterWithdrawal, Check::Policy),
        (Twist::WithholdsUnasked, Check::Release),
        (Twist::MembershipEnded, Check::Membership),
        (Twist::ReceivesTooMuch, Check::Receipt),
        (Twist::StepsOutOfTurn, Check::Progress),
        (Twist::LogSaysOtherwise, Check::Receipt),
    ];
    for (twist, check) in twists {
        let mut world = World::new();
        let handover = world.care_handover(twist);
        assert_fails(
            &world,
            &world.export(handover, None),
            check,
            &format!("{twist:?}"),
        );
    }
}

#[test]
fn another_handover_in_the_same_evidence_is_another_handover() {
    let (world, [care, _]) = exports();
    let altered = Bundle {
        handover: OTHER,
        ..care
    };
    assert_fails(&world, &altered, Check::Manifest, "handover");
}

#[test]
fn nothing_at_all_proves_nothing() {
    let (world, [care, _]) = exports();
    let empty = Bundle {
        statements: Vec::new(),
        leaves: Vec::new(),
        ..care
    };
    let report = world.audit(&empty);
    for finding in report.findings() {
        let vacuous = matches!(finding.check, Check::Consistency);
        let expected = if vacuous {
            Verdict::NotApplicable
        } else {
            Verdict::Failed
        };
        let alone = matches!(finding.check, Check::Keys | Check::Inclusion | Check::Complete);
        assert!(finding.verdict == expected || alone, "{finding:?}");
    }
}

#[test]
fn what_is_not_an_export_is_refused() {
    let (_, [care, _]) = exports();
    let text = String::from_utf8(care.to_json()).expect("JSON");
    let extra = text.replacen('{', "{\"extra\":1,", 1);
    let unknown = text.replacen("\"manifest\"", "\"wish\"", 1);
    for wrong in [String::new(), extra, unknown, text[..text.len() - 2].to_owned()] {
        assert!(matches!(
            Bundle::parse(wrong.as_bytes()),
            Err(BundleError::Malformed { .. })
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_changed_byte_of_an_export_is_refused_or_found(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        static EXPORTED: std::sync::OnceLock<(World, Bundle, Vec<u8>)> = std::sync::OnceLock::new();
        let (world, care, json) = EXPORTED.get_or_init(|| {
            let (world, [care, _]) = exports();
            let json = care.to_json();
            (world, care, json)
        });
        let mut altered = json.clone();
        altered[at.index(json.len())] = byte;
        if let Ok(read) = Bundle::parse(&altered) && read != *care {
            let report = world.audit(&read);
            prop_assert!(!report.holds(), "{:#?}", report);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_reader(bytes in any::<Vec<u8>>()) {
        let _ = Bundle::parse(&bytes);
    }
}
