//! Paging by keyset: a page begins after a row, never at a number, so that page 2,000 costs what page 1 costs.
//! These lists combine filters freely; they are built with [`QueryBuilder`] and exercised by tests, because a
//! checked query has one fixed text.

use market::Timestamp;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Rows on a page of a list.
pub const PAGE: usize = 20;
/// Counts beyond this are shown as "10,000 以上": an exact count would cost more than the page.
pub const COUNT_CAP: i64 = 10_000;
/// Rows of a file that a list is saved as: as many as are counted, so that the page knows whether it is cut.
pub const FILE_ROWS: usize = 10_000;

/// The years that a row of a list can be of; PostgreSQL's own go less far back than a timestamp's here.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;
/// The longest text that a list is sorted by, in bytes.
const LONGEST_KEY: usize = 400;

/// The value that a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Time(Timestamp),
    Number(i64),
    Text(String),
}

/// A place in a list: the row before (or after) which the page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub key: Key,
    pub id: Uuid,
    /// The page before this row instead of the one after.
    pub back: bool,
}

impl Cursor {
    /// Reads what [`Cursor::text`] wrote; anything else is no cursor, and the first page is shown.
    pub fn parse(text: &str) -> Option<Cursor> {
        let cursor = Cursor::read(text)?;
        let is_possible = match &cursor.key {
            Key::Time(at) => YEARS.contains(&at.year()),
            Key::Number(_) => true,
            // PostgreSQL has no character NUL.
            Key::Text(text) => text.len() <= LONGEST_KEY && !text.contains('\0'),
        };
        (is_possible && cursor.text() == text).then_some(cursor)
    }

    fn read(text: &str) -> Option<Cursor> {
        let (direction, rest) = text.split_at_checked(1)?;
        let (kind, rest) = rest.split_at_checked(1)?;
        let (value, id) = rest.rsplit_once('_')?;
        let key = match kind {
            "t" => {
                let micros: i64 = value.parse().ok()?;
                Key::Time(Timestamp::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()?)
            }
            "n" => Key::Number(value.parse().ok()?),
            "s" => Key::Text(String::from_utf8(hex::decode(value).ok()?).ok()?),
            _ => return None,
        };
        let back = match direction {
            "a" => false,
            "b" => true,
            _ => return None,
        };
        Some(Cursor {
            key,
            id: id.parse().ok()?,
            back,
        })
    }

    /// A form that fits into an address.
    pub fn text(&self) -> String {
        let direction = if self.back { 'b' } else { 'a' };
        match &self.key {
            Key::Time(at) => format!(
                "{direction}t{}_{}",
                at.unix_timestamp_nanos() / 1_000,
                self.id
            ),
            Key::Number(n) => format!("{direction}n{n}_{}", self.id),
            Key::Text(text) => format!("{direction}s{}_{}", hex::encode(text), self.id),
        }
    }
}

/// One page of a list, with the ways to its neighbours.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// What waits at a desk: the most urgent rows, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Queue<T> {
    pub rows: Vec<T>,
    pub count: i64,
}

/// Rows of a queue that a desk shows; who has more deals with the most urgent first.
pub const QUEUE: i64 = 100;

impl<T> Queue<T> {
    /// A queue of at most `most` rows. The whole is only counted when there may be more than those.
    pub(crate) async fn of(
        rows: Vec<T>,
        most: i64,
        count: impl Future<Output = sqlx::Result<i64>>,
    ) -> crate::Result<Queue<T>> {
        let count = match market::count::signed(rows.len()) {
            all if all < most => all,
            _ => count.await?,
        };
        Ok(Queue { rows, count })
    }
}

/// Whether a list runs from large to small or from small to large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Descending,
    Ascending,
}

/// The column a list is sorted by, and what its cursors hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Time(&'static str),
    Number(&'static str),
    Text(&'static str),
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Time(column) | By::Number(column) | By::Text(column) => column,
        }
    }

    /// A cursor of another list is no cursor here.
    fn fits(self, key: &Key) -> bool {
        matches!(
            (self, key),
            (By::Time(_), Key::Time(_))
                | (By::Number(_), Key::Number(_))
                | (By::Text(_), Key::Text(_))
        )
    }
}

/// Appends condition, order and limit of a page. The text so far must end in a `where` clause.
/// `by` and `id` name the sort column and the tie-breaker.
pub(crate) fn push_page(
    query: &mut QueryBuilder<Postgres>,
    by: By,
    id: &str,
    order: Order,
    cursor: Option<&Cursor>,
    size: usize,
) {
    let column = by.column();
    let cursor = cursor.filter(|cursor| by.fits(&cursor.key));
    let back = cursor.is_some_and(|cursor| cursor.back);
    let downwards = (order == Order::Descending) != back;
    let (sign, direction) = if downwards {
        ("<", "desc")
    } else {
        (">", "asc")
    };
    if let Some(cursor) = cursor {
        query.push(format!(" and ({column}, {id}) {sign} ("));
        match &cursor.key {
            Key::Time(at) => query.push_bind(*at),
            Key::Number(n) => query.push_bind(*n),
            Key::Text(text) => query.push_bind(text.clone()),
        };
        query.push(", ").push_bind(cursor.id).push(")");
    }
    query.push(format!(
        " order by {column} {direction}, {id} {direction} limit {}",
        size + 1
    ));
}

/// Makes a page of the rows that a query with [`push_page`] found: one more than fits means that there is more.
pub(crate) fn into_page<T>(
    mut rows: Vec<T>,
    cursor: Option<&Cursor>,
    size: usize,
    key_of: impl Fn(&T) -> (Key, Uuid),
) -> Page<T> {
    // A cursor of another list was none for the query either.
    let cursor = cursor.filter(|cursor| {
        let key = rows.first().map(|row| key_of(row).0);
        key.is_none_or(|key| std::mem::discriminant(&key) == std::mem::discriminant(&cursor.key))
    });
    let back = cursor.is_some_and(|cursor| cursor.back);
    let more = rows.len() > size;
    rows.truncate(size);
    if back {
        rows.reverse();
    }
    let place = |row: &T, back| {
        let (key, id) = key_of(row);
        Cursor { key, id, back }.text()
    };
    let has_previous = if back { more } else { cursor.is_some() };
    let has_next = if back { true } else { more };
    Page {
        previous: rows
            .first()
            .filter(|_| has_previous)
            .map(|row| place(row, true)),
        next: rows
            .last()
            .filter(|_| has_next)
            .map(|row| place(row, false)),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_address() {
        let at = Timestamp::from_unix_timestamp_nanos(1_773_990_000_123_456_000).expect("valid");
        for key in [
            Key::Time(at),
            Key::Number(-5),
            Key::Text("ZJ-HJ_001".into()),
        ] {
            for back in [true, false] {
                let cursor = Cursor {
                    key: key.clone(),
                    id: Uuid::from_u128(7),
                    back,
                };
                assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
            }
        }
        for wrong in [
            "",
            "x",
            "at",
            "at_",
            "an5",
            "an5_nonsense",
            "zt5_0",
            "天地_",
            "as6_00000000-0000-0000-0000-000000000007",
            // What no list has written: forms that read alike, and values that PostgreSQL would refuse.
            "an+5_00000000-0000-0000-0000-000000000007",
            "an05_00000000-0000-0000-0000-000000000007",
            "an5_00000000000000000000000000000007",
            "an5_{00000000-0000-0000-0000-000000000007}",
            "anNaN_00000000-0000-0000-0000-000000000007",
            "an1.5_00000000-0000-0000-0000-000000000007",
            "an9223372036854775808_00000000-0000-0000-0000-000000000007",
            "at-377705116800000000_00000000-0000-0000-0000-000000000007",
            "at-210866803200000001_00000000-0000-0000-0000-000000000007",
            "at253402300799999999_00000000-0000-0000-0000-000000000007",
            "at9223372036854775807_00000000-0000-0000-0000-000000000007",
            "as00_00000000-0000-0000-0000-000000000007",
            "asAB_00000000-0000-0000-0000-000000000007",
        ] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn neighbours_are_named_only_where_they_are() {
        let key_of = |n: &i64| (Key::Number(*n), Uuid::nil());
        let first = into_page(vec![9, 8, 7], None, 2, key_of);
        assert_eq!(
            (first.rows, first.previous.is_some(), first.next.is_some()),
            (vec![9, 8], false, true)
        );
        let cursor = Cursor {
            key: Key::Number(8),
            id: Uuid::nil(),
            back: false,
        };
        let last = into_page(vec![7], Some(&cursor), 2, key_of);
        assert_eq!(
            (last.rows, last.previous.is_some(), last.next.is_some()),
            (vec![7], true, false)
        );
        let back = Cursor {
            back: true,
            ..cursor
        };
        let first = into_page(vec![9, 10], Some(&back), 2, key_of);
        assert_eq!(
            (first.rows, first.previous.is_some(), first.next.is_some()),
            (vec![10, 9], false, true)
        );
    }
}
