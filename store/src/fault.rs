//! The machine failed: the database is away, a row makes no sense, a write touched the wrong number of rows.
//! A broken named constraint is not a fault of the machine but a rule: [`Fault::refusal`] says which.

use market::Refusal;
use market::eligibility::{Ineligibility, Relation};
use market::stored::Unreadable;
use sqlx::error::DatabaseError;

/// Why the store could not do what it was asked.
#[derive(Debug)]
pub enum Fault {
    /// The database, or the way to it.
    Database(sqlx::Error),
    /// A row that the rules exclude.
    Inconsistent(String),
    /// A stored document that no version of its shape explains.
    Unreadable(Unreadable),
    /// A write that should have touched exactly one row touched another number: somebody was faster.
    Stale,
    /// The private cluster could not be started or stopped.
    Cluster(String),
}

/// What the constraints say that keep duties and sides apart (`market::duty`).
fn of_duty(constraint: &str) -> Option<Refusal> {
    let same_person = |steps| Refusal::SamePerson { steps };
    let own_body = |step| Refusal::OwnBody { step };
    let refusal = match constraint {
        "requirement_editions_two_operators" => same_person("审核和发布"),
        "requirement_editions_author_apart" => same_person("提交和审核、发布"),
        "vettings_two_persons" => same_person("经办和复核"),
        "vettings_author_apart" => same_person("填报、形式核对和资质审核"),
        "contracts_two_persons" => same_person("录入和确认合同"),
        "deliverables_two_persons" => same_person("提交和验收成果"),
        "ratings_two_persons" => same_person("评价和回复"),
        "owners_checker_is_another" | "agencies_checker_is_another" => same_person("登记和核对"),
        "requirement_editions_not_own_body" => own_body("审核、发布"),
        "vettings_not_own_body" => own_body("资质审核"),
        "checks_not_own_body" => own_body("形式核对"),
        "mandates_roles_apart" => Refusal::RolesApart {
            sentence: "同一人不能同时承担互相审核、互相监督的角色。".into(),
        },
        "sign_ups_sides_apart" => Refusal::NotEligible {
            reasons: vec![Ineligibility::RelatedToOwner {
                how: Relation::ActedForBoth.into(),
            }],
        },
        _ => return None,
    };
    Some(refusal)
}

impl Fault {
    /// The name of the constraint that a write broke, if that was the reason.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Fault::Database(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// The refusal that a broken constraint stands for. Constraints that only a program error can break have none.
    pub fn refusal(&self) -> Option<Refusal> {
        if let Fault::Stale = self {
            return Some(Refusal::Stale);
        }
        let refusal = match self.constraint()? {
            "sign_ups_one_live" => Refusal::AlreadySignedUp,
            "sign_ups_before_deadline" => Refusal::not_now("报名、替换或撤回", "报名已截止"),
            // The operator confirms: another registration of the code has been confirmed already.
            "owners_uscc_once" | "agencies_uscc_once" => Refusal::TooMany {
                sentence: "同一统一社会信用代码的另一份登记已经核对通过，请先核实两份登记的材料。"
                    .into(),
                way_out: "请在单位登记中查看已经核对通过的那一份；两份都成立与否由材料决定，等待不会改变结果。",
            },
            "owners_claim_once" | "agencies_claim_once" => {
                Refusal::at("uscc", "您已经用该统一社会信用代码登记过，请从工作台办理。")
            }
            "persons_login_once" => Refusal::at("login", "该登录名已经被使用。"),
            "requirement_editions_one_open" => Refusal::EditionOpen,
            "requirement_editions_taken_back_unaudited" => Refusal::not_now("撤回修改", "审核中"),
            "requirement_editions_as_handed_in" => Refusal::Changed,
            "requirement_files_as_handed_in" => Refusal::not_now("增减附件", "已提交"),
            "requirement_files_published_stay" => Refusal::not_now("移除附件", "已发布"),
            "vettings_one_open" => Refusal::not_now("再次提交", "审核中"),
            "mandates_once" => Refusal::Taken { what: "授权" },
            "awards_one_live" | "selections_once" => Refusal::not_now("再次选取", "已有结果"),
            "contracts_one_per_award" => Refusal::not_now("再次录入合同", "已录入"),
            "contracts_amount_is_award" => Refusal::at("amount", "合同金额必须等于中选金额。"),
            "ratings_one_per_contract" => Refusal::not_now("再次评价", "已评价"),
            "deliverables_one_open" | "deliverables_round_once" => {
                Refusal::not_now("再次提交成果", "待验收")
            }
            "qualifications_number_once" => Refusal::at("number", "这一编号的资质已经录入过。"),
            "practitioners_person_once" => Refusal::at(
                "id_number",
                "这个身份证号现在不能登记在本单位名下。请核对号码；确认无误的，请持证书联系运营机构核实。",
            ),
            constraint => return of_duty(constraint),
        };
        Some(refusal)
    }

    /// Whether trying again in a moment may help: the database is away or out of connections.
    pub fn is_passing(&self) -> bool {
        match self {
            Fault::Database(sqlx::Error::Database(error)) => is_passing_code(error.as_ref()),
            Fault::Database(error) => matches!(
                error,
                sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::WorkerCrashed
            ),
            _ => false,
        }
    }
}

/// Classes 08 (connection), 53 (resources), 57P (shutdown) and the two that a retry of the transaction solves.
fn is_passing_code(error: &dyn DatabaseError) -> bool {
    error.code().is_some_and(|code| {
        code.starts_with("08")
            || code.starts_with("53")
            || code.starts_with("57P")
            || code == "40001"
            || code == "40P01"
    })
}

/// That a write touched exactly one row. Errors: [`Fault::Stale`].
pub(crate) fn one_row(result: sqlx::postgres::PgQueryResult) -> Result<(), Fault> {
    if result.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Fault::Stale)
    }
}

/// A column that the state of its row guarantees.
pub(crate) fn present<T>(value: Option<T>, what: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::Inconsistent(format!("{what} is missing")))
}

/// A count as the database keeps it. Errors: it is negative.
pub(crate) fn natural(value: i32) -> Result<u32, Fault> {
    u32::try_from(value).map_err(|_| Fault::Inconsistent(format!("a count is {value}")))
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match crate::stored::unreadable(&error) {
            Some(unreadable) => Fault::Unreadable(unreadable.clone()),
            None => Fault::Database(error),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Database(error) => write!(f, "database: {error}"),
            Fault::Inconsistent(what) => write!(f, "inconsistent row: {what}"),
            Fault::Unreadable(unreadable) => write!(f, "{unreadable}"),
            Fault::Stale => f.write_str("a write met a row that somebody else had changed"),
            Fault::Cluster(what) => write!(f, "private PostgreSQL: {what}"),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Fault::Database(error) => Some(error),
            _ => None,
        }
    }
}
