//! Key bundles: whose they are, and what they follow from.

use handdruk_certs::bundle::MAX_TERM;
use handdruk_certs::{
    BundleError, ChainError, Identity, Previous, Revocation, Trust, make_bundle, verify_bundle,
    verify_bundles, verify_past_bundle,
};
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::Bytes;
use handdruk_domain::statement::member::KeyBundle;
use handdruk_domain::statement::{Ed25519Signer, Signer, Statement, Verified};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::federation::{Federation, PROVIDER, SCHOOL, oin, read};

fn statement_key(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("any 32 bytes are a seed")
}

fn first(identity: &Identity, at: Timestamp) -> Statement<KeyBundle> {
    make_bundle(
        identity,
        statement_key(1).public_key(),
        Bytes(vec![1; 1216]),
        at,
        None,
    )
    .expect("signs")
}

fn next(
    identity: &Identity,
    at: Timestamp,
    bundle: &Verified<KeyBundle>,
    signer: &dyn Signer,
) -> Statement<KeyBundle> {
    let previous = Previous { bundle, signer };
    let key = statement_key(u8::try_from(bundle.serial + 1).expect("few")).public_key();
    make_bundle(identity, key, Bytes(vec![2; 1216]), at, Some(previous)).expect("signs")
}

fn check(
    by: &Identity,
    bundle: &Statement<KeyBundle>,
    at: Timestamp,
    previous: Option<&Verified<KeyBundle>>,
) -> Result<Verified<KeyBundle>, BundleError> {
    verify_bundle(bundle, &by.trust(), by.revocation(), at, previous)
}

/// The bundle with something else in it, signed anew with the organisation's own certificate.
fn altered(
    identity: &Identity,
    bundle: &Statement<KeyBundle>,
    alter: impl FnOnce(&mut KeyBundle),
) -> Statement<KeyBundle> {
    let mut body = bundle.peek().expect("reads");
    alter(&mut body);
    Statement::sign(&body, &[&*identity.signer()]).expect("signs")
}

#[test]
fn a_chain_of_bundles_is_followed_to_the_newest() {
    let federation = Federation::new();
    let (school, reader) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let start = federation.wall.now();
    let later = start
        .checked_add(SignedDuration::from_hours(29 * 24))
        .expect("in range");
    let one = first(&school, start);
    let verified = check(&reader, &one, start, None).expect("verifies");
    assert_eq!((verified.serial, &verified.oin), (1, &oin(SCHOOL)));
    let two = next(&school, later, &verified, &statement_key(1));
    let followed = verify_bundles(
        &[one.clone(), two.clone()],
        &reader.trust(),
        reader.revocation(),
        later,
        None,
    );
    let newest = followed.expect("verifies").expect("there is one");
    assert_eq!(newest.serial, 2);
    assert_eq!(newest.verifying_key().public(), &statement_key(2).public_key());
    assert_eq!(
        check(&reader, &two, later, Some(&verified))
            .expect("verifies")
            .digest(),
        newest.digest()
    );
    // The newest alone proves nothing to a reader who does not know what it follows from.
    assert!(matches!(
        check(&reader, &two, later, None),
        Err(BundleError::Statement(_))
    ));
}

#[test]
fn other_keys_cannot_be_slipped_in_with_the_certificate_alone() {
    let federation = Federation::new();
    let (school, reader) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let now = federation.wall.now();
    let known = check(&reader, &first(&school, now), now, None).expect("verifies");
    let unsigned = altered(&school, known.statement(), |b| b.serial = 2);
    assert!(matches!(
        check(&reader, &unsigned, now, Some(&known)),
        Err(BundleError::Statement(_))
    ));
    let stranger = next(&school, now, &known, &statement_key(9));
    assert!(matches!(
        check(&reader, &stranger, now, Some(&known)),
        Err(BundleError::Statement(_))
    ));
}

#[test]
fn serials_only_rise() {
    let federation = Federation::new();
    let (school, reader) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let now = federation.wall.now();
    let one = check(&reader, &first(&school, now), now, None).expect("verifies");
    let two = check(
        &reader,
        &next(&school, now, &one, &statement_key(1)),
        now,
        Some(&one),
    )
    .expect("verifies");
    for serial in [1, 2] {
        let mut body = two.body().clone();
        body.serial = serial;
        let signers: [&dyn Signer; 2] = [&*school.signer(), &statement_key(2)];
        let again = Statement::sign(&body, &signers).expect("signs");
        assert_eq!(
            check(&reader, &again, now, Some(&two)).err(),
            Some(BundleError::DoesNotFollow)
        );
    }
}

#[test]
fn a_bundle_counts_in_its_term_and_no_longer_than_thirty_days() {
    let federation = Federation::new();
    let (school, reader) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let now = federation.wall.now();
    let bundle = first(&school, now);
    let body = bundle.peek().expect("reads");
    assert_eq!(body.not_after.duration_since(body.not_before), MAX_TERM);
    assert_eq!(
        check(&reader, &bundle, body.not_after, None).err(),
        Some(BundleError::NotCurrent)
    );
    let early = body
        .not_before
        .checked_sub(SignedDuration::from_secs(1))
        .expect("in range");
    assert_eq!(
        check(&reader, &bundle, early, None).err(),
        Some(BundleError::NotCurrent)
    );
    let second = SignedDuration::from_secs(1);
    let long = altered(&school, &bundle, |b| {
        b.not_after = b.not_after.checked_add(second).expect("in range");
    });
    assert_eq!(check(&reader, &long, now, None).err(), Some(BundleError::Term));
    let empty = altered(&school, &bundle, |b| b.not_after = b.not_before);
    assert_eq!(check(&reader, &empty, now, None).err(), Some(BundleError::Term));
}

#[test]
fn only_the_organisation_itself_vouches_for_its_keys() {
    let federation = Federation::new();
    let (school, reader) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let now = federation.wall.now();
    // A system of the school signs for the school.
    let system = federation.system(SCHOOL, "Pupil administration");
    assert_eq!(
        check(&reader, &first(&system, now), now, None).err(),
        Some(BundleError::NotItsOwn)
    );
    // The school signs for the provider.
    let posing = altered(&school, &first(&school, now), |b| b.oin = oin(PROVIDER));
    assert_eq!(
        check(&reader, &posing, now, None).err(),
        Some(BundleError::NotItsOwn)
    );
    // Another organisation's chain under the school's signature.
    let borrowed = altered(&school, &first(&school, now), |b| {
        b.oin = oin(PROVIDER);
        b.chain = reader.chain();
    });
    assert!(matches!(
        check(&reader, &borrowed, now, None),
        Err(BundleError::Statement(_))
    ));
    for chain in [
        Vec::new(),
        vec![Bytes(vec![1, 2, 3])],
        vec![reader.chain().remove(0); 5],
    ] {
        let malformed = altered(&school, &first(&school, now), |b| b.chain = chain);
        assert_eq!(
            check(&reader, &malformed, now, None).err(),
            Some(BundleError::Chain(ChainError::Unreadable))
        );
    }
}

#[test]
fn a_foreign_expired_or_revoked_certificate_vouches_for_nothing() {
    let (federation, foreign) = (Federation::new(), Federation::new());
    let (school, reader) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let now = federation.wall.now();
    let stranger = first(&foreign.organisation(SCHOOL), now);
    let chain = |error| Some(BundleError::Chain(error));
    assert_eq!(
        check(&reader, &stranger, now, None).err(),
        chain(ChainError::UnknownIssuer)
    );

    let expired = now
        .checked_add(SignedDuration::from_hours(91 * 24))
        .expect("in range");
    let bundle = altered(&school, &first(&school, expired), |_| ());
    assert_eq!(
        check(&reader, &bundle, expired, None).err(),
        chain(ChainError::Expired)
    );

    let bundle = first(&school, now);
    federation.revoke(&school);
    reader.reload().expect("reloads");
    assert_eq!(
        check(&reader, &bundle, now, None).err(),
        chain(ChainError::Revoked)
    );
    federation.wall.days(8);
    assert_eq!(
        check(&reader, &bundle, now, None).err(),
        chain(ChainError::StaleRevocationList)
    );
}

#[test]
fn an_audit_judges_the_past_by_its_own_time() {
    let federation = Federation::new();
    let school = federation.organisation(SCHOOL);
    let bundle = first(&school, federation.wall.now());
    federation.revoke(&school);
    federation.wall.days(400);
    let authority = read(&federation.authority_directory().join("authority.pem"));
    let trust = Trust::without_revocation(&authority).expect("an authority");
    assert!(verify_past_bundle(&bundle, &trust, None).is_ok());
    // The same trust cannot be used where revocation must be known.
    let enforced = Revocation::Enforced {
        wall: federation.wall.now(),
    };
    let live = verify_bundle(
        &bundle,
        &trust,
        enforced,
        bundle.peek().expect("reads").not_before,
        None,
    );
    assert_eq!(
        live.err(),
        Some(BundleError::Chain(ChainError::UnknownRevocation))
    );
}
