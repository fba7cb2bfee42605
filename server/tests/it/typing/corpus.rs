//! What hands, input methods and office programs leave behind in a field.

use market::typed::clean;

/// What makes no difference to what is meant.
pub const HARMLESS: &[fn(&str) -> String] = &[
    |value| format!("\u{202D}{value}\u{202C}"),
    |value| format!("\u{FEFF}{value}\u{200B}"),
    |value| format!("\u{A0}\u{3000}{value}\u{2009}"),
    |value| format!("\u{B}{value}\u{C}\u{2028}"),
    |value| in_the_middle(value, "\u{AD}\u{2060}\u{FE0F}"),
    full_width,
];

/// What cannot be kept.
pub const UNKEEPABLE: &[&str] = &["\u{7}", "\u{1B}", "\0", "\u{E863}", "\u{FFFE}"];

/// What may be right or wrong, and must never break anything.
pub const STRANGE: &[&str] = &[
    "５²½①",
    "👨‍👩‍👧 🇨🇳",
    "عربى \u{202E}abc",
    "e\u{301}\u{301}\u{301}\u{301}",
    "\u{2F00}\u{F900}\u{3164}",
    "' or 1=1 --\\%_",
    "🀄︎𠀀𪚥",
];

pub fn in_the_middle(value: &str, what: &str) -> String {
    let at = value
        .char_indices()
        .nth(value.chars().count() / 2)
        .map_or(0, |(at, _)| at);
    format!("{}{what}{}", &value[..at], &value[at..])
}

/// Digits and letters as an input method leaves them; texts of words stay.
fn full_width(value: &str) -> String {
    if !value.is_ascii() {
        return value.to_string();
    }
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).expect("its wide form"),
        c => c,
    };
    value.chars().map(wide).collect()
}

/// Line ends and blanks in a one-line field are one space: the page may show either.
pub fn words(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value that is meant as it is, with everything around and in it that makes no difference.
pub fn decorated(value: &str) -> String {
    let marks = &HARMLESS[..HARMLESS.len() - 1];
    marks
        .iter()
        .fold(value.to_string(), |value, harmless| harmless(&value))
}
