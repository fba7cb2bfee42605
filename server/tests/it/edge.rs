//! The edge: what is refused before any rule is asked, and how it is told.

use crate::house::House;
use app::routes::{ROUTES, Verb};
use axum::http::{Request, header};

/// A form with one file, as a browser sends it.
fn carrying(file: &[u8]) -> Vec<u8> {
    let head = "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a.pdf\"\r\n\r\n";
    [head.as_bytes(), file, b"\r\n--x--\r\n"].concat()
}

#[tokio::test]
async fn files_are_kept_only_where_a_form_has_a_field_for_them() {
    let house = House::open().await;
    for (who, mut browser) in [
        ("nobody", house.browser()),
        ("owner1", house.as_("owner1").await),
    ] {
        for route in ROUTES.iter().filter(|route| route.verb == Verb::Post) {
            // Signing out would end the visit.
            if route.takes_files || route.path == "/sign-out" {
                continue;
            }
            let file = format!("%PDF-1.4\n{who} {}\n%%EOF\n", route.path);
            let path = route
                .path
                .replace("{id}", "01900000-0000-7000-8000-000000000000")
                .replace("{file}", "01900000-0000-7000-8000-000000000001");
            let request =
                Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
            let page = browser.send(request, carrying(file.as_bytes())).await;
            let status = page.status.as_u16();
            assert!(
                [401, 403, 415].contains(&status),
                "{who} at {} got {status}",
                route.path
            );
            assert!(!page.words().is_empty(), "{who} at {}", route.path);
            let hash = market::draw::sha256(file.as_bytes());
            let kept = house.world.uploads.read(&hex::encode(hash.0)).await;
            assert!(kept.is_err(), "{who} left a file at {}", route.path);
        }
    }
    house.close().await;
}
