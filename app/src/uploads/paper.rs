//! Pages as one PDF: each page is one picture, as large as A4 lets it be.

use super::LARGEST;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

/// How a reader turns a page, clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Upright,
    Right,
    Over,
    Left,
}

impl Turn {
    fn degrees(self) -> u16 {
        match self {
            Turn::Upright => 0,
            Turn::Right => 90,
            Turn::Over => 180,
            Turn::Left => 270,
        }
    }
}

/// How the picture of a page is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    GrayJpeg,
    RgbJpeg,
    /// One bit a pixel, deflated.
    BlackAndWhite,
}

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    pub width: u32,
    pub height: u32,
    pub turn: Turn,
    pub colour: Colour,
    pub data: Vec<u8>,
}

pub(super) const TOO_LARGE: &str =
    "转换以后的文件超过 10 MB。请用 200 至 300 dpi 重新扫描，或分成几份后再上传。";

/// That pages can still become a document that is stored: what cannot is not worked on any longer. Errors: a sentence.
pub fn fits(pages: &[Page]) -> Result<(), String> {
    let bytes: usize = pages.iter().map(|page| page.data.len()).sum();
    if bytes as u64 > LARGEST {
        return Err(TOO_LARGE.into());
    }
    Ok(())
}

/// Rows of one byte a pixel (0 or 255) as rows of one bit a pixel, deflated.
pub fn packed_bits(levels: &[u8], width: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in levels.chunks(width.max(1)) {
        let bits: Vec<u8> = row
            .chunks(8)
            .map(|eight| {
                let bits = eight.iter().enumerate();
                bits.fold(0, |byte, (place, level)| {
                    byte | u8::from(*level > 0) << (7 - place)
                })
            })
            .collect();
        // Writing into memory does not fail.
        let _ = encoder.write_all(&bits);
    }
    encoder.finish().unwrap_or_default()
}

/// A4 in points.
const SHORT: f64 = 595.0;
const LONG: f64 = 842.0;

/// One document of all pages, in their order.
pub fn document(pages: &[Page]) -> Vec<u8> {
    let mut pdf = Writer::default();
    let kids: Vec<String> = (0..pages.len())
        .map(|n| format!("{} 0 R", 3 + 3 * n))
        .collect();
    pdf.object(1, "<< /Type /Catalog /Pages 2 0 R >>", None);
    let tree = format!(
        "<< /Type /Pages /Count {} /Kids [{}] >>",
        pages.len(),
        kids.join(" ")
    );
    pdf.object(2, &tree, None);
    for (n, page) in pages.iter().enumerate() {
        pdf.page(3 + 3 * n, page);
    }
    pdf.finish()
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Writer {
    /// Objects are written in the order of their numbers, from 1.
    fn object(&mut self, number: usize, dictionary: &str, stream: Option<&[u8]>) {
        if self.bytes.is_empty() {
            // Four bytes above 127 tell programs that this is no text.
            self.bytes.extend(b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
        }
        self.places.push(self.bytes.len());
        self.bytes
            .extend(format!("{number} 0 obj\n{dictionary}\n").bytes());
        if let Some(stream) = stream {
            self.bytes.extend(b"stream\n");
            self.bytes.extend(stream);
            self.bytes.extend(b"\nendstream\n");
        }
        self.bytes.extend(b"endobj\n");
    }

    fn page(&mut self, first: usize, page: &Page) {
        let (width, height) = (f64::from(page.width), f64::from(page.height));
        let (right, top) = if width > height {
            (LONG, SHORT)
        } else {
            (SHORT, LONG)
        };
        let scale = (right / width).min(top / height);
        let (wide, high) = (width * scale, height * scale);
        let (left, below) = ((right - wide) / 2.0, (top - high) / 2.0);
        let (picture, drawing, turn) = (first + 1, first + 2, page.turn.degrees());
        let dictionary = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {right} {top}] /Rotate {turn} /Contents {drawing} 0 R \
             /Resources << /XObject << /P {picture} 0 R >> >> >>"
        );
        self.object(first, &dictionary, None);
        let (space, bits, filter) = match page.colour {
            Colour::GrayJpeg => ("DeviceGray", 8, "DCTDecode"),
            Colour::RgbJpeg => ("DeviceRGB", 8, "DCTDecode"),
            Colour::BlackAndWhite => ("DeviceGray", 1, "FlateDecode"),
        };
        let dictionary = format!(
            "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /{space} /BitsPerComponent {bits} \
             /Filter /{filter} /Length {} >>",
            page.width,
            page.height,
            page.data.len()
        );
        self.object(picture, &dictionary, Some(&page.data));
        let draw = format!("q {wide:.2} 0 0 {high:.2} {left:.2} {below:.2} cm /P Do Q");
        let dictionary = format!("<< /Length {} >>", draw.len());
        self.object(drawing, &dictionary, Some(draw.as_bytes()));
    }

    fn finish(mut self) -> Vec<u8> {
        let table = self.bytes.len();
        let count = self.places.len() + 1;
        self.bytes
            .extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
        for place in &self.places {
            self.bytes.extend(format!("{place:010} 00000 n \n").bytes());
        }
        let end = format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        self.bytes.extend(end.bytes());
        self.bytes
    }
}
