//! What each decision about an award makes public, without a database.

use super::*;
use crate::credit::EventCode;
use crate::fact::{self, Fact};
use crate::journal::Deed;
use crate::procurement::tests::{DEADLINE, procurement};
use crate::procurement::{self, Procurement};
use crate::selection::Method;
use crate::time::Duration;
use crate::{AgencyId, AwardId, Fen};
use uuid::Uuid;

fn award(stage: Stage) -> Award {
    Award {
        id: AwardId(Uuid::from_u128(5)),
        award_no: "ZX420606202603160001-1".into(),
        agency: AgencyId(Uuid::from_u128(1)),
        agency_name: "楚天环保".into(),
        agency_uscc: "91420600MADEM00114".into(),
        amount: Fen(4_600_000),
        announced_at: DEADLINE,
        times: AwardTimes {
            publicity_ends_at: DEADLINE + Duration::days(1),
            confirm_by_at: DEADLINE + Duration::days(2),
        },
        stage,
    }
}

fn selected() -> Procurement {
    procurement(Method::Random, procurement::Stage::Selected)
}

#[test]
fn the_notice_of_award_is_public_with_number_agency_and_price() {
    let over = DEADLINE + Duration::days(1);
    let early = award(Stage::Confirmed).publicity_over(&selected(), over - Duration::SECOND);
    assert_eq!(early, Ok(None));
    let unanswered = award(Stage::Announced).publicity_over(&selected(), over);
    assert_eq!(unanswered, Ok(None));
    let issued = award(Stage::Confirmed).publicity_over(&selected(), over);
    let issued = issued.unwrap().expect("publicity is over");
    let said = Fact::AwardNotice(fact::AwardNotice {
        award_no: "ZX420606202603160001-1".into(),
        agency: "91420600MADEM00114".into(),
        amount_fen: Fen(4_600_000),
    });
    assert_eq!(issued.follows.facts[0].fact, said);
    let agency = AgencyId(Uuid::from_u128(1));
    assert_eq!(issued.follows.facts[0].agency, Some(agency));
    let notice = &issued.follows.notices[0].announcement;
    assert!(notice.title().ends_with("中选通知书"));
    assert_eq!(issued.follows.lines[0].deed, Deed::IssueAward);
    // A requirement that has no award to issue is a fault, not a silence.
    let failed = procurement(Method::Random, procurement::Stage::Failed);
    assert!(
        award(Stage::Confirmed)
            .publicity_over(&failed, over)
            .is_err()
    );
}

#[test]
fn an_award_is_confirmed_in_time_and_issued_at_once_when_publicity_is_over() {
    let confirm = |at| award(Stage::Announced).confirm(&selected(), at);
    let during = confirm(DEADLINE).unwrap();
    assert_eq!(during.next, Stage::Confirmed);
    assert!(during.follows.facts.is_empty());
    let after = confirm(DEADLINE + Duration::days(1)).unwrap();
    assert_eq!(after.next.state(), AwardState::Issued);
    let deeds: Vec<Deed> = after.follows.lines.iter().map(|line| line.deed).collect();
    assert_eq!(deeds, [Deed::ConfirmAward, Deed::IssueAward]);
    assert!(confirm(DEADLINE + Duration::days(2)).is_err());
}

#[test]
fn whoever_declines_or_is_silent_gives_the_award_up() {
    let announced = award(Stage::Announced);
    let declined = announced.decline(&selected(), "人员不足".into(), DEADLINE);
    let declined = declined.unwrap();
    assert_eq!(declined.follows.incidents[0].code, EventCode::M02);
    assert!(declined.follows.incidents[0].basis.contains("人员不足"));
    let due = DEADLINE + Duration::days(2);
    let early = announced.lapse(&selected(), due - Duration::SECOND);
    assert_eq!(early, Ok(None));
    let lapsed = announced.lapse(&selected(), due).unwrap().expect("silence");
    assert_eq!(lapsed.next, Stage::Lapsed);
    assert_eq!(lapsed.follows.incidents[0].award, Some(announced.id));
    assert_eq!(award(Stage::Confirmed).lapse(&selected(), due), Ok(None));
}

#[test]
fn an_answer_is_told_to_the_owner_and_the_notice_of_award_to_both() {
    use crate::message::Audience;
    let of = selected();
    let (buyer, agency) = (
        Audience::Buyer(of.id),
        Audience::Agency(AgencyId(Uuid::from_u128(1))),
    );
    let announced = award(Stage::Announced);
    let confirmed = announced.confirm(&of, DEADLINE).unwrap().follows;
    assert_eq!(confirmed.told(), [(buyer, "award_confirmed")]);
    let declined = announced.decline(&of, "人员不足".into(), DEADLINE);
    assert_eq!(
        declined.unwrap().follows.told(),
        [(buyer, "award_declined")]
    );
    let due = DEADLINE + Duration::days(2);
    let lapsed = announced.lapse(&of, due).unwrap().unwrap().follows;
    let expected = [(agency, "award_lapsed"), (buyer, "award_unanswered")];
    assert_eq!(lapsed.told(), expected);
    let over = DEADLINE + Duration::days(1);
    let issued = award(Stage::Confirmed).publicity_over(&of, over);
    let issued = issued.unwrap().unwrap();
    let both = [(agency, "award_issued"), (buyer, "award_issued")];
    assert_eq!(issued.follows.told(), both);
    let Stage::Issued { sign_by_at, .. } = issued.next else {
        panic!("it is issued");
    };
    // Of what is recorded nobody is reminded.
    let near = sign_by_at - Duration::SECOND;
    let issued = award(issued.next);
    let both = [(agency, "deadline_near"), (buyer, "deadline_near")];
    assert_eq!(issued.remind(&of, false, near).told(), both);
    assert!(issued.remind(&of, true, near).told().is_empty());
    let to_confirm = announced.remind(&of, false, over).told();
    assert_eq!(to_confirm, [(agency, "deadline_near")]);
    let confirmed = award(Stage::Confirmed).remind(&of, false, over);
    assert!(confirmed.told().is_empty());
}
