//! The demo: an invented district with its people, a year of finished work, and requirements in every state.
//! Nothing is written past the rules: every step is posted to the same routes as a browser's, by the person whose turn
//! it is, while a simulated clock runs from last winter to now.

mod cast;
mod fulfilment;
mod newcomers;
mod people;
mod plan;
mod scan;
mod settle;
mod stage;
mod story;

use crate::installation::Trouble;
use app::desk::Desk;
use app::pages::account::DEMO_ACCOUNTS;
use app::vault::Purpose;
use app::world::World;
use market::effect::mask_mailbox;
use market::policy::Policy;
use market::time::Duration;
use stage::Stage;
use store::message::SealedMailbox;
use story::Troupe;

/// The first login that the demo makes, and the policy that it enacts last.
const FIRST: &str = "demo.auditor";
const LAST: &str = "演示-1";

/// Fills an empty installation with the demo; a second time changes nothing. At the end a policy takes effect under
/// which a workday lasts `seconds_per_workday`; what was published before keeps its real workdays.
/// Errors: an earlier filling was interrupted.
pub async fn fill(world: &World, seconds_per_workday: u32) -> Result<(), Trouble> {
    let mut desk = Desk::reading(world).await?;
    let versions = store::policy::versions(desk.conn(), &world.site.region).await?;
    if versions.iter().any(|version| version.name == LAST) {
        return Ok(());
    }
    if store::person::credentials(desk.conn(), FIRST)
        .await?
        .is_some()
    {
        return Err("the demo was interrupted while it was being filled; remove the data folder (or the database) named in the log and start again".into());
    }
    drop(desk);
    tracing::info!("filling the demo: a year of an invented district passes in some seconds");
    let now = world.clock.now();
    let mut stage = Stage::open(world, now - Duration::days(330));
    let calendar = stage.look().await?.rules().await?.calendar.clone();
    let people = people::introduce(&mut stage).await?;
    let agencies = settle::agencies(&mut stage, &people).await?;
    let troupe = Troupe {
        people: &people,
        agencies: &agencies,
    };
    // The newcomers' papers take some minutes; nothing of the demo is later than now.
    let before = now - Duration::minutes(30);
    story::tell(&mut stage, &troupe, &calendar, before).await?;
    stage.advance_to(before).await?;
    newcomers::arrive(&mut stage, &people, agencies.len()).await?;
    stage.advance_to(now).await?;
    enact(world, seconds_per_workday).await?;
    give_mailboxes(world).await?;
    tracing::info!("the demo is filled");
    Ok(())
}

/// The accounts that visitors try have an address, so that what they bring about lies in the mail folder. Nobody has
/// addresses of this domain (RFC 2606).
async fn give_mailboxes(world: &World) -> Result<(), Trouble> {
    let mut desk = Desk::writing(world).await?;
    let (vault, now) = (world.vault.clone(), desk.now);
    for (login, ..) in DEMO_ACCOUNTS {
        let Some(found) = store::person::credentials(desk.conn(), login).await? else {
            continue;
        };
        let (person, address) = (found.id, format!("{login}@demo.example"));
        let mailbox = SealedMailbox {
            sealed: vault.seal_mailbox(person, &address, desk.chance()),
            masked: mask_mailbox(&address),
        };
        let digest = vault.digest(Purpose::Mailbox, &address);
        store::message::lock_settings(desk.conn(), person).await?;
        store::message::expect_code(desk.conn(), person, &mailbox, digest, now).await?;
        store::message::confirm_mailbox(desk.conn(), person).await?;
    }
    Ok(desk.commit().await?)
}

async fn enact(world: &World, seconds: u32) -> Result<(), Trouble> {
    let mut desk = Desk::writing(world).await?;
    let policy = Policy::demo(LAST, seconds.max(1));
    let (id, region, now) = (desk.id(), world.site.region.clone(), desk.now);
    store::policy::enact(desk.conn(), id, &region, &policy, now, now).await?;
    desk.commit().await?;
    if let Ok(mut seen) = world.rules_seen.lock() {
        *seen = None;
    }
    Ok(())
}
