//! Black and white pages as fax machines pack them: ITU-T T.4 (group 3), in one dimension, and T.6 (group 4). Line by
//! line, because the time for a line depends on the line before it: one that no machine writes ends the work.

use super::UNREADABLE;
use super::tags::{Directory, FAX_OPTIONS, FILL_ORDER, Shape};
use crate::uploads::effort::Effort;
use crate::uploads::picture::DAMAGED;
use fax::decoder::{DecodeStatus, Group3Decoder, Group4Decoder};
use image::GrayImage;
use std::convert::Infallible;

/// The values of the tag of the compression.
pub const GROUP_3: u32 = 3;
pub const GROUP_4: u32 = 4;

/// Unpacks a page. Errors: a sentence.
pub fn unpacked(page: &Directory<'_>, shape: &Shape, effort: &Effort) -> Result<GrayImage, String> {
    let is_group_4 = shape.compression == GROUP_4;
    let is_in_two_dimensions = !is_group_4 && page.number(FAX_OPTIONS).unwrap_or(0) & 1 == 1;
    let (Ok(width), 1, 1, false, false) = (
        u16::try_from(shape.width),
        shape.bits,
        shape.samples,
        shape.is_tiled,
        is_in_two_dimensions,
    ) else {
        return Err(UNREADABLE.into());
    };
    // What the fax calls white is nought; the page says how nought looks.
    let (white, black) = match shape.colour {
        0 => (255, 0),
        1 => (0, 255),
        _ => return Err(UNREADABLE.into()),
    };
    let is_reversed = page.number(FILL_ORDER) == Some(2);
    let mut levels = vec![white; shape.pixels() as usize];
    let rows_of_strip = shape.part.1 as usize * usize::from(width);
    let strips = levels.chunks_mut(rows_of_strip.max(1));
    if strips.len() > shape.parts.len() {
        return Err(DAMAGED.into());
    }
    for (strip, place) in strips.zip(&shape.parts) {
        // The last code may end with the last byte; the decoder looks at more.
        let bytes = page.part(*place).iter().chain(&[0; 4]).map(|byte| {
            let byte = if is_reversed {
                byte.reverse_bits()
            } else {
                *byte
            };
            Ok::<u8, Infallible>(byte)
        });
        let mut lines = if is_group_4 {
            Lines::Group4(Group4Decoder::new(bytes, width).map_err(|_| DAMAGED)?)
        } else {
            Lines::Group3(Group3Decoder::new(bytes).map_err(|_| DAMAGED)?, false)
        };
        for row in strip.chunks_mut(usize::from(width)) {
            effort.goes_on()?;
            match lines.next(width)? {
                Some(edges) => paint(row, edges, black),
                // Some programs leave out the white lines at the end.
                None if is_group_4 => break,
                None => return Err(DAMAGED.into()),
            }
        }
    }
    GrayImage::from_raw(shape.width, shape.height, levels).ok_or_else(|| DAMAGED.into())
}

/// The lines of a strip: where the colour changes, from white.
enum Lines<R> {
    /// And whether the last one has been read.
    Group3(Group3Decoder<R>, bool),
    Group4(Group4Decoder<R>),
}

impl<R: Iterator<Item = Result<u8, Infallible>>> Lines<R> {
    /// `None` after the last one. Errors: a sentence.
    fn next(&mut self, width: u16) -> Result<Option<&[u16]>, String> {
        match self {
            Lines::Group3(_, true) => Ok(None),
            Lines::Group3(decoder, is_over) => {
                // The mark after the last line may be missing.
                *is_over = !matches!(decoder.advance(), Ok(DecodeStatus::Incomplete));
                let edges = decoder.transitions();
                match edges.last() {
                    Some(last) if *last == width => Ok(Some(edges)),
                    _ => Err(DAMAGED.into()),
                }
            }
            Lines::Group4(decoder) => match decoder.advance().map_err(|_| DAMAGED)? {
                DecodeStatus::End => Ok(None),
                DecodeStatus::Incomplete => {
                    let edges = decoder.transition();
                    // The next line is read along this one: it goes forward only, or there is no end to it.
                    if edges.windows(2).any(|two| two[0] >= two[1]) {
                        return Err(DAMAGED.into());
                    }
                    Ok(Some(edges))
                }
            },
        }
    }
}

/// Paints what is black between edges.
fn paint(row: &mut [u8], edges: &[u16], black: u8) {
    for pair in edges.chunks(2) {
        let from = usize::from(pair[0]).min(row.len());
        let to = pair.get(1).map_or(row.len(), |to| usize::from(*to));
        if let Some(run) = row.get_mut(from..to.min(row.len())) {
            run.fill(black);
        }
    }
}
