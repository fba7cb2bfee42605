use super::*;
use crate::qualification::QualificationGrade;
use ::time::macros::{date, datetime};
use uuid::Uuid;

fn service(n: u128) -> ServiceTypeId {
    ServiceTypeId(Uuid::from_u128(n))
}

fn candidate() -> Candidate {
    Candidate {
        agency: AgencyId(Uuid::from_u128(1)),
        uscc: Uscc::parse("91420600MADEM00114").expect("valid"),
        name: "楚天环保".into(),
        legal_representative: "周明".into(),
        contact_name: "孙芳".into(),
        people: vec![acting(1, "李强", None)],
        state: AgencyState::Settled,
        suspended_until: None,
        grade: Grade::A,
        services: vec![HeldService {
            id: service(1),
            state: ServiceState::Active,
        }],
        qualifications: vec![HeldQualification {
            kind: crate::QualificationKindId(Uuid::from_u128(7)),
            speciality: String::new(),
            grade: QualificationGrade::ClassB,
            valid_from: date!(2024 - 01 - 01),
            valid_until: Some(date!(2026 - 06 - 30)),
        }],
        practitioners: vec![HeldPractitioner {
            certificate: "注册测绘师".into(),
            valid_until: None,
        }],
    }
}

fn conditions() -> Conditions {
    Conditions {
        services: vec![ServiceWanted {
            id: service(1),
            name: "测绘".into(),
        }],
        services_combine: Combine::Any,
        qualification: Need::Grade {
            kind: crate::QualificationKindId(Uuid::from_u128(7)),
            kind_name: "测绘资质".into(),
            speciality: String::new(),
            at_least: QualificationGrade::ClassB,
        },
        practitioners: vec![PractitionerNeed {
            certificate: "注册测绘师".into(),
            at_least: 1,
        }],
        min_grade: Some(Grade::B),
        avoided: vec![],
    }
}

fn buyer() -> Buyer {
    Buyer {
        uscc: Uscc::parse("11420606DEM000110X").expect("valid"),
        legal_representative: "吴刚".into(),
        contacts: vec!["陈工".into(), "何静".into()],
        people: vec![acting(2, "郑丽", None)],
        since: BEGUN,
    }
}

fn acting(n: u128, name: &str, until: Option<Timestamp>) -> ActingPerson {
    ActingPerson {
        id: crate::PersonId(Uuid::from_u128(n)),
        name: name.into(),
        until,
    }
}

const BEGUN: Timestamp = datetime!(2026-05-20 10:00 +8);

const NOW: Timestamp = datetime!(2026-06-01 10:00 +8);

fn reasons(change: impl FnOnce(&mut Candidate, &mut Conditions, &mut Buyer)) -> Vec<Ineligibility> {
    let (mut a, mut c, mut b) = (candidate(), conditions(), buyer());
    change(&mut a, &mut c, &mut b);
    ineligibility(&a, &c, &b, NOW)
}

#[test]
fn one_who_meets_everything_may_take_part() {
    assert_eq!(reasons(|_, _, _| ()), vec![]);
    assert_eq!(checks(&candidate(), &conditions(), &buyer(), NOW).len(), 6);
}

#[test]
fn every_condition_alone_keeps_one_out() {
    use Ineligibility as I;
    assert!(matches!(
        reasons(|a, _, _| a.state = AgencyState::FormalCheck)[..],
        [I::NotSettled { .. }]
    ));
    assert!(matches!(
        reasons(|a, _, _| a.suspended_until = Some(NOW + crate::time::Duration::SECOND))[..],
        [I::Suspended { .. }]
    ));
    assert!(reasons(|a, _, _| a.suspended_until = Some(NOW)).is_empty());
    assert!(matches!(
        reasons(|a, _, _| a.services[0].state = ServiceState::Vetting)[..],
        [I::ServiceNotActive { .. }]
    ));
    assert!(matches!(
        reasons(|a, _, _| a.qualifications[0].valid_until = Some(date!(2026 - 05 - 31)))[..],
        [I::QualificationMissing { .. }]
    ));
    assert!(matches!(
        reasons(|a, _, _| a.practitioners.clear())[..],
        [I::PractitionersTooFew { have: 0, .. }]
    ));
    assert!(matches!(
        reasons(|a, _, _| a.grade = Grade::C)[..],
        [I::GradeTooLow { .. }]
    ));
    assert!(matches!(
        reasons(|a, c, _| c.avoided.push(Avoided {
            uscc: a.uscc.clone(),
            name: a.name.clone(),
            reason: "曾任评审".into()
        }))[..],
        [I::Avoided { .. }]
    ));
    assert!(matches!(
        reasons(|a, _, b| b.uscc = a.uscc.clone())[..],
        [I::RelatedToOwner { .. }]
    ));
    assert!(matches!(
        reasons(|a, _, b| b.legal_representative = a.legal_representative.clone())[..],
        [I::RelatedToOwner { .. }]
    ));
}

#[test]
fn all_services_means_all() {
    let both = |combine| {
        reasons(|_, c, _| {
            c.services.push(ServiceWanted {
                id: service(2),
                name: "监理".into(),
            });
            c.services_combine = combine;
        })
    };
    assert!(both(Combine::Any).is_empty());
    assert!(
        matches!(both(Combine::All)[..], [Ineligibility::ServiceNotActive { ref services }] if services == "监理")
    );
    assert!(
        !reasons(|_, c, _| {
            c.services.clear();
            c.services_combine = Combine::All
        })
        .is_empty(),
        "deny by default"
    );
}

#[test]
fn of_two_with_one_representative_the_earlier_stays() {
    let (a, mut b, mut c) = (candidate(), candidate(), candidate());
    b.legal_representative = "郑华".into();
    b.people.clear();
    c.name = "汉江环境".into();
    c.people.clear();
    let found = related(&[&a, &b, &c]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 2);
}

/// Whether the change makes the agency the buyer's.
fn is_buyers(change: impl FnOnce(&mut Candidate, &mut Buyer)) -> bool {
    let found = reasons(|candidate, _, buyer| change(candidate, buyer));
    assert!(found.len() <= 1, "{found:?}");
    matches!(found.first(), Some(Ineligibility::RelatedToOwner { .. }))
}

#[test]
fn who_acts_for_the_buyer_bids_for_nobody() {
    let day = crate::time::Duration::days(1);
    assert!(is_buyers(|a, b| a.people.push(b.people[0].clone())));
    // Under another name, and with a mandate on either side that ended after the requirement was begun.
    assert!(is_buyers(|a, _| a.people.push(acting(2, "郑莉", None))));
    assert!(is_buyers(|a, _| a.people.push(acting(
        2,
        "郑丽",
        Some(BEGUN)
    ))));
    assert!(is_buyers(|a, b| {
        a.people.push(acting(2, "郑丽", None));
        b.people[0].until = Some(NOW - day);
    }));
    // What ended before is over.
    assert!(!is_buyers(|a, _| a.people.push(acting(
        2,
        "郑丽",
        Some(BEGUN - day)
    ))));
    assert!(!is_buyers(|a, b| {
        a.people.push(acting(2, "郑丽", None));
        b.people[0].until = Some(BEGUN - day);
    }));
}

#[test]
fn representatives_and_contacts_are_told_by_name() {
    assert!(is_buyers(|a, _| a.legal_representative = "陈 工".into()));
    assert!(is_buyers(|a, _| a.legal_representative = "郑丽".into()));
    assert!(is_buyers(|a, _| a.contact_name = "吴\u{3000}刚".into()));
    assert!(is_buyers(|a, _| a.people[0].name = "吴刚".into()));
    assert!(is_buyers(|a, _| a.contact_name = "何静".into()));
    assert!(
        !is_buyers(|a, _| a.people[0].name = "郑丽".into()),
        "two accounts of one name may be two people"
    );
    assert!(!is_buyers(|a, b| {
        a.contact_name = "".into();
        b.contacts = vec![" ".into()];
    }));
}

#[test]
fn of_two_agencies_with_one_person_the_earlier_stays() {
    let (first, mut second, mut third) = (candidate(), candidate(), candidate());
    second.legal_representative = "王明".into();
    third.legal_representative = "赵明".into();
    third.people = vec![acting(1, "李强", Some(NOW)), acting(9, "马洋", None)];
    let found = related(&[&first, &second, &third]);
    assert_eq!(
        found,
        [(
            1,
            Ineligibility::SharesPeopleWithEntrant {
                name: first.name.clone()
            }
        )]
    );
}

#[test]
fn one_person_is_one_person_however_the_name_is_typed() {
    use Ineligibility as I;
    for (mine, buyers) in [
        ("徐 强", "徐强"),
        ("徐\u{3000}强", "徐强"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("Ｓｍｉｔｈ", "smith"),
    ] {
        let found = reasons(|a, _, b| {
            a.legal_representative = mine.into();
            b.legal_representative = buyers.into();
        });
        assert!(
            matches!(found[..], [I::RelatedToOwner { .. }]),
            "{mine} {buyers}"
        );
    }
    let (mut first, mut second) = (candidate(), candidate());
    first.legal_representative = "徐强".into();
    second.legal_representative = "徐 强\u{200B}".into();
    assert!(matches!(
        related(&[&first, &second])[..],
        [(1, I::RelatedToEntrant { .. })]
    ));
}

#[test]
fn an_empty_name_relates_nobody() {
    for empty in ["", " ", "\u{200B}"] {
        let found = reasons(|a, _, b| {
            a.legal_representative = empty.into();
            b.legal_representative = empty.into();
        });
        assert!(found.is_empty(), "{found:?}");
        let (mut first, mut second) = (candidate(), candidate());
        first.legal_representative = empty.into();
        second.legal_representative = empty.into();
        first.people.clear();
        second.people.clear();
        assert!(related(&[&first, &second]).is_empty());
    }
}

#[test]
fn another_contact_is_advised_only_where_the_contact_is_the_reason() {
    let advice = |how: Relation| Ineligibility::RelatedToOwner { how: how.into() }.way_out();
    for relation in Relation::ALL {
        let is_contact = [Relation::ContactIsTheirHead, Relation::SameContact].contains(relation);
        let advised = advice(*relation).contains("更换联系人");
        assert_eq!(advised, is_contact, "{relation:?}");
    }
    let mine = reasons(|a, _, b| b.legal_representative = a.legal_representative.clone());
    let name = String::new();
    for reason in mine.iter().chain(&[
        Ineligibility::RelatedToEntrant { name: name.clone() },
        Ineligibility::SharesPeopleWithEntrant { name: name.clone() },
        Ineligibility::Avoided { reason: name },
    ]) {
        let advice = reason.way_out();
        assert!(
            !advice.contains("更换联系人") && advice.contains("监督电话"),
            "{advice}"
        );
        assert!(!reason.sentence().contains("同一法定代表人"));
    }
}
