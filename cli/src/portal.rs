//! `handdruk portal`: run the web portal for guardians and young people, or look whether it would run.

use std::path::PathBuf;

use handdruk_portal::Config;
use handdruk_service::Lifecycle;

use crate::telemetry::{self, LogArgs};

const HELP: &str = "\
The portal is a client of the gateway and nothing more: it holds no key that opens or signs anything of a guardian's.
It needs a certificate of a member with the role portal (handdruk certs issue, handdruk certs member add --role portal).

portal.toml:
  listen = \"0.0.0.0:443\"
  metrics = \"127.0.0.1:9103\"                 # /livez, /readyz, /metrics; loopback only
  address = \"https://portaal.example.nl\"     # what people have in their address bar
  # behind_proxy = true                      # a proxy ends TLS and sets X-Forwarded-For; then leave out [tls]

  [tls]                                      # the certificate that browsers see
  certificate = \"browser.pem\"
  key = \"browser.key\"

  [gateway]
  oin = \"00000099000000000100\"
  addresses = [\"https://gateway.example.nl:8443\"]

  [registrar]
  public_key = \"ed25519:...\"                 # as handdruk certs init printed it

  [certificates]                             # who the portal is towards the gateway
  certificate = \"certificate.pem\"
  key = \"private.key\"
  authority = \"authority.pem\"
  revocations = \"revocations.pem\"

docs/OPERATIONS.md explains each key and how long sessions last.";

/// Run the web portal for guardians and young people, or look whether it would run.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Serve guardians and young people until SIGTERM or Ctrl-C.
    #[command(after_help = HELP)]
    Run {
        /// The configuration file; docs/OPERATIONS.md explains each key.
        #[arg(long, value_name = "PORTAL.toml")]
        config: PathBuf,
        #[command(flatten)]
        log: LogArgs,
    },
    /// Read the configuration, load keys and certificates, without listening. Exit status 0 means it would run.
    CheckConfig {
        /// The configuration file.
        #[arg(long, value_name = "PORTAL.toml")]
        config: PathBuf,
    },
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.act {
        Act::Run { config, log } => {
            telemetry::start(&log)?;
            let config = Config::load(&config)?;
            runtime()?.block_on(async { handdruk_portal::run(config, Lifecycle::new()).await })?;
            Ok(())
        }
        Act::CheckConfig { config } => {
            let config = Config::load(&config)?;
            handdruk_portal::check_config(&config)?;
            println!("The configuration is good: keys and certificates load.");
            Ok(())
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_in_the_help_is_a_good_one() {
        let (_, file) = HELP.split_once("portal.toml:\n").expect("the help shows a file");
        let (file, _) = file.split_once("\ndocs/").expect("and ends it");
        let file = file.replace("ed25519:...", &format!("ed25519:{}", "A".repeat(43)));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("portal.toml");
        std::fs::write(&path, &file).expect("writes");
        Config::load(&path).expect("the file of the help");
        let proxied = file.replace("# behind_proxy", "behind_proxy");
        std::fs::write(&path, proxied).expect("writes");
        assert!(Config::load(&path).expect("and behind a proxy").behind_proxy);
    }
}
