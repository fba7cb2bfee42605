//! What people's hands, input methods and office programs leave in a text, read as it was meant. Every form and
//! every query passes through [`clean`] when it is made ([`crate::Form`]), so no field can miss it; readers of codes
//! add [`code`]; what is compared is compared as [`Folded`] or [`Name`], which have no other equality.

#[cfg(target_arch = "wasm32")]
mod browser;
mod folded;
#[cfg(not(target_arch = "wasm32"))]
mod unicode;

#[cfg(target_arch = "wasm32")]
use browser as tables;
#[cfg(not(target_arch = "wasm32"))]
use unicode as tables;

pub use folded::{Folded, Name};

/// A text as it was meant: what nobody sees goes, every kind of blank is a space, every kind of line end is `\n`,
/// composed (NFC). Words, width and punctuation stay as they were typed. Tabs stay: fields decide about them.
///
/// Joiners and variation selectors go as well: they choose how a character looks, and a name that differs only in
/// them is the same name. What can't be kept stays where it is, for [`unkeepable`] to name.
pub fn clean(text: &str) -> String {
    if text
        .bytes()
        .all(|c| matches!(c, b'\n' | b'\t' | b' '..=b'~'))
    {
        return text.to_string();
    }
    let mut kept = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\n' if before == '\r' => {}
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            '\t' => kept.push('\t'),
            // PostgreSQL has no NUL; the sign for an unreadable character keeps its place.
            '\0' => kept.push('\u{FFFD}'),
            // Documents in PDF give the radical for the character: ⾼ for 高.
            '\u{2F00}'..='\u{2FD5}' => {
                kept.push_str(&tables::compatible(c.encode_utf8(&mut [0; 4])))
            }
            c if is_blank(c) => kept.push(' '),
            c if tables::is_unseen(c) => {}
            c => kept.push(c),
        }
        before = c;
    }
    tables::composed(&kept)
}

/// A code or number in its one spelling: [`clean`], half width, no blanks, one kind of dash, capital letters; a label
/// in front (`证书编号：…`), a copy's number behind (`（1-1）`, `（副本）`) and punctuation around it are left off.
pub fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for c in plain(&clean(text)).chars() {
        match c {
            c if c.is_whitespace() => {}
            c if is_dash(c) => {
                if !code.ends_with('-') {
                    code.push('-');
                }
            }
            c => code.push(c.to_ascii_uppercase()),
        }
    }
    // An accent that stood apart from its letter by a blank alone belongs to it now.
    let code = tables::composed(&code);
    let mut rest = code.as_str();
    loop {
        let before = rest;
        rest = bare(unlabelled(rest));
        if rest == before {
            return rest.to_string();
        }
    }
}

/// [`code`] of a number that has ASCII characters only: words around it that have no colon are left off as well
/// (`统一社会信用代码 9142…`). A text without any such character stays as it is, so that a mistake can quote it.
pub fn ascii_code(text: &str) -> String {
    let code = code(text);
    let code = match code.rsplit_once(':') {
        Some((label, rest)) if !rest.is_empty() && !has_digit(label) => rest.to_string(),
        _ => code,
    };
    let trimmed = code.trim_matches(|c: char| !c.is_ascii() || is_wrapping(c) || c == '*');
    // № and No. are a label.
    let trimmed = match trimmed
        .strip_prefix("NO")
        .map(|rest| rest.trim_start_matches('.'))
    {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => trimmed,
    };
    if trimmed.is_empty() {
        code
    } else {
        trimmed.to_string()
    }
}

/// The same text in half width (NFKC), for readers of numbers. What compatibility would make another number stays:
/// `5²` is not 52, and ½ is not 1/2.
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_string();
    }
    let mut plain = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if tables::is_other_number(c) {
            plain.push_str(&tables::compatible(&run));
            run.clear();
            plain.push(c);
        } else {
            run.push(c);
        }
    }
    plain.push_str(&tables::compatible(&run));
    plain.replace('。', ".")
}

/// The letters and digits of a text, half width and small: signs, blanks and what nobody sees neither separate nor
/// distinguish anything. `会计师事务所（普通合伙）` → `会计师事务所普通合伙`, `ZJ-HJ-001` → `zjhj001`.
pub fn squeeze(text: &str) -> String {
    plain(&clean(text))
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The same text in NFKC, sign for sign what [`digits_of`] reads.
pub fn compatible(text: &str) -> String {
    tables::compatible(text)
}

/// A text in which every digit is an ASCII one, Chinese numerals and circled digits too: only for looking for numbers.
/// `one_is_dash` reads 一 as the dash that it resembles.
pub fn digits_of(text: &str, one_is_dash: bool) -> String {
    let plain = compatible(text);
    let digit = |c| match crate::numeral::digit(c) {
        _ if c == '一' && one_is_dash => '-',
        Some(digit) => char::from_digit(digit, 10).unwrap_or(c),
        None => c,
    };
    plain.chars().map(digit).collect()
}

/// What a text cannot keep, as a sentence that names its place: control characters, characters that were lost on the
/// way, and private ones that other computers don't show. `None` when everything can be kept.
pub fn unkeepable(text: &str) -> Option<String> {
    let (at, c) = text.char_indices().find(|&(_, c)| is_unkeepable(c))?;
    let place = count(&text[..at]) + 1;
    let number = u32::from(c);
    Some(match c {
        '\u{FFFD}' => {
            format!("第 {place} 个字是无法识别的字符，可能在复制时已经损坏，请删除后重新输入。")
        }
        c if tables::is_private(c) => {
            format!(
                "第 {place} 个字是自造字（U+{number:04X}），别人的电脑显示不出来，请换成通用的字。"
            )
        }
        _ => format!("第 {place} 个字是看不见的控制字符（U+{number:04X}），请删除后重新输入。"),
    })
}

fn is_unkeepable(c: char) -> bool {
    let is_no_character = u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}');
    match c {
        '\n' | '\t' => false,
        c if c.is_ascii() => c.is_control(),
        c => c.is_control() || c == '\u{FFFD}' || is_no_character || tables::is_private(c),
    }
}

/// How many characters people count: marks that sit on another character are not counted.
pub fn count(text: &str) -> usize {
    text.chars()
        .filter(|&c| c.is_ascii() || !tables::is_mark(c))
        .count()
}

/// The first `most` counted characters of a text, for quoting.
pub fn first(text: &str, most: usize) -> String {
    let next = text.char_indices().filter(|&(_, c)| !is_mark(c)).nth(most);
    match next {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// Whether a character is a mark that sits on the one before it.
pub fn is_mark(c: char) -> bool {
    !c.is_ascii() && tables::is_mark(c)
}

/// Every kind of blank: spaces of all widths, and the Braille cell without a dot.
fn is_blank(c: char) -> bool {
    c == '\u{2800}' || (c.is_whitespace() && !c.is_control())
}

/// Every kind of dash, minus and hyphen, and the box drawing lines that input methods offer for one.
pub fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2212}' | '\u{2500}' | '\u{2501}' | '\u{2043}' | '\u{2010}'..='\u{2015}'
    ) || (!c.is_ascii() && tables::is_dash(c))
}

/// What follows a label: words before a colon that end as the names of numbers do.
fn unlabelled(code: &str) -> &str {
    let is_label = |label: &str| {
        let label = label.trim_end_matches(is_wrapping);
        !has_digit(label)
            && ["码", "号", "证", "NO"]
                .iter()
                .any(|end| label.ends_with(end))
    };
    match code.rsplit_once(':') {
        Some((label, rest)) if !rest.is_empty() && is_label(label) => rest,
        _ => code,
    }
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

/// A code without what stands around it.
fn bare(mut code: &str) -> &str {
    loop {
        let before = code;
        code = code.trim_matches(|c| is_stop(c) || is_dash(c));
        if let Some((number, copy)) = code
            .strip_suffix(')')
            .and_then(|open| open.rsplit_once('('))
            && is_copy(copy)
            && !number.is_empty()
        {
            code = number;
        }
        // Brackets around the whole, or one that its label has left behind.
        for (open, close) in [
            ('(', ')'),
            ('[', ']'),
            ('【', '】'),
            ('《', '》'),
            ('〔', '〕'),
            ('"', '"'),
            ('“', '”'),
        ] {
            let inner = code
                .strip_prefix(open)
                .and_then(|rest| rest.strip_suffix(close));
            if let Some(inner) = inner.filter(|inner| !inner.contains([open, close])) {
                code = inner;
            }
            if !code.contains(open) {
                code = code.strip_suffix(close).unwrap_or(code);
            }
        }
        if code == before {
            return code;
        }
    }
}

fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '、' | '!' | '?' | '\'' | '"' | '“' | '”' | '‘' | '’' | '`' | '…'
    )
}

fn is_wrapping(c: char) -> bool {
    is_stop(c) || matches!(c, '(' | ')' | '[' | ']' | '<' | '>')
}

/// What a copy of a certificate has in brackets behind its number: `1-1`, `2/3`, `副本`.
pub fn is_copy(text: &str) -> bool {
    let is_numbered = text.split_once(['-', '/']).is_some_and(|(one, of)| {
        [one, of]
            .iter()
            .all(|n| (1..=2).contains(&n.len()) && n.bytes().all(|c| c.is_ascii_digit()))
    });
    is_numbered || matches!(text, "副本" | "正本" | "副" | "正")
}

#[cfg(test)]
mod tests;
