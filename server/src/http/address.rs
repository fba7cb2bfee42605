//! Addresses as old browsers send them: text that is not UTF-8 is read as GB 18030 (which contains GBK and GB 2312).

use axum::http::uri::{PathAndQuery, Uri};
use encoding_rs::GB18030;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// What a part of a path keeps as it is.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The text that bytes stand for.
pub fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Reads a query or a posted form, `most` fields at most. `None`: there are more.
pub fn pairs(bytes: &[u8], most: usize) -> Option<Vec<(String, String)>> {
    let parts = bytes.split(|byte| *byte == b'&');
    let parts: Vec<&[u8]> = parts
        .filter(|part| !part.is_empty())
        .take(most + 1)
        .collect();
    if parts.len() > most {
        return None;
    }
    let decoded = |bytes: &[u8]| {
        let spaced: Vec<u8> = bytes
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect();
        let plain: Cow<[u8]> = percent_encoding::percent_decode(&spaced).into();
        text(&plain)
    };
    let read = |part: &&[u8]| match part.iter().position(|byte| *byte == b'=') {
        Some(at) => (decoded(&part[..at]), decoded(&part[at + 1..])),
        None => (decoded(part), String::new()),
    };
    Some(parts.iter().map(read).collect())
}

/// The address with a path that is UTF-8, so that its variables can be read. The query is read by [`pairs`].
pub fn readable(uri: Uri) -> Uri {
    let is_utf8 = |part: &str| percent_decode_str(part).decode_utf8().is_ok();
    if uri.path().split('/').all(is_utf8) {
        return uri;
    }
    let parts: Vec<String> = uri
        .path()
        .split('/')
        .map(|part| {
            let bytes: Vec<u8> = percent_decode_str(part).collect();
            utf8_percent_encode(&text(&bytes), PART).to_string()
        })
        .collect();
    let mut place = parts.join("/");
    if let Some(query) = uri.query() {
        place.push('?');
        place.push_str(query);
    }
    let mut pieces = uri.clone().into_parts();
    match place.parse::<PathAndQuery>() {
        Ok(place) => pieces.path_and_query = Some(place),
        Err(_) => return uri,
    }
    Uri::from_parts(pieces).unwrap_or(uri)
}

/// The first line of a request with every byte of a text that is not UTF-8 percent-encoded, because the parser takes
/// no other text raw.
pub fn escaped(line: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(line).is_ok() {
        return Cow::Borrowed(line);
    }
    let mut escaped = Vec::with_capacity(line.len() + 64);
    for byte in line {
        if byte.is_ascii() {
            escaped.push(*byte);
        } else {
            escaped.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_either_encoding_is_read() {
        assert_eq!(text("测绘".as_bytes()), "测绘");
        assert_eq!(text(b"\xB2\xE2\xBB\xE6"), "测绘");
        // Neither: something that can be shown, and no failure.
        assert!(text(b"\xFF\xFF").contains('\u{FFFD}'));
    }

    #[test]
    fn queries_are_read_in_either_encoding_and_counted() {
        let read = |text: &[u8]| pairs(text, 3);
        let one = |name: &str, value: &str| Some(vec![(name.to_string(), value.to_string())]);
        assert_eq!(read(b"q=%E6%B5%8B%E7%BB%98"), one("q", "测绘"));
        assert_eq!(read(b"q=%B2%E2%BB%E6"), one("q", "测绘"));
        assert_eq!(read(b"q=\xB2\xE2\xBB\xE6"), one("q", "测绘"));
        assert_eq!(read(b"%B2%E2=1+2%2B"), one("测", "1 2+"));
        assert_eq!(read(b"&&q&"), one("q", ""));
        assert_eq!(read(b"q=%ZZ%"), one("q", "%ZZ%"));
        assert!(read(b"a=1&b=2&c=3").is_some());
        assert_eq!(read(b"a=1&b=2&c=3&d=4"), None);
    }

    #[test]
    fn paths_become_utf8_and_keep_their_slashes() {
        let read = |text: &str| readable(text.parse().expect("an address")).to_string();
        assert_eq!(read("/items/ZJ-HJ-001?q=%B2"), "/items/ZJ-HJ-001?q=%B2");
        assert_eq!(
            read("/items/%B2%E2%BB%E6?a=b"),
            "/items/%E6%B5%8B%E7%BB%98?a=b"
        );
        assert_eq!(read("/items/%B2%E2%2Fx"), "/items/%E6%B5%8B%2Fx");
        assert_eq!(read("/%E4%BD"), read("/%E4%BD"));
    }

    #[test]
    fn only_a_line_that_is_not_utf8_is_escaped() {
        let gbk = b"GET /search?q=\xB2\xE2 HTTP/1.1\r\n";
        assert_eq!(escaped(gbk).as_ref(), b"GET /search?q=%B2%E2 HTTP/1.1\r\n");
        let utf8 = "GET /search?q=测 HTTP/1.1\r\n".as_bytes();
        assert_eq!(escaped(utf8).as_ref(), utf8);
    }
}
