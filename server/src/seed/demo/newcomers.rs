//! Those who have just come: an owner and agencies whose papers lie with somebody, so that every desk has work.

use super::cast::{TRADES, person_name};
use super::people::{People, add_person, pass, registration};
use super::settle::{hand_in, vettings};
use super::stage::{Post, Stage};
use crate::installation::Trouble;
use market::owner::{FundType, OwnerKind};
use market::vetting::VettingState;

/// The owner who waits for the operator's check.
const OWNER: super::cast::OwnerPart = super::cast::OwnerPart {
    name: "示范区汉水生态农业有限公司",
    kind: OwnerKind::PrivateEnterprise,
    fund: FundType::Social,
    head: "柳青",
};

/// One owner and one agency wait for the operator, one agency for the clerk of the environment bureau, one for its
/// checker.
pub async fn arrive(stage: &mut Stage, people: &People, settled: usize) -> Result<(), Trouble> {
    let newcomer = add_person(
        stage,
        &people.password_hash,
        "newcomer01",
        &person_name(480),
        "13707109901",
    )
    .await?;
    let form = registration(&OWNER, 99)?;
    stage
        .post(&newcomer, Post::to("/register/owner").with(form))
        .await?;
    let environment = TRADES
        .iter()
        .find(|trade| trade.types.contains(&"HJPJ"))
        .ok_or("a trade")?;
    let prefixes = ["汉江源", "隆中", "岘首"];
    for (n, prefix) in prefixes.into_iter().enumerate() {
        let agency = hand_in(stage, people, environment, settled + n, prefix).await?;
        if n == 0 {
            continue;
        }
        let auditor = &people.auditors[0];
        pass(stage, auditor, "/desk/checks/agencies/{id}", agency.agency).await?;
    }
    let bureau = people
        .departments
        .iter()
        .find(|bureau| bureau.code == "hj")
        .ok_or("the environment bureau")?;
    let waiting = vettings(stage, bureau.id, VettingState::Waiting).await?;
    if let Some(row) = waiting.first() {
        pass(stage, &bureau.clerk, "/desk/vettings/{id}/opinion", row.id).await?;
    }
    Ok(())
}
