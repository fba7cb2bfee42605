//! Scans: of one kind written here, of others by the common TIFF library (`samples`), all of the same small picture.

use super::*;
use crate::uploads::LARGEST;
use crate::uploads::effort::MOST_TIME;
use crate::uploads::paper::Colour;
use crate::uploads::picture::TOO_LARGE;
use image::{GrayImage, Luma, RgbImage};
use std::time::Duration;

/// One strip of a page, and its tags.
struct Strip {
    bytes: Vec<u8>,
    tags: Vec<(u16, u32)>,
}

/// A scan of such pages. Numbers are of four bytes, one of each.
fn file(pages: &[Strip]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let strip = bytes.len() as u32;
        bytes.extend(&page.bytes);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        let place = bytes.len() as u32;
        bytes[link..link + 4].copy_from_slice(&place.to_le_bytes());
        let mut tags = page.tags.clone();
        for (tag, value) in [(273, strip), (279, page.bytes.len() as u32)] {
            if tags.iter().all(|(other, _)| *other != tag) {
                tags.push((tag, value));
            }
        }
        tags.sort_unstable();
        bytes.extend((tags.len() as u16).to_le_bytes());
        for (tag, value) in tags {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(4u16.to_le_bytes());
            bytes.extend(1u32.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend([0; 4]);
    }
    bytes
}

fn strip(bytes: Vec<u8>, width: u32, height: u32, bits: u32, more: &[(u16, u32)]) -> Strip {
    let mut tags = vec![
        (256, width),
        (257, height),
        (258, bits),
        (277, 1),
        (278, height),
    ];
    tags.extend(more);
    Strip { bytes, tags }
}

/// A scan of black and white pages as scanners write it: one strip a page, a byte a pixel, not packed.
pub fn tiff(pages: &[GrayImage]) -> Vec<u8> {
    let strips: Vec<Strip> = pages
        .iter()
        .map(|page| {
            let (width, height) = page.dimensions();
            strip(
                page.as_raw().clone(),
                width,
                height,
                8,
                &[(259, 1), (262, 1)],
            )
        })
        .collect();
    file(&strips)
}

pub fn letter(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        Luma([if (x + y) % 5 == 0 { 0 } else { 255 }])
    })
}

fn pages(scan: &[u8]) -> Result<Vec<Page>, String> {
    super::pages(scan, LARGEST as usize, &Effort::of_a_form())
}

/// The first page, unpacked.
fn first(scan: &[u8]) -> Result<DynamicImage, String> {
    let tiff = Tiff::read(scan)?;
    let page = tiff.pages()?[0];
    let shape = page.shape()?;
    unpacked(&mut scan.to_vec(), &page, &shape, &Effort::of_a_form())
}

const WIDTH: u32 = 45;
const HEIGHT: u32 = 26;

/// What the black and white samples show.
fn drawing() -> GrayImage {
    GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let is_black = (x / 5 + y / 3) % 3 == 0 || (x * y) % 7 == 3;
        Luma([if is_black { 0 } else { 255 }])
    })
}

/// A sample with another value of a tag that is one short number.
fn with(sample: &[u8], tag: u16, value: u16) -> Vec<u8> {
    let place = Tiff::read(sample).expect("a scan").pages().expect("pages")[0].place_of(tag);
    let place = place.expect("the tag");
    let mut sample = sample.to_vec();
    sample[place..place + 2].copy_from_slice(&value.to_le_bytes());
    sample
}

const GROUP_3: &[u8] = include_bytes!("samples/fax_g3.tif");
const GROUP_4: &[u8] = include_bytes!("samples/fax_g4.tif");
const PALETTE: &[u8] = include_bytes!("samples/palette.tif");
const JPEG_DIFFERENCES: &[u8] = include_bytes!("samples/jpeg_ycbcr.tif");

#[test]
fn faxes_are_read_as_they_were_sent() {
    for (name, sample) in [
        ("group 3", GROUP_3),
        ("group 3, filled", include_bytes!("samples/fax_g3_fill.tif")),
        ("group 4", GROUP_4),
        (
            "group 4, bits reversed",
            include_bytes!("samples/fax_g4_reversed.tif"),
        ),
        (
            "group 4, strips",
            include_bytes!("samples/fax_g4_strips.tif"),
        ),
    ] {
        let read = first(sample).expect(name).into_luma8();
        assert!(read == drawing(), "{name}");
        let made = pages(sample).expect(name);
        assert_eq!(
            (made.len(), made[0].colour),
            (1, Colour::BlackAndWhite),
            "{name}"
        );
    }
    // Nought may mean white as well.
    let mut turned = drawing();
    image::imageops::invert(&mut turned);
    for sample in [GROUP_3, GROUP_4] {
        let sample = with(sample, COLOUR, 0);
        assert!(first(&sample).expect("a fax").into_luma8() == turned);
    }
    // The one strip may say that it has more rows than there are.
    let read = first(&with(GROUP_4, 278, u16::MAX)).expect("a fax");
    assert!(read.into_luma8() == drawing());
}

#[test]
fn scans_that_are_turned_stand_upright() {
    let (width, height) = (4, 2);
    let bytes = vec![0x1B, 0x00, 0x00, 0x00];
    let turned = strip(bytes, width, height, 2, &[(259, 1), (262, 1), (TURN, 6)]);
    let read = first(&file(&[turned])).expect("a scan");
    assert_eq!((read.width(), read.height()), (height, width));
}

#[test]
fn few_bits_and_palettes_are_read() {
    let gray = |bits, bytes: &[u8]| {
        let scan = file(&[strip(bytes.to_vec(), 4, 1, bits, &[(259, 1), (262, 1)])]);
        first(&scan).expect("a scan").into_luma8().into_raw()
    };
    assert_eq!(gray(2, &[0b0001_1011]), [0, 85, 170, 255]);
    assert_eq!(gray(4, &[0x0F, 0x3C]), [0, 255, 51, 204]);
    // White may be nought.
    let scan = file(&[strip(vec![0b0001_1011], 4, 1, 2, &[(259, 1), (262, 0)])]);
    let read = first(&scan).expect("a scan").into_luma8();
    assert_eq!(read.into_raw(), [255, 170, 85, 0]);
    let read = first(PALETTE).expect("a palette").into_rgb8();
    near(&read, 15);
    let made = pages(PALETTE).expect("a palette");
    assert_eq!((made[0].width, made[0].colour), (WIDTH, Colour::RgbJpeg));
}

/// That a picture is the coloured sample, but for what packing takes from it.
fn near(read: &RgbImage, most: u8) {
    assert_eq!(read.dimensions(), (WIDTH, HEIGHT));
    for (x, y, pixel) in read.enumerate_pixels() {
        let meant = [x * 5, y * 9, 255 - x * 5].map(|level| level as u8);
        for (level, meant) in pixel.0.iter().zip(meant) {
            assert!(
                level.abs_diff(meant) <= most,
                "{x} {y}: {pixel:?} for {meant}"
            );
        }
    }
}

#[test]
fn jpegs_in_a_scan_are_read_in_their_colours() {
    near(
        &first(include_bytes!("samples/jpeg_rgb.tif"))
            .expect("colours")
            .into_rgb8(),
        40,
    );
    near(
        &first(JPEG_DIFFERENCES).expect("differences").into_rgb8(),
        40,
    );
    let gray = first(include_bytes!("samples/jpeg_gray.tif")).expect("grey");
    assert!(!gray.color().has_color());
    assert_eq!((gray.width(), gray.height()), (WIDTH, HEIGHT));
}

#[test]
fn what_cannot_be_read_is_told_how_to_be_saved() {
    let two_dimensions: &[u8] = include_bytes!("samples/fax_g3_two_dimensions.tif");
    let huffman: &[u8] = include_bytes!("samples/fax_huffman.tif");
    let old_jpeg = with(JPEG_DIFFERENCES, tags::COMPRESSION, 6);
    let lab = with(JPEG_DIFFERENCES, COLOUR, 8);
    for (name, sample) in [
        ("group 3 in two dimensions", two_dimensions),
        ("Huffman", huffman),
        ("JPEG of old", &old_jpeg),
        ("Lab", &lab),
    ] {
        assert_eq!(pages(sample).err().as_deref(), Some(UNREADABLE), "{name}");
    }
    assert!(UNREADABLE.contains("另存为 PDF"));
    // Cut off or damaged at any byte, a scan is read or refused, and nothing panics.
    for sample in [GROUP_3, GROUP_4, PALETTE, JPEG_DIFFERENCES] {
        for at in 0..sample.len() {
            let mut damaged = sample.to_vec();
            damaged[at] ^= 0x55;
            for told in [pages(&damaged).err(), pages(&sample[..at]).err()] {
                assert!(told.is_none_or(|told| told.ends_with('。')), "byte {at}");
            }
        }
    }
}

#[test]
fn a_scan_of_several_pages_keeps_all_of_them() {
    let scan = tiff(&[letter(30, 40), letter(50, 20), letter(30, 40)]);
    let made = pages(&scan).expect("pages");
    let sizes: Vec<(u32, u32)> = made.iter().map(|page| (page.width, page.height)).collect();
    assert_eq!(sizes, [(30, 40), (50, 20), (30, 40)]);
    assert!(made.iter().all(|page| page.colour == Colour::BlackAndWhite));
    assert_eq!(made[0].data, made[2].data);
    let gray = GrayImage::from_fn(30, 40, |x, y| Luma([(x * 3 + y) as u8]));
    let gray = pages(&tiff(&[gray])).expect("a page");
    assert_eq!(gray[0].colour, Colour::GrayJpeg);
}

#[test]
fn a_scan_that_leads_in_circles_or_nowhere_is_refused() {
    let mut circle = tiff(&[letter(8, 8)]);
    let (at, place) = (circle.len() - 4, circle[4..8].to_vec());
    circle[at..].copy_from_slice(&place);
    assert_eq!(pages(&circle).err().as_deref(), Some(DAMAGED));
    let mut nowhere = tiff(&[letter(8, 8)]);
    nowhere[4..8].copy_from_slice(&[0xFF; 4]);
    assert_eq!(pages(&nowhere).err().as_deref(), Some(DAMAGED));
    let many: Vec<GrayImage> = (0..=tags::MOST_PAGES).map(|_| letter(4, 4)).collect();
    let told = pages(&tiff(&many)).expect_err("too many pages");
    assert!(told.contains("50 页"), "{told}");
    let big = b"II\x2B\0\x08\0\0\0\x10\0\0\0\0\0\0\0";
    assert!(pages(big).expect_err("no").contains("BigTIFF"));
}

/// A page that says it has so many pixels, and one white line of a fax for each row.
fn blank(width: u32, height: u32) -> Strip {
    let more = [(259, fax::GROUP_4), (262, 0)];
    strip(
        vec![0xFF; height.div_ceil(8) as usize],
        width,
        height,
        1,
        &more,
    )
}

#[test]
fn many_large_pages_are_refused_before_all_of_them_are_unpacked() {
    // A form may ask for the first page, not for all: each alone would do.
    let pages_of_a_form = file(&[blank(2_000, 900), blank(2_000, 900), blank(2_000, 900)]);
    let effort = Effort::of(2 * 1_800_000, MOST_TIME);
    let told = super::pages(&pages_of_a_form, LARGEST as usize, &effort);
    assert!(told.is_err_and(|told| told.contains("200 dpi")));
    // Fifty pages of thirty-six million each, in some sixty kilobytes, for a form of the ordinary kind.
    let hostile: Vec<Strip> = (0..50).map(|_| blank(6_000, 6_000)).collect();
    let hostile = file(&hostile);
    assert!(hostile.len() < 60_000);
    let all = Tiff::read(&hostile)
        .expect("a scan")
        .pages()
        .expect("pages");
    let pixels: u64 = all
        .iter()
        .map(|page| page.shape().expect("bearable").pixels())
        .sum();
    assert!(Effort::of_a_form().page(pixels).is_err());
    // Fifty letters at 300 dots an inch are what an office hands in.
    assert_eq!(Effort::of_a_form().page(50 * 2_480 * 3_508), Ok(()));
}

#[test]
fn the_end_of_the_time_ends_a_scan_between_two_lines() {
    let effort = Effort::of(u64::MAX, Duration::ZERO);
    let scan = file(&[blank(100, 100)]);
    let tiff = Tiff::read(&scan).expect("a scan");
    let page = tiff.pages().expect("pages")[0];
    let shape = page.shape().expect("bearable");
    assert!(fax::unpacked(&page, &shape, &effort).is_ok());
    effort.end();
    let told = fax::unpacked(&page, &shape, &effort).expect_err("over");
    assert!(told.contains("没有处理完"), "{told}");
    assert!(super::pages(&scan, LARGEST as usize, &effort).is_err());
}

#[test]
fn a_page_that_says_it_takes_more_than_it_may_is_not_unpacked() {
    let shape = |more: &[(u16, u32)]| {
        let mut page = strip(vec![0; 100], 10, 10, 8, &[(259, 1), (262, 2)]);
        page.tags
            .retain(|(tag, _)| more.iter().all(|(other, _)| tag != other));
        page.tags.extend(more);
        let scan = file(&[page]);
        let tiff = Tiff::read(&scan).expect("a scan");
        tiff.pages().expect("pages")[0].shape().map(drop)
    };
    assert_eq!(shape(&[]), Ok(()));
    for too_much in [
        &[(256, 10_000), (257, 10_000)][..],
        &[(256, u32::MAX), (257, u32::MAX)],
        // So many samples that a row of them fills the memory.
        &[(256, 10_000), (277, 65_535), (258, 64)],
        &[(322, u32::MAX), (323, 16), (324, 8), (325, 8)],
    ] {
        assert_eq!(shape(too_much), Err(TOO_LARGE.into()), "{too_much:?}");
    }
    for nothing in [&[(256, 0)][..], &[(278, 0)], &[(279, 4_000)]] {
        assert_eq!(shape(nothing), Err(DAMAGED.into()), "{nothing:?}");
    }
    // A JPEG that is larger than its strip: its decoder would believe it.
    let place = JPEG_DIFFERENCES
        .windows(2)
        .position(|two| two == [0xFF, 0xC0]);
    let mut larger = JPEG_DIFFERENCES.to_vec();
    let at = place.expect("a frame") + 5;
    larger[at..at + 4].copy_from_slice(&[0x40, 0, 0x40, 0]);
    assert_eq!(pages(&larger).err().as_deref(), Some(DAMAGED));
}

#[test]
fn a_fax_whose_lines_run_backwards_is_refused_at_the_first() {
    // A line that goes one back from its edge again and again (010 each time): the next line would be searched along
    // all of it for each of its own steps.
    let (white_9, black_1, the_rest) = ([1, 0, 1, 0, 0], [0, 1, 0], [1]);
    let mut bits = vec![0, 0, 1];
    bits.extend(white_9.iter().chain(&black_1).chain(&the_rest));
    bits.extend([1]);
    bits.extend([0, 1, 0].repeat(1_000));
    bits.extend([1; 3_003]);
    let bytes: Vec<u8> = bits
        .chunks(8)
        .map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect();
    let scan = file(&[strip(bytes, 100, 4, 1, &[(259, fax::GROUP_4), (262, 0)])]);
    assert_eq!(pages(&scan).err().as_deref(), Some(DAMAGED));
}
