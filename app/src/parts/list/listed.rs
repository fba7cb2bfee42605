//! A list of a noun as one value: what it is narrowed to, its columns, where its rows come from. The page, the number
//! above it and the files beside it are made of the same value, so that they never show different things.

use super::column::Columns;
use super::files::FileFormat;
use super::{count_text, empty, pager, thousands};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use leptos::prelude::*;
use store::page::{Cursor, FILE_ROWS, PAGE, Page};

/// What a list is called, and what it says.
#[derive(Debug, Clone, Copy)]
pub struct Noun {
    /// Its address. Its files are there, too: `.csv`, `.xlsx`, `.json`.
    pub path: &'static str,
    /// Its heading, and the name of its files.
    pub title: &'static str,
    /// What its rows are counted in.
    pub unit: &'static str,
    /// What stands there when nothing does, and what to do.
    pub empty: (&'static str, &'static str),
    /// Label of the way back to all of them, where it can be narrowed.
    pub all: Option<&'static str>,
    /// Rows on a page.
    pub rows: usize,
}

impl Noun {
    /// A list that cannot be narrowed.
    pub const fn new(path: &'static str, title: &'static str, unit: &'static str) -> Noun {
        Noun {
            path,
            title,
            unit,
            empty: ("还没有记录", ""),
            all: None,
            rows: PAGE,
        }
    }

    /// What it says when it is empty.
    pub const fn empty(mut self, title: &'static str, hint: &'static str) -> Noun {
        self.empty = (title, hint);
        self
    }

    /// How many rows a page has.
    pub const fn rows(mut self, rows: usize) -> Noun {
        self.rows = rows;
        self
    }

    /// How the way back to all of them is called.
    pub const fn all(mut self, label: &'static str) -> Noun {
        self.all = Some(label);
        self
    }
}

/// A list, narrowed to what somebody asked for and may see.
pub trait Listed: Sized + Send + Sync + 'static {
    type Row: Send + 'static;
    const NOUN: Noun;

    /// Reads what is asked for. Errors: not for this visitor.
    fn read(desk: &mut Desk, ask: &Ask) -> impl Future<Output = Result<Self, AppError>> + Send;

    /// The columns, from left to right.
    fn columns(&self) -> Columns<'_, Self::Row>;

    /// So many rows from a place on.
    fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> impl Future<Output = Result<Page<Self::Row>, AppError>> + Send;

    /// How many rows there are in all, exact as far as [`store::page::COUNT_CAP`].
    fn count(&self, desk: &mut Desk) -> impl Future<Output = Result<i64, AppError>> + Send;
}

/// What the page of a list shows.
pub struct Loaded<L: Listed> {
    pub list: L,
    pub page: Page<L::Row>,
    pub count: i64,
    pub ask: Ask,
}

/// Loads the page of a list that is asked for.
pub async fn load<L: Listed>(desk: &mut Desk, ask: &Ask) -> Result<Loaded<L>, AppError> {
    let list = L::read(desk, ask).await?;
    let page = list.page(desk, ask.cursor().as_ref(), L::NOUN.rows).await?;
    let count = list.count(desk).await?;
    Ok(Loaded {
        list,
        page,
        count,
        ask: ask.clone(),
    })
}

impl<L: Listed> Loaded<L> {
    /// The card: how many, a remark and the files at the right, the rows, the neighbouring pages.
    pub fn card(&self, remark: impl IntoView + 'static) -> AnyView {
        let unit = L::NOUN.unit;
        view! {
            <section class="card flush">
                <div class="row between">
                    <p>"共 "<b>{count_text(self.count)}</b>" "{unit}</p>
                    <p class="small sorts">{remark.into_any()}{self.files()}</p>
                </div>
                {self.body()}
                {pager(&self.ask, &self.page.previous, &self.page.next)}
            </section>
        }
        .into_any()
    }

    /// The rows, or that there are none.
    pub fn body(&self) -> AnyView {
        if self.page.rows.is_empty() {
            let all = L::NOUN.all.map(|label| (L::NOUN.path.to_string(), label));
            return empty(L::NOUN.empty.0, L::NOUN.empty.1, all);
        }
        self.list.columns().table(&self.page.rows)
    }

    /// Links to the files, narrowed as the page is; and that they end somewhere, when they do.
    pub fn files(&self) -> Option<AnyView> {
        self.list.columns().in_files().next()?;
        let links: Vec<AnyView> = FileFormat::ALL
            .into_iter()
            .map(|format| {
                let path = format!("{}.{}", L::NOUN.path, format.ending());
                let href = self.ask.link_to(&path, &[("at", None)]);
                view! {
                    " "
                    <a href=href>{format.label()}</a>
                }
                .into_any()
            })
            .collect();
        let is_cut = usize::try_from(self.count).is_ok_and(|count| count > FILE_ROWS);
        let cut =
            is_cut.then(|| format!("（只含前 {} {}，请先筛选）", rows_of_a_file(), L::NOUN.unit));
        Some(
            view! {
                <span class="nowrap">" 导出"{links}</span>
                {cut}
            }
            .into_any(),
        )
    }
}

/// `10,000`
fn rows_of_a_file() -> String {
    thousands(i64::try_from(FILE_ROWS).unwrap_or(i64::MAX))
}

/// Rows that are read at once for a file.
const STEP: usize = 1_000;

/// The file of a list, in the format that the address ends in. It has at most [`FILE_ROWS`] rows; one that was cut says
/// so in its name, and JSON in `is_cut`.
pub async fn file<L: Listed>(desk: &mut Desk, ask: &Ask) -> Result<Reply, AppError> {
    let format = FileFormat::of(&ask.path).ok_or(AppError::NotFound)?;
    let list = L::read(desk, ask).await?;
    let (rows, is_cut) = all_rows(&list, desk).await?;
    let now = desk.now;
    let bytes = match format {
        FileFormat::Csv => list.columns().csv(&rows)?,
        FileFormat::Json => list.columns().json(&rows, is_cut)?.into_bytes(),
        // It takes its time and a temporary file, so it doesn't hold up what else this thread serves.
        FileFormat::Xlsx => {
            let write = move || list.columns().xlsx(L::NOUN.title, &rows, now);
            tokio::task::spawn_blocking(write)
                .await
                .map_err(|error| AppError::Broken(Box::new(error)))??
        }
    };
    let mark = if is_cut {
        format!("（前{FILE_ROWS}{}）", L::NOUN.unit)
    } else {
        String::new()
    };
    Ok(Reply::Export {
        name: format!("{}{mark}.{}", L::NOUN.title, format.ending()),
        media_type: format.media_type(),
        bytes,
    })
}

/// The rows of a file, and whether there are more.
async fn all_rows<L: Listed>(list: &L, desk: &mut Desk) -> Result<(Vec<L::Row>, bool), AppError> {
    let mut rows = Vec::new();
    let mut cursor = None;
    loop {
        let size = STEP.min(FILE_ROWS - rows.len());
        let page = list.page(desk, cursor.as_ref(), size).await?;
        rows.extend(page.rows);
        cursor = page.next.as_deref().and_then(Cursor::parse);
        if cursor.is_none() || rows.len() >= FILE_ROWS {
            return Ok((rows, cursor.is_some()));
        }
    }
}
