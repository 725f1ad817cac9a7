//! The guardian's client against a gateway in memory: honest, and lying in every way that it could profit from.

mod account;
mod belief;
mod gateway;
mod history;
mod question;
mod world;

use std::collections::BTreeMap;

use gateway::Gateway;
use handdruk_domain::category::Category;
use handdruk_domain::statement::consent::{Choice, GuardianKeys};
use handdruk_domain::statement::{Party, RawStatement, Statement, Verified, VerifyingKey};
use handdruk_guardian::error::NotBelieved;
use handdruk_guardian::session::Session;
use world::{World, rng};

/// Activates, and has the school seal the preview to the new keys.
async fn activated(world: &World, gateway: &Gateway) -> Session {
    let client = gateway.client(world).await;
    let session = client
        .activate(world.credentials, &mut rng(2))
        .await
        .expect("activates");
    let opening = keys_on_record(world, gateway).opening.clone();
    gateway.state().preview = world.preview(&opening, &world.contents);
    session
}

fn keys_on_record(world: &World, gateway: &Gateway) -> Verified<GuardianKeys> {
    let sent = gateway.state().keys.clone().expect("activated");
    let raw = RawStatement::try_from(sent).expect("well formed");
    let keys = Statement::<GuardianKeys>::claim(raw).expect("guardian keys");
    let invitation = world.code.invitation();
    let signing = keys.peek().expect("well formed").signing;
    let by_code = VerifyingKey::new(Party::Code(invitation), world.code.public_key().clone());
    let by_own = VerifyingKey::new(Party::Guardian(invitation), signing);
    keys.verify(&[&by_code, &by_own])
        .expect("signed by the code's key and the own key")
}

fn all(choice: Choice) -> BTreeMap<Category, Choice> {
    [
        Category::Identity,
        Category::Contact,
        Category::SupportNeeds,
        Category::CareRequest,
    ]
    .map(|category| (category, choice))
    .into()
}

/// Why the client does not believe the one question that it is shown.
async fn disbelief(session: &mut Session) -> NotBelieved {
    let mut listed = session.questions().await.expect("an answer");
    listed.remove(0).question.expect_err("not believed")
}
