//! What is said of a selection and its award.

use super::{
    AwardConfirmed, AwardDeclined, AwardIssued, AwardLapsed, AwardUnanswered, BackupCalled,
    Excluded, NotWon, PassedOver, Said, Selected, Won, before,
};
use crate::credit::points_text;
use crate::eligibility::Ineligibility;
use crate::{AwardId, Fen, RequirementId, Timestamp};

fn page(id: AwardId) -> String {
    format!("/awards/{id}")
}

fn requirement(id: RequirementId) -> String {
    format!("/requirements/{id}")
}

fn sentences(reasons: &[Ineligibility]) -> String {
    reasons.iter().map(Ineligibility::sentence).collect()
}

/// `记入信用并扣 8 分`
pub(super) fn costs(points: Option<i32>) -> String {
    match points {
        Some(points) => format!("记入信用，扣 {} 分", points_text(points.abs())),
        None => "记入信用".to_string(),
    }
}

fn answer_by(confirm_by_at: Timestamp, points: Option<i32>) -> String {
    format!(
        "请在 {}确认或者放弃。逾期不确认视为放弃，由候补递补（没有候补的，由业主重新选定或者流标），并{}。",
        before(confirm_by_at),
        costs(points)
    )
}

fn won(project: &str, amount: Fen) -> String {
    format!("“{project}”由贵机构中选，金额 {} 元。", amount.yuan())
}

impl Excluded {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”报名截止，贵机构未列入参加选取的名单，原因：{}密封的报价不会打开。认为有误的，请按公告上的投诉电话反映。",
            self.project,
            sentences(&self.reasons)
        );
        let title = format!("未列入名单：{}", self.project);
        Said::new(title, text, requirement(self.requirement))
    }
}

impl Won {
    pub(super) fn said(&self) -> Said {
        let text = won(&self.project, self.amount) + &answer_by(self.confirm_by_at, self.points);
        Said::new(format!("中选：{}", self.project), text, page(self.award))
    }
}

impl BackupCalled {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "原中选机构没有成为中选人，{}{}",
            won(&self.project, self.amount),
            answer_by(self.confirm_by_at, self.points)
        );
        let title = format!("递补中选：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}

impl NotWon {
    pub(super) fn said(&self) -> Said {
        let place = match (self.place, self.is_backup) {
            (Some(place), true) => format!(
                "贵机构为第 {} 候补；中选机构放弃或者逾期不确认时依次递补，届时另行通知。",
                place.saturating_sub(1)
            ),
            (Some(place), false) => format!("贵机构名列第 {place}。"),
            (None, _) => "贵机构未中选。".to_string(),
        };
        let text = format!(
            "“{}”共 {} 家参加选取，{}中选。{place}您现在不用办理，选取过程可以查看和核验。",
            self.project, self.entrants, self.winner
        );
        let title = format!("未中选：{}", self.project);
        Said::new(title, text, requirement(self.requirement))
    }
}

impl PassedOver {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”轮到贵机构中选时，贵机构已不符合条件，由后面的机构递补，原因：{}",
            self.project,
            sentences(&self.reasons)
        );
        let title = format!("中选资格顺延：{}", self.project);
        Said::new(title, text, requirement(self.requirement))
    }
}

impl Selected {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”由{}中选，金额 {} 元，已公示。中选机构应在 {}确认，逾期的由候补递补；没有候补的，另行通知。您现在不用办理。",
            self.project,
            self.agency,
            self.amount.yuan(),
            before(self.confirm_by_at)
        );
        let title = format!("选取结果：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}

impl AwardConfirmed {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}已确认“{}”的中选结果，公示期满后发出中选通知书。您现在不用办理。",
            self.agency, self.project
        );
        let title = format!("中选机构已确认：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}

impl AwardDeclined {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}放弃“{}”的中选资格，理由：{}。按规则由候补递补；没有候补的，另行通知。",
            self.agency,
            self.project,
            self.reason.trim_end_matches('。')
        );
        let title = format!("中选机构放弃：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}

impl AwardLapsed {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "贵机构没有在期限内确认“{}”的中选结果，视为放弃，并{}。扣分在陈述期满后生效，生效前可以向运营机构陈述理由。",
            self.project,
            costs(self.points)
        );
        let title = format!("逾期未确认：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}

impl AwardUnanswered {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}没有在期限内确认“{}”的中选结果，视为放弃。按规则由候补递补；没有候补的，另行通知。",
            self.agency, self.project
        );
        let title = format!("中选机构逾期未确认：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}

impl AwardIssued {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”的中选通知书（{}）已发出。请双方在 {}签订合同，由任一方录入、另一方确认。逾期签订的，记入机构信用。",
            self.project,
            self.award_no,
            before(self.sign_by_at)
        );
        let title = format!("请签订合同：{}", self.project);
        Said::new(title, text, page(self.award))
    }
}
