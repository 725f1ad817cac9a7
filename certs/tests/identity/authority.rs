//! The authority's and the registrar's files.

use std::os::unix::fs::PermissionsExt;

use handdruk_certs::{
    Authority, AuthorityError, ChainError, Holder, HolderError, HolderKind, Registrar, Subject, Term,
};
use handdruk_domain::clock::Clock;
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};

use crate::federation::{Federation, PROVIDER, SCHOOL, oin, read, rng, subject};

#[test]
fn private_keys_are_the_owners_alone() {
    let federation = Federation::new();
    federation.organisation(SCHOOL);
    let authority = federation.authority_directory().join("private");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("exists").permissions().mode() & 0o777;
    for key in [
        authority.join("authority.key"),
        authority.join("registrar.key"),
        federation.directory(SCHOOL).join("private.key"),
    ] {
        assert_eq!(mode(&key), 0o600, "{}", key.display());
    }
    assert_eq!(mode(&authority), 0o700);
}

#[test]
fn nothing_is_overwritten() {
    let federation = Federation::new();
    federation.organisation(SCHOOL);
    let (directory, now) = (federation.authority_directory(), federation.wall.now());
    let before = read(&directory.join("private/authority.key"));
    let again = Authority::init(&directory, "Another", Term::days(now, 3650), now, 7, &mut rng());
    assert!(matches!(again, Err(AuthorityError::Write { .. })));
    assert_eq!(read(&directory.join("private/authority.key")), before);

    let key = federation.directory(SCHOOL).join("private.key");
    let before = read(&key);
    let issued = federation
        .authority
        .issue(
            &subject(SCHOOL, HolderKind::Organisation),
            Term::days(now, 90),
            &mut rng(),
        )
        .expect("issues");
    assert!(matches!(
        issued.write_new(&federation.directory(SCHOOL)),
        Err(AuthorityError::Write { .. })
    ));
    assert_eq!(read(&key), before);
}

#[test]
fn a_half_lost_authority_is_not_made_anew() {
    let federation = Federation::new();
    let directory = federation.authority_directory();
    std::fs::remove_file(directory.join("private/authority.key")).expect("removes");
    assert!(matches!(
        Authority::open(&directory),
        Err(AuthorityError::Read { .. })
    ));
    let again = Authority::init(
        &directory,
        "Another",
        Term::days(federation.wall.now(), 3650),
        federation.wall.now(),
        7,
        &mut rng(),
    );
    assert!(matches!(again, Err(AuthorityError::Write { .. })));
}

#[test]
fn another_authoritys_key_is_noticed() {
    let (one, two) = (Federation::new(), Federation::new());
    let key = "private/authority.key";
    std::fs::copy(
        two.authority_directory().join(key),
        one.authority_directory().join(key),
    )
    .expect("copies");
    assert!(matches!(
        Authority::open(&one.authority_directory()),
        Err(AuthorityError::UnusableKey(_))
    ));
}

#[test]
fn a_certificate_says_whom_it_is_for() {
    let federation = Federation::new();
    let holder = federation.organisation(SCHOOL).holder();
    assert_eq!(holder.oin, oin(SCHOOL));
    assert_eq!(holder.kind, HolderKind::Organisation);
    assert_eq!(holder.names, ["localhost", "127.0.0.1"]);
    assert_eq!(holder.organisation, format!("Organisation {SCHOOL}"));
    let system = federation.system(SCHOOL, "Pupil administration").holder();
    assert_eq!(system.oin, holder.oin);
    assert!(matches!(system.kind, HolderKind::System { name } if name.as_str() == "Pupil administration"));
}

#[test]
fn impossible_subjects_and_terms_are_refused() {
    let federation = Federation::new();
    let now = federation.wall.now();
    let issue = |subject: &Subject, term| federation.authority.issue(subject, term, &mut rng());
    let good = subject(SCHOOL, HolderKind::Organisation);
    for name in ["", "two words", "exa mple", "-"] {
        let bad = Subject {
            names: vec![name.into()],
            ..good.clone()
        };
        assert!(
            matches!(issue(&bad, Term::days(now, 90)), Err(AuthorityError::Name(_))),
            "{name:?}"
        );
    }
    for organisation in [String::new(), "x".repeat(65), "line\nbreak".into()] {
        let bad = Subject {
            organisation,
            ..good.clone()
        };
        assert!(matches!(
            issue(&bad, Term::days(now, 90)),
            Err(AuthorityError::OrganisationName)
        ));
    }
    assert!(matches!(
        issue(&good, Term::days(now, 11 * 365)),
        Err(AuthorityError::Term)
    ));
    assert!(matches!(
        issue(
            &good,
            Term {
                not_before: now,
                not_after: now
            }
        ),
        Err(AuthorityError::Term)
    ));
    assert_eq!(federation.authority.issued().expect("lists").len(), 0);
    assert!(matches!(
        federation.authority.revoke(&[vec![1]], now, 7),
        Err(AuthorityError::NotIssued)
    ));
    assert!(matches!(
        federation.authority.revoke(&[], now, 7),
        Err(AuthorityError::NotIssued)
    ));
}

#[test]
fn a_renewed_certificate_has_the_same_holder_and_another_key() {
    let federation = Federation::new();
    let before = federation.system(SCHOOL, "Pupil administration").holder();
    let certificate = federation
        .directory("Pupil administration")
        .join("certificate.pem");
    federation.wall.days(200);
    let term = Term::days(federation.wall.now(), 90);
    let after = federation
        .authority
        .renew(&certificate, term, &mut rng())
        .expect("renews an expired one")
        .holder;
    assert_eq!(
        (&after.oin, &after.kind, &after.organisation),
        (&before.oin, &before.kind, &before.organisation)
    );
    assert_eq!(after.names, before.names);
    assert_ne!(after.public_key, before.public_key);
    assert_ne!(after.serial, before.serial);

    federation
        .authority
        .revoke(&[before.serial], federation.wall.now(), 7)
        .expect("revokes");
    let revoked = federation.authority.renew(&certificate, term, &mut rng());
    assert!(matches!(
        revoked,
        Err(AuthorityError::NotRenewable(ChainError::Revoked))
    ));
    let foreign = Federation::new();
    foreign.organisation(PROVIDER);
    let foreign = federation.authority.renew(
        &foreign.directory(PROVIDER).join("certificate.pem"),
        term,
        &mut rng(),
    );
    assert!(matches!(
        foreign,
        Err(AuthorityError::NotRenewable(ChainError::UnknownIssuer))
    ));
}

#[test]
fn a_revocation_list_only_grows() {
    let federation = Federation::new();
    let (school, provider) = (
        federation.organisation(SCHOOL).holder(),
        federation.organisation(PROVIDER).holder(),
    );
    let (authority, start) = (&federation.authority, federation.wall.now());
    assert_eq!(authority.revocations().expect("reads").number, 1);
    authority
        .revoke(std::slice::from_ref(&school.serial), start, 7)
        .expect("revokes");
    federation.wall.days(1);
    authority
        .revoke(
            &[provider.serial.clone(), school.serial.clone()],
            federation.wall.now(),
            7,
        )
        .expect("revokes");
    let state = authority.sign_list(federation.wall.now(), 30).expect("signs");
    assert_eq!(state, authority.revocations().expect("reads"));
    assert_eq!(state.number, 4);
    assert!(state.names(&school.serial) && state.names(&provider.serial));
    // The first date stays.
    assert_eq!(state.revoked[0].1, start);
    assert_eq!(state.revoked.len(), 2);
}

#[test]
fn the_registrar_signs_with_the_key_that_is_pinned() {
    let federation = Federation::new();
    let directory = federation.authority_directory();
    let pinned = String::from_utf8(read(&directory.join("registrar.pub"))).expect("text");
    let registrar = Registrar::open(&directory.join("private/registrar.key")).expect("opens");
    assert_eq!(pinned.trim(), registrar.public_key().to_string());
    let membership = Membership {
        oin: oin(SCHOOL),
        name: "De Vuurvogel".into(),
        roles: [handdruk_domain::role::Role::Po].into(),
        desks: [].into(),
        sites: [].into(),
        municipality: None,
        region: std::collections::BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at: federation.wall.now(),
        not_after: handdruk_domain::clock::Timestamp::MAX,
    };
    let signed = registrar.membership(&membership).expect("signs");
    let key = Registrar::verifying_key(pinned.trim().parse().expect("a key"));
    assert_eq!(*signed.verify(&[&key]).expect("verifies").body(), membership);
    // The authority's key is no registrar's.
    let authority = directory.join("private/authority.key");
    assert!(matches!(
        Registrar::open(&authority),
        Err(AuthorityError::UnusableKey(_))
    ));
}

/// A self-signed certificate with marks that our authority would never combine.
fn marked(alter: impl FnOnce(&mut CertificateParams)) -> Result<Holder, HolderError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CustomDnType(vec![2, 5, 4, 5]), SCHOOL);
    params
        .distinguished_name
        .push(DnType::CommonName, "Pupil administration");
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ClientAuth,
        ExtendedKeyUsagePurpose::ServerAuth,
    ];
    alter(&mut params);
    let key = KeyPair::generate().expect("a key");
    Holder::of(params.self_signed(&key).expect("signs").der())
}

#[test]
fn marks_that_do_not_agree_are_nobody() {
    let unit = |params: &mut CertificateParams, unit: &str| {
        params
            .distinguished_name
            .push(DnType::OrganizationalUnitName, unit.to_owned());
    };
    let client_only = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    assert!(matches!(
        marked(|_| ()).map(|h| h.kind),
        Ok(HolderKind::Organisation)
    ));
    let system = marked(|p| {
        unit(p, "system");
        client_only(p);
    });
    assert!(matches!(system.map(|h| h.kind), Ok(HolderKind::System { .. })));

    assert_eq!(marked(|p| unit(p, "system")), Err(HolderError::KindUnclear));
    assert_eq!(marked(client_only), Err(HolderError::KindUnclear));
    assert_eq!(marked(|p| unit(p, "gateway")), Err(HolderError::KindUnclear));
    assert_eq!(
        marked(|p| p.extended_key_usages.clear()),
        Err(HolderError::KindUnclear)
    );
    assert_eq!(
        marked(|p| p.extended_key_usages.push(ExtendedKeyUsagePurpose::Any)),
        Err(HolderError::KindUnclear)
    );
    let nameless = marked(|p| {
        unit(p, "system");
        client_only(p);
        p.distinguished_name.push(DnType::CommonName, " padded ");
    });
    assert_eq!(nameless, Err(HolderError::KindUnclear));
    let no_oin = marked(|p| {
        p.distinguished_name
            .push(DnType::CustomDnType(vec![2, 5, 4, 5]), "1234");
    });
    assert_eq!(no_oin, Err(HolderError::NoOin));
    assert_eq!(Holder::of(b"not DER"), Err(HolderError::Unreadable));
}
