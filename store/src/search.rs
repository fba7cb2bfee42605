//! Search over everything public, in Chinese: unigrams, bigrams and pinyin initials computed here at write and
//! found by a GIN index. (Trigram indexes do nothing for two-character words.)

use crate::{Fault, Result};
use market::Timestamp;
use pinyin::ToPinyin;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Item,
    Agency,
    Requirement,
    Owner,
}

impl Kind {
    /// Every kind, in the order in which pages offer them.
    pub const ALL: [Kind; 4] = [Kind::Item, Kind::Agency, Kind::Requirement, Kind::Owner];

    /// Its name in the database and in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Item => "item",
            Kind::Agency => "agency",
            Kind::Requirement => "requirement",
            Kind::Owner => "owner",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::Item => "服务事项",
            Kind::Agency => "中介机构",
            Kind::Requirement => "采购公告",
            Kind::Owner => "项目业主",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The token that all documents of the kind have. No text has it: `#` is neither letter nor digit.
    fn token(self) -> String {
        format!("#{}", self.code())
    }
}

/// A document of the index.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    pub kind: Kind,
    pub subject: Uuid,
    pub title: &'a str,
    pub subtitle: &'a str,
    /// Words that find it but are not shown: codes, numbers, everyday names.
    pub also: &'a str,
    pub path: &'a str,
    pub rank: i32,
}

/// A query has at most so many characters; the rest is ignored.
const LONGEST_QUERY: usize = 40;
/// Hits shown.
pub const MOST_HITS: i64 = 50;
/// Hits of one kind that are looked at; beyond them a query is too short to be worth ranking.
const MOST_OF_A_KIND: i64 = 250;

/// Writes or replaces a document.
pub async fn index(conn: &mut PgConnection, document: Document<'_>, now: Timestamp) -> Result<()> {
    let haystack = fold(&format!(
        "{} {} {}",
        document.title, document.subtitle, document.also
    ));
    let initials = initials(document.title);
    let mut tokens = grams(&haystack, "");
    tokens.extend(grams(&initials, "~"));
    tokens.insert(document.kind.token());
    let tokens: Vec<String> = tokens.into_iter().collect();
    sqlx::query!(
        "insert into search_documents (kind, subject, title, subtitle, path, tokens, haystack, initials, rank, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (kind, subject) do update set title = excluded.title, subtitle = excluded.subtitle,
             path = excluded.path, tokens = excluded.tokens, haystack = excluded.haystack,
             initials = excluded.initials, rank = excluded.rank, updated_at = excluded.updated_at",
        document.kind.code(),
        document.subject,
        document.title,
        document.subtitle,
        document.path,
        &tokens,
        haystack,
        initials,
        document.rank,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A hit.
#[derive(Debug, Clone)]
pub struct Hit {
    pub kind: Kind,
    pub title: String,
    pub subtitle: String,
    pub path: String,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The first [`MOST_HITS`].
    pub hits: Vec<Hit>,
    pub count: i64,
    /// There are more than `count`: of some kind only so many were looked at.
    pub is_cut: bool,
}

/// Finds the documents in which every word of the query occurs, as text or as pinyin initials of the title.
/// Titles that contain the query come first, then items, agencies, requirements and owners.
pub async fn find(conn: &mut PgConnection, query: &str, kind: Option<Kind>) -> Result<Found> {
    let query: String = fold(query).chars().take(LONGEST_QUERY).collect();
    let words: Vec<&str> = query
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(5)
        .collect();
    if words.is_empty() {
        return Ok(Found::default());
    }
    let grams = |prefix: &str| -> Vec<String> {
        words
            .iter()
            .flat_map(|word| query_grams(word, prefix))
            .collect()
    };
    let patterns: Vec<String> = words
        .iter()
        .map(|word| format!("%{}%", escape_like(word)))
        .collect();
    let may_be_initials = words
        .iter()
        .all(|word| word.chars().all(|c| c.is_ascii_alphanumeric()));
    let kinds: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|each| kind.is_none_or(|only| only == *each))
        .map(Kind::token)
        .collect();
    // Each kind is cut by itself, so that a hundred thousand agencies cannot hide the one item.
    let rows = sqlx::query!(
        r#"with hits as (
               select found.* from unnest($5::text[]) as wanted (token)
               cross join lateral (
                   (select kind, subject, title, subtitle, path, rank, updated_at,
                           lower(title) like all ($3) as in_title
                    from search_documents
                    where tokens @> ($1::text[] || wanted.token) and haystack like all ($3)
                    limit $7)
                   union all
                   (select kind, subject, title, subtitle, path, rank, updated_at, false
                    from search_documents
                    where $4 and tokens @> ($2::text[] || wanted.token) and initials like all ($3)
                      and not haystack like all ($3)
                    limit $7)) found),
           counted as (select kind, count(*) as n from hits group by kind)
           select kind as "kind!", title as "title!", subtitle as "subtitle!", path as "path!",
                  (select sum(n)::bigint from counted) as "count!",
                  (select max(n) >= $7 from counted) as "is_cut!"
           from hits order by in_title desc, rank, updated_at desc, subject limit $6"#,
        &grams(""),
        &grams("~"),
        &patterns,
        may_be_initials,
        &kinds,
        MOST_HITS,
        MOST_OF_A_KIND
    )
    .fetch_all(conn)
    .await?;
    let (count, is_cut) = rows
        .first()
        .map_or((0, false), |row| (row.count, row.is_cut));
    let hits = rows
        .into_iter()
        .map(|row| {
            Ok(Hit {
                kind: Kind::parse(&row.kind).ok_or_else(|| {
                    Fault::Inconsistent(format!("a document of kind {}", row.kind))
                })?,
                title: row.title,
                subtitle: row.subtitle,
                path: row.path,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Found {
        hits,
        count,
        is_cut,
    })
}

/// Narrows another list to rows whose document contains a text: the same index as the search over everything.
pub(crate) fn push_condition(
    query: &mut sqlx::QueryBuilder<sqlx::Postgres>,
    kind: Kind,
    id: &str,
    text: &str,
) {
    let text: String = fold(text).chars().take(LONGEST_QUERY).collect();
    if text.is_empty() {
        // Signs alone are nothing that could be found.
        query.push(" and false");
    }
    for word in text.split(' ').filter(|word| !word.is_empty()).take(5) {
        let tokens = |prefix: &str| -> Vec<String> {
            let mut tokens = query_grams(word, prefix);
            tokens.push(kind.token());
            tokens
        };
        let pattern = format!("%{}%", escape_like(word));
        query
            .push(format!(
                " and {id} in (select subject from search_documents where (tokens @> "
            ))
            .push_bind(tokens(""));
        query.push(" and haystack like ").push_bind(pattern.clone());
        query.push(") or (tokens @> ").push_bind(tokens("~"));
        query
            .push(" and initials like ")
            .push_bind(pattern)
            .push("))");
    }
}

/// Lower case, half width, runs of anything that is no letter or digit become one space.
fn fold(text: &str) -> String {
    let lower = market::money::half_width(text).to_lowercase();
    let spaced: String = lower
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first letters of the pinyin of a title, letters and digits as they are: 环境影响评价 → hjyxpj.
fn initials(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|c| *c != ' ')
        .filter_map(|c| match c.to_pinyin() {
            Some(pinyin) => pinyin.plain().chars().next(),
            None => c.is_ascii_alphanumeric().then_some(c),
        })
        .collect()
}

/// Every character and every pair of neighbours, with a prefix that keeps initials apart from text.
fn grams(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    for word in text.split(' ') {
        let letters: Vec<char> = word.chars().collect();
        for letter in &letters {
            grams.insert(format!("{prefix}{letter}"));
        }
        for pair in letters.windows(2) {
            grams.insert(format!("{prefix}{}{}", pair[0], pair[1]));
        }
    }
    grams
}

/// What a word of a query needs: its pairs, or its one character.
fn query_grams(word: &str, prefix: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    match letters.as_slice() {
        [one] => vec![format!("{prefix}{one}")],
        many => many
            .windows(2)
            .map(|pair| format!("{prefix}{}{}", pair[0], pair[1]))
            .collect(),
    }
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_follow_the_pinyin() {
        assert_eq!(initials("环境影响评价"), "hjyxpj");
        assert_eq!(initials("CMA 检验检测"), "cmajyjc");
    }

    #[test]
    fn every_query_gram_is_among_the_grams_of_a_text_that_contains_it() {
        let grams = grams(&fold("长虹路（雨污分流）改造 ＺＪ-01"), "");
        for query in ["雨污", "雨", "分流", "zj", "01", "长虹路"] {
            for gram in query_grams(&fold(query), "") {
                assert!(grams.contains(&gram), "{query}: {gram}");
            }
        }
        assert!(!grams.contains("路雨"), "brackets separate words");
    }
}
