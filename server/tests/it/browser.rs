//! A browser without scripts: keeps cookies, follows redirects, reads forms from pages and posts what they hold.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;

#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    address: Option<IpAddr>,
}

/// An answer with its text.
#[derive(Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub path: String,
    pub text: String,
}

/// A form as the page holds it, and what was typed into it since.
#[derive(Clone)]
pub struct TypedForm {
    pub action: String,
    is_multipart: bool,
    fields: Vec<(String, String)>,
    files: Vec<(String, String, Vec<u8>)>,
    known: Vec<String>,
    texts: Vec<String>,
}

pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
const BOUNDARY: &str = "----end-of-a-part";

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
            let kind = format!("multipart/form-data; boundary={BOUNDARY}");
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

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

impl Page {
    pub fn location(&self) -> String {
        let value = self.headers.get(header::LOCATION).expect("a redirect");
        value.to_str().expect("ASCII").to_string()
    }

    /// The id in the path that this page was asked for, or leads to.
    pub fn id(&self) -> String {
        let place = if self.status.is_redirection() {
            self.location()
        } else {
            self.path.clone()
        };
        let id = place
            .split(['/', '?', '#'])
            .find(|part| part.len() == 36 && part.contains('-'));
        id.unwrap_or_else(|| panic!("no id in {place}")).to_string()
    }

    /// Of whatever page any test sees: a form has a field for files exactly where it is sent as one that carries files
    /// and posts to a route that takes them.
    #[track_caller]
    fn check_forms(&self) {
        if !self.text.contains("type=\"file\"") && !self.text.contains("multipart/form-data") {
            return;
        }
        for form in self.html().select(&selector("form")) {
            let has_field = form.select(&selector("input[type=file]")).next().is_some();
            let is_multipart = form.attr("enctype") == Some("multipart/form-data");
            let button = selector("button[formaction]");
            let buttons = form.select(&button);
            let places = buttons.filter_map(|button| button.attr("formaction"));
            for place in form.attr("action").into_iter().chain(places) {
                let route = app::routes::route_of_form(place.split('?').next().unwrap_or(place));
                let takes_files = route.is_some_and(|route| route.takes_files);
                assert_eq!(has_field, is_multipart, "{place} in {}", self.path);
                assert_eq!(has_field, takes_files, "{place} in {}", self.path);
            }
        }
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.text)
    }

    /// What can be read in the page's main part, with single spaces.
    pub fn words(&self) -> String {
        let html = self.html();
        let main = html.select(&selector("main")).next();
        let text: String = match main {
            Some(main) => main.text().collect::<Vec<_>>().join(" "),
            None => self.text.clone(),
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Every mistake that the page shows.
    pub fn complaints(&self) -> String {
        let html = self.html();
        let found: Vec<String> = html
            .select(&selector(".wrong, .note.bad"))
            .map(|element| element.text().collect::<String>())
            .collect();
        if found.is_empty() {
            self.words().chars().take(400).collect()
        } else {
            found.join(" / ")
        }
    }

    /// The sentence beside a field.
    pub fn complaint(&self, field: &str) -> String {
        let html = self.html();
        let found = html
            .select(&selector(&format!("[id^=w-][id$=\"-{field}\"]")))
            .next();
        found
            .map(|element| element.text().collect())
            .unwrap_or_default()
    }

    #[track_caller]
    pub fn shows(&self, words: &str) -> &Page {
        assert!(
            self.words().contains(words),
            "“{words}” is not in {}: {}",
            self.path,
            self.words()
        );
        self
    }

    #[track_caller]
    pub fn hides(&self, words: &str) -> &Page {
        assert!(!self.text.contains(words), "“{words}” is in {}", self.path);
        self
    }

    pub fn has_form(&self, action: &str) -> bool {
        self.html()
            .select(&selector("form"))
            .any(|form| form.attr("action") == Some(action))
    }

    /// The links of the page that begin with a path.
    pub fn links(&self, prefix: &str) -> Vec<String> {
        let html = self.html();
        let mut links: Vec<String> = html
            .select(&selector("a[href]"))
            .filter_map(|link| link.attr("href"))
            .filter(|href| href.starts_with(prefix))
            .map(str::to_string)
            .collect();
        links.dedup();
        links
    }

    /// The form that posts to a path, with what it holds.
    #[track_caller]
    pub fn form(&self, action: &str) -> TypedForm {
        let html = self.html();
        let found = html
            .select(&selector("form"))
            .find(|form| form.attr("action") == Some(action));
        match found {
            Some(form) => TypedForm::read(form, action),
            None => panic!("no form for {action} in {}: {}", self.path, self.words()),
        }
    }

    /// The same fields, sent by a button that posts them elsewhere (`formaction`).
    #[track_caller]
    pub fn form_by_button(&self, action: &str) -> TypedForm {
        let html = self.html();
        let button = html
            .select(&selector("button[formaction]"))
            .find(|button| button.attr("formaction") == Some(action));
        let button = button.unwrap_or_else(|| panic!("no button for {action} in {}", self.path));
        let form = button
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|element| element.value().name() == "form");
        TypedForm::read(form.expect("a form around the button"), action)
    }
}

impl TypedForm {
    fn read(form: ElementRef<'_>, action: &str) -> TypedForm {
        let mut typed = TypedForm {
            action: action.to_string(),
            is_multipart: form.attr("enctype") == Some("multipart/form-data"),
            fields: Vec::new(),
            files: Vec::new(),
            known: Vec::new(),
            texts: Vec::new(),
        };
        for element in form.select(&selector("input, select, textarea, button")) {
            let Some(name) = element.attr("name").map(str::to_string) else {
                continue;
            };
            typed.known.push(name.clone());
            let kind = element.attr("type").unwrap_or("text");
            let is_text = match element.value().name() {
                "input" => ["text", "tel", "date", "number", "search", "email"].contains(&kind),
                tag => tag == "textarea",
            };
            if is_text {
                typed.texts.push(name.clone());
            }
            match (
                element.value().name(),
                element.attr("type").unwrap_or("text"),
            ) {
                ("input", "checkbox" | "radio") if element.attr("checked").is_none() => {}
                ("input", "checkbox" | "radio") => {
                    typed
                        .fields
                        .push((name, element.attr("value").unwrap_or("on").to_string()));
                }
                ("input", "file" | "submit") | ("button", _) => {}
                ("input", _) => typed
                    .fields
                    .push((name, element.attr("value").unwrap_or_default().to_string())),
                ("textarea", _) => typed.fields.push((name, element.text().collect())),
                ("select", _) => {
                    let options: Vec<ElementRef> = element.select(&selector("option")).collect();
                    let chosen = options
                        .iter()
                        .find(|option| option.attr("selected").is_some())
                        .or(options.first());
                    let value = chosen
                        .and_then(|option| option.attr("value"))
                        .unwrap_or_default();
                    typed.fields.push((name, value.to_string()));
                }
                _ => {}
            }
        }
        typed
    }

    /// Types into a field, checks a box or chooses. Panics where the page has no such field.
    #[track_caller]
    pub fn with(mut self, name: &str, value: impl ToString) -> TypedForm {
        assert!(
            self.known.iter().any(|known| known == name),
            "{} has no field {name}: {:?}",
            self.action,
            self.known
        );
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_string(), value.to_string()));
        self
    }

    /// Adds what the page has no field for: a forged request.
    pub fn forged(mut self, name: &str, value: impl ToString) -> TypedForm {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_string(), value.to_string()));
        self
    }

    /// Leaves a field out, as an unchecked box is.
    pub fn without(mut self, name: &str) -> TypedForm {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    #[track_caller]
    pub fn file(mut self, name: &str, file: &str, bytes: &[u8]) -> TypedForm {
        assert!(self.is_multipart, "{} takes no files", self.action);
        assert!(
            self.known.iter().any(|known| known == name),
            "{} has no field {name}",
            self.action
        );
        self.files
            .push((name.to_string(), file.to_string(), bytes.to_vec()));
        self
    }

    /// Where it posts to.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Its fields for text.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    pub fn value(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    fn multipart(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        for (name, file, bytes) in &self.files {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        body
    }
}
