//! The demo: an invented district with its people, a year of finished work, and requirements in every state.
//! Nothing is written past the rules: every step is posted to the same routes as a browser's, by the person whose turn
//! it is, while a simulated clock runs from last winter to now.

mod cast;
mod people;
mod scan;
mod settle;
mod stage;
mod story;

use crate::installation::Trouble;
use app::desk::Desk;
use app::world::World;
use market::policy::Policy;
use market::time::Duration;
use stage::Stage;

/// The login that says that the demo is there already.
const MARK: &str = "demo.owner";

/// Fills an empty installation with the demo; a second time changes nothing. At the end a policy takes effect under
/// which a workday lasts `seconds_per_workday`; what was published before keeps its real workdays.
pub async fn fill(world: &World, seconds_per_workday: u32) -> Result<(), Trouble> {
    let mut desk = Desk::reading(world)
        .await
        .map_err(|error| error.to_string())?;
    if store::person::credentials(desk.conn(), MARK)
        .await?
        .is_some()
    {
        return Ok(());
    }
    drop(desk);
    tracing::info!("filling the demo: a year of an invented district passes in some seconds");
    let now = world.clock.now();
    let mut stage = Stage::open(world, now - Duration::days(330));
    let people = people::introduce(&mut stage).await?;
    let agencies = settle::agencies(&mut stage, &people).await?;
    story::tell(&mut stage, &people, &agencies, now).await?;
    stage.advance_to(now).await?;
    enact(world, seconds_per_workday).await?;
    tracing::info!("the demo is filled");
    Ok(())
}

async fn enact(world: &World, seconds: u32) -> Result<(), Trouble> {
    let mut desk = Desk::writing(world)
        .await
        .map_err(|error| error.to_string())?;
    let policy = Policy::demo("演示-1", seconds.max(1));
    let (id, region, now) = (desk.id(), world.site.region.clone(), desk.now);
    store::policy::enact(desk.conn(), id, &region, &policy, now, now).await?;
    desk.commit().await.map_err(|error| error.to_string())?;
    if let Ok(mut seen) = world.rules_seen.lock() {
        *seen = None;
    }
    Ok(())
}
