//! `handdruk guardian`: a guardian or young person without a browser. The reference for the portal, and a tool that stays.
//!
//! Stateless: code and secret are asked for each time, everything else is derived from them and fetched. Nothing is stored.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use handdruk_certs::{Connector, ExpectedPeer, Files, Identity};
use handdruk_content::category::ViewAgreement;
use handdruk_content::code::InvitationCode;
use handdruk_content::label::category_label;
use handdruk_content::text::Prose;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Clock, Date, Timestamp, date_in_nl};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::PublicKey;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_guardian::client::{Client, Settings};
use handdruk_guardian::error::ClientError;
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::page::Page;
use handdruk_guardian::question::Question;
use handdruk_guardian::secret::Secret;
use handdruk_guardian::session::{Decided, Session};
use handdruk_guardian::words::{choice_name, date_in_words};
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_service::{Chain, Entropy, SystemClock, connect};
use serde::Deserialize;
use zeroize::Zeroizing;

/// A guardian or young person without a browser: activate a letter, inspect, decide, withdraw.
///
/// The letter carries a code. `activate` turns it into keys of your own, with a secret that only you know; from then on
/// code and secret together open what is asked of you and sign what you decide. Neither is stored anywhere: keep the
/// letter, and remember the secret. Whoever lost one of them asks the school for a new letter.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The client's own file: gateway, pinned registrar, and the certificate of a portal.
    #[arg(
        long = "as",
        value_name = "GUARDIAN.toml",
        global = true,
        default_value = "guardian.toml"
    )]
    config: PathBuf,
    /// The code on the letter. Asked for when it is not given.
    #[arg(long, global = true, env = "HANDDRUK_CODE", hide_env_values = true)]
    code: Option<String>,
    /// A file that holds the secret. Otherwise the variable HANDDRUK_SECRET, otherwise it is asked for.
    #[arg(long, global = true, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// nl, en, tr or ar. The letter's own language when it is not given; Dutch where a translation is missing.
    #[arg(long, global = true)]
    language: Option<Language>,
    #[command(subcommand)]
    act: Act,
}

const HELP: &str = r#"From letter to decision:
  handdruk guardian --as guardian.toml activate               once, with the code and a secret that you choose
  handdruk guardian --as guardian.toml questions              who asks what, and until when
  handdruk guardian --as guardian.toml show HANDOVER          exactly what would go, checked against what the sender signed
  handdruk guardian --as guardian.toml agree HANDOVER         yes to all that is asked; --category D11 for a part
  handdruk guardian --as guardian.toml refuse HANDOVER        no
  handdruk guardian --as guardian.toml withdraw HANDOVER      take a yes back; says what had left before
  handdruk guardian --as guardian.toml view HANDOVER --text "..."    remarks that travel along
  handdruk guardian --as guardian.toml history HANDOVER       what happened, and whether the recipient erased it

The client's file, guardian.toml:

  clock = "wall"                     # or "gateway", in a federation of test organisations

  [gateway]
  oin = "00000099000000000100"
  address = "https://127.0.0.1:7000"

  [registrar]
  public_key = "ed25519:..."         # pinned: whose word to take on who is a member

  [certificates]                     # of a member with the role portal
  certificate = "certificate.pem"
  key = "private.key"
  authority = "../federation/authority.pem"
  revocations = "../federation/revocations.pem""#;

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Use the code, once: choose a secret and make keys of your own.
    Activate,
    /// Everything in which you have or had a say, open questions first.
    Questions,
    /// Who, to whom, what exactly, why, until when, when silence counts, and what a no means.
    Show {
        /// Handover id, as `questions` prints it.
        handover: HandoverId,
    },
    /// Yes, to all that is asked or to some categories.
    Agree {
        #[command(flatten)]
        what: What,
        /// Until when the yes holds (ISO 8601 date). The handover's own term when it is not given.
        #[arg(long)]
        until: Option<Date>,
    },
    /// No.
    Refuse {
        #[command(flatten)]
        what: What,
    },
    /// Take a yes back. From the answer on nothing more leaves under it.
    Withdraw {
        #[command(flatten)]
        what: What,
    },
    /// Say no without having been asked.
    Object {
        #[command(flatten)]
        what: What,
    },
    /// Add remarks, which are handed over together with the rest.
    View {
        /// Handover id.
        handover: HandoverId,
        /// Whether you agree: yes, no or unknown.
        #[arg(long, default_value = "unknown")]
        agreement: ViewAgreement,
        /// The remarks, at most 4000 characters.
        #[arg(long)]
        text: String,
    },
    /// What happened: releases, receipts, answers to a withdrawal.
    History {
        /// Handover id.
        handover: HandoverId,
    },
}

/// What a decision is about.
#[derive(Debug, clap::Args)]
struct What {
    /// Handover id.
    handover: HandoverId,
    /// Only this category, such as D11; may be repeated. Without it, everything that rests on consent.
    #[arg(long = "category")]
    categories: Vec<Category>,
    /// Do not ask for confirmation after the page was shown.
    #[arg(long)]
    yes: bool,
}

/// Which clock dates what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClockChoice {
    /// This machine's.
    #[default]
    Wall,
    /// The gateway's, which a demo or test moves forward.
    Gateway,
}

/// The client's own file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    gateway: Gateway,
    registrar: Registrar,
    #[serde(default)]
    clock: ClockChoice,
    certificates: Files,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gateway {
    oin: Oin,
    address: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Registrar {
    public_key: PublicKey,
}

/// An instant that was asked for once: commands are short.
#[derive(Debug)]
struct Instant(Timestamp);

impl Clock for Instant {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let client = client(&args.config).await?;
    let entropy = Entropy::from_os()?;
    let code = code(args.code.as_deref())?;
    if let Act::Activate = args.act {
        let secret = secret(args.secret_file.as_deref(), true)?;
        let credentials = Credentials::derive(&code, &secret);
        let session = client
            .activate(&credentials, &mut entropy.fork())
            .await
            .map_err(explained)?;
        return activated(session, args.language).await;
    }
    let secret = secret(args.secret_file.as_deref(), false)?;
    let credentials = Credentials::derive(&code, &secret);
    let mut session = client.log_in(&credentials).await.map_err(explained)?;
    let language = args.language.unwrap_or_else(|| session.language());
    let done = act(&mut session, args.act, language, &entropy).await;
    // Whatever came of it, the session ends; if this fails it ends by itself.
    let _ = session.log_out().await;
    done
}

async fn act(session: &mut Session, act: Act, language: Language, entropy: &Entropy) -> anyhow::Result<()> {
    match act {
        Act::Activate => unreachable!("handled before logging in"),
        Act::Questions => questions(session, language).await,
        Act::Show { handover } => {
            let question = session.question(handover).await.map_err(explained)?;
            let page = session.page(&question, language).await.map_err(explained)?;
            print!("{}", page.text());
            Ok(())
        }
        Act::Agree { what, until } => decide(session, what, Choice::Agree, until, language, entropy).await,
        Act::Refuse { what } => decide(session, what, Choice::Refuse, None, language, entropy).await,
        Act::Withdraw { what } => decide(session, what, Choice::Withdraw, None, language, entropy).await,
        Act::Object { what } => decide(session, what, Choice::Object, None, language, entropy).await,
        Act::View {
            handover,
            agreement,
            text,
        } => {
            let text: Prose<4000> = text.trim().parse().context("the remarks cannot be taken")?;
            let question = session.question(handover).await.map_err(explained)?;
            let page = session.page(&question, language).await.map_err(explained)?;
            session
                .add_view(&page, agreement, Some(text), &mut entropy.fork())
                .await
                .map_err(explained)?;
            println!(
                "{}",
                choose(
                    language,
                    "Uw zienswijze is ondertekend en verzegeld verstuurd. Ze gaat mee.",
                    "Your remarks were signed, sealed and sent. They travel along."
                )
            );
            Ok(())
        }
        Act::History { handover } => {
            let question = session.question(handover).await.map_err(explained)?;
            for entry in session.history(&question).await.map_err(explained)? {
                for line in entry.lines(language) {
                    println!("{line}");
                }
            }
            Ok(())
        }
    }
}

async fn client(path: &Path) -> anyhow::Result<Client> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read {}; name the client's file with --as", path.display()))?;
    let config: Config = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let certificates = config
        .certificates
        .resolved(path.parent().unwrap_or(Path::new(".")));
    let identity = Identity::open(certificates, Arc::new(SystemClock))?;
    let clock: Arc<dyn Clock> = match config.clock {
        ClockChoice::Wall => Arc::new(SystemClock),
        ClockChoice::Gateway => Arc::new(gateway_clock(&config.gateway, &identity).await?),
    };
    let settings = Settings {
        address: config.gateway.address,
        gateway: config.gateway.oin,
        registrar: config.registrar.public_key,
    };
    Ok(Client::connect(&settings, &identity, clock)?)
}

/// What time the gateway has. A gateway must not date anybody's signature, so only where all is a test.
async fn gateway_clock(gateway: &Gateway, identity: &Identity) -> anyhow::Result<Instant> {
    if !gateway.oin.is_test() || !identity.oin().is_test() {
        bail!("clock = \"gateway\" is only for test organisations (OIN 00000099...)");
    }
    let connector = Connector::new(identity, ExpectedPeer::organisation(gateway.oin.clone()))?;
    let mut clock = ClockServiceClient::new(connect(&gateway.address, connector)?);
    let answer = clock
        .get_clock(v1::GetClockRequest {})
        .await
        .map_err(|status| crate::words::failure(&status))?;
    let now =
        handdruk_proto::time(answer.into_inner().now, "now").context("the gateway's clock cannot be read")?;
    Ok(Instant(now))
}

fn code(given: Option<&str>) -> anyhow::Result<InvitationCode> {
    let typed = match given {
        Some(typed) => Zeroizing::new(typed.to_owned()),
        None => prompt("Code (as on the letter): ")?,
    };
    typed.parse().context("this is no code")
}

fn secret(file: Option<&Path>, fresh: bool) -> anyhow::Result<Secret> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        return Ok(Secret::new(text.trim_end_matches(['\r', '\n']))?);
    }
    if let Ok(text) = std::env::var("HANDDRUK_SECRET").map(Zeroizing::new) {
        return Ok(Secret::new(&text)?);
    }
    if !fresh {
        return Ok(Secret::new(&prompt("Secret: ")?)?);
    }
    let typed = prompt("Choose a secret (at least 8 characters): ")?;
    let secret = Secret::new(&typed)?;
    if *prompt("Once more: ")? != *typed {
        bail!("the two are not the same; nothing was activated");
    }
    Ok(secret)
}

fn prompt(question: &str) -> anyhow::Result<Zeroizing<String>> {
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = Zeroizing::new(String::new());
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("no answer");
    }
    let typed = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(typed);
    Ok(line)
}

async fn activated(mut session: Session, wanted: Option<Language>) -> anyhow::Result<()> {
    let language = wanted.unwrap_or_else(|| session.language());
    let inviter = session.anchored().inviter().membership().name.clone();
    println!(
        "{} {inviter}. {}",
        choose(
            language,
            "Geactiveerd. Deze brief komt van",
            "Activated. This letter comes from"
        ),
        choose(
            language,
            "Bewaar de brief en onthoud uw geheim: samen zijn ze uw handtekening.",
            "Keep the letter and remember your secret: together they are your signature."
        )
    );
    let listed = questions(&mut session, language).await;
    let _ = session.log_out().await;
    listed
}

async fn questions(session: &mut Session, language: Language) -> anyhow::Result<()> {
    let listed = session.questions().await.map_err(explained)?;
    if listed.is_empty() {
        println!(
            "{}",
            choose(
                language,
                "Er wordt u nu niets gevraagd.",
                "Nothing is asked of you now."
            )
        );
    }
    for listed in listed {
        match listed.question {
            Ok(question) => print_question(&question, language),
            Err(why) => println!(
                "{}  {}: {}",
                listed.handover,
                choose(language, "NIET TE VERTROUWEN", "NOT TO BE TRUSTED"),
                Chain(&why)
            ),
        }
    }
    Ok(())
}

fn print_question(question: &Question, language: Language) {
    let (rules, standing) = (question.rules(), question.standing());
    println!(
        "{}  {}",
        question.handover(),
        choose(language, &rules.name.nl, &rules.name.en)
    );
    println!(
        "    {} {} {} {}, {} {}",
        choose(language, "van", "from"),
        question.sender().name,
        choose(language, "aan", "to"),
        question.recipient().name,
        choose(language, "geldt tot", "holds until"),
        date_in_words(question.manifest().not_after, language)
    );
    let mut notes = vec![stage_in_words(standing.stage, language).to_owned()];
    if standing.awaited && standing.asked {
        notes.push(
            choose(
                language,
                "uw beslissing wordt gevraagd",
                "you are asked to decide",
            )
            .to_owned(),
        );
    }
    if standing.has_preview {
        notes.push(
            choose(
                language,
                "de inhoud is in te zien",
                "the content can be inspected",
            )
            .to_owned(),
        );
    }
    if let Some(silence) = standing.silence {
        let day = date_in_words(date_in_nl(silence), language);
        notes.push(format!(
            "{} {day}",
            choose(language, "zwijgen telt vanaf", "silence counts from")
        ));
    }
    println!("    {}", notes.join("; "));
    for (category, choice) in question.choices() {
        let name = category_label(category).of(language);
        println!(
            "    {}: {name}: {}",
            choose(language, "u zei", "you said"),
            choice_name(choice, language)
        );
    }
}

async fn decide(
    session: &mut Session,
    what: What,
    choice: Choice,
    until: Option<Date>,
    language: Language,
    entropy: &Entropy,
) -> anyhow::Result<()> {
    let question = session.question(what.handover).await.map_err(explained)?;
    let open = match choice {
        Choice::Agree => question.on_consent(),
        Choice::Refuse | Choice::Withdraw | Choice::Object => {
            session.open_to_no(&question).await.map_err(explained)?
        }
    };
    if open.is_empty() {
        bail!(
            "this handover does not rest on consent, so a {} has no effect on it; add remarks with `handdruk guardian view`",
            choice.word()
        );
    }
    let chosen = if what.categories.is_empty() {
        open.into_iter().collect()
    } else {
        what.categories
    };
    let choices: BTreeMap<Category, Choice> = chosen.into_iter().map(|category| (category, choice)).collect();
    let page = session.page(&question, language).await.map_err(explained)?;
    print!("{}", page.text());
    if !what.yes && !confirmed(&page, &choices)? {
        println!(
            "{}",
            choose(page.language(), "Er is niets ondertekend.", "Nothing was signed.")
        );
        return Ok(());
    }
    let decided = session
        .decide(&question, &page, choices, until, &mut entropy.fork())
        .await
        .map_err(explained)?;
    print_decided(&decided, choice, language);
    Ok(())
}

fn confirmed(page: &Page, choices: &BTreeMap<Category, Choice>) -> anyhow::Result<bool> {
    let language = page.language();
    println!("\n{}", choose(language, "U ondertekent:", "You sign:"));
    for (category, choice) in choices {
        println!(
            "    {category} {}: {}",
            category_label(*category).of(language),
            choice_name(*choice, language)
        );
    }
    let answer = prompt(choose(
        language,
        "Klopt dit? Typ ja: ",
        "Is this right? Type yes: ",
    ))?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "ja" | "yes" | "j" | "y"
    ))
}

fn print_decided(decided: &Decided, choice: Choice, language: Language) {
    println!(
        "\n{} {}: {}. {} {}.",
        choose(language, "Ondertekend:", "Signed:"),
        choice_name(choice, language),
        stage_in_words(decided.stage, language),
        choose(language, "Bewijs nummer", "Evidence number"),
        decided.evidence_index
    );
    if !choice.blocks() {
        return;
    }
    if decided.releases.is_empty() {
        println!(
            "{}",
            choose(
                language,
                "Er was nog niets overgedragen.",
                "Nothing had been handed over."
            )
        );
    }
    for release in &decided.releases {
        let day = date_in_words(date_in_nl(release.at), language);
        let arrived = if release.arrived {
            choose(language, "aangekomen", "arrived")
        } else {
            choose(language, "onderweg", "under way")
        };
        println!(
            "    {day}: {} ({arrived})",
            release.said.line(language).unwrap_or_default()
        );
        println!(
            "    {}",
            choose(
                language,
                "De ontvanger is ingelicht en antwoordt: gewist, of bewaard en waarom. U leest het met `history`.",
                "The recipient was told and will answer: erased, or kept and why. `history` shows it."
            )
        );
    }
}

const fn stage_in_words(stage: Stage, language: Language) -> &'static str {
    let english = matches!(language, Language::English);
    match stage {
        Stage::Awaiting if english => "waiting for answers",
        Stage::Awaiting => "wacht op antwoord",
        Stage::Blocked if english => "does not go; somebody will talk with you",
        Stage::Blocked => "gaat niet door; iemand neemt contact op",
        Stage::Permitted if english => "may be handed over",
        Stage::Permitted => "mag worden overgedragen",
        Stage::Submitted if english => "ready for the recipient",
        Stage::Submitted => "staat klaar voor de ontvanger",
        Stage::Released if english => "under way",
        Stage::Released => "onderweg",
        Stage::Received if english => "received",
        Stage::Received => "ontvangen",
        Stage::Quarantined if english => "set apart by the recipient",
        Stage::Quarantined => "door de ontvanger apart gezet",
        Stage::Retracted if english => "taken back",
        Stage::Retracted => "teruggenomen",
        Stage::Expired if english => "its term has ended",
        Stage::Expired => "termijn verlopen",
    }
}

fn choose<'a>(language: Language, nl: &'a str, en: &'a str) -> &'a str {
    if language == Language::English { en } else { nl }
}

/// A client's error with what to do about it.
fn explained(error: ClientError) -> anyhow::Error {
    let advice = match &error {
        ClientError::Refused(refusal) => match refusal.reason {
            Reason::WrongCodeOrSecret => {
                "code or secret is wrong; after some attempts you must wait".to_owned()
            }
            Reason::NotFound => {
                "there is no such letter or handover; look at the code and the id again".to_owned()
            }
            Reason::CodeAlreadyUsed => {
                "this code was used before; if it was not you, tell the organisation that gave you the letter"
                    .to_owned()
            }
            reason => format!("what to do: docs/errors/{reason}.md"),
        },
        ClientError::NotBelieved(_) => {
            "nothing was shown or signed; tell the organisation that gave you the letter".to_owned()
        }
        _ => return error.into(),
    };
    anyhow::Error::new(error).context(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_in_the_help_is_a_good_one() {
        let (_, file) = HELP
            .split_once("guardian.toml:\n")
            .expect("the help shows a file");
        let file = file.replace("ed25519:...", &format!("ed25519:{}", "A".repeat(43)));
        let config: Config = toml::from_str(&file).expect("the file of the help");
        assert_eq!(config.clock, ClockChoice::Wall);
        for (good, bad) in [
            ("public_key", "publik_key"),
            ("0100\"", "100\""),
            ("\"wall\"", "\"sun\""),
            ("ed25519:A", "ed25519:"),
        ] {
            assert!(
                toml::from_str::<Config>(&file.replace(good, bad)).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_secret_file_may_end_its_line() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("secret");
        std::fs::write(&path, "correct horse\r\n").expect("writes");
        let read = secret(Some(&path), false).expect("a secret");
        assert_eq!(read, Secret::new("correct horse").expect("long enough"));
        std::fs::write(&path, "short\n").expect("writes");
        assert!(secret(Some(&path), false).is_err());
    }
}
