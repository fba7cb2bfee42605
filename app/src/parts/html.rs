//! Markup as text: what stands in rows of lists and in small pieces is written straight into one string. Everything
//! that is not a literal of ours is escaped; there is no other way in.

use super::Tone;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use leptos::tachys::view::Position;
use market::Timestamp;
use std::fmt::{self, Display, Write};

/// HTML under way.
#[derive(Debug, Default)]
pub struct Html(String);

/// A piece of a page, written as text.
pub fn html(write: impl FnOnce(&mut Html)) -> AnyView {
    let mut to = Html::default();
    write(&mut to);
    to.into_view()
}

/// Escapes what is written through it.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        html_escape::encode_text_to_string(text, self.0);
        Ok(())
    }
}

/// Escapes what is written through it for an attribute in double quotes.
struct Quoted<'a>(&'a mut String);

impl Write for Quoted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        html_escape::encode_double_quoted_attribute_to_string(text, self.0);
        Ok(())
    }
}

impl Html {
    /// Empty, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Html {
        Html(String::with_capacity(bytes))
    }

    /// Markup of ours, as it is.
    pub fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Text.
    pub fn text(&mut self, value: impl Display) -> &mut Html {
        // Writing into a string cannot fail, and a Display that fails has nothing to say.
        let _ = write!(Escaped(&mut self.0), "{value}");
        self
    }

    /// Text whose line ends stay line ends.
    pub fn lines(&mut self, value: &str) -> &mut Html {
        if !value.contains('\n') {
            return self.text(value);
        }
        self.span("lines", |to| {
            to.text(value);
        })
    }

    /// An attribute with its value, inside a tag that has been begun.
    pub fn attribute(&mut self, name: &'static str, value: impl Display) -> &mut Html {
        self.raw(" ").raw(name).raw("=\"");
        let _ = write!(Quoted(&mut self.0), "{value}");
        self.raw("\"")
    }

    /// An element of a class around something.
    pub fn span(&mut self, class: impl Display, inside: impl FnOnce(&mut Html)) -> &mut Html {
        self.raw("<span").attribute("class", class).raw(">");
        inside(self);
        self.raw("</span>")
    }

    /// A link.
    pub fn link(&mut self, href: impl Display, label: impl Display) -> &mut Html {
        self.raw("<a").attribute("href", href).raw(">");
        self.text(label).raw("</a>")
    }

    /// A link that looks like a button.
    pub fn button(&mut self, href: impl Display, label: impl Display) -> &mut Html {
        self.raw("<a class=\"btn\"")
            .attribute("href", href)
            .raw(">");
        self.text(label).raw("</a>")
    }

    /// Small and grey.
    pub fn small(&mut self, value: impl Display) -> &mut Html {
        self.raw("<span class=\"small muted\">")
            .text(value)
            .raw("</span>")
    }

    /// A second line, small and grey.
    pub fn second(&mut self, value: impl Display) -> &mut Html {
        self.raw("<br>").small(value)
    }

    /// A second line that is read letter by letter: a code, a number.
    pub fn second_code(&mut self, value: impl Display) -> &mut Html {
        self.raw("<br><span class=\"small muted mono\">")
            .text(value)
            .raw("</span>")
    }

    /// Codes, hashes, numbers that are read letter by letter.
    pub fn mono(&mut self, value: impl Display) -> &mut Html {
        self.raw("<span class=\"mono\">").text(value).raw("</span>")
    }

    /// A small word in a box.
    pub fn tag(&mut self, tone: Tone, word: impl Display) -> &mut Html {
        self.raw("<span class=\"tag").raw(tone.class()).raw("\">");
        self.text(word).raw("</span>")
    }

    /// That there is nothing here.
    pub fn dash(&mut self) -> &mut Html {
        self.raw("<span class=\"muted\">—</span>")
    }

    /// An instant as a `time` element.
    pub fn instant(&mut self, at: Timestamp) -> &mut Html {
        self.time(at, market::time::stamp(at))
    }

    /// An instant that may be missing.
    pub fn maybe_instant(&mut self, at: Option<Timestamp>) -> &mut Html {
        match at {
            Some(at) => self.instant(at),
            None => self.dash(),
        }
    }

    /// An instant in some words.
    pub fn time(&mut self, at: Timestamp, words: impl Display) -> &mut Html {
        self.raw("<time")
            .attribute("datetime", market::time::rfc3339(at))
            .raw(">");
        self.text(words).raw("</time>")
    }

    /// A view: forms, and pieces that are rarely in a list.
    pub fn view(&mut self, view: AnyView) -> &mut Html {
        view.to_html_with_buf(&mut self.0, &mut Position::FirstChild, true, false, vec![]);
        self
    }

    /// As a piece of a page.
    pub fn into_view(self) -> AnyView {
        InertElement::new(self.0).into_any()
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_becomes_markup() {
        let mut to = Html::default();
        let payload = "\"><img src=x onerror=alert(1)>&amp;";
        to.link(format_args!("/x?q={payload}"), payload)
            .second(payload)
            .second_code(payload)
            .tag(Tone::Ok, payload)
            .mono(payload)
            .span(payload, |to| {
                to.text(payload);
            });
        assert!(!to.as_str().contains("<img"), "{}", to.as_str());
        assert_eq!(to.as_str().matches("&amp;amp;").count(), 8);
    }
}
