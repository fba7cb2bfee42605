//! What a decision says to the public, to the journal, to the clock and to whom it concerns.

use crate::AppError;
use crate::calls::telling::tell;
use crate::desk::Desk;
use market::decision::{Follows, PublicNotice};
use market::fact::PublicFact;
use store::notice::NewNotice;

/// Everything but credit events, which themselves have something that follows.
pub(in crate::calls) async fn write(desk: &mut Desk, follows: &Follows) -> Result<(), AppError> {
    for fact in &follows.facts {
        publish(desk, fact).await?;
    }
    for notice in &follows.notices {
        announce(desk, notice).await?;
    }
    for line in &follows.lines {
        desk.journal(line.deed, line.subject, &line.note).await?;
    }
    for scheduled in &follows.jobs {
        let (job, run_at) = (scheduled.job, scheduled.run_at);
        desk.enqueue(job.kind(), job.subject(), run_at).await?;
    }
    for addressed in &follows.messages {
        tell(desk, addressed).await?;
    }
    Ok(())
}

async fn publish(desk: &mut Desk, fact: &PublicFact) -> Result<(), AppError> {
    let text = fact
        .text(desk.now)
        .map_err(|error| AppError::Broken(Box::new(error)))?;
    let entry = store::ledger::Entry {
        id: desk.id(),
        kind: fact.fact.kind(),
        subject: &fact.subject,
        requirement: fact.requirement,
        agency: fact.agency,
        text: &text,
        created_at: desk.now,
    };
    Ok(store::ledger::write(desk.conn(), entry).await?)
}

async fn announce(desk: &mut Desk, notice: &PublicNotice) -> Result<(), AppError> {
    let new = NewNotice {
        id: desk.id(),
        requirement: notice.requirement,
        kind: notice.announcement.kind(),
        title: &notice.announcement.title(),
        body: &notice.announcement.body(&notice.notice_no),
        published_at: desk.now,
    };
    Ok(store::notice::publish(desk.conn(), new).await?)
}
