//! Pictures: that they open, and how those that browsers and readers do not know become ones that they do. Whatever
//! a picture says about itself, no more than [`MOST_PIXELS`] are unpacked at once.

use super::effort::Effort;
use super::kind::Kind;
use super::paper::{Colour, Page, Turn};
use super::scan;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// A page of A4 at 600 dots an inch has 35 million.
pub(super) const MOST_PIXELS: u64 = 40_000_000;
/// What may be shown but is not unpacked here.
const MOST_SHOWN: u64 = 100_000_000;
/// A4 at 300 dots an inch: enough to read, where photos would make a document too large.
const LONG_EDGE: u32 = 3_508;

pub(super) const DAMAGED: &str = "图片打不开，可能已经损坏。请另存为 JPG、PNG 或 PDF 后再上传。";
pub(super) const TOO_LARGE: &str = "图片的像素太多，打不开。请用 300 dpi 扫描，或缩小后再上传。";

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
    if kind == Kind::Tiff {
        return scan::opens(bytes);
    }
    match pixels(kind, bytes)? {
        count if count > MOST_SHOWN => Err(TOO_LARGE.into()),
        _ => Ok(()),
    }
}

/// Unpacks a picture upright, if it is not too large for the effort.
fn decode(kind: Kind, bytes: &[u8], effort: &Effort) -> Result<DynamicImage, String> {
    let pixels = pixels(kind, bytes)?;
    if pixels > MOST_PIXELS {
        return Err(TOO_LARGE.into());
    }
    effort.page(pixels)?;
    unpack(kind, bytes, DAMAGED)
}

/// Unpacks a picture upright. What is sound but of a variety that the decoder does not know is told in these words.
pub(super) fn unpack(kind: Kind, bytes: &[u8], unknown: &str) -> Result<DynamicImage, String> {
    let told = |error| match error {
        ImageError::Unsupported(_) => unknown.to_string(),
        _ => DAMAGED.to_string(),
    };
    let mut decoder = reader(kind, bytes)?.into_decoder().map_err(told)?;
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(told)?;
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
pub fn converted(kind: Kind, bytes: &[u8], effort: &Effort) -> Result<(Kind, Vec<u8>), String> {
    let picture = on_paper(decode(kind, bytes, effort)?);
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
pub fn pages(kind: Kind, bytes: &[u8], most: usize, effort: &Effort) -> Result<Vec<Page>, String> {
    match kind {
        Kind::Tiff => scan::pages(bytes, most, effort),
        Kind::Jpeg if bytes.len() <= most => match as_it_is(bytes)? {
            Some(page) => Ok(vec![page]),
            None => Ok(vec![page_of(decode(kind, bytes, effort)?, most)?]),
        },
        _ => Ok(vec![page_of(decode(kind, bytes, effort)?, most)?]),
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
    let colour = match jpeg_frame(bytes).map(|frame| frame.channels) {
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

/// What the frame of a JPEG says: its size in pixels, and how many channels it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub width: u16,
    pub height: u16,
    pub channels: u8,
}

/// The first frame of a JPEG.
pub(super) fn jpeg_frame(bytes: &[u8]) -> Option<Frame> {
    let mut at = 2;
    loop {
        let [0xFF, marker, high, low, ..] = *bytes.get(at..)? else {
            return None;
        };
        let is_frame = (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker);
        if is_frame {
            let [height_high, height_low, width_high, width_low, channels] =
                *bytes.get(at + 5..)?.first_chunk()?;
            return Some(Frame {
                width: u16::from_be_bytes([width_high, width_low]),
                height: u16::from_be_bytes([height_high, height_low]),
                channels,
            });
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

/// A picture as a page of so many bytes at most, where that can be had.
pub(super) fn page_of(picture: DynamicImage, most: usize) -> Result<Page, String> {
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

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
