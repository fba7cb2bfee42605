//! A browser without scripts: keeps cookies, follows redirects, reads forms from pages and posts what they hold.

mod form;
mod page;

pub use form::TypedForm;
pub use page::Page;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;

#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    address: Option<IpAddr>,
}

pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

impl Browser {
    pub fn new(router: Router) -> Browser {
        Browser {
            router,
            cookies: BTreeMap::new(),
            address: None,
        }
    }

    /// The same browser at an address of the network.
    pub fn at(mut self, address: &str) -> Browser {
        self.address = Some(address.parse().expect("an address"));
        self
    }

    /// Sends a request as it is, without following where it leads.
    pub async fn send(
        &mut self,
        request: axum::http::request::Builder,
        body: impl Into<Body>,
    ) -> Page {
        let mut request = request;
        if !self.cookies.is_empty() {
            let jar: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, jar.join("; "));
        }
        let mut request: Request<Body> = request.body(body.into()).expect("a request");
        if let Some(address) = self.address {
            let info = ConnectInfo(SocketAddr::new(address, 50_000));
            request.extensions_mut().insert(info);
        }
        let host = axum::http::HeaderValue::from_static("market.test");
        request.headers_mut().entry(header::HOST).or_insert(host);
        let path = request.uri().to_string();
        let method = request.method().clone();
        let answer = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router answers");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(value.to_str().expect("ASCII").to_string())
                .expect("a cookie");
            if cookie.max_age().is_some_and(|age| age.is_zero()) || cookie.value().is_empty() {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies
                    .insert(cookie.name().to_string(), cookie.value().to_string());
            }
        }
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            path,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        };
        page.check_forms();
        crate::promises::keep(&method, &page);
        page
    }

    /// GETs without following.
    pub async fn ask(&mut self, path: &str) -> Page {
        self.send(Request::get(encoded(path)), Body::empty()).await
    }

    /// GETs a page, following redirects.
    pub async fn get(&mut self, path: &str) -> Page {
        let page = self.ask(path).await;
        self.follow(page).await
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            if !page.status.is_redirection() {
                return page;
            }
            let location = page.location();
            let path = location.split('#').next().unwrap_or_default().to_string();
            page = self.ask(&path).await;
        }
        panic!("redirects without end at {}", page.path);
    }

    /// Posts fields without a page in between, as somebody with bad intentions would.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Submits a form and answers what comes back at once: a redirect, or the form again.
    pub async fn submit_once(&mut self, form: &TypedForm) -> Page {
        if form.is_multipart {
            let kind = format!("multipart/form-data; boundary={}", form::BOUNDARY);
            let request = Request::post(form.action.as_str()).header(header::CONTENT_TYPE, kind);
            return self.send(request, form.multipart()).await;
        }
        assert!(form.files.is_empty(), "{} takes no files", form.action);
        let pairs: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(&form.action, &pairs).await
    }

    /// Submits a form that must be taken, and follows where it leads.
    pub async fn submit(&mut self, form: TypedForm) -> Page {
        let page = self.submit_once(&form).await;
        assert_eq!(
            page.status,
            StatusCode::SEE_OTHER,
            "{} was refused: {}",
            form.action,
            page.complaints()
        );
        let page = self.follow(page).await;
        assert_eq!(
            page.status,
            StatusCode::OK,
            "after {}: {}",
            form.action,
            page.words()
        );
        page
    }

    /// Submits a form that must come back because the moment is wrong, with when to send it again.
    pub async fn told_when(&mut self, form: TypedForm) -> Page {
        let page = self.submit_once(&form).await;
        assert_eq!(
            page.status,
            StatusCode::TOO_MANY_REQUESTS,
            "{}",
            form.action
        );
        let after = page
            .headers
            .get("retry-after")
            .and_then(|after| after.to_str().ok());
        let seconds = after.and_then(|after| after.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds > 0), "{after:?}");
        page
    }

    /// Submits a form that must come back with a reason.
    pub async fn refused(&mut self, form: TypedForm) -> Page {
        let page = self.submit_once(&form).await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{} was taken",
            form.action
        );
        page
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) {
        let page = self.get("/sign-in").await;
        let form = page
            .form("/sign-in")
            .with("login", login)
            .with("password", password);
        let page = self.submit_once(&form).await;
        assert_eq!(
            page.status,
            StatusCode::SEE_OTHER,
            "{login} can't sign in: {}",
            page.complaints()
        );
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }
}

/// Chinese in a path or query, percent-encoded as a browser does it.
fn encoded(path: &str) -> String {
    path.chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                percent_encoding::utf8_percent_encode(
                    &c.to_string(),
                    percent_encoding::NON_ALPHANUMERIC,
                )
                .to_string()
            }
        })
        .collect()
}
