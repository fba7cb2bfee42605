//! Files under right and wrong names, and what is told about those that are not taken.

use super::*;
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

fn judge(name: &str, bytes: &[u8]) -> Result<Kind, String> {
    super::judge(name, bytes, &Effort::of_a_form())
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(40, 30, |x, y| {
        Rgb([(x * 6) as u8, (y * 8) as u8, (x * y % 255) as u8])
    });
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

#[test]
fn the_content_decides_and_the_name_is_corrected() {
    let (jpeg, png) = (picture(ImageFormat::Jpeg), picture(ImageFormat::Png));
    let pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n".to_vec();
    for (name, bytes, kind, corrected) in [
        ("证书.JPG", &jpeg, Kind::Jpeg, "证书.JPG"),
        ("证书.jfif", &jpeg, Kind::Jpeg, "证书.jpg"),
        ("证书.jpe", &jpeg, Kind::Jpeg, "证书.jpg"),
        ("证书.jpg", &png, Kind::Png, "证书.png"),
        ("证书.png", &jpeg, Kind::Jpeg, "证书.jpg"),
        ("证书", &jpeg, Kind::Jpeg, "证书.jpg"),
        ("2026.03.合同", &pdf, Kind::Pdf, "2026.03.合同.pdf"),
        ("合同.doc", &pdf, Kind::Pdf, "合同.pdf"),
        ("合同.PDF", &pdf, Kind::Pdf, "合同.PDF"),
        ("合同.exe", &pdf, Kind::Pdf, "合同.exe.pdf"),
        (".pdf", &pdf, Kind::Pdf, ".pdf.pdf"),
    ] {
        assert_eq!(judge(name, bytes), Ok(kind), "{name}");
        assert_eq!(kind.name(name), corrected);
    }
    for (format, kind) in [
        (ImageFormat::WebP, Kind::WebP),
        (ImageFormat::Bmp, Kind::Bmp),
        (ImageFormat::Tiff, Kind::Tiff),
    ] {
        assert_eq!(judge("扫描.jpg", &picture(format)), Ok(kind));
    }
}

#[test]
fn every_file_that_is_not_taken_is_told_what_to_do() {
    let ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0];
    for (name, bytes, word) in [
        ("合同.doc", ole.as_slice(), ".docx 或 PDF"),
        ("合同.wps", &ole, ".docx 或 PDF"),
        ("清单.xls", &ole, ".xlsx 或 PDF"),
        ("清单.et", &ole, ".xlsx 或 PDF"),
        ("汇报.ppt", &ole, "存成 PDF"),
        ("合同.docx", &ole, "打开密码"),
        ("改名.pdf", &ole, ".docx 或 PDF"),
        ("扫描.rar", b"Rar!\x1A\x07\0", "压缩包"),
        ("扫描.7z", b"7z\xBC\xAF\x27\x1C", "压缩包"),
        ("照片.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", "兼容性最佳"),
        ("照片.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0", "兼容性最佳"),
        ("视频.mp4", b"\0\0\0\x18ftypisom\0\0\0\0", "视频"),
        ("图.gif", b"GIF89a\0\0", "PNG 或 JPG"),
        ("图.dwg", b"AC1032\0\0", "CAD"),
        ("说明.rtf", b"{\\rtf1 }", ".docx 或 PDF"),
        ("说明.txt", "说明".as_bytes(), "只接受"),
        ("页面.html", b"<html></html>", "只接受"),
        ("页面.svg", b"<svg></svg>", "只接受"),
        ("证书.pdf", b"<html><script>", "不符"),
        ("证书.pdf", b"MZ\x90\0", "不符"),
        ("证书.pdf", b"", "空文件"),
    ] {
        let told = judge(name, bytes).expect_err(name);
        assert!(
            told.contains(word) && told.ends_with('。'),
            "{name}: {told}"
        );
    }
}

#[test]
fn a_picture_is_whole_and_nothing_but_a_picture() {
    for (format, name) in [(ImageFormat::Jpeg, "a.jpg"), (ImageFormat::Png, "a.png")] {
        let whole = picture(format);
        assert!(judge(name, &whole).is_ok());
        let torn = &whole[..whole.len() / 3 * 2];
        assert!(
            judge(name, torn).expect_err("torn").contains("不完整"),
            "{name}"
        );
        for page in [
            "<HTML>",
            "<script>alert(1)</script>",
            "<!DOCTYPE html>",
            "<?php x",
        ] {
            let both = [&whole, page.as_bytes()].concat();
            assert!(
                judge(name, &both).expect_err("both").contains("网页"),
                "{name} {page}"
            );
        }
        let archive = [whole.as_slice(), b"PK\x05\x06".as_slice(), &[0; 18]].concat();
        assert!(judge(name, &archive).expect_err("both").contains("压缩包"));
        // What phones append to a photo is none of our business.
        let appended = [whole.as_slice(), b"SEFH\0\0\0\0 SEFT".as_slice()].concat();
        assert!(judge(name, &appended).is_ok());
    }
    let fake = [b"\xFF\xD8\xFF\xE0 not a picture".as_slice(), &[0xFF, 0xD9]].concat();
    assert!(judge("a.jpg", &fake).is_err());
}
