//! `handdruk guardian`: a guardian or young person without a browser. The reference for the portal, and a tool that stays.
//!
//! Stateless: code and secret are asked for each time, everything else is derived from them and fetched. Nothing is stored.

mod ask;
mod config;
mod say;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use handdruk_content::category::ViewAgreement;
use handdruk_content::label::category_label;
use handdruk_content::text::Prose;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Date;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_guardian::error::ClientError;
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::page::Page;
use handdruk_guardian::session::Session;
use handdruk_guardian::words::choice_name;
use handdruk_service::{Chain, Entropy};

use self::ask::{code, prompt, secret};
use self::config::client;
use self::say::{choose, print_decided, print_plan, print_question};

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
            let in_time = session
                .add_view(&page, agreement, Some(text), &mut entropy.fork())
                .await
                .map_err(explained)?;
            let (nl, en) = if in_time {
                (
                    "Uw zienswijze is ondertekend en verzegeld verstuurd. Ze gaat mee.",
                    "Your remarks were signed, sealed and sent. They travel along.",
                )
            } else {
                (
                    "Uw zienswijze is ondertekend en verzegeld naar de verzender gestuurd. De gegevens waren al verzegeld, dus ze gaat niet mee. Vraag de verzender om haar door te geven.",
                    "Your remarks were signed, sealed and sent to the sender. The content was sealed before, so they do not travel along. Ask the sender to pass them on.",
                )
            };
            println!("{}", choose(language, nl, en));
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
            Ok(question) => {
                print_question(&question, language);
                let plan = session.plan(&question);
                // Only then is it asked what came after.
                let history = match &plan {
                    Ok(Some(_)) => session.history(&question).await.map_err(explained)?,
                    _ => Vec::new(),
                };
                print_plan(&question, plan, &history, language);
            }
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
            reason => crate::words::advice(reason),
        },
        ClientError::NotBelieved(_) => {
            "nothing was shown or signed; tell the organisation that gave you the letter".to_owned()
        }
        _ => return error.into(),
    };
    anyhow::Error::new(error).context(advice)
}
