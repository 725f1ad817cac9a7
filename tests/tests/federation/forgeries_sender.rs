//! What a sending organisation may try at the gateway: each is refused by name, and the evidence log stays as it was.

use handdruk_cli::federation::members::PORTAL;
use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::envelope::CompartmentName;
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::member::KeyBundle;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::v1::guardian_service_client::GuardianServiceClient;
use handdruk_proto::{statement, v1};
use jiff::SignedDuration;
use tonic::Status;

use crate::forger::{ALLIANCE, COLLEGE, Forger, PROVIDER, SCHOOL, kinds, permit, refusal};
use crate::paper::{Paper, Sealed};
use crate::town::Town;

const REPORT: [Category; 2] = [Category::Identity, Category::SupportNeeds];

/// The gateway alone, with a school and a college that tests speak for.
async fn school_and_college() -> (Town, Forger, Forger) {
    let town = Town::of(&[]);
    let school = Forger::join(&town.cast.federation, SCHOOL).await;
    let college = Forger::join(&town.cast.federation, COLLEGE).await;
    (town, school, college)
}

/// A permitted report with its honest envelope, not submitted.
async fn permitted(school: &mut Forger, college: &Forger) -> (crate::forger::Proposed, Sealed) {
    let papers = Paper::several(&REPORT, &mut school.rng);
    let proposed = school.report(&COLLEGE, &papers).await;
    let bundle = college.bundle();
    let sealed = Sealed::new(school, &proposed, &papers, (&bundle.opening_key, bundle.digest()));
    (proposed, sealed)
}

async fn propose(school: &mut Forger, manifest: &Manifest) -> Result<(), Status> {
    let signed = school.sign(manifest);
    school.propose_raw(statement(&signed)).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_is_not_what_its_sender_may_say_is_refused() {
    let (town, mut school, college) = school_and_college().await;
    let papers = Paper::several(&REPORT, &mut school.rng);
    let honest = school.manifest(&COLLEGE, Purpose::TransferReportPrimary, &papers);
    let signed = school.sign(&honest);

    let mut altered = statement(&signed);
    let text = String::from_utf8(altered.body.to_vec()).expect("JSON");
    assert!(text.contains("2027-04-01"));
    altered.body = text.replace("2027-04-01", "2027-05-01").into_bytes().into();
    let observer = Forger::join(&town.cast.federation, PROVIDER).await;
    let attempt = school.propose_raw(altered);
    observer
        .is_refused("an altered manifest", Reason::BadStatement, attempt)
        .await;

    let strangers = statement(&Statement::sign(&honest, &[college.signer(None)]).expect("signs"));
    let attempt = school.propose_raw(strangers);
    observer
        .is_refused("signed with another member's key", Reason::KeyNotCurrent, attempt)
        .await;

    let mut claimed = statement(&Statement::sign(&honest, &[college.signer(None)]).expect("signs"));
    claimed.signatures[0].key_id = school.signed(&honest).expect("signed").signatures[0]
        .key_id
        .clone();
    let attempt = school.propose_raw(claimed);
    observer
        .is_refused(
            "another's signature under our name",
            Reason::BadStatement,
            attempt,
        )
        .await;

    let mut anothers = honest.clone();
    anothers.sender.oin = college.oin();
    anothers.by.on_behalf_of = college.oin();
    let attempt = propose(&mut school, &anothers);
    observer
        .is_refused("in another's name", Reason::BadStatement, attempt)
        .await;

    let mut tomorrow = honest.clone();
    tomorrow.at += SignedDuration::from_hours(24);
    let attempt = propose(&mut school, &tomorrow);
    observer
        .is_refused("dated tomorrow", Reason::TimeOutOfRange, attempt)
        .await;

    let mut other_rules = honest.clone();
    other_rules.catalogue = Digest::of(b"rules of our own");
    let attempt = propose(&mut school, &other_rules);
    observer
        .is_refused("under other rules", Reason::CatalogueNotCurrent, attempt)
        .await;

    let mut endless = honest.clone();
    endless.not_after = "2028-02-01".parse().expect("a date");
    let attempt = propose(&mut school, &endless);
    observer
        .is_refused("for a year", Reason::TermNotAllowed, attempt)
        .await;

    propose(&mut school, &honest)
        .await
        .expect("and as it is, it is admitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_decides_who_may_send_what_to_whom() {
    let (town, mut school, mut college) = school_and_college().await;
    let provider = Forger::join(&town.cast.federation, PROVIDER).await;
    Forger::join(&town.cast.federation, ALLIANCE).await;
    let numbered = [
        Category::Identity,
        Category::NationalNumber,
        Category::SupportNeeds,
        Category::CareRequest,
    ];
    let with_number = Paper::several(&numbered, &mut school.rng);

    let swv = school.manifest(&ALLIANCE, Purpose::SwvSupport, &with_number[..3]);
    let attempt = propose(&mut school, &swv);
    provider
        .is_refused("a BSN to the swv", Reason::NationalNumberNotAllowed, attempt)
        .await;

    let care = school.manifest(&PROVIDER, Purpose::CareHandover, &with_number);
    let attempt = propose(&mut school, &care);
    provider
        .is_refused("a BSN to care", Reason::NationalNumberNotAllowed, attempt)
        .await;

    let mut scores = Paper::honest(Category::CareRequest, &mut school.rng);
    scores.category = Category::Results;
    let [identity, _, needs, request] = <[Paper; 4]>::try_from(with_number).ok().expect("four papers");
    let care = school.manifest(
        &PROVIDER,
        Purpose::CareHandover,
        &[identity.clone(), needs.clone(), request, scores],
    );
    let attempt = propose(&mut school, &care);
    provider
        .is_refused("test scores to care", Reason::CategoryNotAllowed, attempt)
        .await;

    let bare = school.manifest(&PROVIDER, Purpose::CareHandover, core::slice::from_ref(&identity));
    let attempt = propose(&mut school, &bare);
    provider
        .is_refused(
            "without what is required",
            Reason::RequiredCategoryMissing,
            attempt,
        )
        .await;

    // Each has a role, and not this one: roles are those that the registrar signed, whatever a member says of itself.
    let to_care = school.manifest(
        &PROVIDER,
        Purpose::TransferReportPrimary,
        &[identity.clone(), needs.clone()],
    );
    let attempt = propose(&mut school, &to_care);
    provider
        .is_refused("a school report to care", Reason::PurposeNotAllowed, attempt)
        .await;
    let from_college = college.manifest(&SCHOOL, Purpose::TransferReportPrimary, &[identity, needs]);
    let attempt = propose(&mut college, &from_college);
    provider
        .is_refused(
            "a primary report by a college",
            Reason::PurposeNotAllowed,
            attempt,
        )
        .await;

    let mut portal = ExchangeServiceClient::new(town.cast.federation.gateway_as(&PORTAL).expect("a channel"));
    let request = v1::GetHandoverRequest {
        handover_id: care.handover.to_string(),
    };
    let attempt = portal.get_handover(request);
    provider
        .is_refused("the portal at the exchange", Reason::RoleNotAllowed, attempt)
        .await;
    let mut guardians = GuardianServiceClient::new(school.channel());
    let request = v1::ListQuestionsRequest {
        session: vec![0; 32].into(),
    };
    let attempt = guardians.list_questions(request);
    provider
        .is_refused("a school as a portal", Reason::RoleNotAllowed, attempt)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_holds_what_its_own_permit_allows_sealed_to_the_key_in_force() {
    let (town, mut school, mut college) = school_and_college().await;
    let watcher = Forger::join(&town.cast.federation, PROVIDER).await;
    let (one, sealed) = permitted(&mut school, &college).await;
    let (other, _) = permitted(&mut school, &college).await;

    let mut borrowed = sealed.clone();
    borrowed.envelope.permit = permit(&other.status).digest();
    let attempt = borrowed.submit(&mut school);
    watcher
        .is_refused("under another handover's permit", Reason::NoPermit, attempt)
        .await;

    let mut crossed = sealed.clone();
    crossed.envelope.manifest = other.digest;
    let attempt = crossed.submit(&mut school);
    watcher
        .is_refused("for another manifest", Reason::BadStatement, attempt)
        .await;

    let mut extra = sealed.clone();
    let mut listed = extra.envelope.compartments[1].clone();
    listed.name = CompartmentName::Category(Category::CareRequest);
    extra.envelope.compartments.push(listed);
    extra.compartments.push(extra.compartments[1].clone());
    let attempt = extra.submit(&mut school);
    watcher
        .is_refused("with a category more", Reason::EnvelopeMismatch, attempt)
        .await;

    let mut fewer = sealed.clone();
    fewer.envelope.compartments.pop();
    fewer.compartments.pop();
    let attempt = fewer.submit(&mut school);
    watcher
        .is_refused("with a category less", Reason::EnvelopeMismatch, attempt)
        .await;

    let mut other_bytes = sealed.clone();
    other_bytes.compartments[0][100] ^= 1;
    let attempt = other_bytes.submit(&mut school);
    watcher
        .is_refused("with other bytes than listed", Reason::EnvelopeMismatch, attempt)
        .await;

    let mut twice = sealed.clone();
    twice.envelope.compartments[1] = twice.envelope.compartments[0].clone();
    twice.compartments[1] = twice.compartments[0].clone();
    let attempt = twice.submit(&mut school);
    watcher
        .is_refused("with a category twice", Reason::EnvelopeMismatch, attempt)
        .await;

    let papers = Paper::several(&REPORT, &mut school.rng);
    let stranger = watcher.bundle().clone();
    let swapped = Sealed::new(
        &mut school,
        &one,
        &papers,
        (&stranger.opening_key, stranger.digest()),
    );
    let attempt = swapped.submit(&mut school);
    watcher
        .is_refused("sealed to another's key", Reason::WrongRecipientKey, attempt)
        .await;

    college.publish().await;
    let attempt = sealed.submit(&mut school);
    watcher
        .is_refused("sealed to yesterday's key", Reason::WrongRecipientKey, attempt)
        .await;

    assert_eq!(
        school.stage(&one.id()).await,
        Stage::Permitted,
        "nothing of it was taken"
    );
    let bundle = college.bundle().clone();
    let honest = Sealed::new(&mut school, &one, &papers, (&bundle.opening_key, bundle.digest()));
    honest.submit(&mut school).await.expect("and an honest one is");
    let attempt = honest
        .submit(&mut school)
        .await
        .expect("the same envelope again is the same answer");
    assert_eq!(crate::forger::stage(&attempt), Stage::Submitted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_bundle_follows_from_the_one_before() {
    let (town, mut school, mut college) = school_and_college().await;
    let watcher = Forger::join(&town.cast.federation, PROVIDER).await;
    let (next, _) = school.next_bundle();
    let body = next.peek().expect("reads");
    let certificate = school.identity.signer();

    let alone = Statement::sign(&body, &[&*certificate]).expect("signs");
    let attempt = school.publish_raw(&alone);
    watcher
        .is_refused("without the key before it", Reason::BadStatement, attempt)
        .await;

    let again = KeyBundle {
        serial: 1,
        ..body.clone()
    };
    let again = Statement::sign(&again, &[&*certificate, school.signer(None)]).expect("signs");
    let attempt = school.publish_raw(&again);
    watcher
        .is_refused("with a lower serial", Reason::KeyChainBroken, attempt)
        .await;

    let long = KeyBundle {
        not_after: body.not_after + SignedDuration::from_hours(24),
        ..body.clone()
    };
    let long = Statement::sign(&long, &[&*certificate, school.signer(None)]).expect("signs");
    let attempt = school.publish_raw(&long);
    watcher
        .is_refused("for 31 days", Reason::KeyNotCurrent, attempt)
        .await;

    let attempt = college.publish_raw(&next);
    watcher
        .is_refused("by another member", Reason::BadStatement, attempt)
        .await;

    let anothers = KeyBundle {
        oin: college.oin(),
        ..body
    };
    let anothers = Statement::sign(&anothers, &[&*certificate, school.signer(None)]).expect("signs");
    let attempt = college.publish_raw(&anothers);
    watcher
        .is_refused("under another's certificate", Reason::BadStatement, attempt)
        .await;

    school.publish().await;
    let papers = Paper::several(&REPORT, &mut school.rng);
    let manifest = school.manifest(&COLLEGE, Purpose::TransferReportPrimary, &papers);
    let outdated = statement(&Statement::sign(&manifest, &[school.signer(Some(0))]).expect("signs"));
    let attempt = school.propose_raw(outdated);
    watcher
        .is_refused("signed with yesterday's key", Reason::KeyNotCurrent, attempt)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_handover_does_not_exist() {
    let (town, mut school, college) = school_and_college().await;
    let mut stranger = Forger::join(&town.cast.federation, PROVIDER).await;
    let (proposed, sealed) = permitted(&mut school, &college).await;
    let id = proposed.id();

    // Before anything is submitted, even the recipient knows nothing of it.
    refusal(college.standing(&id).await.err(), "the recipient, too early");
    sealed.submit(&mut school).await.expect("submitted");

    let attempt = stranger.standing(&id);
    school.is_refused("looking", Reason::NotFound, attempt).await;
    let request = v1::FetchRequest {
        request_id: stranger.request_id(),
        handover_id: id.clone(),
    };
    let mut exchange = stranger.exchange();
    school
        .is_refused("fetching", Reason::NotFound, exchange.fetch(request))
        .await;
    let request = v1::RetractRequest {
        request_id: stranger.request_id(),
        handover_id: id.clone(),
    };
    school
        .is_refused("retracting", Reason::NotFound, exchange.retract(request))
        .await;
    let renewal = Renewal {
        handover: proposed.manifest.handover,
        manifest: proposed.digest,
        not_after: "2027-05-01".parse().expect("a date"),
        age_band: proposed.manifest.age_band,
        at: stranger.now(),
    };
    let request = v1::RenewRequest {
        request_id: stranger.request_id(),
        renewal: stranger.signed(&renewal),
    };
    school
        .is_refused("renewing", Reason::NotFound, exchange.renew(request))
        .await;
    let attempt = sealed.submit(&mut stranger);
    school.is_refused("submitting", Reason::NotFound, attempt).await;
    let mut evidence = stranger.evidence();
    let request = v1::ExportHandoverRequest {
        handover_id: id.clone(),
        ..Default::default()
    };
    school
        .is_refused("exporting", Reason::NotFound, evidence.export_handover(request))
        .await;

    // The sender cannot fetch what it sent, and the recipient cannot take back what it did not send.
    let request = v1::FetchRequest {
        request_id: school.request_id(),
        handover_id: id.clone(),
    };
    let mut own = school.exchange();
    stranger
        .is_refused("fetching one's own", Reason::NotFound, own.fetch(request))
        .await;
    let mut theirs = college.exchange();
    let request = v1::RetractRequest {
        request_id: stranger.request_id(),
        handover_id: id.clone(),
    };
    stranger
        .is_refused(
            "the recipient retracting",
            Reason::NotFound,
            theirs.retract(request),
        )
        .await;
    assert_eq!(school.stage(&id).await, Stage::Submitted);
    let shown = college
        .standing(&id)
        .await
        .expect("the recipient sees it now")
        .statements;
    assert!(!kinds(&shown).contains(&handdruk_domain::statement::Kind::Decision));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_request_gets_its_first_answer_and_a_changed_one_none() {
    let (town, mut school, college) = school_and_college().await;
    let watcher = Forger::join(&town.cast.federation, PROVIDER).await;
    let papers = Paper::several(&REPORT, &mut school.rng);
    let manifest = school.manifest(&COLLEGE, Purpose::TransferReportPrimary, &papers);
    let request = v1::ProposeRequest {
        request_id: school.request_id(),
        manifest: school.signed(&manifest),
        application: None,
    };
    let first = school
        .exchange()
        .propose(request.clone())
        .await
        .expect("admitted")
        .into_inner();

    let head = watcher.head().await;
    let again = school
        .exchange()
        .propose(request.clone())
        .await
        .expect("answered")
        .into_inner();
    assert!(first == again, "the very same answer");
    let renamed = v1::ProposeRequest {
        request_id: school.request_id(),
        ..request.clone()
    };
    let again = school
        .exchange()
        .propose(renamed)
        .await
        .expect("answered")
        .into_inner();
    assert!(
        first.handover == again.handover,
        "admitted once, whatever the request is called"
    );
    assert_eq!(watcher.head().await, head, "and nothing took effect twice");

    let other = school.manifest(&COLLEGE, Purpose::TransferReportPrimary, &papers);
    let changed = v1::ProposeRequest {
        manifest: school.signed(&other),
        ..request.clone()
    };
    let mut exchange = school.exchange();
    let attempt = exchange.propose(changed);
    watcher
        .is_refused(
            "the same id for another manifest",
            Reason::RequestIdReused,
            attempt,
        )
        .await;
    let retract = v1::RetractRequest {
        request_id: request.request_id.clone(),
        handover_id: manifest.handover.to_string(),
    };
    let attempt = exchange.retract(retract);
    watcher
        .is_refused("the same id for another call", Reason::RequestIdReused, attempt)
        .await;

    // Somebody else's request id is somebody else's: ids are scoped to the caller.
    let taken = v1::RetractRequest {
        request_id: request.request_id,
        handover_id: manifest.handover.to_string(),
    };
    let mut theirs = college.exchange();
    watcher
        .is_refused(
            "another caller with that id",
            Reason::NotFound,
            theirs.retract(taken),
        )
        .await;
    assert_eq!(
        school.stage(&manifest.handover.to_string()).await,
        Stage::Permitted
    );
}
