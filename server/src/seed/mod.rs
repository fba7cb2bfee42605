//! What an empty installation is filled with: the catalogue and the standard policy; on demand the demo, or masses
//! for measuring. Seeds are Rust, so that they go through the same rules as everything else.

pub mod demo;
pub mod people;
pub mod scale;

use crate::installation::Trouble;
use app::desk::Desk;
use app::world::World;
use time::macros::datetime;

/// The standard policy rules from here on.
const POLICY_FROM: market::Timestamp = datetime!(2025-01-01 00:00 +8);

/// Loads the catalogue. Loading twice changes nothing.
pub async fn catalogue(world: &World) -> Result<(), Trouble> {
    let mut desk = Desk::writing(world).await?;
    let (region, name, now) = (
        world.site.region.clone(),
        world.site.region_name.clone(),
        desk.now,
    );
    let mut chance = (world.chance)();
    store::catalogue::load(
        desk.conn(),
        (&region, &name),
        POLICY_FROM,
        app::address::item,
        now,
        chance.as_mut(),
    )
    .await?;
    desk.commit().await?;
    Ok(())
}
