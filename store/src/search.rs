//! Search over everything public, in Chinese: unigrams, bigrams and pinyin initials computed here at write and
//! found by a GIN index. (Trigram indexes do nothing for two-character words.) What is found word for word is shown
//! alone; only when nothing is, names that are like the query are, the likest first.

mod fold;

pub use fold::syllables;

use crate::award::AwardFilter;
use crate::{Fault, Result};
use fold::{FOLDING, grams, initials, query_grams, squeeze, words};
use market::Timestamp;
use sqlx::PgConnection;
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

    /// How the tokens of its documents begin. So the index answers "this word, of this kind" from one list each, and
    /// never meets those of all documents of a kind.
    fn letter(self) -> &'static str {
        &self.code()[..1]
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
const LONGEST_QUERY: usize = 60;
/// And so many words.
const MOST_WORDS: usize = 5;
/// Hits shown.
pub const MOST_HITS: i64 = 50;

/// The same as the length of a list.
fn most_hits() -> usize {
    usize::try_from(MOST_HITS).unwrap_or(usize::MAX)
}

/// Hits of one kind that are looked at; beyond them a query is too short to be worth ranking. Where a sample of the
/// documents (`sampled`) has as many, only the sample is looked at: the lists of a word that is in all names of a
/// province are long.
const MOST_OF_A_KIND: i64 = 250;
/// Names that have one part of the query, of one kind, looked at for their likeness.
const MOST_OF_A_PART: i64 = 40;
/// Names that share less of their pairs with the query are not like it, of 100.
const LEAST_LIKENESS: usize = 45;
/// Documents that are indexed anew in one transaction.
const BATCH: i64 = 200;

/// A document as the index holds it.
struct Indexed {
    tokens: Vec<String>,
    haystack: String,
    initials: String,
}

impl Indexed {
    fn of(kind: Kind, title: &str, subtitle: &str, also: &str) -> Indexed {
        // The title is the first word of the haystack. Of the words that are not shown each stands alone, so that
        // neighbours of two codes are no code.
        let also = also.split_whitespace().map(squeeze);
        let fields: Vec<String> = [squeeze(title), squeeze(subtitle)]
            .into_iter()
            .chain(also)
            .filter(|field| !field.is_empty())
            .collect();
        let haystack = fields.join(" ");
        let initials = initials(title);
        let mut tokens = grams(&haystack, kind.letter());
        tokens.extend(grams(&initials, &format!("{}~", kind.letter())));
        Indexed {
            tokens: tokens.into_iter().collect(),
            haystack,
            initials,
        }
    }
}

/// Writes or replaces a document.
pub async fn index(conn: &mut PgConnection, document: Document<'_>, now: Timestamp) -> Result<()> {
    let indexed = Indexed::of(
        document.kind,
        document.title,
        document.subtitle,
        document.also,
    );
    sqlx::query!(
        "insert into search_documents (kind, subject, title, subtitle, also, path, tokens, haystack, initials, rank,
             folding, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (kind, subject) do update set title = excluded.title, subtitle = excluded.subtitle,
             also = excluded.also, path = excluded.path, tokens = excluded.tokens, haystack = excluded.haystack,
             initials = excluded.initials, rank = excluded.rank, folding = excluded.folding,
             updated_at = excluded.updated_at",
        document.kind.code(),
        document.subject,
        document.title,
        document.subtitle,
        document.also,
        document.path,
        &indexed.tokens,
        indexed.haystack,
        indexed.initials,
        document.rank,
        FOLDING,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Indexes some documents anew that an older program has folded otherwise. Returns how many: none when all are done.
pub async fn renew(conn: &mut PgConnection) -> Result<usize> {
    let old = sqlx::query!(
        "select kind, subject, title, subtitle, also from search_documents where folding < $1
         order by folding, kind, subject limit $2 for update skip locked",
        FOLDING,
        BATCH
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = old.len();
    for row in old {
        let kind = Kind::parse(&row.kind)
            .ok_or_else(|| Fault::Inconsistent(format!("a document of kind {}", row.kind)))?;
        let indexed = Indexed::of(kind, &row.title, &row.subtitle, &row.also);
        sqlx::query!(
            "update search_documents set tokens = $3, haystack = $4, initials = $5, folding = $6
             where kind = $1 and subject = $2",
            row.kind,
            row.subject,
            &indexed.tokens,
            indexed.haystack,
            indexed.initials,
            FOLDING
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(count)
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
    /// Nothing has the query word for word; these are like it, the likest first.
    pub is_near: bool,
}

/// Finds the documents in which every word of the query occurs, as text or as pinyin initials of the title.
/// The title that is the query comes first, then those that contain it, then items, agencies, requirements and owners.
/// Where nothing is found, the notice of award whose number the query is; else what is like the query: see [`near`].
pub async fn find(conn: &mut PgConnection, query: &str, kind: Option<Kind>) -> Result<Found> {
    let words = words(query, LONGEST_QUERY, MOST_WORDS);
    if words.is_empty() {
        return Ok(Found::default());
    }
    let kinds: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|each| kind.is_none_or(|only| only == *each))
        .map(|each| each.code().to_string())
        .collect();
    let found = exact(conn, &words, &kinds).await?;
    if found.count > 0 {
        return Ok(found);
    }
    if kind.is_none_or(|only| only == Kind::Requirement) {
        let awards = awards(conn, query).await?;
        if awards.count > 0 {
            return Ok(awards);
        }
    }
    near(conn, &words, &kinds).await
}

/// Notices of award by their number, or the results of a project by its number without letters. They have no documents
/// of their own.
async fn awards(conn: &mut PgConnection, query: &str) -> Result<Found> {
    if market::number::of_award(query).is_empty() {
        return Ok(Found::default());
    }
    let filter = AwardFilter {
        text: Some(query.to_string()),
        ..AwardFilter::default()
    };
    let found = crate::award::list(conn, &filter, None, most_hits()).await?;
    let hits = found.rows.into_iter().map(|row| Hit {
        kind: Kind::Requirement,
        title: row.project_name,
        subtitle: format!("中选通知书 {} · {}", row.award_no, row.agency_name),
        path: format!("/verify/{}", row.award_no),
    });
    let hits: Vec<Hit> = hits.collect();
    Ok(Found {
        count: market::count::signed(hits.len()),
        hits,
        ..Found::default()
    })
}

async fn exact(conn: &mut PgConnection, words: &[String], kinds: &[String]) -> Result<Found> {
    let grams: Vec<String> = words
        .iter()
        .flat_map(|word| query_grams(word, ""))
        .collect();
    // Squeezed words have no sign that a pattern knows.
    let patterns: Vec<String> = words.iter().map(|word| format!("%{word}%")).collect();
    // Each kind is cut by itself, so that a hundred thousand agencies cannot hide the one item. A title that is the
    // query is looked up apart, so that nothing hides it.
    let rows = sqlx::query!(
        r#"with wanted as (
               select by_initials,
                      array(select left(kind, 1) || case when by_initials then '~' else '' end || gram
                            from unnest($1::text[]) gram) as tokens
               from unnest($2::text[]) kind, unnest(array[false, $3]) by_initials
               group by kind, by_initials),
           hits as (
               (select kind, subject, title, subtitle, path, rank, updated_at, 2 as in_title
                from search_documents
                where split_part(haystack, ' ', 1) = $5 and kind = any ($2)
                limit $7)
               union all
               select found.* from wanted cross join lateral (
                   with few as materialized (
                       select kind, subject, title, subtitle, path, rank, updated_at,
                              (split_part(haystack, ' ', 1) like all ($4))::int as in_title
                       from search_documents
                       where sampled and tokens @> wanted.tokens
                         and case when by_initials then initials like all ($4) and not haystack like all ($4)
                                  else haystack like all ($4) end
                         and split_part(haystack, ' ', 1) <> $5
                       limit $7)
                   select * from few where (select count(*) from few) = $7
                   union all
                   (select kind, subject, title, subtitle, path, rank, updated_at,
                           (split_part(haystack, ' ', 1) like all ($4))::int
                    from search_documents
                    where (select count(*) from few) < $7 and tokens @> wanted.tokens
                      and case when by_initials then initials like all ($4) and not haystack like all ($4)
                               else haystack like all ($4) end
                      and split_part(haystack, ' ', 1) <> $5
                    limit $7)) found),
           counted as (select kind, count(*) as n from hits group by kind)
           select kind as "kind!", title as "title!", subtitle as "subtitle!", path as "path!",
                  (select sum(n)::bigint from counted) as "count!",
                  (select max(n) >= $7 from counted) as "is_cut!"
           from hits order by in_title desc, rank, updated_at desc, subject limit $6"#,
        &grams,
        kinds,
        may_be_initials(words),
        &patterns,
        words.concat(),
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
        .map(|row| hit(&row.kind, row.title, row.subtitle, row.path))
        .collect::<Result<_>>()?;
    Ok(Found {
        hits,
        count,
        is_cut,
        is_near: false,
    })
}

/// Whether words may be the initials of a title. Its digits are in its text as in its initials.
fn may_be_initials(words: &[String]) -> bool {
    let mut letters = words.iter().flat_map(|word| word.chars());
    letters.clone().all(|c| c.is_ascii_alphanumeric()) && letters.any(|c| c.is_ascii_alphabetic())
}

fn hit(kind: &str, title: String, subtitle: String, path: String) -> Result<Hit> {
    let kind = Kind::parse(kind)
        .ok_or_else(|| Fault::Inconsistent(format!("a document of kind {kind}")))?;
    Ok(Hit {
        kind,
        title,
        subtitle,
        path,
    })
}

/// Names with a part left out (`楚天环保咨询公司` for `楚天环保技术咨询有限公司`), a part too many, or a character wrong:
/// titles that have every character of the query in its order, or four neighbours of it, ranked by how many pairs of
/// neighbours they share with it. Bounded: of each part only so many are looked at.
async fn near(conn: &mut PgConnection, words: &[String], kinds: &[String]) -> Result<Found> {
    let query = words.concat();
    if !fold::may_be_a_name(&query) {
        return Ok(Found::default());
    }
    let rows = sqlx::query!(
        r#"select distinct found.kind as "kind!", found.subject as "subject!", found.title as "title!",
                  found.subtitle as "subtitle!", found.path as "path!", found.haystack as "haystack!",
                  found.rank as "rank!"
           from unnest($1::text[]) as wanted (code)
           cross join lateral (
               (select kind, subject, title, subtitle, path, haystack, rank from search_documents
                where tokens @> array(select left(code, 1) || letter from unnest($2::text[]) letter)
                  and haystack like $3
                limit $5)
               union all
               (select of_part.* from unnest($4::text[]) as part (four)
                cross join lateral (
                    select kind, subject, title, subtitle, path, haystack, rank from search_documents
                    where tokens @> array[left(code, 1) || substr(four, 1, 2), left(code, 1) || substr(four, 2, 2),
                                          left(code, 1) || substr(four, 3, 2)]
                      and haystack like '%' || four || '%'
                    limit $6) of_part)) found"#,
        kinds,
        &fold::letters(&query),
        fold::in_order(&query),
        &fold::windows(&query),
        MOST_OF_A_KIND,
        MOST_OF_A_PART
    )
    .fetch_all(conn)
    .await?;
    let mut ranked: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let title = row.haystack.split(' ').next().unwrap_or_default();
            (fold::likeness(&query, title), row)
        })
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .collect();
    ranked.sort_by_key(|(likeness, row)| (usize::MAX - likeness, row.rank, row.subject));
    let count = market::count::signed(ranked.len());
    let hits = ranked
        .into_iter()
        .take(most_hits())
        .map(|(_, row)| hit(&row.kind, row.title, row.subtitle, row.path))
        .collect::<Result<Vec<_>>>()?;
    Ok(Found {
        is_near: !hits.is_empty(),
        hits,
        count,
        is_cut: false,
    })
}

/// Narrows another list to rows whose document contains a text, or has a name with parts that the text leaves out: the
/// same index as the search over everything.
pub(crate) fn push_condition(
    query: &mut sqlx::QueryBuilder<sqlx::Postgres>,
    kind: Kind,
    id: &str,
    text: &str,
) {
    let words = words(text, LONGEST_QUERY, MOST_WORDS);
    if words.is_empty() {
        // Signs alone are nothing that could be found.
        query.push(" and false");
    }
    for word in words {
        let of_kind = |tokens: Vec<String>| -> Vec<String> {
            let letter = kind.letter();
            tokens
                .into_iter()
                .map(|token| format!("{letter}{token}"))
                .collect()
        };
        let (tokens, pattern) = if fold::may_be_a_name(&word) {
            (fold::letters(&word), fold::in_order(&word))
        } else {
            (query_grams(&word, ""), format!("%{word}%"))
        };
        query
            .push(format!(
                " and {id} in (select subject from search_documents where (tokens @> "
            ))
            .push_bind(of_kind(tokens));
        query.push(" and haystack like ").push_bind(pattern);
        query
            .push(") or (tokens @> ")
            .push_bind(of_kind(query_grams(&word, "~")));
        query
            .push(" and initials like ")
            .push_bind(format!("%{word}%"))
            .push("))");
    }
}
