//! Two gateways of one organisation on one database.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use handdruk_gateway::DatabaseUrl;

use super::Federation;
use super::members::GATEWAY;
use super::process::{Process, free_address};

impl Federation {
    /// Has the gateway keep its state in that database, from its next start on.
    pub fn keep_gateway_at(&self, store: &DatabaseUrl) -> anyhow::Result<()> {
        let file = self.gateway_folder().join("gateway.toml");
        let written = std::fs::read_to_string(&file)?;
        // Before the first section, where it belongs to none.
        Ok(std::fs::write(
            &file,
            format!("store = \"{}\"\n{written}", store.as_str()),
        )?)
    }

    /// A second gateway beside the first, which has run before: the same organisation, statement key and configuration, at an
    /// address of its own. It is not running yet.
    pub fn second_gateway(&self, key: &'static str) -> anyhow::Result<(Process, SocketAddr)> {
        let (first, own) = (self.gateway_folder(), self.directory().join(key));
        std::fs::create_dir_all(own.join("data"))?;
        for file in ["certificate.pem", "private.key", "clock", "data/statement.key"] {
            std::fs::copy(first.join(file), own.join(file)).with_context(|| format!("copying {file}"))?;
        }
        let (listen, metrics) = (free_address()?, free_address()?);
        let config = std::fs::read_to_string(first.join("gateway.toml"))?;
        let old = config
            .lines()
            .find(|line| line.starts_with("metrics = "))
            .context("a gateway has metrics")?;
        let config = config
            .replace(old, &format!("metrics = \"{metrics}\""))
            .replace(&self.gateway().to_string(), &listen.to_string());
        let file = own.join("gateway.toml");
        std::fs::write(&file, config)?;
        let file = file.display().to_string();
        let arguments = ["gateway", "run", "--config", &file, "--log", &self.options.log];
        let arguments = arguments.map(str::to_owned).to_vec();
        let process = Process::new(key, &self.options.exe, arguments, own.join("log"), metrics);
        Ok((process, listen))
    }

    fn gateway_folder(&self) -> PathBuf {
        self.directory().join(GATEWAY.key)
    }
}
