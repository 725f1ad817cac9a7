//! `handdruk demo`: a whole federation on this machine, and the stories of eight children.
//!
//! Every process is real: the same binary, from configuration files that can be read, over mutual TLS. Every expectation
//! is read back through the public API of another process than the one that acted.

mod browser;
mod emma;
mod figures;
mod jayden;
mod luca;
mod mails;
mod milan;
mod noor;
mod sara;
mod sight;
mod story;
mod tim;
mod way;
mod zeynep;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::purpose::Purpose;
use handdruk_proto::{from_wire, v1};
use handdruk_workdesk::people::Scope;

use self::story::Story;
use crate::federation::cast::Cast;
use crate::federation::desks;
use crate::federation::members::{ORGANISATIONS, PORTAL};
use crate::federation::{Federation, Options};
use crate::words;

/// When the demo's clock starts: the weeks of applications.
const START: &str = "2027-02-01T08:00:00Z";
/// In which month most children change schools: days are counted from its first school day.
const AUGUST: &str = "2027-08-01";

/// The whole federation on this machine: real processes, fictional children.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run the stories to their end, say whether every expectation held, and exit (0 only if all did).
    #[arg(long)]
    once: bool,
    /// Tell only this story.
    #[arg(long, value_enum)]
    scenario: Vec<Scenario>,
    /// Keep everything in this folder (new or empty). Otherwise a temporary one is used, and removed at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start the federation's clock at this instant (test organisations only).
    #[arg(long, default_value = START)]
    clock: Timestamp,
    /// What the processes log, into a file each.
    #[arg(long, default_value = "info")]
    log: String,
}

/// The stories, by child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// 11, primary to secondary, parents disagree.
    Noor,
    /// 16, to mbo, refuses care.
    Milan,
    /// 8, moves with running care.
    Sara,
    /// 3 1/2, preschool to primary.
    Zeynep,
    /// 15, drops out without a recipient.
    Luca,
    /// 6, acute safety.
    Emma,
    /// 13, withdraws after three weeks.
    Jayden,
    /// 15, turns 16 while he is asked.
    Tim,
}

impl Scenario {
    const fn title(self) -> &'static str {
        match self {
            Self::Noor => "Noor Bakker-Aydin, 11: to secondary school, and her parents disagree",
            Self::Milan => "Milan de Graaf, 16: to mbo, and he refuses care",
            Self::Sara => "Sara Haddad, 8: moves in the middle of the year, with running care",
            Self::Zeynep => "Zeynep Kaya, 3 1/2: from preschool to primary school",
            Self::Luca => "Luca Visser, 15: drops out, without a recipient",
            Self::Emma => "Emma van Dijk, 6: acute unsafety",
            Self::Jayden => "Jayden Pinas, 13: withdraws three weeks later",
            Self::Tim => "Tim Jansen, 15: turns 16 while he is asked",
        }
    }

    async fn tell(self, cast: &mut Cast, story: &mut Story) -> anyhow::Result<Option<Open>> {
        Ok(Some(match self {
            Self::Noor => Open::Noor(Box::pin(noor::tell(cast, story)).await?),
            Self::Milan => Open::Milan(Box::pin(milan::tell(cast, story)).await?),
            Self::Sara => Open::Sara(Box::pin(sara::tell(cast, story)).await?),
            Self::Zeynep => Open::Zeynep(Box::new(Box::pin(zeynep::tell(cast, story)).await?)),
            Self::Luca => Open::Luca(Box::pin(luca::tell(cast, story)).await?),
            Self::Tim => Open::Tim(Box::pin(tim::tell(cast, story)).await?),
            Self::Emma => {
                Box::pin(emma::tell(cast, story)).await?;
                return Ok(None);
            }
            Self::Jayden => {
                Box::pin(jayden::tell(cast, story)).await?;
                return Ok(None);
            }
        }))
    }
}

/// A day on which the stories go on, all of them: the clock moves for everybody at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    /// What was left lying.
    April,
    /// Talks were held.
    May,
    /// The first school day in the north, and the day after.
    FirstDay,
    /// Six weeks after it.
    Autumn,
    /// Six weeks later for who came late.
    Winter,
}

impl Scene {
    const fn title(self) -> &'static str {
        match self {
            Self::April => "5 April: what was left lying",
            Self::May => "31 May: the talks",
            Self::FirstDay => "24 August: the first school day was yesterday",
            Self::Autumn => "11 October: how do they do?",
            Self::Winter => "6 December: and whoever came late",
        }
    }

    const fn day(self) -> &'static str {
        match self {
            Self::April => "2027-04-05T08:00:00Z",
            Self::May => "2027-05-31T08:00:00Z",
            Self::FirstDay => "2027-08-24T08:00:00Z",
            Self::Autumn => "2027-10-11T08:00:00Z",
            Self::Winter => "2027-12-06T08:00:00Z",
        }
    }
}

/// A story that goes on after its beginning.
enum Open {
    Noor(noor::Open),
    Milan(milan::Open),
    Sara(sara::Open),
    Zeynep(Box<zeynep::Open>),
    Luca(luca::Open),
    Tim(tim::Open),
}

impl Open {
    async fn go_on(&mut self, scene: Scene, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        match self {
            Self::Noor(open) => Box::pin(open.go_on(scene, cast, story)).await,
            Self::Milan(open) => Box::pin(open.go_on(scene, cast, story)).await,
            Self::Sara(open) => Box::pin(open.go_on(scene, cast, story)).await,
            Self::Zeynep(open) => Box::pin(open.go_on(scene, cast, story)).await,
            Self::Luca(open) => Box::pin(open.go_on(scene, cast, story)).await,
            Self::Tim(open) => Box::pin(open.go_on(scene, cast, story)).await,
        }
    }
}

/// What is told, in the order in which it happens: the clock only moves on, and Tim must still be 15 when his story begins.
#[derive(Debug, Clone, Copy)]
enum Chapter {
    Begins(Scenario),
    GoesOn(Scene),
}

const CHAPTERS: [Chapter; 13] = [
    Chapter::Begins(Scenario::Noor),
    Chapter::Begins(Scenario::Sara),
    Chapter::Begins(Scenario::Zeynep),
    Chapter::Begins(Scenario::Luca),
    Chapter::Begins(Scenario::Emma),
    Chapter::Begins(Scenario::Tim),
    Chapter::GoesOn(Scene::April),
    Chapter::Begins(Scenario::Milan),
    Chapter::Begins(Scenario::Jayden),
    Chapter::GoesOn(Scene::May),
    Chapter::GoesOn(Scene::FirstDay),
    Chapter::GoesOn(Scene::Autumn),
    Chapter::GoesOn(Scene::Winter),
];

/// Tells what was chosen, to its end. A story that breaks off does not go on.
async fn tell(chosen: &[Scenario], cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    let mut open: Vec<Open> = Vec::new();
    for chapter in CHAPTERS {
        match chapter {
            Chapter::Begins(scenario) if chosen.is_empty() || chosen.contains(&scenario) => {
                story.begin(scenario.title());
                match Box::pin(scenario.tell(cast, story)).await {
                    Ok(goes_on) => open.extend(goes_on),
                    Err(error) => story.broke_off(&error),
                }
            }
            Chapter::GoesOn(scene) if !open.is_empty() => {
                story.begin(scene.title());
                cast.federation.advance(scene.day().parse()?).await?;
                let mut going = Vec::with_capacity(open.len());
                for mut child in open {
                    match child.go_on(scene, cast, story).await {
                        Ok(()) => going.push(child),
                        Err(error) => story.broke_off(&error),
                    }
                }
                open = going;
            }
            Chapter::Begins(_) | Chapter::GoesOn(_) => {}
        }
    }
    Ok(())
}

/// Runs the demo; true when every expectation held.
pub(crate) fn run(args: Args) -> anyhow::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            done = demo(args) => done,
            _ = tokio::signal::ctrl_c() => {
                println!("\nStopping; nothing is left behind but what --data names.");
                Ok(false)
            }
        }
    })
}

async fn demo(args: Args) -> anyhow::Result<bool> {
    let temporary = if args.data.is_none() {
        Some(tempfile::tempdir()?)
    } else {
        None
    };
    let directory = match (&args.data, &temporary) {
        (Some(named), _) => new_folder(named)?,
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => unreachable!("one of both was made"),
    };
    let started = Instant::now();
    let mut federation = Federation::create(Options {
        exe: std::env::current_exe()?,
        directory: directory.clone(),
        organisations: ORGANISATIONS.to_vec(),
        start: args.clock,
        log: args.log.clone(),
    })?;
    write_dossiers(&directory)?;
    println!(
        "A federation of {} organisations and one gateway, in {}",
        ORGANISATIONS.len(),
        directory.display()
    );
    println!(
        "Certificates are minted, the registrar has signed who is who. Each of these is a process of its own:\n"
    );
    for (_, process) in federation.processes() {
        println!("  {}", process.command_line());
    }
    federation.start()?;
    println!(
        "\nAll are ready after {} ms. Their clock says {}.",
        started.elapsed().as_millis(),
        args.clock
    );

    let mut cast = Cast::new(federation)?;
    let mut story = Story::default();
    tell(&args.scenario, &mut cast, &mut story).await?;
    story.begin("Nobody out of sight");
    sight::tell(&cast, &mut story).await?;
    if args.scenario.is_empty() {
        story.begin("The mails");
        mails::tell(&cast, &mut story);
        story.begin("Counts, and nobody in them");
        figures::tell(&mut cast, &mut story).await?;
    }
    cast.federation.check_alive()?;
    let held = story.verdict();
    if !args.once {
        let open = invite_to_try(&mut cast, &directory).await?;
        // Until Ctrl-C.
        open.watch(&cast).await?;
    }
    cast.federation.stop()?;
    Ok(held)
}

/// What one can do with a federation that keeps running.
async fn invite_to_try(cast: &mut Cast, directory: &Path) -> anyhow::Result<browser::Open> {
    use crate::federation::members::{LINDE, SWV_IJSSEL, WATERLELIE};
    let at = |member: &str, file: &str| directory.join(member).join(file).display().to_string();
    println!("\nThe federation keeps running. Try it (Ctrl-C stops it):\n");
    let open = browser::ask(cast).await?;
    let roles_of = [
        (&WATERLELIE, desks::ADMINISTRATOR),
        (&WATERLELIE, desks::SUPERVISOR),
        (&LINDE, desks::ADMINISTRATOR),
        (&LINDE, desks::INTAKE),
    ];
    println!(
        "  work at a workdesk: choose a password and connect an authenticator app, with one of these codes"
    );
    for (
        member,
        desks::Colleague {
            reference,
            name,
            roles,
        },
    ) in roles_of
    {
        let code = cast
            .federation
            .invite(member, reference, name, roles, Scope::Everything)
            .await?;
        println!(
            "    {}, {name}: {}/enrol",
            member.name,
            cast.federation.workdesk(member.key)?
        );
        println!("      reference {reference}, code {}", code.text().as_str());
    }
    println!("  what De Linde has in its inbox");
    println!("    handdruk inbox --as {} list", at(LINDE.key, "system.toml"));
    println!("  what the support alliance is told in numbers");
    println!("    handdruk counts --as {}", at(SWV_IJSSEL.key, "system.toml"));
    println!("  push a dossier, without and with effect");
    let noor = directory.join("dossiers/noor.xml").display().to_string();
    println!(
        "    handdruk push --as {} --dry-run {noor}",
        at(WATERLELIE.key, "system.toml")
    );
    println!(
        "    handdruk push --as {} {noor}",
        at(WATERLELIE.key, "system.toml")
    );
    // Only if her story was told.
    if let Ok(code) = cast.letter_again(&WATERLELIE, "leerling-noor", "elif").await {
        println!(
            "  decide without a browser as Noor's mother, who lost her letter and got a new one; its code is {code}"
        );
        println!(
            "    handdruk guardian --as {} activate",
            at(PORTAL.key, "guardian.toml")
        );
    }
    println!("  verify the evidence of the gateway's whole store");
    println!("    handdruk audit verify --store {}", at("gateway", "data"));
    Ok(open)
}

fn new_folder(named: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(named).with_context(|| format!("cannot make {}", named.display()))?;
    let mut entries = std::fs::read_dir(named)?;
    anyhow::ensure!(
        entries.next().is_none(),
        "{} is not empty; name a new folder",
        named.display()
    );
    Ok(named.canonicalize()?)
}

fn write_dossiers(directory: &Path) -> anyhow::Result<()> {
    let folder = directory.join("dossiers");
    std::fs::create_dir_all(&folder)?;
    for dossier in crate::federation::dossiers::ALL {
        let path = folder.join(dossier.name);
        std::fs::write(&path, dossier.bytes)?;
        std::fs::write(path.with_extension("push.toml"), dossier.plan)?;
        if !dossier.additions.is_empty() {
            std::fs::write(path.with_extension("additions.json"), dossier.additions)?;
        }
    }
    Ok(())
}

/// `care-handover to Jeugdhulp De Linde: 24 of 81 fields go; awaiting answers`.
fn goes(result: &v1::TargetResult) -> String {
    let (selected, held) = result.categories.iter().fold((0, 0), |(s, h), count| {
        (s + count.fields_selected, h + count.fields_in_dossier)
    });
    let to = ORGANISATIONS
        .iter()
        .find(|member| member.oin == result.recipient_oin)
        .map_or("nobody yet", |m| m.name);
    let stands = match (&result.refused, &result.status) {
        (Some(refused), _) => format!("refused: {}", words::refused(refused)),
        (None, Some(status)) => words::stage(status.stage).to_owned(),
        (None, None) => "queued".to_owned(),
    };
    format!(
        "{} to {to}: {selected} of {held} fields; {stands}.",
        words::purpose(result.purpose)
    )
}

/// Whether an inbox item holds all these categories.
fn holds(item: &v1::InboxItem, categories: &[&str]) -> bool {
    let held = words::categories(&item.categories);
    categories
        .iter()
        .all(|category| held.split(' ').any(|known| known == *category))
}

fn purpose_of(item: &v1::InboxItem) -> Option<Purpose> {
    from_wire(item.purpose).ok()
}
