//! `handdruk node`: run what one organisation runs, or look whether it would run; tend the workdesk's accounts.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use anyhow::Context as _;
use handdruk_domain::role::DeskRole;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_node::{Config, NotOpened, Premises, Workdesk};
use handdruk_service::{Entropy, Lifecycle, config};
use handdruk_workdesk::people::{Described, EnrolmentCode, NotChanged, People, Scope};
use prometheus_client::registry::Registry;

use crate::telemetry::{self, LogArgs};

const ADMIN_HELP: &str = "\
The first administrator of a workdesk is made here; everybody else by an administrator, at the workdesk itself.

  handdruk node admin --config node.toml --reference admin-1 --name \"Wil de Beer\"

prints a code that counts for a week, once. With it the administrator goes to the workdesk's address and chooses
\"Ik heb een code om te beginnen\": a password, and a second factor on a telephone.
The same command with --again gives a new code to somebody who lost both: what they logged in with before is forgotten.
The node may run meanwhile.";

/// Run what one organisation runs, or look whether it would run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Serve the organisation's own systems and its workdesk, and keep in touch with the gateway, until SIGTERM or Ctrl-C.
    Run {
        /// The configuration file; docs/OPERATIONS.md explains each key.
        #[arg(long, value_name = "NODE.toml")]
        config: PathBuf,
        #[command(flatten)]
        log: LogArgs,
    },
    /// Read the configuration, load keys and certificates, without listening. Exit status 0 means it would run.
    CheckConfig {
        /// The configuration file.
        #[arg(long, value_name = "NODE.toml")]
        config: PathBuf,
    },
    /// Make the workdesk's first administrator, or give somebody a new code.
    #[command(after_help = ADMIN_HELP)]
    Admin(AdminArgs),
}

#[derive(Debug, clap::Args)]
struct AdminArgs {
    /// The node's configuration file, with a section [workdesk].
    #[arg(long, value_name = "NODE.toml")]
    config: PathBuf,
    /// The organisation's own reference of the colleague: lower-case letters, digits, hyphens, dots.
    #[arg(long)]
    reference: ProfessionalRef,
    /// The name that colleagues see.
    #[arg(long, required_unless_present = "again", conflicts_with = "again")]
    name: Option<String>,
    /// What they are there for; more than one may be given. Without it: administrator.
    #[arg(long = "role", conflicts_with = "again")]
    roles: Vec<DeskRole>,
    /// A new code for somebody who is there already.
    #[arg(long)]
    again: bool,
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.act {
        Act::Run { config, log } => {
            telemetry::start(&log)?;
            let (config, workdesk) = load(&config)?;
            let workdesk = workdesk.map(|settings| Box::new(Opening(settings)) as Box<dyn Workdesk>);
            runtime()?.block_on(async { handdruk_node::run(config, Lifecycle::new(), workdesk).await })?;
            Ok(())
        }
        Act::CheckConfig { config } => {
            let (config, workdesk) = load(&config)?;
            handdruk_node::check_config(&config)?;
            if let Some(settings) = &workdesk {
                handdruk_workdesk::check_config(settings, config.mail.is_some())?;
            }
            println!("The configuration is good: keys and certificates load.");
            Ok(())
        }
        Act::Admin(args) => runtime()?.block_on(admin(args)),
    }
}

/// The node's settings and, where it has one, its workdesk's.
fn load(path: &Path) -> anyhow::Result<(Config, Option<handdruk_workdesk::Config>)> {
    let base = config::base(path);
    let mut read = config::load::<Config>(path)?.resolved(&base);
    let section = read.workdesk.take();
    let workdesk = section
        .map(|section| handdruk_workdesk::Config::read(section, &base))
        .transpose()
        .with_context(|| path.display().to_string())?;
    Ok((read, workdesk))
}

/// A workdesk that the node opens.
struct Opening(handdruk_workdesk::Config);

impl Workdesk for Opening {
    fn open<'a>(
        self: Box<Self>,
        premises: Premises,
        metrics: &'a mut Registry,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotOpened>> + Send + 'a>> {
        let premises = handdruk_workdesk::Premises {
            organisation: premises.organisation,
            data: premises.data,
            key: premises.key,
            clock: premises.clock,
            entropy: premises.entropy,
            tasks: premises.tasks,
            api: premises.api,
            catalogue: handdruk_workdesk::InForce(premises.catalogue),
            post: premises.post,
        };
        Box::pin(async move { Ok(handdruk_workdesk::open(self.0, premises, metrics).await?) })
    }
}

async fn admin(args: AdminArgs) -> anyhow::Result<()> {
    let (config, workdesk) = load(&args.config)?;
    let settings =
        workdesk.with_context(|| format!("{} has no section [workdesk]", args.config.display()))?;
    let people = people(&config).await?;
    let code = if args.again {
        people.reset(None, &args.reference).await
    } else {
        let roles = if args.roles.is_empty() {
            vec![DeskRole::Administrator]
        } else {
            args.roles
        };
        let said = Described {
            name: args.name.unwrap_or_default(),
            roles: roles.into_iter().collect(),
            scope: Scope::Everything,
        };
        people.add(None, args.reference.clone(), said).await
    };
    let code = code.map_err(told)?;
    print_code(&args.reference, settings.address.as_str(), &code);
    Ok(())
}

/// The colleagues at the workdesk of a configured node.
async fn people(config: &Config) -> anyhow::Result<People> {
    let entropy = Entropy::from_os()?;
    let key = handdruk_node::workdesk_key(config)?;
    handdruk_node::make_private_directory(&config.data)
        .with_context(|| format!("cannot make {}", config.data.display()))?;
    Ok(handdruk_workdesk::people_of(&config.data, key, &config.organisation, entropy).await?)
}

fn told(error: NotChanged) -> anyhow::Error {
    match error {
        NotChanged::Taken => {
            anyhow::anyhow!("the reference is taken; --again gives a new code to whoever has it")
        }
        NotChanged::Unknown => anyhow::anyhow!("nobody has this reference"),
        NotChanged::Malformed => anyhow::anyhow!("the name is empty or longer than 80 characters"),
        NotChanged::Meanwhile | NotChanged::Own | NotChanged::TooLong => {
            anyhow::anyhow!("the account changed meanwhile; try again")
        }
        NotChanged::Fault(error) => error.into(),
    }
}

fn print_code(reference: &ProfessionalRef, address: &str, code: &EnrolmentCode) {
    println!("Go to      {address}/enrol");
    println!("Reference  {}", reference.as_str());
    println!("Code       {}", code.text().as_str());
    println!("The code counts for a week, once. Hand it over in person; nobody can read it again.");
}

/// Small: a supplier hosts a region's boards, one process each.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
