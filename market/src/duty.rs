//! 职责分离: which roles one person may not hold together, and which acts one person may not do on one object.
//! The database holds the same two tables (`roles_exclude`, and the constraint that each pair names); they are printed
//! to `docs/duties.txt`.

mod leaving;

pub use leaving::*;

use crate::permit::Role;
use crate::{PersonId, Refusal};

/// On which side of the market a role stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Buyer,
    Bidder,
    Department,
    Operator,
    Supervisor,
}

fn side(role: Role) -> Side {
    match role {
        Role::OwnerAdmin | Role::OwnerTrustee => Side::Buyer,
        Role::AgencyAdmin => Side::Bidder,
        Role::DepartmentClerk | Role::DepartmentChecker => Side::Department,
        Role::OperatorAuditor | Role::OperatorPublisher => Side::Operator,
        Role::Supervisor => Side::Supervisor,
    }
}

/// Why one person may not hold both roles at a time; `None` where they may be held together.
///
/// A person stands on one side of the market. Two exceptions, both kept apart object by object instead: a company may
/// buy and offer ([`crate::eligibility`] keeps it from bidding for its own requirement), and a small office may give
/// one person both roles of its own side ([`APART`] keeps them from following each other).
pub fn exclusion(one: Role, other: Role) -> Option<&'static str> {
    use Side::*;
    match (side(one), side(other)) {
        (a, b) if a == b => None,
        (Buyer, Bidder) | (Bidder, Buyer) => None,
        (Supervisor, _) | (_, Supervisor) => Some("监督人员不参与被监督的业务"),
        (Operator, Bidder) | (Bidder, Operator) => {
            Some("运营人员核对机构资料、审核公告，不能同时代表中介机构")
        }
        (Operator, Buyer) | (Buyer, Operator) => {
            Some("运营人员审核和发布业主的需求，不能同时代表项目业主")
        }
        (Operator, Department) | (Department, Operator) => {
            Some("运营机构的形式核对与主管部门的审核要由两方把关")
        }
        (Department, Bidder) | (Bidder, Department) => {
            Some("主管部门审核机构的资质，不能同时代表中介机构")
        }
        (Department, Buyer) | (Buyer, Department) => {
            Some("主管部门决定哪些机构可以参加，不能同时代表项目业主")
        }
        (Buyer | Bidder | Department | Operator, _) => None,
    }
}

/// Whether somebody who holds these roles may be given another. Errors: [`Refusal::RolesApart`].
pub fn may_hold(held: &[Role], wanted: Role) -> Result<(), Refusal> {
    let clash = held
        .iter()
        .find_map(|&role| exclusion(role, wanted).map(|why| (role, why)));
    match clash {
        None => Ok(()),
        Some((role, why)) => Err(Refusal::RolesApart {
            sentence: format!(
                "您的账号已经是“{}”，不能同时是“{}”：{why}。",
                role.label(),
                wanted.label()
            ),
        }),
    }
}

/// People who may act for one body in one role. The largest owners have a trustee (采购受托人) in each of their offices;
/// beyond that, accounts are opened in stock. Staff is added by who runs the server, without such a limit.
pub fn most_people(role: Role) -> Option<usize> {
    match role {
        Role::OwnerTrustee => Some(30),
        Role::OwnerAdmin | Role::AgencyAdmin => Some(5),
        _ => None,
    }
}

/// Whether a body for which so many act in a role may have one more. Errors: [`Refusal::EnoughPeople`].
pub fn may_add(role: Role, already: usize) -> Result<(), Refusal> {
    match most_people(role) {
        Some(most) if already >= most => Err(Refusal::EnoughPeople {
            role: role.label(),
            most,
        }),
        _ => Ok(()),
    }
}

/// What a person does to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Registers a body, or hands in its dossier.
    Register,
    /// The operator's formal check of what was registered or handed in.
    Check,
    /// Writes, saves or hands in a requirement's document.
    Write,
    /// Audits it.
    Audit,
    /// Publishes it.
    Publish,
    /// A department's first opinion on a dossier.
    Opine,
    /// A department's decision on it.
    Decide,
    /// Acts for the buyer of a requirement.
    Buy,
    /// Acts for an agency that wants to win it.
    Bid,
    /// Records a contract.
    Record,
    /// Confirms it for the other side.
    Confirm,
    /// Hands in work.
    Deliver,
    /// Accepts or returns it.
    Accept,
    /// Rates finished work.
    Rate,
    /// Answers the rating.
    Reply,
}

/// Two acts that one person may not do on one object.
#[derive(Debug, Clone, Copy)]
pub struct Apart {
    /// The object, in Chinese.
    pub object: &'static str,
    pub one: Act,
    pub other: Act,
    /// The two steps, for the refusal.
    pub steps: &'static str,
    /// The constraint of the database that holds it too.
    pub held_by: &'static str,
}

const fn apart(
    object: &'static str,
    one: Act,
    other: Act,
    steps: &'static str,
    held_by: &'static str,
) -> Apart {
    Apart {
        object,
        one,
        other,
        steps,
        held_by,
    }
}

/// Every pair of acts that exclude each other. By person, whatever mandate each was done under.
pub const APART: &[Apart] = {
    use Act::*;
    &[
        apart(
            "业主登记",
            Register,
            Check,
            "登记和核对",
            "owners_checker_is_another",
        ),
        apart(
            "机构登记",
            Register,
            Check,
            "登记和核对",
            "agencies_checker_is_another",
        ),
        apart(
            "采购需求",
            Write,
            Audit,
            "提交和审核",
            "requirement_editions_author_apart",
        ),
        apart(
            "采购需求",
            Write,
            Publish,
            "提交和发布",
            "requirement_editions_author_apart",
        ),
        apart(
            "采购需求",
            Audit,
            Publish,
            "审核和发布",
            "requirement_editions_two_operators",
        ),
        apart(
            "机构资质",
            Register,
            Opine,
            "填报和经办",
            "vettings_author_apart",
        ),
        apart(
            "机构资质",
            Register,
            Decide,
            "填报和复核",
            "vettings_author_apart",
        ),
        apart(
            "机构资质",
            Check,
            Opine,
            "形式核对和经办",
            "vettings_author_apart",
        ),
        apart(
            "机构资质",
            Check,
            Decide,
            "形式核对和复核",
            "vettings_author_apart",
        ),
        apart(
            "机构资质",
            Opine,
            Decide,
            "经办和复核",
            "vettings_two_persons",
        ),
        apart("采购项目", Buy, Bid, "采购和报名", "sign_ups_sides_apart"),
        apart(
            "合同",
            Record,
            Confirm,
            "录入和确认",
            "contracts_two_persons",
        ),
        apart(
            "成果",
            Deliver,
            Accept,
            "提交和验收",
            "deliverables_two_persons",
        ),
        apart("评价", Rate, Reply, "评价和回复", "ratings_two_persons"),
    ]
};

/// Acts on a body's matters by which somebody else looks at them, and the constraint that keeps the body's own people,
/// present and former, from each.
pub const OF_OTHERS: &[(Act, &str)] = &[
    (Act::Check, "checks_not_own_body"),
    (Act::Audit, "requirement_editions_not_own_body"),
    (Act::Publish, "requirement_editions_not_own_body"),
    (Act::Opine, "vettings_not_own_body"),
    (Act::Decide, "vettings_not_own_body"),
];

/// What has been done with an object so far, and by whom.
pub type Done = [(Act, Option<PersonId>)];

/// Whether a person may take this step after those of others. Errors: [`Refusal::SamePerson`].
pub fn take(act: Act, by: PersonId, done: &Done) -> Result<(), Refusal> {
    let own = done.iter().filter(|(_, person)| *person == Some(by));
    for (earlier, _) in own {
        let pair = APART.iter().find(|pair| {
            (pair.one, pair.other) == (*earlier, act) || (pair.other, pair.one) == (*earlier, act)
        });
        if let Some(pair) = pair {
            return Err(Refusal::SamePerson { steps: pair.steps });
        }
    }
    Ok(())
}

/// Whether a person may look at a body's matters in the place of others. `belongs`: acts or ever acted for the body.
/// Errors: [`Refusal::OwnBody`].
pub fn look_at(act: Act, belongs: bool) -> Result<(), Refusal> {
    if belongs && OF_OTHERS.iter().any(|(other, _)| *other == act) {
        return Err(Refusal::OwnBody { step: act.label() });
    }
    Ok(())
}

impl Act {
    /// The act in Chinese.
    pub fn label(self) -> &'static str {
        match self {
            Act::Register => "登记、填报",
            Act::Check => "形式核对",
            Act::Write => "编写、提交",
            Act::Audit => "审核",
            Act::Publish => "发布",
            Act::Opine => "经办",
            Act::Decide => "复核",
            Act::Buy => "采购",
            Act::Bid => "报名",
            Act::Record => "录入",
            Act::Confirm => "确认",
            Act::Deliver => "提交",
            Act::Accept => "验收",
            Act::Rate => "评价",
            Act::Reply => "回复",
        }
    }
}

/// Both tables as text, for people who don't read code (`docs/duties.txt`).
pub fn table() -> String {
    let mut text = String::from("一、同一人不能同时承担的角色（mandates_roles_apart）\n");
    for (n, &one) in Role::ALL.iter().enumerate() {
        for &other in &Role::ALL[n + 1..] {
            if let Some(why) = exclusion(one, other) {
                text.push_str(&format!(
                    "{} × {}  {} × {}：{why}\n",
                    one.code(),
                    other.code(),
                    one.label(),
                    other.label()
                ));
            }
        }
    }
    text.push_str("\n二、同一人不能对同一对象先后办理的事（不论以哪个角色）\n");
    for pair in APART {
        text.push_str(&format!(
            "{}：{} × {}（{}）\n",
            pair.object,
            pair.one.label(),
            pair.other.label(),
            pair.held_by
        ));
    }
    text.push_str("\n三、现在或曾经代表本单位的人，不能办理本单位的\n");
    for (act, held_by) in OF_OTHERS {
        text.push_str(&format!("{}（{held_by}）\n", act.label()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    #[test]
    fn a_body_has_so_many_people_and_staff_as_many_as_there_are() {
        for &role in Role::ALL {
            match most_people(role) {
                Some(most) => {
                    assert_eq!(may_add(role, most - 1), Ok(()));
                    assert!(matches!(
                        may_add(role, most),
                        Err(Refusal::EnoughPeople { .. })
                    ));
                }
                None => assert_eq!(may_add(role, usize::MAX), Ok(())),
            }
        }
    }

    #[test]
    fn exclusion_is_the_same_both_ways_and_never_of_a_role_and_itself() {
        for &one in Role::ALL {
            assert_eq!(exclusion(one, one), None);
            for &other in Role::ALL {
                assert_eq!(exclusion(one, other), exclusion(other, one));
            }
        }
    }

    #[test]
    fn a_supervisor_is_nothing_else() {
        for &other in Role::ALL {
            let apart = exclusion(Role::Supervisor, other).is_some();
            assert_eq!(apart, other != Role::Supervisor, "{}", other.code());
        }
    }

    #[test]
    fn only_a_side_itself_and_buyer_with_bidder_go_together() {
        let together: Vec<(Role, Role)> = Role::ALL
            .iter()
            .enumerate()
            .flat_map(|(n, &one)| Role::ALL[n + 1..].iter().map(move |&other| (one, other)))
            .filter(|&(one, other)| exclusion(one, other).is_none())
            .collect();
        assert_eq!(
            together,
            [
                (Role::OwnerAdmin, Role::OwnerTrustee),
                (Role::OwnerAdmin, Role::AgencyAdmin),
                (Role::OwnerTrustee, Role::AgencyAdmin),
                (Role::DepartmentClerk, Role::DepartmentChecker),
                (Role::OperatorAuditor, Role::OperatorPublisher),
            ]
        );
    }

    #[test]
    fn a_role_that_clashes_is_refused_with_both_names() {
        let held = [Role::OwnerAdmin, Role::OwnerTrustee];
        assert_eq!(may_hold(&held, Role::AgencyAdmin), Ok(()));
        let refused = may_hold(&held, Role::OperatorAuditor).expect_err("apart");
        let sentence = refused.sentence();
        assert!(
            sentence.contains("业主管理员") && sentence.contains("运营审核"),
            "{sentence}"
        );
    }

    #[test]
    fn every_pair_is_refused_in_either_order_and_to_one_person_only() {
        for pair in APART {
            for (first, second) in [(pair.one, pair.other), (pair.other, pair.one)] {
                let done = [(first, Some(person(1)))];
                assert!(
                    matches!(
                        take(second, person(1), &done),
                        Err(Refusal::SamePerson { .. })
                    ),
                    "{pair:?}"
                );
                assert_eq!(take(second, person(2), &done), Ok(()));
                assert_eq!(take(second, person(1), &[(first, None)]), Ok(()));
            }
        }
    }

    #[test]
    fn nobody_looks_at_the_matters_of_the_own_body() {
        for (act, _) in OF_OTHERS {
            assert!(matches!(look_at(*act, true), Err(Refusal::OwnBody { .. })));
            assert_eq!(look_at(*act, false), Ok(()));
        }
        assert_eq!(
            look_at(Act::Write, true),
            Ok(()),
            "one's own is for writing"
        );
    }

    #[test]
    fn the_printed_tables_are_these_tables() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/duties.txt");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, table()).expect("docs can be written");
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            table(),
            "run with UPDATE_DOCS=1"
        );
    }
}
