//! What the configuration says about visitors: their shares, places, and the pace of what they send.

use super::Reader;
use crate::http::{Both, Bounds};
use app::routes::Share;
use std::time::Duration;

/// The setting of a share: of an address, and of an account.
const fn key(share: Share) -> &'static str {
    match share {
        Share::Pages => "",
        Share::Searches => "limit_searches",
        Share::OpenData => "limit_open_data",
        Share::Forms => "limit_forms",
        Share::Accounts => "limit_accounts",
        Share::Bodies => "limit_bodies",
        Share::Drafts => "limit_drafts",
        Share::Uploads => "limit_uploads",
    }
}

/// `1200/minute 240/minute`: of an address, of an account; `off` for either.
fn both(text: &str) -> Option<Both> {
    let mut words = text.split_whitespace().map(|word| match word {
        "off" => Some(None),
        word => word.parse().ok().map(Some),
    });
    let both = (words.next()??, words.next()??);
    words.next().is_none().then_some(both)
}

pub(super) fn read(read: &mut Reader<'_>) -> Option<Bounds> {
    let expected =
        "two of off or a number a second, minute, hour or day, such as 1200/minute 240/minute";
    let shares: Vec<_> = Share::COUNTED
        .map(|share| (share, read.read(key(share), expected, both)))
        .into();
    let places = read.number("places_per_address", 1, 512);
    let connections = read.number("connections_per_address", 1, 8_192);
    let head = read.number("head_seconds", 1, 600);
    let grace = read.number("body_grace_seconds", 1, 600);
    let pace = read.number("body_bytes_per_second", 1, 1_000_000);
    Some(Bounds {
        shares: shares
            .into_iter()
            .map(|(share, both)| Some((share, both?)))
            .collect::<Option<_>>()?,
        places: places?,
        connections: connections?,
        head: Duration::from_secs(head?),
        grace: Duration::from_secs(grace?),
        pace: pace?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_read() {
        let (address, account) = both("1200/minute off").expect("both");
        assert_eq!(address.map(|one| one.count.get()), Some(1_200));
        assert_eq!(account, None);
        for text in ["", "off", "1/minute", "1/minute 1/minute off", "1/minute x"] {
            assert_eq!(both(text), None, "{text}");
        }
    }
}
