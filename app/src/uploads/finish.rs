//! What is stored of what has arrived: the last word on kind, name and size.

use super::judge::{self, Kind};
use super::paper::{self, Page};
use super::{Judged, LARGEST, picture};
use bytes::Bytes;

const TOO_LARGE: &str =
    "转换以后的文件超过 10 MB。请用 200 至 300 dpi 重新扫描，或分成几份后再上传。";

/// One file: as it is, or as one that browsers and readers know.
pub fn alone(name: &str, bytes: Bytes) -> Result<Judged, String> {
    let kind = judge::judge(name, &bytes)?;
    let (kind, bytes) = match kind {
        Kind::WebP | Kind::Bmp => {
            let (kind, bytes) = picture::converted(kind, &bytes)?;
            (kind, bytes.into())
        }
        Kind::Tiff => {
            let pages = picture::pages(kind, &bytes, LARGEST as usize)?;
            (Kind::Pdf, paper::document(&pages).into())
        }
        Kind::Pdf | Kind::Png | Kind::Jpeg | Kind::Docx | Kind::Xlsx | Kind::Ofd => (kind, bytes),
    };
    judged(kind, name, bytes)
}

/// One of several pictures, as pages that leave room for the others.
pub fn pages(name: &str, bytes: &[u8], count: usize) -> Result<Vec<Page>, String> {
    let kind = judge::judge(name, bytes)?;
    if !kind.is_picture() {
        return Err("一次选多个文件时只能都是图片，会合并成一份 PDF。其他文件请逐个上传，或先合并成一个 PDF。".into());
    }
    picture::pages(kind, bytes, (LARGEST as usize - 100_000) / count.max(1))
}

/// Several pictures as one document, named after the first.
pub fn together(first: &str, count: usize, pages: &[Page]) -> Result<Judged, String> {
    let stem = first.rsplit_once('.').map_or(first, |(stem, _)| stem);
    let name = format!("{stem}等{count}张.pdf");
    judged(Kind::Pdf, &name, paper::document(pages).into())
}

fn judged(kind: Kind, name: &str, bytes: Bytes) -> Result<Judged, String> {
    if bytes.len() as u64 > LARGEST {
        return Err(TOO_LARGE.into());
    }
    Ok(Judged {
        name: kind.name(name),
        media_type: kind.media_type(),
        bytes,
    })
}
