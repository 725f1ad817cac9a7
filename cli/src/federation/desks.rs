//! The workdesks of the demo's organisations, and who works there.

use std::collections::BTreeSet;

use anyhow::Context as _;
use handdruk_domain::clock::Clock as _;
use handdruk_domain::role::DeskRole;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::{Entropy, SystemClock, config};
use handdruk_workdesk::log::MACHINE;
use handdruk_workdesk::people::{Described, EnrolmentCode, People, Scope, SecondFactor};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::{Federation, Member};

/// What everybody in these federations chose as password. Fictional people, on one machine, for an hour.
pub const PASSWORD: &str = "drie fietsen en een boot";

/// A colleague at a workdesk.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// The organisation's own reference.
    pub reference: &'static str,
    /// The name that colleagues see.
    pub name: &'static str,
    /// What they are there for.
    pub roles: &'static [DeskRole],
}

/// Who makes the others' accounts.
pub const ADMINISTRATOR: Colleague = Colleague {
    reference: "beheer-1",
    name: "Wil de Beer",
    roles: &[DeskRole::Administrator],
};
/// Internal supervisor at a school.
pub const SUPERVISOR: Colleague = Colleague {
    reference: "ib-1",
    name: "Ilse Boonstra",
    roles: &[DeskRole::Supervisor],
};
/// Intake worker at a provider or a loket.
pub const INTAKE: Colleague = Colleague {
    reference: "intake-1",
    name: "Omar Idrissi",
    roles: &[DeskRole::Intake],
};

/// How somebody logs in.
#[derive(Debug)]
pub struct Login {
    /// Whose account.
    pub reference: String,
    /// The second factor.
    pub second: SecondFactor,
}

impl Federation {
    /// The address of an organisation's workdesk, as it stands in a browser's address bar.
    pub fn workdesk(&self, key: &str) -> anyhow::Result<String> {
        let desk = self
            .workdesks
            .get(key)
            .with_context(|| format!("there is no workdesk {key}"))?;
        let scheme = if self.secured.contains(key) {
            "https"
        } else {
            "http"
        };
        Ok(format!("{scheme}://{desk}"))
    }

    /// From its next start on an organisation's workdesk speaks TLS itself, with the organisation's own certificate, as one
    /// does that no proxy stands before.
    pub fn secure_workdesk(&mut self, member: &Member) -> anyhow::Result<()> {
        let plain = format!("address = \"{}\"", self.workdesk(member.key)?);
        self.secured.insert(member.key);
        let secure = format!("address = \"{}\"", self.workdesk(member.key)?);
        let file = self.options.directory.join(member.key).join("node.toml");
        let config = std::fs::read_to_string(&file)?;
        let tls = "\n[workdesk.tls]\ncertificate = \"certificate.pem\"\nkey = \"private.key\"\n";
        std::fs::write(&file, config.replace(&plain, &secure) + tls)?;
        Ok(())
    }

    /// Makes an account; the code that its colleague enrols with.
    pub async fn invite(
        &self,
        member: &Member,
        reference: &str,
        name: &str,
        roles: &[DeskRole],
        scope: Scope,
    ) -> anyhow::Result<EnrolmentCode> {
        let said = Described {
            name: name.to_owned(),
            roles: roles.iter().copied().collect::<BTreeSet<_>>(),
            scope,
        };
        let reference: ProfessionalRef = reference.parse()?;
        let added = self.people(member).await?.add(None, reference, said).await;
        added.map_err(|error| anyhow::anyhow!("no account was made: {error:?}"))
    }

    /// Makes an account and enrols with it, so that its colleague can log in.
    pub async fn seat(
        &self,
        member: &Member,
        reference: &str,
        name: &str,
        roles: &[DeskRole],
        scope: Scope,
    ) -> anyhow::Result<Login> {
        let code = self.invite(member, reference, name, roles, scope).await?;
        let people = self.people(member).await?;
        let refused = |error| anyhow::anyhow!("not enrolled: {error:?}");
        let second = people
            .second_factor(reference, &code.text())
            .await
            .map_err(refused)?;
        // The code before the present one, which counts as well: the present one is left to log in with.
        let before = SystemClock.now() - SignedDuration::from_secs(30);
        let password = (Zeroizing::new(PASSWORD.to_owned()), PASSWORD);
        people
            .enrol(reference, &code.text(), password, &second.code(before), MACHINE)
            .await
            .map_err(refused)?;
        Ok(Login {
            reference: reference.to_owned(),
            second,
        })
    }

    async fn people(&self, member: &Member) -> anyhow::Result<People> {
        let file = self.options.directory.join(member.key).join("node.toml");
        let node: handdruk_node::Config = config::load(&file)?;
        let node = node.resolved(&config::base(&file));
        let key = handdruk_node::workdesk_key(&node)?;
        let people = handdruk_workdesk::people_of(&node.data, key, &node.organisation, Entropy::from_os()?);
        Ok(people.await?)
    }
}
