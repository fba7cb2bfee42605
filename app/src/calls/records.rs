//! What was left out of the records, summed up by the clock.

use crate::AppError;
use crate::desk::Desk;
use crate::world::World;
use market::journal::{Deed, Subject};
use store::journal::Outcome;
use uuid::Uuid;

/// Writes down how much was left out in hours that are over; and, before the process ends, in the one under way.
pub async fn sum_up(world: &World, is_last: bool) -> Result<(), AppError> {
    let Some(left_out) = world.records.take(world.clock.now(), is_last) else {
        return Ok(());
    };
    let written = async {
        let mut desk = Desk::writing(world).await?;
        let note = left_out.sentence();
        let nobody = Subject::Route(Uuid::nil());
        desk.record(Deed::LeaveOut, nobody, &note, Outcome::Refused)
            .await?;
        desk.commit().await
    }
    .await;
    if written.is_err() {
        // The database is away: the counts wait for the next time.
        world.records.put_back(left_out);
    }
    written
}
