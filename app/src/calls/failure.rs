//! 流标: a requirement ends without an award, at its deadline, at its draw, or when nobody is left.

use super::follow;
use crate::AppError;
use crate::desk::Desk;
use market::decision::Decision;
use market::procurement::Failed;
use store::requirement::Locked;

/// Ends a requirement without a winner, publicly.
pub(super) async fn end(
    desk: &mut Desk,
    locked: &Locked,
    decision: Decision<Failed>,
) -> Result<(), AppError> {
    let now = desk.now;
    store::requirement::fail(desk.conn(), &locked.row, &decision.next, now).await?;
    follow::carry_out(desk, decision.follows).await
}
