//! The same properties and normal forms from the browser, so that no table enters the wasm.

use js_sys::{JsString, RegExp};

/// NFC.
pub fn composed(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}

/// NFKC.
pub fn compatible(text: &str) -> String {
    JsString::from(text).normalize("NFKC").into()
}

fn matches(pattern: &str, c: char) -> bool {
    RegExp::new(pattern, "u").test(c.encode_utf8(&mut [0; 4]))
}

pub fn is_unseen(c: char) -> bool {
    // Without the signs that Unicode calls prepended concatenation marks: they are drawn.
    matches(
        r"^(?![\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}])[\p{Cf}\p{DI}]$",
        c,
    )
}

pub fn is_other_number(c: char) -> bool {
    matches(r"^\p{No}$", c)
}

pub fn is_private(c: char) -> bool {
    matches(r"^\p{Co}$", c)
}

pub fn is_dash(c: char) -> bool {
    matches(r"^\p{Pd}$", c)
}

pub fn is_mark(c: char) -> bool {
    matches(r"^\p{Grapheme_Extend}$", c)
}
