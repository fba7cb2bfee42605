//! What a TIFF says of itself: where its pages are, how large they are and how they are packed. Read here before a
//! decoder is, so that what it will take is known and found bearable.

use crate::uploads::picture::{DAMAGED, MOST_PIXELS, TOO_LARGE};

pub const COMPRESSION: u16 = 259;
pub const COLOUR: u16 = 262;
pub const FILL_ORDER: u16 = 266;
pub const TURN: u16 = 274;
pub const FAX_OPTIONS: u16 = 292;
pub const PALETTE: u16 = 320;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const STRIPS: u16 = 273;
const SAMPLES: u16 = 277;
const ROWS_OF_STRIP: u16 = 278;
const BYTES_OF_STRIPS: u16 = 279;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILES: u16 = 324;
const BYTES_OF_TILES: u16 = 325;

/// Pages of one scan.
pub const MOST_PAGES: usize = 50;
/// Strips or tiles of a page: a decoder starts anew with each.
const MOST_PARTS: usize = 50_000;
/// What a page unpacks to, in bytes: four for each of its pixels.
const MOST_BYTES: u128 = MOST_PIXELS as u128 * 4;

/// The bytes of a TIFF.
#[derive(Clone, Copy)]
pub struct Tiff<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl<'a> Tiff<'a> {
    /// Errors: a sentence.
    pub fn read(bytes: &'a [u8]) -> Result<Tiff<'a>, String> {
        let is_little = bytes.starts_with(b"II");
        let tiff = Tiff { bytes, is_little };
        match tiff.two(2) {
            Some(42) => Ok(tiff),
            Some(43) => Err("不接受 BigTIFF 图片。请另存为 PDF 或 JPG 后再上传。".into()),
            _ => Err(DAMAGED.into()),
        }
    }

    fn two(&self, at: usize) -> Option<u16> {
        let raw = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little {
            u16::from_le_bytes(*raw)
        } else {
            u16::from_be_bytes(*raw)
        })
    }

    fn four(&self, at: usize) -> Option<u32> {
        let raw = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little {
            u32::from_le_bytes(*raw)
        } else {
            u32::from_be_bytes(*raw)
        })
    }

    /// The number as it stands in the file.
    pub fn written(&self, number: u32) -> [u8; 4] {
        if self.is_little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    }

    /// Its pages, at least one. Errors: a sentence.
    pub fn pages(&self) -> Result<Vec<Directory<'a>>, String> {
        let mut pages: Vec<Directory<'a>> = Vec::new();
        let mut next = self.four(4).ok_or(DAMAGED)?;
        while next != 0 {
            if pages.len() == MOST_PAGES {
                return Err(format!(
                    "一次最多 {MOST_PAGES} 页。请分成几份，或另存为 PDF 后再上传。"
                ));
            }
            if pages.iter().any(|page| page.place == next) {
                return Err(DAMAGED.into());
            }
            let count = self.two(next as usize).ok_or(DAMAGED)?;
            let page = Directory {
                tiff: *self,
                place: next,
                count: usize::from(count),
            };
            pages.push(page);
            next = self
                .four(next as usize + 2 + 12 * page.count)
                .ok_or(DAMAGED)?;
        }
        if pages.is_empty() {
            return Err(DAMAGED.into());
        }
        Ok(pages)
    }
}

/// The directory of a page.
#[derive(Clone, Copy)]
pub struct Directory<'a> {
    tiff: Tiff<'a>,
    pub place: u32,
    count: usize,
}

impl<'a> Directory<'a> {
    /// Where the value of a tag stands, how wide its numbers are and how many there are.
    fn value(&self, tag: u16) -> Option<(usize, usize, usize)> {
        let entry = (0..self.count)
            .map(|n| self.place as usize + 2 + 12 * n)
            .find(|at| self.tiff.two(*at) == Some(tag))?;
        let width = match self.tiff.two(entry + 2)? {
            1 | 7 => 1,
            3 => 2,
            4 => 4,
            _ => return None,
        };
        let count = self.tiff.four(entry + 4)? as usize;
        let at = match count.checked_mul(width)? {
            0..=4 => entry + 8,
            _ => self.tiff.four(entry + 8)? as usize,
        };
        Some((at, width, count))
    }

    /// All numbers of a tag; `None` when it is not there, or has more than the file holds.
    pub fn numbers(&self, tag: u16) -> Option<Vec<u32>> {
        let (at, width, count) = self.value(tag)?;
        self.tiff
            .bytes
            .get(at..at.checked_add(count.checked_mul(width)?)?)?;
        (0..count)
            .map(|n| {
                let at = at + n * width;
                match width {
                    1 => self.tiff.bytes.get(at).copied().map(u32::from),
                    2 => self.tiff.two(at).map(u32::from),
                    _ => self.tiff.four(at),
                }
            })
            .collect()
    }

    /// The first number of a tag.
    pub fn number(&self, tag: u16) -> Option<u32> {
        self.numbers(tag)?.first().copied()
    }

    /// Whether numbers begin with their lowest byte.
    pub fn is_little(&self) -> bool {
        self.tiff.is_little
    }

    /// Where in the file the value of a tag is.
    pub fn place_of(&self, tag: u16) -> Option<usize> {
        self.value(tag).map(|(at, _, _)| at)
    }

    /// A part of the file, as much of it as there is.
    pub fn part(&self, (at, length): (usize, usize)) -> &'a [u8] {
        let bytes = self.tiff.bytes;
        let from = bytes.get(at..).unwrap_or_default();
        &from[..length.min(from.len())]
    }

    /// Size and packing, found bearable. Errors: a sentence.
    pub fn shape(&self) -> Result<Shape, String> {
        let one = |tag, default: u32| self.number(tag).unwrap_or(default);
        let (width, height) = self.number(WIDTH).zip(self.number(HEIGHT)).ok_or(DAMAGED)?;
        let is_tiled = self.place_of(TILES).is_some();
        let (part, places, lengths) = if is_tiled {
            (
                (one(TILE_WIDTH, 0), one(TILE_HEIGHT, 0)),
                TILES,
                BYTES_OF_TILES,
            )
        } else {
            // A strip may say that it has all rows by a number larger than that of the rows.
            let rows = one(ROWS_OF_STRIP, u32::MAX).min(height);
            ((width, rows), STRIPS, BYTES_OF_STRIPS)
        };
        let places = self.numbers(places).ok_or(DAMAGED)?;
        let lengths = self.numbers(lengths).ok_or(DAMAGED)?;
        let shape = Shape {
            width,
            height,
            bits: one(BITS, 1),
            samples: one(SAMPLES, 1),
            compression: one(COMPRESSION, 1),
            colour: one(COLOUR, 0),
            is_tiled,
            part,
            parts: places
                .iter()
                .zip(&lengths)
                .map(|(at, length)| (*at as usize, *length as usize))
                .collect(),
        };
        shape.is_bearable(self.tiff.bytes.len())?;
        Ok(shape)
    }
}

/// How a page is laid out. Widths and heights in pixels.
#[derive(Debug)]
pub struct Shape {
    pub width: u32,
    pub height: u32,
    /// Bits of a sample, and samples of a pixel.
    pub bits: u32,
    pub samples: u32,
    pub compression: u32,
    pub colour: u32,
    pub is_tiled: bool,
    /// Width and height of a strip or tile.
    pub part: (u32, u32),
    /// Where each strip or tile is, and its length in bytes.
    pub parts: Vec<(usize, usize)>,
}

impl Shape {
    /// Pixels of the page.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    fn bytes(&self, width: u32, height: u32) -> u128 {
        let samples = u128::from(self.samples) * u128::from(self.bits);
        (u128::from(width) * u128::from(height) * samples).div_ceil(8)
    }

    /// That neither the page nor one of its parts takes more than it may, and that the parts are not the same bytes
    /// over and over. Errors: a sentence.
    fn is_bearable(&self, length_of_file: usize) -> Result<(), String> {
        let (width, height) = self.part;
        if self.pixels() == 0 || self.parts.is_empty() || width == 0 || height == 0 {
            return Err(DAMAGED.into());
        }
        let largest = self
            .bytes(self.width, self.height)
            .max(self.bytes(width, height));
        if self.pixels() > MOST_PIXELS || largest > MOST_BYTES || self.parts.len() > MOST_PARTS {
            return Err(TOO_LARGE.into());
        }
        let all: u128 = self.parts.iter().map(|(_, length)| *length as u128).sum();
        if all > 4 * length_of_file as u128 {
            return Err(DAMAGED.into());
        }
        Ok(())
    }
}
