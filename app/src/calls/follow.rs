//! What follows from a decision is carried out here and nowhere else, in the transaction of the decision.

mod write;

pub(super) use write::write;

use super::credit;
use crate::AppError;
use crate::desk::Desk;
use market::decision::Follows;

/// Writes facts, notices, lines of the journal, jobs and messages, then the credit events with what follows from them.
pub(super) async fn carry_out(desk: &mut Desk, follows: Follows) -> Result<(), AppError> {
    write(desk, &follows).await?;
    for incident in &follows.incidents {
        let begun = credit::record(desk, incident).await?;
        write(desk, &begun).await?;
    }
    Ok(())
}
