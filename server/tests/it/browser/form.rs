//! A form of a page, and what is typed into it.

use super::page::selector;
use scraper::ElementRef;

pub(super) const BOUNDARY: &str = "----end-of-a-part";

/// A form as the page holds it, and what was typed into it since.
#[derive(Clone)]
pub struct TypedForm {
    pub action: String,
    pub(super) is_multipart: bool,
    pub(super) fields: Vec<(String, String)>,
    pub(super) files: Vec<(String, String, Vec<u8>)>,
    known: Vec<String>,
    texts: Vec<String>,
}

impl TypedForm {
    pub(super) fn read(form: ElementRef<'_>, action: &str) -> TypedForm {
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

    pub(super) fn multipart(&self) -> Vec<u8> {
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
