//! Pages of few bits, of a palette and of the colours of JPEG, which the picture decoder does not take: unpacked as
//! samples, turned into colours here.

use super::UNREADABLE;
use super::tags::{Directory, PALETTE, Shape};
use crate::uploads::picture::{DAMAGED, MOST_PIXELS};
use image::{DynamicImage, GrayImage, RgbImage};
use std::io::Cursor;
use tiff::TiffError;
use tiff::decoder::{Decoder, DecodingResult, Limits};

/// The samples of the first page, as they are packed. Errors: a sentence.
fn samples(scan: &[u8]) -> Result<Vec<u8>, String> {
    let told = |error| match error {
        TiffError::UnsupportedError(_) => UNREADABLE.to_string(),
        _ => DAMAGED.to_string(),
    };
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MOST_PIXELS as usize * 3;
    limits.intermediate_buffer_size = MOST_PIXELS as usize;
    let mut decoder = Decoder::new(Cursor::new(scan))
        .map_err(told)?
        .with_limits(limits);
    match decoder.read_image().map_err(told)? {
        DecodingResult::U8(samples) => Ok(samples),
        _ => Err(UNREADABLE.into()),
    }
}

/// One number a byte, of rows that begin with a byte of their own.
fn numbers(packed: &[u8], shape: &Shape) -> Vec<u8> {
    let (width, bits) = (shape.width as usize, shape.bits as usize);
    let mask = (0xFF_u16 >> (8 - bits)) as u8;
    let row_bytes = (width * bits).div_ceil(8);
    let mut numbers = Vec::with_capacity(width * shape.height as usize);
    for row in packed.chunks(row_bytes) {
        numbers.extend((0..width).map(|x| {
            let byte = row.get(x * bits / 8).copied().unwrap_or_default();
            byte >> (8 - bits - x * bits % 8) & mask
        }));
    }
    numbers
}

/// Grey of two or four bits.
pub fn gray(scan: &[u8], shape: &Shape) -> Result<DynamicImage, String> {
    let mut levels = numbers(&samples(scan)?, shape);
    let step = (255 / ((1_u16 << shape.bits) - 1)) as u8;
    for level in &mut levels {
        *level *= step;
    }
    let picture = GrayImage::from_raw(shape.width, shape.height, levels).ok_or(DAMAGED)?;
    Ok(DynamicImage::ImageLuma8(picture))
}

/// Numbers of colours. The tag of the colour must say that they are levels of grey.
pub fn palette(scan: &[u8], page: &Directory<'_>, shape: &Shape) -> Result<DynamicImage, String> {
    let map = page.numbers(PALETTE).ok_or(DAMAGED)?;
    let count = 1_usize << shape.bits;
    if map.len() < 3 * count {
        return Err(DAMAGED.into());
    }
    // Old programs write colours of eight bits instead of sixteen.
    let shift = if map.iter().all(|level| *level < 256) {
        0
    } else {
        8
    };
    let mut levels = Vec::with_capacity(3 * shape.pixels() as usize);
    for number in numbers(&samples(scan)?, shape) {
        let number = usize::from(number);
        levels.extend([0, count, 2 * count].map(|channel| (map[channel + number] >> shift) as u8));
    }
    let picture = RgbImage::from_raw(shape.width, shape.height, levels).ok_or(DAMAGED)?;
    Ok(DynamicImage::ImageRgb8(picture))
}

/// Brightness and two differences of colour (ITU-R BT.601, full range), as JPEG has them.
pub fn differences(scan: &[u8], shape: &Shape) -> Result<DynamicImage, String> {
    let mut levels = samples(scan)?;
    for pixel in levels.chunks_exact_mut(3) {
        let [y, cb, cr] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        let (cb, cr) = (cb - 128.0, cr - 128.0);
        let colours = [
            y + 1.402 * cr,
            y - 0.344_136 * cb - 0.714_136 * cr,
            y + 1.772 * cb,
        ];
        // A float that does not fit becomes the nearest byte.
        pixel.copy_from_slice(&colours.map(|level| level.round() as u8));
    }
    let picture = RgbImage::from_raw(shape.width, shape.height, levels).ok_or(UNREADABLE)?;
    Ok(DynamicImage::ImageRgb8(picture))
}
