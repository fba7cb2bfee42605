//! The permit table against every route and every visitor. Other people's ids are tried in `furniture`.

use crate::browser::{Browser, Page};
use crate::cast;
use crate::house::House;
use app::routes::{ROUTES, Route, Verb};
use market::permit::{Role, Visitor, permits};

/// One of each kind of visitor, signed in.
async fn everyone(house: &House) -> Vec<(Visitor, Browser)> {
    let cast = [
        ("stranger", Visitor::Person),
        ("owner1", Visitor::Acting(Role::OwnerAdmin)),
        ("trustee", Visitor::Acting(Role::OwnerTrustee)),
        ("agency1", Visitor::Acting(Role::AgencyAdmin)),
        ("clerk", Visitor::Acting(Role::DepartmentClerk)),
        ("checker", Visitor::Acting(Role::DepartmentChecker)),
        ("auditor", Visitor::Acting(Role::OperatorAuditor)),
        ("publisher", Visitor::Acting(Role::OperatorPublisher)),
        ("supervisor", Visitor::Acting(Role::Supervisor)),
    ];
    let mut list = vec![(Visitor::Nobody, house.browser())];
    for (login, visitor) in cast {
        list.push((visitor, house.as_(login).await));
    }
    let tried: Vec<Visitor> = list.iter().map(|(visitor, _)| *visitor).collect();
    for visitor in Visitor::every() {
        assert!(
            tried.contains(&visitor),
            "nobody tries as {}",
            visitor.code()
        );
    }
    list
}

/// A route with ids that belong to nothing.
fn address(route: &Route) -> String {
    let path = route
        .path
        .replace("{position}", "999999")
        .replace("{name}", "none")
        .replace("{form}", "none")
        .replace("{code}", "none");
    let path = path
        .replace("{uscc}", "91420600MADEM00114")
        .replace("{award_no}", "none");
    path.replace("{id}", "01900000-0000-7000-8000-000000000000")
        .replace("{file}", "01900000-0000-7000-8000-000000000001")
}

async fn try_route(browser: &mut Browser, route: &Route) -> Page {
    let path = address(route);
    match route.verb {
        Verb::Get => browser.ask(&path).await,
        Verb::Post => browser.post(&path, &[]).await,
    }
}

#[tokio::test]
async fn every_route_is_tried_as_everybody() {
    let house = House::open().await;
    for (visitor, browser) in everyone(&house).await {
        for route in ROUTES {
            let path = route.path;
            // Signing out would end the visit.
            if path == "/sign-out" {
                continue;
            }
            let page = try_route(&mut browser.clone(), route).await;
            let status = page.status.as_u16();
            let who = visitor.code();
            assert!(status < 500, "{who} at {path} gave {status}");
            if permits(visitor, route.action) {
                assert!(
                    ![401, 403].contains(&status),
                    "{who} may {path} but got {status}"
                );
                if path.contains("{id}") && !path.starts_with("/account/sessions") {
                    assert!(
                        [404, 405].contains(&status) || status == 422,
                        "{who} at {path}, which is nothing, got {status}"
                    );
                }
                continue;
            }
            match (visitor, route.verb) {
                (Visitor::Nobody, Verb::Get) => {
                    assert_eq!(status, 303, "{who} at {path}");
                    assert!(
                        page.location().starts_with("/sign-in?to="),
                        "{who} at {path}: {}",
                        page.location()
                    );
                }
                (Visitor::Nobody, Verb::Post) => assert_eq!(status, 401, "{who} at {path}"),
                _ => assert_eq!(status, 403, "{who} at {path}"),
            }
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_department_sees_only_its_own_vettings() {
    let house = House::open().await;
    let staff = server::seed::people::Staff {
        login: "other",
        name: "他局",
        phone: "13807100008",
        role: "department_clerk",
        department: Some("hj"),
    };
    let added = server::seed::people::add_staff(&house.world, staff, cast::FIRST_PASSWORD);
    added.await.expect("a clerk of another department");
    cast::change_first_password(&house, "other").await;
    let vetting = house.as_("clerk").await;
    let browser = cast::register_agency(&house, "agency9", 9).await;
    cast::hand_in(&house, browser, 9).await;
    cast::pass_check(&house, "agency9").await;
    let path = vetting
        .clone()
        .get("/desk/vettings")
        .await
        .links("/desk/vettings/")
        .pop()
        .expect("one waits");
    let mut other = house.as_("other").await;
    assert_eq!(other.get(&path).await.status, 404);
    assert_eq!(
        other
            .post(&format!("{path}/opinion"), &[("verdict", "approve")])
            .await
            .status,
        404
    );
    assert!(
        other
            .get("/desk/vettings")
            .await
            .links("/desk/vettings/")
            .is_empty()
    );
    house.close().await;
}

#[tokio::test]
async fn who_audits_does_not_publish_even_with_both_roles() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = cast::begin(&house, &mut owner).await;
    owner
        .submit(cast::document(
            page.form(&format!("/requirements/{id}/submit")),
            "random",
        ))
        .await;
    let path = format!("/desk/editions/{id}");
    let mut auditor = house.as_("auditor").await;
    let form = cast::begin_audit(&mut auditor, &id).await;
    auditor.submit(form.with("verdict", "approve")).await;
    // The same person is given the other role as well.
    sqlx::query("insert into mandates (id, person_id, role, granted_at) select gen_random_uuid(), id, 'operator_publisher', now() from persons where login = 'auditor'")
        .execute(&house.world.pool)
        .await
        .expect("a second mandate");
    let page = auditor.get("/account").await;
    let html = page.html();
    let css = scraper::Selector::parse("form[action='/account/mandate'] [name=mandate]")
        .expect("a selector");
    for mandate in html.select(&css).filter_map(|e| e.attr("value")) {
        auditor
            .post("/account/mandate", &[("mandate", mandate)])
            .await;
        let page = auditor.post(&format!("{path}/publish"), &[]).await;
        assert!(
            [403, 422].contains(&page.status.as_u16()),
            "{}",
            page.status
        );
    }
    assert_eq!(
        cast::requirement(&house, &id).await.state,
        market::requirement::RequirementState::Preparing
    );
    house.close().await;
}
