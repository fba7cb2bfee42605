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
    }
}

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
    c.name = "汉江环境".into();
    let found = related(&[&a, &b, &c]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 2);
}
