//! What is stored of what has arrived: the last word on kind, name and size.

use super::effort::Effort;
use super::judge;
use super::kind::Kind;
use super::paper::{self, Page};
use super::{Judged, LARGEST, MOST_TOGETHER, picture, scan};
use bytes::Bytes;

/// The files of one field as what is stored: one as it is, or as one that browsers know; several as one document.
/// Errors: a sentence.
pub fn finish(files: &[(String, Bytes)], effort: &Effort) -> Result<Judged, String> {
    match files {
        [(name, bytes)] => alone(name, bytes.clone(), effort),
        many => together(many, effort),
    }
}

fn alone(name: &str, bytes: Bytes, effort: &Effort) -> Result<Judged, String> {
    let kind = judge::judge(name, &bytes, effort)?;
    let (kind, bytes) = match kind {
        Kind::WebP | Kind::Bmp => {
            let (kind, bytes) = picture::converted(kind, &bytes, effort)?;
            (kind, bytes.into())
        }
        Kind::Tiff => {
            let pages = scan::pages(&bytes, LARGEST as usize, effort)?;
            (Kind::Pdf, paper::document(&pages).into())
        }
        Kind::Pdf | Kind::Png | Kind::Jpeg | Kind::Docx | Kind::Xlsx | Kind::Ofd => (kind, bytes),
    };
    judged(kind, name, bytes)
}

/// Several pictures as one document, named after the first.
fn together(files: &[(String, Bytes)], effort: &Effort) -> Result<Judged, String> {
    if files.len() > MOST_TOGETHER {
        return Err(format!(
            "一次最多选 {MOST_TOGETHER} 张图片，请先合并成 PDF 后再上传。"
        ));
    }
    // Each leaves room for the others.
    let most = (LARGEST as usize - 100_000) / files.len().max(1);
    let mut pages: Vec<Page> = Vec::new();
    for (name, bytes) in files {
        // Of several, the sentence names the one that it is about.
        let of_this = |sentence: String| format!("“{name}”：{sentence}");
        let kind = judge::judge(name, bytes, effort).map_err(of_this)?;
        if !kind.is_picture() {
            return Err(of_this("一次选多个文件时只能都是图片，会合并成一份 PDF；这个文件不是图片。请逐个上传，或先合并成一个 PDF。".into()));
        }
        pages.extend(picture::pages(kind, bytes, most, effort).map_err(of_this)?);
        paper::fits(&pages)?;
    }
    let first = files.first().map_or("", |(name, _)| name.as_str());
    let stem = first.rsplit_once('.').map_or(first, |(stem, _)| stem);
    let name = format!("{stem}等{}张.pdf", files.len());
    judged(Kind::Pdf, &name, paper::document(&pages).into())
}

fn judged(kind: Kind, name: &str, bytes: Bytes) -> Result<Judged, String> {
    if bytes.len() as u64 > LARGEST {
        return Err(paper::TOO_LARGE.into());
    }
    Ok(Judged {
        name: kind.name(name),
        media_type: kind.media_type(),
        bytes,
    })
}
