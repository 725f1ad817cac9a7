//! `handdruk application`: the reference that a receiving school gives to a family that applied, and that the sending school
//! supplies with its push. It says nothing about who applied.

use std::path::PathBuf;
use std::sync::Arc;

use handdruk_domain::clock::Date;
use handdruk_domain::ids::RequestId;
use handdruk_domain::oin::Site;
use handdruk_domain::purpose::Purpose;
use handdruk_proto::{to_wire, v1};
use handdruk_service::{Entropy, SystemClock};

use crate::system::System;
use crate::words;

/// References for families that applied here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The system's own file: node address and certificate.
    #[arg(
        long = "as",
        value_name = "SYSTEM.toml",
        global = true,
        default_value = "system.toml"
    )]
    system: PathBuf,
    /// The professional who acts, in the organisation's own reference.
    #[arg(long, default_value = "administration", global = true)]
    professional: String,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// One line of text to give to the family. They give it to the school that they come from, which puts it into its push
    /// plan as `application`.
    Issue {
        /// What may come: transfer-report-primary or transfer-report-secondary.
        #[arg(long)]
        purpose: Purpose,
        /// The school site that they applied to, such as 99VA00.
        #[arg(long)]
        site: Site,
        /// Until when it may be used (ISO 8601 date).
        #[arg(long, value_name = "DATE")]
        until: Date,
    },
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let system = System::from_file(&args.system, Arc::new(SystemClock))?;
    let Act::Issue { purpose, site, until } = args.act;
    let request = v1::IssueApplicationRequest {
        request_id: RequestId::random(&mut Entropy::from_os()?.fork()).to_string(),
        purpose: to_wire(purpose),
        site: site.to_string(),
        not_after: until.to_string(),
        acting: Some(v1::ActingProfessional {
            professional: args.professional,
        }),
    };
    let answer = system.transitions().issue_application(request).await;
    println!(
        "{}",
        answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .application
    );
    Ok(())
}
