//! Archives made here, as office programs and ill-meaning people make them.

use super::*;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
const WORD: (&str, &[u8]) = ("word/document.xml", b"<w:document/>");
const SHEET: (&str, &[u8]) = ("xl/workbook.xml", b"<workbook/>");

fn judge(bytes: &[u8], extension: &str) -> Result<Kind, String> {
    super::judge(bytes, extension, &Effort::of_a_form())
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(content).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn the_entries_say_what_it_is_whatever_the_name() {
    let ofd = ("OFD.xml", b"<ofd:OFD/>".as_slice());
    for (entries, kind) in [
        (&[TYPES, WORD][..], Kind::Docx),
        (&[TYPES, SHEET], Kind::Xlsx),
        (&[ofd, ("Doc_0/Document.xml", b"<x/>")], Kind::Ofd),
        (
            &[TYPES, WORD, ("word/media/image1.png", b"\x89PNG")],
            Kind::Docx,
        ),
    ] {
        assert_eq!(judge(&archive(entries), "whatever"), Ok(kind));
    }
    let nothing = archive(&[("a.txt", b"x")]);
    assert!(judge(&nothing, "zip").expect_err("no").contains("压缩包"));
    assert!(judge(&nothing, "docx").expect_err("no").contains("不符"));
    let slides = archive(&[TYPES, ("ppt/presentation.xml", b"<p/>")]);
    assert!(judge(&slides, "pptx").expect_err("no").contains("演示文稿"));
    let mut torn = archive(&[TYPES, WORD]);
    torn.truncate(torn.len() - 10);
    assert!(judge(&torn, "docx").expect_err("no").contains("不完整"));
}

#[test]
fn what_runs_is_refused_wherever_it_hides() {
    let inner = archive(&[TYPES, SHEET, ("xl/vbaProject.bin", b"x")]);
    let deeper = archive(&[
        TYPES,
        WORD,
        ("word/embeddings/a.docx", &archive(&[TYPES, WORD])),
    ]);
    let stray = archive(&[("run.exe", b"MZ")]);
    let rels = br#"<Relationships><Relationship Type="http://x/oleObject" Target="http://evil.example/a" TargetMode="External"/></Relationships>"#;
    let field = b"<w:fldSimple w:instr='DDEAUTO c:/a.exe'/>";
    let cases: [((&str, &[u8]), &str); 18] = [
        (("word/vbaProject.bin", b"x"), "宏"),
        (("word/VBAPROJECT.BIN", b"x"), "宏"),
        (("xl/macrosheets/sheet1.xml", b"x"), "宏"),
        (("word/embeddings/book.xlsx", &inner), "宏"),
        (("word/embeddings/deep.docx", &deeper), "嵌入"),
        (("word/embeddings/oleObject1.bin", b"x"), "嵌入"),
        (("word/activeX/activeX1.xml", b"x"), "嵌入"),
        (("word/media/image1.png", b"MZ\x90\0 a program"), "嵌入"),
        (("word/media/image2.png", b"\x7FELF"), "嵌入"),
        (("word\\media\\run.JS", b"x"), "嵌入"),
        (("customXml/item.cmd", b"x"), "嵌入"),
        (("word/media/old.emf", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]), "嵌入"),
        (
            (
                "word/_rels/settings.xml.rels",
                br#"<Relationships><Relationship Type="http://x/attachedTemplate" Target="http://evil.example/a.dotm"/></Relationships>"#,
            ),
            "模板",
        ),
        (("word/media/a.png", &stray), "嵌入"),
        (("customXml/a.zip", &stray), "嵌入"),
        (("word/_rels/document.xml.rels", rels), "外部"),
        (("word/header1.xml", field), "DDE"),
        (("docProps/app.xml", b"<x/>"), ""),
    ];
    for (entry, word) in cases {
        let judged = judge(&archive(&[TYPES, WORD, entry]), "docx");
        match word {
            "" => assert_eq!(judged, Ok(Kind::Docx)),
            _ => assert!(
                judged.as_ref().is_err_and(|told| told.contains(word)),
                "{}: {judged:?}",
                entry.0
            ),
        }
    }
    let enabled = (
        "[Content_Types].xml",
        b"<Override ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/>"
            .as_slice(),
    );
    assert!(
        judge(&archive(&[enabled, WORD]), "docx")
            .expect_err("no")
            .contains("宏")
    );
}

#[test]
fn the_data_of_a_chart_and_a_template_on_the_own_disk_are_fine() {
    let chart = archive(&[TYPES, SHEET]);
    let rels = br#"<Relationships><Relationship Type="http://x/attachedTemplate" Target="file:///C:/Users/a/Normal.dotm" TargetMode="External"/></Relationships>"#;
    let entries = [
        TYPES,
        WORD,
        (
            "word/embeddings/Microsoft_Excel_Sheet1.xlsx",
            chart.as_slice(),
        ),
        ("word/_rels/settings.xml.rels", rels.as_slice()),
    ];
    assert_eq!(judge(&archive(&entries), "docx"), Ok(Kind::Docx));
}

#[test]
fn an_archive_unpacks_to_a_bearable_size() {
    let mut room = 1_000;
    let large = archive(&[TYPES, WORD, ("word/media/a.bmp", &[0; 2_000])]);
    assert!(
        look(&large, "docx", 0, &mut room, &Effort::of_a_form())
            .expect_err("no")
            .contains("异常大")
    );
    let mut room = 3_000;
    assert_eq!(
        look(&large, "docx", 0, &mut room, &Effort::of_a_form()),
        Ok(Kind::Docx)
    );
}
