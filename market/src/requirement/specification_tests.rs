use super::*;
use crate::requirement::correction;
use uuid::Uuid;

fn terms() -> ItemTerms {
    ItemTerms {
        item: ServiceItemId(Uuid::from_u128(1)),
        item_name: "建设项目环境影响报告表编制".into(),
        service_types: vec![
            (ServiceTypeId(Uuid::from_u128(11)), "环境影响评价".into()),
            (ServiceTypeId(Uuid::from_u128(12)), "环境监测".into()),
        ],
        kinds: vec![(QualificationKindId(Uuid::from_u128(21)), "测绘资质".into())],
    }
}

fn form() -> Form {
    [
        ("project_name", "长虹路雨污分流改造工程环境影响评价"),
        ("scale", "3.2 公里"),
        ("content", "编制环境影响报告表并配合技术评估修改。"),
        ("service_workdays", "15"),
        ("fund", "fiscal"),
        ("method", "random"),
        ("amount", "86,000"),
        ("price_note", "无"),
        ("sign_up_workdays", "3"),
        ("service_type", &Uuid::from_u128(11).to_string()),
        ("contact_name", "王工"),
        ("contact_phone", "0710-3456789"),
        ("complaint_phone", "12345"),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_string(), v.to_string()))
    .collect()
}

const AROUND: Circumstances = Circumstances {
    owner: OwnerKind::GovAgency,
    failures: 0,
    failed_amount: Fen(0),
    chosen_last_year: Fen(0),
    usual: crate::slip::Usual::yuan(1_000, 10_000_000),
};

fn read(form: &Form) -> Result<Specification, Problems> {
    Specification::read(form, &terms(), &Policy::standard(), AROUND)
}

fn with(changes: &[(&str, &str)]) -> Form {
    let mut form = form();
    for (field, value) in changes {
        form.set(*field, *value);
    }
    form
}

#[test]
fn a_plain_requirement_reads_and_its_title_follows_the_pattern() {
    let spec = read(&form()).expect("a sound form");
    assert_eq!(spec.price, Price::Fixed(Fen(8_600_000)));
    assert_eq!(
        spec.title(),
        "关于为【长虹路雨污分流改造工程环境影响评价】公开选取【环境影响评价】机构的公告"
    );
    assert!(
        spec.rows()
            .iter()
            .any(|(label, text)| *label == "服务金额" && text.contains("捌万陆仟元整"))
    );
    let json = serde_json::to_string(&spec).expect("serialises");
    assert_eq!(
        serde_json::from_str::<Specification>(&json).expect("parses"),
        spec
    );
}

#[test]
fn each_mistake_is_named_at_its_field() {
    for (field, value, at) in [
        ("project_name", "", "project_name"),
        ("project_code", "123", "project_code"),
        ("content", "短", "content"),
        ("amount", "约八万", "amount"),
        (
            "project_name",
            "长虹路改造，联系 139 0000 1111",
            "project_name",
        ),
        ("scale", "找身份证 110105 19491231 002X 的人", "scale"),
        ("price_note", "打一三九零零零零一一一一", "price_note"),
        ("service_workdays", "0", "service_workdays"),
        ("fund", "gold", "fund"),
        ("sign_up_workdays", "1", "sign_up_workdays"),
        ("method", "lottery", "method"),
        (
            "service_type",
            "00000000-0000-0000-0000-0000000000ff",
            "service_type",
        ),
        ("contact_phone", "电话", "contact_phone"),
        ("min_grade", "Z", "min_grade"),
        ("certificate_0", "神仙证", "certificate_0"),
        ("avoided_0_name", "某公司", "avoided_0_uscc"),
    ] {
        let problems = read(&with(&[(field, value)])).expect_err(field);
        assert!(problems.of(at).is_some(), "{field}={value}: {problems:?}");
    }
}

#[test]
fn lowest_price_needs_a_floor_in_reason() {
    let priced = |floor: &str| {
        read(&with(&[
            ("method", "lowest_price"),
            ("amount", "100000"),
            ("floor", floor),
        ]))
    };
    assert!(priced("").is_err_and(|p| p.of("floor").is_some()));
    assert!(priced("100001").is_err_and(|p| p.of("floor").is_some()));
    assert!(priced("100000").is_ok(), "the ceiling itself");
    assert!(priced("69999").is_err_and(|p| p.of("floor").is_some()));
    let price = priced("70000").expect("within").price;
    assert_eq!(
        price,
        Price::Ceiling {
            ceiling: Fen(10_000_000),
            floor: Some(Fen(7_000_000))
        }
    );
}

#[test]
fn a_direct_selection_with_public_money_needs_reason_and_cap() {
    let direct = |amount: &str, reason: &str| {
        read(&with(&[
            ("method", "direct"),
            ("amount", amount),
            ("method_reason", reason),
        ]))
    };
    assert!(direct("50000", "").is_err_and(|p| p.of("method_reason").is_some()));
    assert!(direct("50000", "同一项目的后续补充测量，资料连续").is_ok());
    assert!(
        direct("50001", "同一项目的后续补充测量，资料连续")
            .is_err_and(|p| p.of("method").is_some())
    );
}

#[test]
fn unfair_wording_needs_a_reason() {
    let unfair = ("other_terms", "须在本市注册并设有办事处");
    let problems = read(&with(&[unfair])).expect_err("a warning");
    let (at, reason) = (problems.of("other_terms"), problems.of("findings_reason"));
    for words in [
        "“须在本市注册",
        "办事处",
        "按注册地限制机构",
        "设立本地分支机构",
    ] {
        assert!(at.is_some_and(|at| at.contains(words)), "{words}: {at:?}");
    }
    assert!(
        reason.is_some_and(|reason| reason.contains("“其他要求”")),
        "{reason:?}"
    );
    assert_eq!(problems.of("content"), None);
    let spec = read(&with(&[
        unfair,
        ("findings_reason", "应急抢险需要当日到场，无法替代"),
    ]))
    .expect("with a reason");
    assert_eq!(spec.findings.len(), 2);
}

#[test]
fn the_tree_is_built_from_its_rows() {
    let kind = Uuid::from_u128(21).to_string();
    let spec = read(&with(&[
        ("need_0_0_kind", &kind),
        ("need_0_0_speciality", "工程测量"),
        ("need_0_0_grade", "class_b"),
        ("need_0_1_kind", &kind),
        ("need_0_1_grade", "class_a"),
        ("need_0_combine", "any"),
        ("need_1_0_kind", &kind),
        ("need_1_0_grade", "class_c"),
        ("need_combine", "all"),
    ]))
    .expect("a sound tree");
    assert_eq!(
        spec.conditions.qualification.words(),
        "（测绘资质（工程测量）乙级及以上，或测绘资质甲级及以上），且测绘资质丙级及以上"
    );
    let broken = read(&with(&[
        ("need_0_0_kind", &kind),
        ("need_0_0_grade", "top"),
    ]));
    assert!(broken.is_err_and(|p| p.of("need_0_0_grade").is_some()));
}

#[test]
fn a_qualification_without_grades_needs_none() {
    let kind = Uuid::from_u128(21).to_string();
    let spec = read(&with(&[("need_0_0_kind", &kind)])).expect("a kind alone");
    assert_eq!(spec.conditions.qualification.words(), "测绘资质");
}

#[test]
fn every_mistake_is_said_at_once_whatever_else_cannot_be_read() {
    let wrong = |changes: &[(&str, &str)], at: &[&str]| {
        let problems = read(&with(changes)).expect_err("mistakes");
        for field in at {
            assert!(
                problems.of(field).is_some(),
                "{changes:?}: {field}: {problems:?}"
            );
        }
    };
    let short = ("sign_up_workdays", "1");
    wrong(&[("amount", ""), short], &["amount", "sign_up_workdays"]);
    wrong(&[("method", ""), short], &["method", "sign_up_workdays"]);
    wrong(
        &[("amount", "约八万"), ("method", "direct"), short],
        &["amount", "method_reason", "sign_up_workdays"],
    );
    wrong(
        &[("method", "lowest_price"), ("amount", "9000万"), short],
        &["floor", "method", "sign_up_workdays"],
    );
    wrong(
        &[
            ("method", "lowest_price"),
            ("amount", ""),
            ("floor", "约七万"),
        ],
        &["amount", "floor"],
    );
}

#[test]
fn half_a_condition_is_a_mistake_and_not_none() {
    for (field, value, wrong) in [
        ("need_0_0_grade", "class_a", "need_0_0_kind"),
        ("need_1_2_speciality", "工程测量", "need_1_2_kind"),
        ("certificate_1_count", "5", "certificate_1"),
        ("floor", "7万", "floor"),
    ] {
        let problems = read(&with(&[(field, value)])).expect_err(field);
        assert!(problems.of(wrong).is_some(), "{field}: {problems:?}");
    }
}

#[test]
fn a_correction_shows_what_changed_and_keeps_what_must_stay() {
    let before = read(&form()).expect("sound");
    let after = read(&with(&[("scale", "3.6 公里"), ("amount", "90000")])).expect("sound");
    let changes = correction::changes(&before, &after);
    let labels: Vec<&str> = changes.iter().map(|change| change.label.as_str()).collect();
    assert_eq!(labels, ["项目规模", "服务金额"]);
    assert!(correction::check(&before, &after).is_ok());
    let other_method =
        read(&with(&[("method", "lowest_price"), ("floor", "80000")])).expect("sound");
    assert!(correction::check(&before, &other_method).is_err_and(|p| p.of("method").is_some()));
    assert!(
        correction::check(&before, &before).is_err(),
        "a correction changes something"
    );
}

#[test]
fn a_method_with_several_rules_wants_one_of_them_and_keeps_it() {
    let priced = |variant: &str| {
        read(&with(&[
            ("method", "average_price"),
            ("floor", "70000"),
            ("variant", variant),
        ]))
    };
    let sentence = |found: Result<Specification, Problems>| {
        let problems = found.expect_err("no rule of the method");
        problems.of("variant").expect("at its field").to_string()
    };
    assert!(sentence(priced("")).contains("请选定一种"));
    assert!(sentence(priced("highest")).contains("请从列出的选项中选择"));
    let other = read(&with(&[("variant", "below_first")]));
    assert!(sentence(other).contains("改选均价选取"));
    let before = priced("below_first").expect("sound");
    assert_eq!(before.terms().variant, Some(Variant::BelowFirst));
    let row = (
        "选取方式",
        "均价选取（先在不高于均价的报价中取最接近的）".to_string(),
    );
    assert!(before.rows().contains(&row));
    let after = priced("either_side").expect("sound");
    assert!(correction::check(&before, &after).is_err_and(|p| p.of("variant").is_some()));
    // Documents without a rule have the text, and so the hash, that they always had.
    let plain = serde_json::to_string(&read(&form()).expect("sound")).expect("serialises");
    assert!(!plain.contains("variant"));
    let ruled = serde_json::to_string(&before).expect("serialises");
    assert!(ruled.contains(r#""variant":"below_first""#));
    assert_eq!(
        serde_json::from_str::<Specification>(&ruled).expect("parses"),
        before
    );
}

#[test]
fn public_bodies_have_public_money_only() {
    let wrong = read(&with(&[("fund", "social")])).expect_err("an agency of the government");
    assert!(wrong.of("fund").is_some());
    let private = Circumstances {
        owner: OwnerKind::PrivateEnterprise,
        ..AROUND
    };
    for fund in ["social", "fiscal"] {
        let form = with(&[("fund", fund)]);
        assert!(Specification::read(&form, &terms(), &Policy::standard(), private).is_ok());
    }
}

#[test]
fn failures_at_a_small_amount_do_not_lift_the_cap_of_a_large_one() {
    let direct = |amount: &str, failed_amount| {
        let form = with(&[
            ("method", "direct"),
            ("amount", amount),
            ("method_reason", "两次公开选取均无机构报名，改为直接选取。"),
        ]);
        let around = Circumstances {
            failures: 2,
            failed_amount: Fen(failed_amount),
            ..AROUND
        };
        Specification::read(&form, &terms(), &Policy::standard(), around)
    };
    assert!(direct("80000", 8_000_000).is_ok());
    assert!(direct("80001", 8_000_000).is_err());
    assert!(direct("80000", 100).is_err());
}

#[test]
fn names_of_projects_fit() {
    assert!(read(&with(&[("project_name", &"长".repeat(150))])).is_ok());
    assert!(read(&with(&[("project_name", &"长".repeat(201))])).is_err());
}
