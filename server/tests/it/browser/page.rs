//! An answer, and what can be read in it.

use super::TypedForm;
use axum::http::{HeaderMap, StatusCode, header};
use scraper::{ElementRef, Html, Selector};

/// An answer with its text.
#[derive(Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub path: String,
    pub text: String,
    /// The body as it came, for files that are no text.
    pub bytes: Vec<u8>,
}

pub(super) fn selector(css: &str) -> Selector {
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
    pub(super) fn check_forms(&self) {
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

    /// What can be read in the page's main part, a line for each heading, paragraph, term or cell.
    pub fn lines(&self) -> String {
        const BLOCKS: [&str; 14] = [
            "main", "section", "div", "nav", "h1", "h2", "p", "li", "dt", "dd", "th", "td",
            "footer", "header",
        ];
        let html = self.html();
        let main = html.select(&selector("main")).next();
        let main = main.expect("a page with a main part");
        let mut lines: Vec<(_, String)> = Vec::new();
        for node in main.descendants() {
            let Some(text) = node.value().as_text() else {
                continue;
            };
            let block = node.ancestors().find(|above| {
                let element = above.value().as_element();
                element.is_some_and(|element| BLOCKS.contains(&element.name()))
            });
            let block = block.map(|block| block.id());
            match lines.last_mut() {
                Some((of, line)) if *of == block => line.push_str(text),
                _ => lines.push((block, text.to_string())),
            }
        }
        let single = |line: String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines = lines.into_iter().map(|(_, line)| single(line));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        lines.join("\n")
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
