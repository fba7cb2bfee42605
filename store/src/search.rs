//! Search over everything public, in Chinese: unigrams, bigrams and pinyin initials computed here at write and
//! found by a GIN index. (Trigram indexes do nothing for two-character words.)

use crate::Result;
use market::Timestamp;
use pinyin::ToPinyin;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What can be found.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    /// `item`, `agency`, `owner`, `requirement`
    pub kind: &'a str,
    pub subject: Uuid,
    pub title: &'a str,
    pub subtitle: &'a str,
    /// Words that find it but are not shown: codes, numbers.
    pub also: &'a str,
    pub path: &'a str,
    pub rank: i32,
}

/// A query has at most so many characters; the rest is ignored.
const LONGEST_QUERY: usize = 40;
/// Hits shown.
pub const MOST_HITS: i64 = 50;

/// Writes or replaces a document.
pub async fn index(conn: &mut PgConnection, document: Document<'_>, now: Timestamp) -> Result<()> {
    let haystack = fold(&format!(
        "{} {} {}",
        document.title, document.subtitle, document.also
    ));
    let initials = initials(document.title);
    let mut tokens = grams(&haystack, "");
    tokens.extend(grams(&initials, "~"));
    let tokens: Vec<String> = tokens.into_iter().collect();
    sqlx::query!(
        "insert into search_documents (kind, subject, title, subtitle, path, tokens, haystack, initials, rank, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (kind, subject) do update set title = excluded.title, subtitle = excluded.subtitle,
             path = excluded.path, tokens = excluded.tokens, haystack = excluded.haystack,
             initials = excluded.initials, rank = excluded.rank, updated_at = excluded.updated_at",
        document.kind,
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
    pub kind: String,
    pub title: String,
    pub subtitle: String,
    pub path: String,
}

/// Finds the documents in which every word of the query occurs, as text or as pinyin initials of the title.
/// Titles that contain the query come first. At most [`MOST_HITS`]; the number found is capped at 1,000.
pub async fn find(
    conn: &mut PgConnection,
    query: &str,
    kind: Option<&str>,
) -> Result<(Vec<Hit>, i64)> {
    let query: String = fold(query).chars().take(LONGEST_QUERY).collect();
    let words: Vec<&str> = query
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(5)
        .collect();
    if words.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let as_text: Vec<String> = words
        .iter()
        .flat_map(|word| query_grams(word, ""))
        .collect();
    let as_initials: Vec<String> = words
        .iter()
        .flat_map(|word| query_grams(word, "~"))
        .collect();
    let patterns: Vec<String> = words
        .iter()
        .map(|word| format!("%{}%", escape_like(word)))
        .collect();
    let may_be_initials = words
        .iter()
        .all(|word| word.chars().all(|c| c.is_ascii_alphanumeric()));
    let rows = sqlx::query!(
        r#"with hits as (
               select kind, subject, title, subtitle, path, rank, updated_at,
                      lower(title) like all ($3) as in_title
               from search_documents
               where tokens @> $1 and haystack like all ($3) and ($5::text is null or kind = $5)
               union
               select kind, subject, title, subtitle, path, rank, updated_at, false
               from search_documents
               where $4 and tokens @> $2 and initials like all ($3) and not haystack like all ($3)
                 and ($5::text is null or kind = $5)
               limit 1000)
           select kind as "kind!", title as "title!", subtitle as "subtitle!", path as "path!", count(*) over () as "count!"
           from hits order by in_title desc, rank, updated_at desc, subject limit $6"#,
        &as_text,
        &as_initials,
        &patterns,
        may_be_initials,
        kind,
        MOST_HITS
    )
    .fetch_all(conn)
    .await?;
    let count = rows.first().map_or(0, |row| row.count);
    let hits = rows
        .into_iter()
        .map(|row| Hit {
            kind: row.kind,
            title: row.title,
            subtitle: row.subtitle,
            path: row.path,
        })
        .collect();
    Ok((hits, count))
}

/// Narrows another list to rows whose document contains a text: the same index as the search over everything.
pub(crate) fn push_condition(
    query: &mut sqlx::QueryBuilder<sqlx::Postgres>,
    kind: &str,
    id: &str,
    text: &str,
) {
    let text: String = fold(text).chars().take(LONGEST_QUERY).collect();
    for word in text.split(' ').filter(|word| !word.is_empty()).take(5) {
        query.push(format!(
            " and {id} in (select subject from search_documents where kind = "
        ));
        query
            .push_bind(kind.to_string())
            .push(" and ((tokens @> ")
            .push_bind(query_grams(word, ""));
        query
            .push(" and haystack like ")
            .push_bind(format!("%{}%", escape_like(word)));
        query
            .push(") or (tokens @> ")
            .push_bind(query_grams(word, "~"));
        query
            .push(" and initials like ")
            .push_bind(format!("%{}%", escape_like(word)))
            .push(")))");
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
