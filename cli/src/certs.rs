//! `handdruk certs`: the federation's certificate authority and registrar on the command line.

mod restoration;
mod show;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Subcommand, ValueEnum};
use handdruk_certs::authority::hex;
use handdruk_certs::{Authority, Holder, HolderKind, Registrar, Subject, SystemName, Term};
use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::{Clock, Date, Timestamp, start_of_day_in_nl};
use handdruk_domain::oin::{Municipality, Oin, Site};
use handdruk_domain::role::{Desk, Role};
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use handdruk_domain::statement::{Body, RawStatement, Statement, Verified};
use handdruk_domain::telephone::Telephone;
use handdruk_domain::warm::calendar::Region;
use handdruk_service::{Entropy, SystemClock};

use self::show::{holder_line, list_line, membership_line};

/// The federation's certificate authority and registrar.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A federation by hand:
  handdruk certs init federation --name 'Federation Goeree'
  handdruk certs issue --oin 00000099000000001000 --name 'De Vuurvogel' --host node.vuurvogel.example --out vuurvogel
  handdruk certs issue --oin 00000099000000001000 --name 'De Vuurvogel' --system 'Pupil administration' --out las
  handdruk certs member --oin 00000099000000001000 --name 'De Vuurvogel' --role po --site 99ZZ00 --until 2027-08-01
  handdruk certs catalogue catalogue.toml --out federation/catalogue.json
  handdruk certs show federation

Every member gets authority.pem and revocations.pem and pins registrar.pub. What lies in private/ stays where it is.")]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Make a federation: an authority, a registrar, and an empty revocation list.
    Init(Init),
    /// Issue a certificate to an organisation, or to a system that works for it.
    Issue(Issue),
    /// Sign who is a member, with which roles.
    Member(Member),
    /// Sign the catalogue: the rules that everybody applies.
    Catalogue(SignCatalogue),
    /// Sign that a gateway's log was put back from a copy, so that nodes go on from there.
    ///
    /// Everything that was admitted after the copy stops counting. Sign only when you know from the operator, and not by mail alone,
    /// that the database was lost (OPERATIONS.md, Backup and restore).
    Restoration(restoration::Args),
    /// Issue a fresh certificate and key for the holder of an earlier one.
    Renew(Renew),
    /// Say in words what files hold, and what needs attention.
    Show(Show),
    /// Revoke certificates and sign a new revocation list.
    Revoke(Revoke),
    /// Sign the same revocation list anew, before it goes stale.
    ///
    /// Members refuse everybody once their list is past its nextUpdate. Run this well before (every few days, from a
    /// timer), and hand the file out; running processes read it within a minute.
    Crl(Crl),
}

/// Where the federation's files lie.
#[derive(Debug, clap::Args)]
struct Home {
    /// The federation's directory, as made by `init`.
    #[arg(
        long,
        value_name = "DIR",
        env = "HANDDRUK_FEDERATION",
        default_value = "federation"
    )]
    federation: PathBuf,
}

impl Home {
    fn authority(&self) -> anyhow::Result<Authority> {
        Authority::open(&self.federation)
            .with_context(|| format!("cannot open the federation in {}", self.federation.display()))
    }

    fn registrar(&self, key: Option<&Path>) -> anyhow::Result<Registrar> {
        let beside = self.federation.join("private").join("registrar.key");
        Ok(Registrar::open(key.unwrap_or(&beside))?)
    }
}

#[derive(Debug, clap::Args)]
struct Init {
    /// Directory to make it in.
    directory: PathBuf,
    /// What the authority is called in certificates.
    #[arg(long)]
    name: String,
    /// Days that the authority's own certificate is valid. No certificate that it issues lasts longer.
    #[arg(long, default_value_t = 3650)]
    days: u16,
    /// Days until the revocation list goes stale.
    #[arg(long, default_value_t = 30)]
    list_days: u16,
}

#[derive(Debug, clap::Args)]
struct Issue {
    #[command(flatten)]
    home: Home,
    /// The organisation's OIN, 20 digits.
    #[arg(long)]
    oin: Oin,
    /// The organisation's name.
    #[arg(long)]
    name: String,
    /// Issue to a system of the organisation: its own node lets it in, and nobody else does.
    #[arg(long, value_name = "SYSTEM", conflicts_with = "hosts")]
    system: Option<SystemName>,
    /// DNS name or IP address where the organisation's node or gateway is reached; give one or more.
    #[arg(long = "host", value_name = "NAME", required_unless_present = "system")]
    hosts: Vec<String>,
    #[command(flatten)]
    term: Days,
    /// Directory for certificate.pem and private.key.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// How long a certificate is valid.
#[derive(Debug, clap::Args)]
struct Days {
    /// Days that it is valid.
    #[arg(long, default_value_t = 365)]
    days: u16,
    /// First day, if not today. A federation on a controlled clock may need an earlier one.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
}

impl Days {
    fn term(&self, now: Timestamp) -> Term {
        Term::days(self.from.map_or(now, start_of_day_in_nl), self.days)
    }
}

#[derive(Debug, clap::Args)]
struct Member {
    #[command(flatten)]
    home: Home,
    /// The registrar's private key, if it does not lie in the federation's directory.
    #[arg(long, value_name = "FILE")]
    registrar_key: Option<PathBuf>,
    /// The organisation's OIN, 20 digits.
    #[arg(long)]
    oin: Oin,
    /// The organisation's name, as guardians know it.
    #[arg(long)]
    name: String,
    /// A role: po, vo, so, mbo, kdv, swv, gem, jh, vt, gi, gateway, portal. Give one or more.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Role>,
    /// A desk with legal tasks of its own: lpa, loket, neighbourhood-team, school-support-team, early-leavers.
    #[arg(long = "desk", value_name = "DESK")]
    desks: Vec<Desk>,
    /// A school site: BRIN and site number, such as 99ZZ00.
    #[arg(long = "site", value_name = "SITE")]
    sites: Vec<Site>,
    /// A municipality's CBS code, 4 digits.
    #[arg(long, value_name = "CODE")]
    municipality: Option<Municipality>,
    /// For the role swv: a municipality of its region, by CBS code. Of these it may see counts. Give all of them.
    #[arg(long = "region", value_name = "CODE")]
    region: Vec<Municipality>,
    /// The holiday region of its schools or of the children that it works for: noord, midden or zuid.
    #[arg(long, value_name = "REGION")]
    holiday_region: Option<Region>,
    /// The organisation's own public telephone number, which families see with every question. Not a mobile number.
    #[arg(long, value_name = "NUMBER")]
    telephone: Option<Telephone>,
    /// Last day before the membership must be signed anew.
    #[arg(long, value_name = "DATE")]
    until: Date,
    /// Signed as of this day, if not today.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Counts up per organisation; one more than the last that was signed here, when not given.
    #[arg(long)]
    serial: Option<u64>,
    /// Whether the membership counts. An ended one revokes all before it.
    #[arg(long, value_enum, default_value_t = Status::Active)]
    status: Status,
    /// File to write; members/OIN.json in the federation's directory when not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Active,
    Ended,
}

#[derive(Debug, clap::Args)]
struct SignCatalogue {
    #[command(flatten)]
    home: Home,
    /// The registrar's private key, if it does not lie in the federation's directory.
    #[arg(long, value_name = "FILE")]
    registrar_key: Option<PathBuf>,
    /// The catalogue (TOML). One that breaks a rule is not signed; the message names line and reason.
    catalogue: PathBuf,
    /// File to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct Renew {
    #[command(flatten)]
    home: Home,
    /// Directory with the certificate.pem to renew. It and private.key are replaced; running processes take them within a
    /// minute.
    directory: PathBuf,
    #[command(flatten)]
    term: Days,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Certificates, revocation lists, statements, or directories with them. Nothing private is read.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Revoke {
    #[command(flatten)]
    home: Home,
    /// Serial number in hexadecimal, as `show` prints it.
    #[arg(long, value_name = "HEX", conflicts_with_all = ["oin", "system"])]
    serial: Option<String>,
    /// Every certificate of this organisation, its systems' included.
    #[arg(long, required_unless_present = "serial")]
    oin: Option<Oin>,
    /// Of that organisation, only this system's.
    #[arg(long, value_name = "SYSTEM", requires = "oin")]
    system: Option<SystemName>,
    /// Days until the revocation list goes stale.
    #[arg(long, default_value_t = 30)]
    list_days: u16,
}

#[derive(Debug, clap::Args)]
struct Crl {
    #[command(flatten)]
    home: Home,
    /// Days until the revocation list goes stale.
    #[arg(long, default_value_t = 30)]
    list_days: u16,
}

/// Runs `handdruk certs`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let now = SystemClock.now();
    match args.act {
        Act::Init(args) => init(&args, now),
        Act::Issue(args) => issue(args, now),
        Act::Member(args) => member(args, now),
        Act::Catalogue(args) => catalogue(&args),
        Act::Restoration(args) => restoration::sign(&args, now),
        Act::Renew(args) => renew(&args, now),
        Act::Show(args) => show::show(&args.paths, now),
        Act::Revoke(args) => revoke(&args, now),
        Act::Crl(args) => {
            let state = args.home.authority()?.sign_list(now, args.list_days)?;
            println!("{}", list_line(&state, now));
            Ok(())
        }
    }
}

fn init(args: &Init, now: Timestamp) -> anyhow::Result<()> {
    let mut rng = Entropy::from_os()?.fork();
    let authority = Authority::init(
        &args.directory,
        &args.name,
        Term::days(now, args.days),
        now,
        args.list_days,
        &mut rng,
    )?;
    let directory = args.directory.display();
    println!("Made the federation {} in {directory}.", args.name);
    println!("Give to every member:  {directory}/authority.pem and {directory}/revocations.pem");
    println!("Pin at every member:   {}", authority.registrar()?.public_key());
    println!("Keep to yourself:      {directory}/private (the registrar's key may go to another machine)");
    Ok(())
}

fn issue(args: Issue, now: Timestamp) -> anyhow::Result<()> {
    let kind = args
        .system
        .map_or(HolderKind::Organisation, |name| HolderKind::System { name });
    let subject = Subject {
        oin: args.oin,
        organisation: args.name,
        kind,
        names: args.hosts,
    };
    let mut rng = Entropy::from_os()?.fork();
    let issued = args
        .home
        .authority()?
        .issue(&subject, args.term.term(now), &mut rng)?;
    issued.write_new(&args.out)?;
    println!("{}", holder_line(&issued.holder, now));
    println!(
        "Written: {}/certificate.pem and private.key (readable by you alone)",
        args.out.display()
    );
    Ok(())
}

fn member(args: Member, now: Timestamp) -> anyhow::Result<()> {
    let registrar = args.home.registrar(args.registrar_key.as_deref())?;
    let roles: BTreeSet<Role> = args.roles.into_iter().collect();
    ensure!(
        roles.contains(&Role::Gem) == args.municipality.is_some(),
        "a municipality's code goes with the role gem, and only with it"
    );
    ensure!(
        args.region.is_empty() || roles.contains(&Role::Swv),
        "a region goes with the role swv"
    );
    let out = args.out.unwrap_or_else(|| {
        args.home
            .federation
            .join("members")
            .join(format!("{}.json", args.oin))
    });
    let last = last_membership(&out, &registrar, &args.oin)?;
    let serial = args.serial.unwrap_or(last + 1);
    ensure!(
        serial > last,
        "serial {serial} does not follow {last}, which was signed before"
    );
    let membership = Membership {
        oin: args.oin,
        name: args.name,
        roles,
        desks: args.desks.into_iter().collect(),
        sites: args.sites.into_iter().collect(),
        municipality: args.municipality,
        region: args.region.into_iter().collect(),
        holiday_region: args.holiday_region,
        telephone: args.telephone,
        serial,
        status: match args.status {
            Status::Active => MembershipStatus::Active,
            Status::Ended => MembershipStatus::Ended,
        },
        at: args.from.map_or(now, start_of_day_in_nl),
        // The whole of the last day counts.
        not_after: start_of_day_in_nl(args.until.tomorrow().context("the last day is out of range")?),
    };
    ensure!(
        membership.at < membership.not_after,
        "the membership ends before it begins"
    );
    let signed = registrar.membership(&membership)?;
    write_statement(&out, signed.raw())?;
    println!("{}", membership_line(&membership));
    println!("Written: {}", out.display());
    Ok(())
}

/// What the registrar signed in `path` before, which must be ours; none when there is nothing yet.
fn last_signed<T: Body>(path: &Path, registrar: &Registrar) -> anyhow::Result<Option<Verified<T>>> {
    if !path.exists() {
        return Ok(None);
    }
    let key = Registrar::verifying_key(registrar.public_key());
    let signed = Statement::<T>::claim(read_statement(path)?)
        .and_then(|statement| statement.verify(&[&key]))
        .with_context(|| format!("{} holds something else; it is left as it is", path.display()))?;
    Ok(Some(signed))
}

/// The serial number of the membership in `path`, which must be of this organisation; 0 when there is none yet.
fn last_membership(path: &Path, registrar: &Registrar, oin: &Oin) -> anyhow::Result<u64> {
    let Some(signed) = last_signed::<Membership>(path, registrar)? else {
        return Ok(0);
    };
    ensure!(
        signed.oin == *oin,
        "{} holds the membership of {}; it is left as it is",
        path.display(),
        signed.oin
    );
    Ok(signed.serial)
}

fn catalogue(args: &SignCatalogue) -> anyhow::Result<()> {
    let path = args.catalogue.display();
    let text = fs::read_to_string(&args.catalogue).with_context(|| format!("cannot read {path}"))?;
    Catalogue::parse(&text).with_context(|| format!("{path} is not signed"))?;
    let signed = args
        .home
        .registrar(args.registrar_key.as_deref())?
        .catalogue(&text)?;
    write_statement(&args.out, signed.raw())?;
    println!("Signed the catalogue {}", signed.digest());
    println!("Written: {}", args.out.display());
    Ok(())
}

fn renew(args: &Renew, now: Timestamp) -> anyhow::Result<()> {
    let mut rng = Entropy::from_os()?.fork();
    let authority = args.home.authority()?;
    let issued = authority.renew(
        &args.directory.join("certificate.pem"),
        args.term.term(now),
        &mut rng,
    )?;
    issued.replace(&args.directory)?;
    println!("{}", holder_line(&issued.holder, now));
    println!(
        "Replaced: {}/certificate.pem and private.key",
        args.directory.display()
    );
    println!("The earlier certificate stays valid to its end; if its key got lost, revoke it too.");
    Ok(())
}

fn revoke(args: &Revoke, now: Timestamp) -> anyhow::Result<()> {
    let authority = args.home.authority()?;
    let before = authority.revocations()?;
    let asked = |holder: &Holder| match (&args.serial, &args.oin, &args.system) {
        (Some(serial), _, _) => hex(&holder.serial) == serial.to_ascii_lowercase(),
        (None, Some(oin), None) => holder.oin == *oin,
        (None, Some(oin), Some(system)) => {
            holder.oin == *oin && matches!(&holder.kind, HolderKind::System { name } if name == system)
        }
        (None, None, _) => false,
    };
    let named: Vec<Holder> = authority
        .issued()?
        .into_iter()
        .filter(|h| asked(h) && !before.names(&h.serial))
        .collect();
    if named.is_empty() {
        bail!("nothing to revoke: no certificate in force here fits");
    }
    let serials: Vec<_> = named.iter().map(|holder| holder.serial.clone()).collect();
    let state = authority.revoke(&serials, now, args.list_days)?;
    for holder in &named {
        println!("Revoked: {}", holder_line(holder, now));
    }
    println!("{}", list_line(&state, now));
    println!("Hand out {}/revocations.pem now.", args.home.federation.display());
    Ok(())
}

fn read_statement(path: &Path) -> anyhow::Result<RawStatement> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    RawStatement::from_file(&text).with_context(|| format!("in {}", path.display()))
}

/// Writes a statement's file whole or not at all: a gateway may be reading it.
fn write_statement(path: &Path, statement: &RawStatement) -> anyhow::Result<()> {
    let text = statement.to_file()?;
    let new = path.with_extension("json.new");
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    }
    fs::write(&new, text)
        .and_then(|()| fs::rename(&new, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn certs(home: &Path, line: &[&str]) -> anyhow::Result<()> {
        let home = home.display().to_string();
        let words = line.iter().map(|word| word.replace("HOME", &home));
        let parsed = Line::try_parse_from(std::iter::once("certs".to_owned()).chain(words))?;
        run(parsed.args)
    }

    const OIN: &str = "00000099000000001000";

    #[test]
    fn a_federation_is_made_by_hand() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let certs = |line: &[&str]| certs(home.path(), line);
        let federation = ["--federation", "HOME/fed"];
        certs(&["init", "HOME/fed", "--name", "Test federation"]).expect("init");
        certs(
            &[
                &[
                    "issue",
                    "--oin",
                    OIN,
                    "--name",
                    "De Vuurvogel",
                    "--host",
                    "localhost",
                    "--out",
                    "HOME/own",
                ],
                &federation[..],
            ]
            .concat(),
        )
        .expect("issue");
        certs(
            &[
                &[
                    "issue",
                    "--oin",
                    OIN,
                    "--name",
                    "De Vuurvogel",
                    "--system",
                    "LAS",
                    "--out",
                    "HOME/las",
                ],
                &federation[..],
            ]
            .concat(),
        )
        .expect("issue --system");
        let member = [
            &[
                "member",
                "--oin",
                OIN,
                "--name",
                "De Vuurvogel",
                "--role",
                "po",
                "--until",
                "2099-08-01",
            ],
            &federation[..],
        ]
        .concat();
        certs(&member).expect("member");
        certs(&member).expect("member again");
        let path = home.path().join("fed/members").join(format!("{OIN}.json"));
        let registrar = Registrar::open(&home.path().join("fed/private/registrar.key")).expect("opens");
        assert_eq!(
            last_membership(&path, &registrar, &OIN.parse().expect("an OIN")).expect("ours"),
            2
        );
        certs(&[&member[..], &["--serial", "2"]].concat()).expect_err("a serial only rises");
        certs(&[&member[..], &["--role", "gem"]].concat()).expect_err("a municipality has a code");
        certs(&[&member[..], &["--region", "0193"]].concat()).expect_err("a region is a support alliance's");

        certs(&[&["renew", "HOME/own"], &federation[..]].concat()).expect("renew");
        certs(&[&["revoke", "--oin", OIN, "--system", "LAS"], &federation[..]].concat()).expect("revoke");
        certs(&[&["revoke", "--oin", OIN, "--system", "LAS"], &federation[..]].concat())
            .expect_err("nothing left");
        certs(&[&["crl"], &federation[..]].concat()).expect("crl");
        certs(&["show", "HOME"]).expect("show");
        let authority = Authority::open(&home.path().join("fed")).expect("opens");
        let (issued, state) = (
            authority.issued().expect("lists"),
            authority.revocations().expect("reads"),
        );
        assert_eq!((issued.len(), state.revoked.len(), state.number), (3, 1, 3));
        let now = SystemClock.now();
        for holder in &issued {
            let pem = fs::read_to_string(
                home.path()
                    .join(format!("fed/issued/{}.pem", hex(&holder.serial))),
            );
            let line = show::describe(&pem.expect("reads"), std::slice::from_ref(&state), now);
            assert_eq!(line.starts_with("REVOKED"), state.names(&holder.serial), "{line}");
        }
    }

    #[test]
    fn a_catalogue_that_breaks_a_rule_is_not_signed() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let certs = |line: &[&str]| certs(home.path(), line);
        certs(&["init", "HOME/fed", "--name", "Test federation"]).expect("init");
        fs::write(home.path().join("bad.toml"), "nonsense = 1\n").expect("writes");
        let refused = certs(&[
            "catalogue",
            "HOME/bad.toml",
            "--out",
            "HOME/c.json",
            "--federation",
            "HOME/fed",
        ]);
        assert!(format!("{:#}", refused.expect_err("refused")).contains("is not signed"));
        assert!(!home.path().join("c.json").exists());
    }
}
