//! Scans: the pages of a TIFF as scanners, fax machines and office programs write it. Each page is looked at before it
//! is unpacked, and each has its decoder; what none of them can read is told how to be saved.

mod fax;
mod samples;
mod tags;

use super::effort::Effort;
use super::kind::Kind;
use super::paper::{self, Page};
use super::picture::{self, DAMAGED};
use image::DynamicImage;
use image::metadata::Orientation;
use tags::{COLOUR, Directory, Shape, TURN, Tiff};

pub(super) const UNREADABLE: &str = "这份 TIFF 扫描件的压缩或颜色方式读不出来。请在扫描或看图软件里打开，另存为 PDF 或 JPG（重新扫描时格式选 PDF）后再上传。";

/// Whether there is a first page, and one that can be unpacked. Errors: a sentence.
pub fn opens(bytes: &[u8]) -> Result<(), String> {
    let pages = Tiff::read(bytes)?.pages()?;
    let first = pages.first().ok_or(DAMAGED)?;
    first.shape().map(drop)
}

/// All pages, none of them larger than its share of `most` bytes where that can be had. Errors: a sentence.
pub fn pages(bytes: &[u8], most: usize, effort: &Effort) -> Result<Vec<Page>, String> {
    let tiff = Tiff::read(bytes)?;
    let directories = tiff.pages()?;
    let each = most / directories.len();
    // Of the same bytes each page in turn is made the first, which is the one that decoders read.
    let mut scan = bytes.to_vec();
    let mut pages = Vec::new();
    for page in directories {
        let shape = page.shape()?;
        effort.page(shape.pixels())?;
        scan[4..8].copy_from_slice(&tiff.written(page.place));
        let picture = unpacked(&mut scan, &page, &shape, effort)?;
        pages.push(picture::page_of(picture, each)?);
        paper::fits(&pages)?;
    }
    Ok(pages)
}

/// A page, upright.
fn unpacked(
    scan: &mut [u8],
    page: &Directory<'_>,
    shape: &Shape,
    effort: &Effort,
) -> Result<DynamicImage, String> {
    const JPEG: u32 = 7;
    const PALETTE: u32 = 3;
    const DIFFERENCES: u32 = 6;
    if shape.compression == JPEG {
        pictures_fit(page, shape)?;
    }
    let mut picture = match (shape.compression, shape.colour, shape.bits, shape.samples) {
        (fax::GROUP_3 | fax::GROUP_4, _, _, _) => {
            DynamicImage::ImageLuma8(fax::unpacked(page, shape, effort)?)
        }
        (_, PALETTE, 1 | 2 | 4 | 8, 1) => {
            // Decoders know no palettes: for them the numbers are levels of grey, the darkest first.
            let at = page.place_of(COLOUR).ok_or(DAMAGED)?;
            let one = scan.get_mut(at..at + 2).ok_or(DAMAGED)?;
            one.copy_from_slice(if page.is_little() { &[1, 0] } else { &[0, 1] });
            samples::palette(scan, page, shape)?
        }
        (_, 0 | 1, 2 | 4, 1) => samples::gray(scan, shape)?,
        (_, DIFFERENCES, 8, 3) => samples::differences(scan, shape)?,
        _ => return picture::unpack(Kind::Tiff, scan, UNREADABLE),
    };
    let turn = page.number(TURN).and_then(|turn| u8::try_from(turn).ok());
    picture.apply_orientation(
        turn.and_then(Orientation::from_exif)
            .unwrap_or(Orientation::NoTransforms),
    );
    Ok(picture)
}

/// That every strip or tile that is a JPEG is as large as the page says: its decoder believes the JPEG alone.
fn pictures_fit(page: &Directory<'_>, shape: &Shape) -> Result<(), String> {
    for place in &shape.parts {
        let frame = picture::jpeg_frame(page.part(*place)).ok_or(UNREADABLE)?;
        let (width, height) = (u32::from(frame.width), u32::from(frame.height));
        if width != shape.part.0 || height > shape.part.1.next_multiple_of(16) {
            return Err(DAMAGED.into());
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "scan_tests.rs"]
pub(super) mod tests;
