//! Pictures made here, small ones; what is large only says that it is.

use super::*;
use crate::uploads::scan::tests::{letter, tiff};
use image::{GrayImage, Rgb, RgbImage, Rgba, RgbaImage};

/// A picture of many colours, so that it is no drawing.
fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let mixed = (x * 7919 + y * 104_729) ^ (x * y);
        Rgb([
            (mixed % 251) as u8,
            (mixed % 241) as u8,
            (mixed % 239) as u8,
        ])
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = picture.into();
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

fn pages(kind: Kind, bytes: &[u8], most: usize) -> Result<Vec<Page>, String> {
    super::pages(kind, bytes, most, &Effort::of_a_form())
}

fn converted(kind: Kind, bytes: &[u8]) -> Result<(Kind, Vec<u8>), String> {
    super::converted(kind, bytes, &Effort::of_a_form())
}

fn decode(kind: Kind, bytes: &[u8]) -> Result<DynamicImage, String> {
    super::decode(kind, bytes, &Effort::of_a_form())
}

#[test]
fn what_browsers_do_not_know_becomes_what_they_do() {
    for format in [ImageFormat::Bmp, ImageFormat::WebP] {
        let kind = if format == ImageFormat::Bmp {
            Kind::Bmp
        } else {
            Kind::WebP
        };
        let (made, bytes) = converted(kind, &encoded(photo(60, 40), format)).expect("converted");
        assert_eq!(made, Kind::Jpeg);
        let back = decode(made, &bytes).expect("opens");
        assert_eq!((back.width(), back.height()), (60, 40));
        let screen = RgbImage::from_pixel(60, 40, Rgb([250, 250, 250]));
        let (made, bytes) = converted(kind, &encoded(screen, format)).expect("converted");
        assert_eq!(made, Kind::Png);
        opens(made, &bytes).expect("opens");
    }
}

#[test]
fn what_is_transparent_shows_the_paper() {
    let mut picture = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    picture.put_pixel(0, 0, Rgba([10, 20, 30, 255]));
    let (made, bytes) =
        converted(Kind::WebP, &encoded(picture, ImageFormat::WebP)).expect("converted");
    let back = decode(made, &bytes).expect("opens").into_rgb8();
    assert_eq!(back.get_pixel(5, 5), &Rgb([255, 255, 255]));
    assert!(back.get_pixel(0, 0).0[0] < 60);
}

#[test]
fn a_picture_that_says_it_is_huge_is_not_unpacked() {
    let mut bmp = encoded(photo(4, 4), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&20_000u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&20_000u32.to_le_bytes());
    assert_eq!(
        converted(Kind::Bmp, &bmp).expect_err("too large"),
        TOO_LARGE
    );
    let mut png = encoded(photo(4, 4), ImageFormat::Png);
    png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    assert!(opens(Kind::Png, &png).is_err());
    for torn in [
        b"RIFF\0\0\0\0WEBP".as_slice(),
        b"BM\0\0\0\0\0\0\0\0",
        b"II*\0",
    ] {
        for kind in [Kind::WebP, Kind::Bmp, Kind::Tiff] {
            assert!(pages(kind, torn, 1_000).is_err());
        }
    }
}

#[test]
fn the_pictures_of_a_form_share_what_it_may_ask() {
    let effort = Effort::of(60 * 40 + 59 * 40, crate::uploads::effort::MOST_TIME);
    let picture = encoded(photo(60, 40), ImageFormat::Bmp);
    super::converted(Kind::Bmp, &picture, &effort).expect("the first");
    let told = super::pages(Kind::Bmp, &picture, 1_000_000, &effort).expect_err("the second");
    assert!(told.contains("分几次上传"), "{told}");
    let smaller = encoded(photo(59, 40), ImageFormat::Bmp);
    super::pages(Kind::Bmp, &smaller, 1_000_000, &effort).expect("what is left");
}

/// A photo with the mark that a camera held upright writes.
fn turned(orientation: u8) -> Vec<u8> {
    let plain = encoded(photo(60, 40), ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1];
    bytes.extend((exif.len() as u16 + 2).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    bytes
}

#[test]
fn photos_go_in_as_they_are_and_stand_upright() {
    for (mark, turn) in [
        (1, Turn::Upright),
        (3, Turn::Over),
        (6, Turn::Right),
        (8, Turn::Left),
    ] {
        let photo = turned(mark);
        let pages = pages(Kind::Jpeg, &photo, 1_000_000).expect("a page");
        assert_eq!(
            (pages[0].turn, pages[0].colour),
            (turn, Colour::RgbJpeg),
            "mark {mark}"
        );
        assert_eq!(pages[0].data, photo, "untouched");
    }
    // A mirrored one is turned over here, because no reader can.
    let mirrored = pages(Kind::Jpeg, &turned(5), 1_000_000).expect("a page");
    assert_eq!((mirrored[0].width, mirrored[0].height), (40, 60));
    // One that is too large is made smaller, upright.
    let small = pages(Kind::Jpeg, &turned(6), 2_000).expect("a page");
    assert_eq!(
        (small[0].turn, small[0].width, small[0].height),
        (Turn::Upright, 40, 60)
    );
    let gray = encoded(
        GrayImage::from_fn(9, 9, |x, _| image::Luma([x as u8 * 20])),
        ImageFormat::Jpeg,
    );
    assert_eq!(
        pages(Kind::Jpeg, &gray, 1_000_000).expect("a page")[0].colour,
        Colour::GrayJpeg
    );
}

#[test]
fn a_document_is_one_that_is_taken_again() {
    let mut all = pages(Kind::Jpeg, &turned(6), 1_000_000).expect("a page");
    all.extend(pages(Kind::Tiff, &tiff(&[letter(30, 40)]), 1_000_000).expect("a page"));
    let document = crate::uploads::paper::document(&all);
    assert_eq!(
        crate::uploads::judge::judge("a.pdf", &document, &Effort::of_a_form()),
        Ok(Kind::Pdf)
    );
    let text = String::from_utf8_lossy(&document);
    assert!(
        text.contains("/Count 2") && text.contains("/Rotate 90"),
        "{}",
        &text[..300]
    );
    // The table of contents points at every object.
    let table = text.rfind("xref\n0 9\n").expect("a table of eight objects");
    assert!(table > 0 && text.ends_with("%%EOF\n"));
    for number in 1..=8 {
        let at = memchr::memmem::find(&document, format!("\n{number} 0 obj\n").as_bytes())
            .expect("there")
            + 1;
        assert!(
            text[table..].contains(&format!("{at:010} 00000 n")),
            "object {number}"
        );
    }
}
