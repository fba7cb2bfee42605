//! Files on their way in, over a store in memory and over a folder.

use super::*;
use market::id::uuid_v7;
use object_store::memory::InMemory;
use std::os::unix::fs::PermissionsExt;
use time::macros::datetime;

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

struct Fixed(u8);
impl market::Chance for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn id(n: u8) -> UploadId {
    uuid_v7(datetime!(2026-03-20 15:00 +8), &mut Fixed(n)).into()
}

fn somebody() -> PersonId {
    uuid::Uuid::from_u128(1).into()
}

fn in_memory() -> Uploads {
    Uploads::new(Arc::new(InMemory::new()))
}

async fn send(uploads: &Uploads, n: u8, name: &str, bytes: &[u8]) -> Result<Judged, UploadFailure> {
    let chunks: Vec<Result<Bytes, String>> = bytes
        .chunks(1_000_000)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    let arrived = uploads
        .arrive(
            id(n),
            name,
            uploads.set_out(),
            futures::stream::iter(chunks),
        )
        .await?;
    let judged = uploads
        .judge(
            somebody(),
            std::slice::from_ref(&arrived),
            &Effort::of_a_form(),
        )
        .await?;
    uploads.store(&judged).await?;
    uploads.discard(&[arrived]).await;
    Ok(judged)
}

async fn sentence(name: &str, bytes: &[u8]) -> String {
    match send(&in_memory(), 1, name, bytes).await {
        Err(UploadFailure::Refused(refusal)) => refusal.sentence(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_may_have_ten_megabytes_and_no_more() {
    let mut large = PDF.to_vec();
    large.resize(LARGEST as usize + 1, b' ');
    let uploads = in_memory();
    assert!(sentence("证书.pdf", &large).await.contains("10 MB"));
    large.pop();
    assert!(send(&uploads, 2, "证书.pdf", &large).await.is_ok());
    assert!(sentence("证书.pdf", b"").await.contains("空文件"));
}

#[tokio::test]
async fn what_was_stored_is_read_back_and_equal_files_are_stored_once() {
    let uploads = in_memory();
    let a = send(&uploads, 1, "C:\\扫描\\a.pdf", PDF)
        .await
        .expect("a PDF");
    let b = send(&uploads, 2, "b.pdf", PDF).await.expect("a PDF");
    assert_eq!((a.name.as_str(), a.sha256()), ("a.pdf", b.sha256()));
    let sha256 = a.sha256();
    let parts: Vec<Bytes> = uploads
        .read(sha256)
        .await
        .expect("there")
        .map(|part| part.expect("readable"))
        .collect()
        .await;
    assert_eq!(parts.concat(), PDF);
    let below = uploads
        .below(&format!("files/{}", &sha256.to_string()[..2]))
        .await;
    assert_eq!(below.expect("a list").len(), 1);
    assert_eq!(uploads.below("incoming").await.expect("a list"), Vec::new());
}

#[test]
fn a_name_shows_what_it_is() {
    assert_eq!(tidy_name("C:\\扫描\\合同\u{202E}fdp.exe"), "合同fdp.exe");
    assert_eq!(tidy_name("../../etc/证书\u{200B}.pdf "), "证书.pdf");
    assert_eq!(tidy_name("a\r\nb\"c.pdf"), "abc.pdf");
    assert_eq!(tidy_name(&"长".repeat(300)).chars().count(), 120);
}

#[tokio::test]
async fn a_line_that_ends_in_the_middle_leaves_nothing() {
    let uploads = in_memory();
    let chunks = vec![Ok(Bytes::from_static(PDF)), Err("reset by peer")];
    let failure = uploads
        .arrive(
            id(1),
            "a.pdf",
            uploads.set_out(),
            futures::stream::iter(chunks),
        )
        .await
        .expect_err("half a file");
    assert!(matches!(failure, UploadFailure::Cut(_)), "{failure}");
    assert_eq!(uploads.below("incoming").await.expect("a list"), Vec::new());
}

#[tokio::test]
async fn files_are_the_servers_alone_and_open_ones_are_closed_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("uploads");
    let old = root.join("files/ab/old");
    std::fs::create_dir_all(old.parent().expect("a folder")).expect("made");
    std::fs::write(&old, b"x").expect("written");
    for (path, mode) in [
        (root.join("files"), 0o755),
        (root.clone(), 0o755),
        (old, 0o644),
    ] {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("opened");
    }
    assert!(Measure::of(&root).expect("counted").open >= 3);
    let uploads = Uploads::in_folder(&root).expect("uploads");
    send(&uploads, 1, "a.pdf", PDF).await.expect("a PDF");
    let arrived = uploads
        .arrive(
            id(2),
            "b.pdf",
            uploads.set_out(),
            futures::stream::iter([Ok::<_, String>(Bytes::from_static(PDF))]),
        )
        .await
        .expect("arrived");
    let mut seen = 0;
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let mode =
            |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                seen += 1;
            }
        }
    }
    let measure = Measure::of(&root).expect("counted");
    assert_eq!((measure.files, measure.open), (3, 0));
    assert_eq!(
        Measure::of(&root.join("absent")).expect("counted"),
        Measure::default()
    );
    assert_eq!(seen, 3, "the old one, the stored one, the one that arrived");
    uploads.discard(&[arrived]).await;
}

#[tokio::test]
async fn what_a_killed_server_left_half_written_is_found_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let uploads = Uploads::in_folder(folder.path()).expect("uploads");
    let half = folder.path().join(format!("incoming/{}#1", id(1)));
    std::fs::create_dir_all(half.parent().expect("a folder")).expect("made");
    std::fs::write(&half, b"%PDF").expect("written");
    let found = uploads.below("incoming").await.expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].stem(), found[0].size),
        (id(1).to_string().as_str(), 4)
    );
    uploads.remove(&found[0]).await.expect("removed");
    uploads.remove(&found[0]).await.expect("gone is fine");
    assert!(!half.exists());
}

#[tokio::test]
async fn several_pictures_of_one_field_are_one_document_and_other_files_are_not_mixed_in() {
    let uploads = in_memory();
    let picture = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let picture =
            image::RgbImage::from_fn(50, 70, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
        picture.write_to(&mut bytes, format).expect("encoded");
        bytes.into_inner()
    };
    let arrive = async |n, name: &str, bytes: Vec<u8>| {
        let chunks = futures::stream::iter([Ok::<_, String>(Bytes::from(bytes))]);
        let under_way = uploads.set_out();
        let arrived = uploads.arrive(id(n), name, under_way, chunks).await;
        arrived.expect("arrived")
    };
    let photo = arrive(1, "证书正面.jpg", picture(image::ImageFormat::Jpeg)).await;
    let screen = arrive(2, "证书反面.png", picture(image::ImageFormat::Png)).await;
    let pdf = arrive(3, "合同.pdf", PDF.to_vec()).await;
    let judged = uploads
        .judge(somebody(), &[photo.clone(), screen], &Effort::of_a_form())
        .await
        .expect("a document");
    assert_eq!(
        (judged.name.as_str(), judged.media_type),
        ("证书正面等2张.pdf", "application/pdf")
    );
    assert!(String::from_utf8_lossy(&judged.bytes).contains("/Count 2"));
    let mixed = uploads
        .judge(somebody(), &[photo, pdf], &Effort::of_a_form())
        .await
        .expect_err("mixed");
    let said = mixed.to_string();
    assert!(
        said.contains("“合同.pdf”：") && said.contains("都是图片"),
        "the file that it is about: {said}"
    );
}

#[tokio::test]
async fn all_that_a_form_sends_shares_what_it_may_ask_and_the_rest_is_told_so() {
    let uploads = in_memory();
    let effort = Effort::of(5 * 40 * 30, effort::MOST_TIME);
    let scan = scan::tests::tiff(&[scan::tests::letter(40, 30), scan::tests::letter(40, 30)]);
    let mut told = Vec::new();
    for n in 1..=3 {
        let chunks = futures::stream::iter([Ok::<_, String>(Bytes::from(scan.clone()))]);
        let arrived = uploads
            .arrive(id(n), "扫描.tif", uploads.set_out(), chunks)
            .await
            .expect("arrived");
        let judged = uploads.judge(somebody(), &[arrived], &effort).await;
        told.push(judged.map(|judged| judged.name));
    }
    assert!(
        matches!(told.as_slice(), [Ok(one), Ok(_), Err(_)] if one == "扫描.pdf"),
        "{told:?}"
    );
    let refusal = told.pop().and_then(Result::err).expect("refused");
    assert!(refusal.to_string().contains("分几次上传"), "{refusal}");
}
