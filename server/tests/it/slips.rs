//! Slips of the unit: asked about at the field, answered for one amount, seen by those who check. Without scripts.

use crate::cast::{agency_form, audit_and_publish, begin, document, open_account};
use crate::house::House;

#[tokio::test]
async fn an_amount_far_from_usual_is_asked_about_and_the_auditor_sees_the_answer() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let submit = format!("/requirements/{id}/submit");
    let form = document(page.form(&submit), "random").with("amount", "8.6");
    let page = owner.refused(form).await;
    let asked = page.complaint("amount");
    assert!(asked.starts_with("8.60 元？是否为 8.6 万元？"), "{asked}");
    let form = page.form(&submit);
    assert_eq!(form.value("amount"), "8.6", "nothing typed is lost");
    assert_eq!(
        form.value("amount_meant"),
        "",
        "nothing is answered by itself"
    );

    // An answer for another amount is none.
    let page = owner
        .refused(
            page.form(&submit)
                .with("amount_meant", "8.60")
                .with("amount", "9.6"),
        )
        .await;
    assert!(
        page.complaint("amount").starts_with("9.60 元？"),
        "{}",
        page.complaint("amount")
    );
    let page = owner
        .refused(page.form(&submit).with("amount_meant", "on"))
        .await;
    assert!(page.complaint("amount").starts_with("9.60 元？"));

    // Answered beside another mistake, the answer stays.
    let form = page
        .form(&submit)
        .with("amount_meant", "9.60")
        .with("scale", "");
    let page = owner.refused(form).await;
    assert_eq!(page.complaint("amount"), "");
    assert_eq!(page.form(&submit).value("amount_meant"), "9.60");
    owner
        .submit(page.form(&submit).with("scale", "道路 3.2 公里"))
        .await;

    let mut auditor = house.as_("auditor").await;
    let page = auditor.get(&format!("/desk/editions/{id}")).await;
    page.shows("9.60 元，不在通常的").shows("确认没有写错");
    audit_and_publish(&house, &id).await;
    let page = house.browser().get(&format!("/requirements/{id}")).await;
    page.shows("9.60").hides("确认没有写错");
    house.close().await;
}

#[tokio::test]
async fn a_usual_amount_is_not_asked_about_and_too_much_is() {
    let house = House::open().await;
    let mut owner = house.as_("owner2").await;
    let (page, id) = begin(&house, &mut owner).await;
    let submit = format!("/requirements/{id}/submit");
    let form = document(page.form(&submit), "random")
        .with("fund", "social")
        .with("amount", "48000万");
    let page = owner.refused(form).await;
    let asked = page.complaint("amount");
    assert!(asked.contains("是否为 4.8 万元？"), "{asked}");
    owner
        .submit(page.form(&submit).with("amount", "4.8万"))
        .await;
    let mut auditor = house.as_("auditor").await;
    auditor
        .get(&format!("/desk/editions/{id}"))
        .await
        .hides("不在通常的");
    house.close().await;
}

#[tokio::test]
async fn registered_capital_is_asked_about_too_and_the_operator_sees_it() {
    let house = House::open().await;
    let mut browser = open_account(&house, "newcomer", "机构管理员").await;
    let form = browser
        .get("/register/agency")
        .await
        .form("/register/agency");
    let form = agency_form(form, 9).with("registered_capital", "300");
    let page = browser.refused(form).await;
    let asked = page.complaint("registered_capital");
    assert!(asked.starts_with("300.00 元？是否为 300 万元？"), "{asked}");
    let form = page
        .form("/register/agency")
        .with("registered_capital_meant", "300.00");
    let page = browser.submit(form).await;
    // Saved again, it is not asked again.
    browser.submit(page.form("/desk/dossier")).await;
    crate::cast::hand_in(&house, browser, 9).await;
    let mut auditor = house.as_("auditor").await;
    let waiting = auditor
        .get("/desk/checks")
        .await
        .links("/desk/checks/agencies/");
    let page = auditor.get(&waiting[0]).await;
    page.shows("300.00 元，不在通常的 1 万元 至 20 亿元 之间");
    house.close().await;
}
