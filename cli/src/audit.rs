//! `handdruk audit`: save a checkpoint, export a handover's evidence, verify it offline, verify a gateway's whole store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use handdruk_certs::{Files, Identity, Trust as Authorities};
use handdruk_domain::audit::{Bundle, MAX_BUNDLE, Trust, Verdict, verify};
use handdruk_domain::evidence::{MAX_CHECKPOINT, SignedCheckpoint};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::{Party, PublicKey, VerifyingKey};
use handdruk_gateway::{DatabaseUrl, StoreReport, audit_database, audit_store};
use handdruk_proto::v1;
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_service::{SystemClock, config};
use serde::{Deserialize, Serialize};
use tonic::transport::Channel;

use crate::system::channel;
use crate::words;

/// Verify evidence: of one handover, offline, or of a gateway's whole store.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

const EXAMPLES: &str = "\
As a member, once, and keep the file: later the gateway must show that its log only grew since:
  handdruk audit checkpoint --as node.toml --out seen.checkpoint
Take the evidence of one handover home. It holds no content, and the name of no person:
  handdruk audit export --as node.toml 019a... --earlier seen.checkpoint --out noor.evidence.json
Verify it anywhere, without the gateway, trusting only the registrar's key and the authorities:
  handdruk audit verify noor.evidence.json --registrar ed25519:... --authority authority.pem --checkpoint seen.checkpoint
As the gateway's operator or its auditor, verify everything that it keeps:
  handdruk audit verify --store data/gateway.db --config gateway.toml";

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Save the gateway's newest signed checkpoint: what the log holds by then cannot be rewritten unseen.
    Checkpoint {
        #[command(flatten)]
        member: MemberArg,
        /// Where to write it; standard output if absent.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Fetch the evidence of one handover that this organisation sent or received.
    Export {
        #[command(flatten)]
        member: MemberArg,
        /// Handover id.
        handover: HandoverId,
        /// A checkpoint that was saved before: the gateway must prove that its log only grew since.
        #[arg(long, value_name = "CHECKPOINT-FILE")]
        earlier: Option<PathBuf>,
        /// Where to write the evidence (JSON).
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Verify exported evidence, or a store. One line per check; exit status 1 if any failed.
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
struct MemberArg {
    /// How to reach the gateway, and as whom: a node's own configuration file, or one with only its sections `[gateway]`
    /// and `[certificates]`.
    #[arg(long = "as", value_name = "MEMBER.toml")]
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Evidence that `audit export` wrote.
    #[arg(
        required_unless_present = "store",
        conflicts_with = "store",
        value_name = "FILE"
    )]
    evidence: Option<PathBuf>,
    /// A gateway's database: the file, the folder that holds it, or postgres://... It is only read; the gateway need not run.
    #[arg(long, value_name = "DIR-OR-FILE-OR-URL")]
    store: Option<String>,
    /// The registrar's public key, from a source that you trust.
    #[arg(long, value_name = "ed25519:...", requires = "authority")]
    registrar: Option<PublicKey>,
    /// The authorities that certify organisations (PEM), from a source that you trust.
    #[arg(long, value_name = "PEM", requires = "registrar")]
    authority: Option<PathBuf>,
    /// Take both from a configuration file of a node or gateway that you trust.
    #[arg(long, value_name = "TOML", conflicts_with = "registrar")]
    config: Option<PathBuf>,
    /// A checkpoint that you hold: the evidence, or the store, must extend it.
    #[arg(long, value_name = "CHECKPOINT-FILE")]
    checkpoint: Option<PathBuf>,
    /// The findings as JSON.
    #[arg(long)]
    json: bool,
}

/// What of a node's configuration is needed to call the gateway.
#[derive(Debug, Deserialize)]
struct Member {
    gateway: Gateway,
    certificates: Files,
}

#[derive(Debug, Deserialize)]
struct Gateway {
    oin: Oin,
    addresses: Vec<String>,
}

/// What of a node's or gateway's configuration an auditor may trust.
#[derive(Debug, Deserialize)]
struct Pinned {
    registrar: Registrar,
    certificates: Authority,
}

#[derive(Debug, Deserialize)]
struct Registrar {
    public_key: PublicKey,
}

#[derive(Debug, Deserialize)]
struct Authority {
    authority: PathBuf,
}

/// Runs the command; false when something failed to verify.
pub(crate) async fn run(args: Args) -> anyhow::Result<bool> {
    match args.act {
        Act::Checkpoint { member, out } => save_checkpoint(&member.file, out.as_deref()).await,
        Act::Export {
            member,
            handover,
            earlier,
            out,
        } => export(&member.file, handover, earlier.as_deref(), &out).await,
        Act::Verify(args) => verify_either(&args).await,
    }
}

async fn save_checkpoint(member: &Path, out: Option<&Path>) -> anyhow::Result<bool> {
    let answer = evidence(member)?
        .get_checkpoint(v1::GetCheckpointRequest {})
        .await;
    let checkpoint = answer
        .map_err(|status| words::failure(&status))?
        .into_inner()
        .checkpoint;
    let signed = SignedCheckpoint::parse(&checkpoint).context("the gateway's checkpoint cannot be read")?;
    match out {
        None => print!("{checkpoint}"),
        Some(path) => {
            std::fs::write(path, &checkpoint).with_context(|| format!("cannot write {}", path.display()))?;
            println!("The log has {} events. Keep {}.", signed.size(), path.display());
        }
    }
    Ok(true)
}

async fn export(
    member: &Path,
    handover: HandoverId,
    earlier: Option<&Path>,
    out: &Path,
) -> anyhow::Result<bool> {
    let earlier_checkpoint = match earlier {
        Some(path) => read_checkpoint(path)?.to_string(),
        None => String::new(),
    };
    let request = v1::ExportHandoverRequest {
        handover_id: handover.to_string(),
        earlier_checkpoint,
    };
    let answer = evidence(member)?
        .export_handover(request)
        .await
        .map_err(|status| words::failure(&status))?;
    let json = answer.into_inner().bundle;
    let bundle = Bundle::parse(&json)?;
    std::fs::write(out, &json).with_context(|| format!("cannot write {}", out.display()))?;
    println!(
        "{} statements and {} events of handover {handover}. Verify them with:\n  handdruk audit verify {} --config {}",
        bundle.statements.len(),
        bundle.leaves.len(),
        out.display(),
        member.display()
    );
    Ok(true)
}

fn evidence(member: &Path) -> anyhow::Result<EvidenceServiceClient<Channel>> {
    let mut config: Member = read_toml(member)?;
    config.certificates = config.certificates.resolved(&config::base(member));
    let identity = Identity::open(config.certificates, Arc::new(SystemClock))?;
    let address = config.gateway.addresses.first();
    let address = address.with_context(|| format!("{} names no address of the gateway", member.display()))?;
    let client = EvidenceServiceClient::new(channel(address, &identity, &config.gateway.oin)?);
    Ok(client.max_decoding_message_size(MAX_BUNDLE + 1024))
}

async fn verify_either(args: &VerifyArgs) -> anyhow::Result<bool> {
    let trusted = Trusted::from(args)?;
    let held = args.checkpoint.as_deref().map(read_checkpoint).transpose()?;
    let (lines, subject) = match (&args.store, &args.evidence) {
        (Some(store), _) => {
            let trust = trusted.as_ref().map(Trusted::trust);
            let report = match DatabaseUrl::try_from(store.clone()) {
                Ok(url) => audit_database(url.as_str(), trust.as_ref(), held.as_ref()).await?,
                Err(error) if store.contains("://") => return Err(error.into()),
                Err(_) => {
                    let path = Path::new(store);
                    let file = if path.is_dir() {
                        path.join("gateway.db")
                    } else {
                        path.to_owned()
                    };
                    audit_store(&file, trust.as_ref(), held.as_ref()).await?
                }
            };
            (lines_of(&report), "The store")
        }
        (None, Some(path)) => {
            let trusted = trusted.context(
                "say whom you trust: --registrar and --authority, or --config with a file that names both",
            )?;
            let json = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let bundle = Bundle::parse(&json)?;
            let report = verify(&bundle, &trusted.trust());
            let lines = report
                .findings()
                .iter()
                .map(|it| Line::new(it.check.word(), it.verdict, &it.says));
            let mut lines: Vec<_> = lines.collect();
            lines.extend(held.map(|held| is_proven_from(&bundle, &held)));
            (lines, "The chain")
        }
        (None, None) => bail!("name a file with evidence, or --store"),
    };
    tell(&lines, subject, args.json)
}

/// Audits a store that was moved, trusting what the gateway's own configuration pins: it must hold the very log that was read.
pub(crate) async fn verify_moved(
    to: &DatabaseUrl,
    config: &Path,
    held: &SignedCheckpoint,
) -> anyhow::Result<bool> {
    let trusted = Trusted::pinned(config)?;
    let report = audit_database(to.as_str(), Some(&trusted.trust()), Some(held)).await?;
    tell(&lines_of(&report), "The store", false)
}

fn lines_of(report: &StoreReport) -> Vec<Line> {
    let findings = report.findings().iter();
    findings
        .map(|it| Line::new(it.check.word(), it.verdict, &it.says))
        .collect()
}

/// Whether the evidence is proven to extend the very checkpoint that the auditor holds, and not some other.
fn is_proven_from(bundle: &Bundle, held: &SignedCheckpoint) -> Line {
    let texts = bundle
        .earlier
        .iter()
        .map(|earlier| &earlier.checkpoint)
        .chain([&bundle.checkpoint]);
    let held_here = texts
        .filter_map(|text| SignedCheckpoint::parse(text).ok())
        .any(|shown| shown == *held);
    if held_here {
        Line::new(
            "held",
            Verdict::Passed,
            "The evidence is proven from the checkpoint that you hold.",
        )
    } else {
        Line::new(
            "held",
            Verdict::Failed,
            "The evidence is not proven from the checkpoint that you hold; export it again with --earlier.",
        )
    }
}

/// Whom the auditor trusts.
struct Trusted {
    registrar: VerifyingKey,
    authorities: Authorities,
}

impl Trusted {
    fn from(args: &VerifyArgs) -> anyhow::Result<Option<Self>> {
        match (&args.config, &args.registrar, &args.authority) {
            (Some(config), ..) => Self::pinned(config).map(Some),
            (None, Some(registrar), Some(authority)) => Self::of(registrar.clone(), authority).map(Some),
            _ => Ok(None),
        }
    }

    /// Whom a node's or gateway's configuration trusts.
    fn pinned(config: &Path) -> anyhow::Result<Self> {
        let pinned: Pinned = read_toml(config)?;
        let authority = config::base(config).join(pinned.certificates.authority);
        Self::of(pinned.registrar.public_key, &authority)
    }

    fn of(registrar: PublicKey, authority: &Path) -> anyhow::Result<Self> {
        let pem = std::fs::read(authority).with_context(|| format!("cannot read {}", authority.display()))?;
        let authorities =
            Authorities::without_revocation(&pem).with_context(|| format!("in {}", authority.display()))?;
        Ok(Self {
            registrar: VerifyingKey::new(Party::Registrar, registrar),
            authorities,
        })
    }

    fn trust(&self) -> Trust<'_> {
        Trust {
            registrar: &self.registrar,
            chains: &self.authorities,
        }
    }
}

/// One finding, as it is told.
#[derive(Debug, Serialize)]
struct Line {
    check: &'static str,
    verdict: Verdict,
    says: String,
}

impl Line {
    fn new(check: &'static str, verdict: Verdict, says: &str) -> Self {
        Self {
            check,
            verdict,
            says: says.to_owned(),
        }
    }
}

fn tell(lines: &[Line], subject: &str, json: bool) -> anyhow::Result<bool> {
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
    let holds = count(Verdict::Failed) == 0;
    if json {
        println!(
            "{}",
            serde_json::to_string_pretty(&serde_json::json!({ "holds": holds, "findings": lines }))?
        );
        return Ok(holds);
    }
    for Line { check, verdict, says } in lines {
        let mark = match verdict {
            Verdict::Passed => "ok",
            Verdict::Failed => "FAILED",
            Verdict::NotApplicable => "not applicable",
        };
        println!("{mark:<15} {check:<13} {says}");
    }
    let (passed, failed) = (count(Verdict::Passed), count(Verdict::Failed));
    let verdict = if holds { "holds" } else { "does NOT hold" };
    println!("{subject} {verdict}: {passed} passed, {failed} failed.");
    Ok(holds)
}

fn read_checkpoint(path: &Path) -> anyhow::Result<SignedCheckpoint> {
    let size = std::fs::metadata(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .len();
    if size > MAX_CHECKPOINT as u64 {
        bail!("{} is too large for a checkpoint", path.display());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    SignedCheckpoint::parse(&text).with_context(|| format!("in {}", path.display()))
}

fn read_toml<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in {}", path.display()))
}
