//! Pictures: that they open, and how those that browsers and readers do not know become ones that they do. Whatever
//! a picture says about itself, no more than [`MOST_PIXELS`] are unpacked at once.

use super::judge::Kind;
use super::paper::{Colour, Page, Turn};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// A page of A4 at 600 dots an inch has 35 million.
const MOST_PIXELS: u64 = 40_000_000;
/// What may be shown but is not unpacked here.
const MOST_SHOWN: u64 = 100_000_000;
/// Pages of one scan.
const MOST_PAGES: usize = 50;
/// A4 at 300 dots an inch: enough to read, where photos would make a document too large.
const LONG_EDGE: u32 = 3_508;

const DAMAGED: &str = "图片打不开，可能已经损坏。请另存为 JPG、PNG 或 PDF 后再上传。";
const TOO_LARGE: &str = "图片的像素太多，打不开。请用 300 dpi 扫描，或缩小后再上传。";

fn format(kind: Kind) -> Option<ImageFormat> {
    match kind {
        Kind::Png => Some(ImageFormat::Png),
        Kind::Jpeg => Some(ImageFormat::Jpeg),
        Kind::WebP => Some(ImageFormat::WebP),
        Kind::Tiff => Some(ImageFormat::Tiff),
        Kind::Bmp => Some(ImageFormat::Bmp),
        Kind::Pdf | Kind::Docx | Kind::Xlsx | Kind::Ofd => None,
    }
}

fn reader(kind: Kind, bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, String> {
    let format = format(kind).ok_or(DAMAGED)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    // Four bytes a pixel, and half as much again for the decoder's own.
    limits.max_alloc = Some(MOST_PIXELS * 6);
    reader.limits(limits);
    Ok(reader)
}

fn pixels(kind: Kind, bytes: &[u8]) -> Result<u64, String> {
    let (width, height) = reader(kind, bytes)?
        .into_dimensions()
        .map_err(|_| DAMAGED)?;
    match u64::from(width) * u64::from(height) {
        0 => Err(DAMAGED.into()),
        count => Ok(count),
    }
}

/// Whether a picture has a size, and one that the programs of those who look at it can bear. Errors: a sentence.
pub fn opens(kind: Kind, bytes: &[u8]) -> Result<(), String> {
    match pixels(kind, bytes)? {
        count if count > MOST_SHOWN => Err(TOO_LARGE.into()),
        _ => Ok(()),
    }
}

/// Unpacks a picture upright.
fn decode(kind: Kind, bytes: &[u8]) -> Result<DynamicImage, String> {
    if pixels(kind, bytes)? > MOST_PIXELS {
        return Err(TOO_LARGE.into());
    }
    let mut decoder = reader(kind, bytes)?.into_decoder().map_err(|_| DAMAGED)?;
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| DAMAGED)?;
    picture.apply_orientation(turn);
    Ok(picture)
}

/// Eight bits a channel on white paper: what was transparent shows the paper, not black.
fn on_paper(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return match picture {
            DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
            other if other.color().has_color() => DynamicImage::ImageRgb8(other.into_rgb8()),
            other => DynamicImage::ImageLuma8(other.into_luma8()),
        };
    }
    let mut picture = picture.into_rgba8();
    for pixel in picture.pixels_mut() {
        let [.., alpha] = pixel.0;
        for channel in &mut pixel.0[..3] {
            let mixed = u32::from(*channel) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            *channel = (mixed / 255) as u8;
        }
    }
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(picture).into_rgb8())
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
        .map_err(|_| DAMAGED)?;
    Ok(bytes)
}

/// A picture that browsers do not know as one that they do: photos as JPEG, drawings and screens as PNG where that
/// is the smaller. Errors: a sentence.
pub fn converted(kind: Kind, bytes: &[u8]) -> Result<(Kind, Vec<u8>), String> {
    let picture = on_paper(decode(kind, bytes)?);
    let photo = jpeg(&picture, 90)?;
    let mut drawing = Cursor::new(Vec::new());
    picture
        .write_to(&mut drawing, ImageFormat::Png)
        .map_err(|_| DAMAGED)?;
    let drawing = drawing.into_inner();
    if drawing.len() <= photo.len() {
        Ok((Kind::Png, drawing))
    } else {
        Ok((Kind::Jpeg, photo))
    }
}

/// The pages that a picture makes: one, or those of a scan. One that is larger than `most` bytes is made smaller, so
/// that many photos fit into one document. Errors: a sentence.
pub fn pages(kind: Kind, bytes: &[u8], most: usize) -> Result<Vec<Page>, String> {
    match kind {
        Kind::Tiff => scan(bytes, most),
        Kind::Jpeg if bytes.len() <= most => match as_it_is(bytes)? {
            Some(page) => Ok(vec![page]),
            None => Ok(vec![page_of(decode(kind, bytes)?, most)?]),
        },
        _ => Ok(vec![page_of(decode(kind, bytes)?, most)?]),
    }
}

/// A photo goes in as it came, turned by the reader of the document. `None`: of a kind that readers differ about.
fn as_it_is(bytes: &[u8]) -> Result<Option<Page>, String> {
    let mut decoder = reader(Kind::Jpeg, bytes)?
        .into_decoder()
        .map_err(|_| DAMAGED)?;
    let (width, height) = decoder.dimensions();
    let turn = match decoder.orientation().unwrap_or(Orientation::NoTransforms) {
        Orientation::NoTransforms => Turn::Upright,
        Orientation::Rotate90 => Turn::Right,
        Orientation::Rotate180 => Turn::Over,
        Orientation::Rotate270 => Turn::Left,
        _ => return Ok(None),
    };
    let colour = match jpeg_channels(bytes) {
        Some(1) => Colour::GrayJpeg,
        Some(3) => Colour::RgbJpeg,
        _ => return Ok(None),
    };
    Ok(Some(Page {
        width,
        height,
        turn,
        colour,
        data: bytes.to_vec(),
    }))
}

/// How many channels the frame of a JPEG says it has.
fn jpeg_channels(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        let [0xFF, marker, high, low, ..] = *bytes.get(at..)? else {
            return None;
        };
        let is_frame = (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker);
        if is_frame {
            return bytes.get(at + 9).copied();
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

fn page_of(picture: DynamicImage, most: usize) -> Result<Page, String> {
    let mut picture = on_paper(picture);
    if let DynamicImage::ImageLuma8(gray) = &picture
        && gray.as_raw().iter().all(|level| matches!(level, 0 | 255))
    {
        return Ok(Page {
            width: gray.width(),
            height: gray.height(),
            turn: Turn::Upright,
            colour: Colour::BlackAndWhite,
            data: super::paper::packed_bits(gray.as_raw(), gray.width() as usize),
        });
    }
    let mut data = jpeg(&picture, 85)?;
    if data.len() > most {
        if picture.width().max(picture.height()) > LONG_EDGE {
            picture = picture.thumbnail(LONG_EDGE, LONG_EDGE);
        }
        data = jpeg(&picture, 70)?;
    }
    let is_gray = matches!(picture, DynamicImage::ImageLuma8(_));
    Ok(Page {
        width: picture.width(),
        height: picture.height(),
        turn: Turn::Upright,
        colour: if is_gray {
            Colour::GrayJpeg
        } else {
            Colour::RgbJpeg
        },
        data,
    })
}

/// Where the pages of a TIFF begin.
fn places(bytes: &[u8]) -> Result<Vec<u32>, String> {
    let is_little = bytes.starts_with(b"II");
    if bytes.get(if is_little { 2 } else { 3 }) != Some(&42) {
        return Err("不接受 BigTIFF 图片。请另存为 PDF 或 JPG 后再上传。".into());
    }
    let two = |at: usize| -> Option<u16> {
        let raw = bytes.get(at..)?.first_chunk()?;
        Some(if is_little {
            u16::from_le_bytes(*raw)
        } else {
            u16::from_be_bytes(*raw)
        })
    };
    let four = |at: usize| -> Option<u32> {
        let raw = bytes.get(at..)?.first_chunk()?;
        Some(if is_little {
            u32::from_le_bytes(*raw)
        } else {
            u32::from_be_bytes(*raw)
        })
    };
    let mut places: Vec<u32> = Vec::new();
    let mut next = four(4).ok_or(DAMAGED)?;
    while next != 0 {
        if places.len() == MOST_PAGES {
            return Err(format!(
                "一次最多 {MOST_PAGES} 页。请分成几份，或另存为 PDF 后再上传。"
            ));
        }
        if places.contains(&next) {
            return Err(DAMAGED.into());
        }
        places.push(next);
        let entries = two(next as usize).ok_or(DAMAGED)?;
        next = four(next as usize + 2 + 12 * usize::from(entries)).ok_or(DAMAGED)?;
    }
    if places.is_empty() {
        return Err(DAMAGED.into());
    }
    Ok(places)
}

/// The pages of a TIFF, each unpacked as the first page of the same bytes.
fn scan(bytes: &[u8], most: usize) -> Result<Vec<Page>, String> {
    let places = places(bytes)?;
    let each = most / places.len();
    let mut scan = bytes.to_vec();
    let mut pages = Vec::new();
    for place in places {
        let place = if bytes.starts_with(b"II") {
            place.to_le_bytes()
        } else {
            place.to_be_bytes()
        };
        scan[4..8].copy_from_slice(&place);
        pages.push(page_of(decode(Kind::Tiff, &scan)?, each)?);
    }
    Ok(pages)
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
