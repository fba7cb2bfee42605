//! Uploads: streamed, judged by their content, kept once under their hash. A folder by default, an S3-compatible
//! store by configuration; the rest of the program cannot tell.

use crate::vault::{Purpose, Vault};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use market::{Chance, Refusal, Timestamp};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The largest upload, in bytes.
pub const LARGEST: u64 = 10 * 1024 * 1024;

/// What may be uploaded: extension as people know it, media type as the content says.
const ALLOWED: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("ofd", "application/zip"),
];

/// How much of the beginning and of the end is looked at, in bytes.
const SAMPLE: usize = 8_192;

/// What ends every zip archive.
const ZIP_END: &[u8] = b"PK\x05\x06";

/// Of these an office file has at least one near its beginning.
const OFFICE: [&[u8]; 4] = [b"[Content_Types].xml", b"_rels/", b"word/", b"xl/"];

/// The extensions for the `accept` attribute and for sentences.
pub const ACCEPT: &str = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.ofd";

/// Where the bytes are.
#[derive(Clone)]
pub struct Uploads {
    store: Arc<dyn ObjectStore>,
}

/// A file that has been received, before it belongs to anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub sha256: String,
    pub size: u64,
    pub media_type: String,
    pub name: String,
    /// Unix seconds; a receipt is good for a day.
    pub at: i64,
}

/// Why an upload did not come to be.
#[derive(Debug)]
pub enum UploadFailure {
    Refused(Refusal),
    Broken(String),
}

impl std::fmt::Display for UploadFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UploadFailure::Refused(refusal) => write!(f, "refused: {refusal}"),
            UploadFailure::Broken(why) => write!(f, "broken: {why}"),
        }
    }
}

impl std::error::Error for UploadFailure {}

fn refused(sentence: impl Into<String>) -> UploadFailure {
    UploadFailure::Refused(Refusal::File {
        sentence: sentence.into(),
    })
}

fn broken(error: impl std::fmt::Display) -> UploadFailure {
    UploadFailure::Broken(error.to_string())
}

impl Uploads {
    /// Over any object store.
    pub fn new(store: Arc<dyn ObjectStore>) -> Uploads {
        Uploads { store }
    }

    /// Streams a file in: never more than a few chunks in memory, [`LARGEST`] bytes at most.
    /// `incoming` names the temporary object and must be unique.
    pub async fn receive<E: std::fmt::Display>(
        &self,
        name: &str,
        incoming: &str,
        now: Timestamp,
        mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Received, UploadFailure> {
        let temporary = Path::from(format!("incoming/{incoming}"));
        let writer = self.store.put_multipart(&temporary).await.map_err(broken)?;
        let mut writer = WriteMultipart::new(writer);
        let mut hasher = Sha256::new();
        let (mut head, mut tail): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        let mut size = 0u64;
        while let Some(chunk) = chunks.next().await {
            let chunk = match chunk {
                Ok(chunk) if size + chunk.len() as u64 <= LARGEST => chunk,
                Ok(_) => {
                    let _ = writer.abort().await;
                    return Err(refused("文件超过 10 MB，请压缩或拆分后再上传。"));
                }
                Err(error) => {
                    let _ = writer.abort().await;
                    return Err(broken(error));
                }
            };
            size += chunk.len() as u64;
            hasher.update(&chunk);
            if head.len() < SAMPLE {
                head.extend_from_slice(&chunk[..chunk.len().min(SAMPLE - head.len())]);
            }
            tail.extend_from_slice(&chunk[chunk.len().saturating_sub(SAMPLE)..]);
            tail.drain(..tail.len().saturating_sub(SAMPLE));
            writer.write(&chunk);
            writer.wait_for_capacity(4).await.map_err(broken)?;
        }
        let media_type = match judge(name, &head, &tail, size) {
            Ok(media_type) => media_type,
            Err(failure) => {
                let _ = writer.abort().await;
                return Err(failure);
            }
        };
        writer.finish().await.map_err(broken)?;
        let sha256 = hex::encode(hasher.finalize());
        self.store
            .rename(&temporary, &address(&sha256))
            .await
            .map_err(broken)?;
        let name = tidy_name(name);
        Ok(Received {
            sha256,
            size,
            media_type: media_type.to_string(),
            name,
            at: now.unix_timestamp(),
        })
    }

    /// Keeps bytes that the program made itself (the demo's scans).
    pub async fn keep(
        &self,
        name: &str,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<Received, UploadFailure> {
        let (head, tail) = (
            &bytes[..bytes.len().min(SAMPLE)],
            &bytes[bytes.len().saturating_sub(SAMPLE)..],
        );
        let media_type = judge(name, head, tail, bytes.len() as u64)?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let size = bytes.len() as u64;
        self.store
            .put(&address(&sha256), PutPayload::from(bytes))
            .await
            .map_err(broken)?;
        Ok(Received {
            sha256,
            size,
            media_type: media_type.into(),
            name: tidy_name(name),
            at: now.unix_timestamp(),
        })
    }

    /// The bytes of a file, as a stream.
    pub async fn read(
        &self,
        sha256: &str,
    ) -> Result<
        impl Stream<Item = Result<Bytes, object_store::Error>> + Send + use<>,
        object_store::Error,
    > {
        Ok(self.store.get(&address(sha256)).await?.into_stream())
    }
}

/// Two letters of the hash make the folder.
fn address(sha256: &str) -> Path {
    Path::from(format!("files/{}/{sha256}", &sha256[..2.min(sha256.len())]))
}

/// The media type by content; the extension must fit it. Errors: anything that is not on the list.
fn judge(name: &str, head: &[u8], tail: &[u8], size: u64) -> Result<&'static str, UploadFailure> {
    if size == 0 {
        return Err(refused("这是一个空文件，请重新选择。"));
    }
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    let extension = if extension == "jpeg" {
        "jpg".to_string()
    } else {
        extension
    };
    let found = infer::get(head).map_or("", |kind| kind.mime_type());
    let expected = ALLOWED.iter().find(|(allowed, _)| *allowed == extension);
    match expected {
        None => Err(refused("只接受 PDF、PNG、JPG、DOCX、XLSX、OFD 文件。")),
        Some(_) if found == "application/zip" && !contains(tail, ZIP_END) => Err(refused(
            "文件不完整，可能没有传完或者已经损坏，请重新保存后再上传。",
        )),
        Some((_, media_type)) if *media_type == found => Ok(media_type),
        // Office files are zip archives; where the head does not show which, the extension decides.
        Some((extension, media_type))
            if found == "application/zip"
                && ["docx", "xlsx"].contains(extension)
                && OFFICE.iter().any(|name| contains(head, name)) =>
        {
            Ok(media_type)
        }
        Some(_) => Err(refused(
            "文件的内容与扩展名不符，请确认文件没有损坏或被改名。",
        )),
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The file's own name without folders and control characters, 120 characters at most.
fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let tidy: String = last
        .chars()
        .filter(|c| !c.is_control() && *c != '"')
        .collect();
    let count = tidy.chars().count();
    tidy.chars().skip(count.saturating_sub(120)).collect()
}

impl Received {
    /// A receipt that a form carries back: sealed, so that only this server's own receipts are taken.
    pub fn receipt(&self, vault: &Vault, chance: &mut dyn Chance) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(vault.seal(Purpose::Upload, "receipt", &plain, chance))
    }

    /// Reads a receipt that is not older than a day.
    pub fn from_receipt(text: &str, vault: &Vault, now: Timestamp) -> Option<Received> {
        let sealed = hex::decode(text).ok()?;
        let plain = vault.open(Purpose::Upload, "receipt", &sealed).ok()?;
        let received: Received = serde_json::from_slice(&plain).ok()?;
        (now.unix_timestamp() - received.at < 86_400).then_some(received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;
    use time::macros::datetime;

    const NOW: Timestamp = datetime!(2026-03-20 15:00 +8);
    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n";

    async fn receive(name: &str, bytes: &[u8]) -> Result<Received, UploadFailure> {
        let uploads = Uploads::new(Arc::new(InMemory::new()));
        let chunks: Vec<Result<Bytes, String>> = bytes
            .chunks(1_000_000)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        uploads
            .receive(name, "one", NOW, futures::stream::iter(chunks))
            .await
    }

    fn sentence(result: Result<Received, UploadFailure>) -> String {
        match result {
            Err(UploadFailure::Refused(refusal)) => refusal.sentence(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn content_decides_and_the_name_must_fit() {
        let received = receive("C:\\扫描\\证书.pdf", PDF).await.expect("a PDF");
        assert_eq!(
            (received.name.as_str(), received.size),
            ("证书.pdf", PDF.len() as u64)
        );
        assert!(sentence(receive("证书.pdf", b"<html><script>").await).contains("不符"));
        assert!(sentence(receive("证书.exe", PDF).await).contains("只接受"));
        assert!(sentence(receive("证书.html", b"<html>").await).contains("只接受"));
        assert!(sentence(receive("成果.docx", b"PK\x03\x04abc").await).contains("不完整"));
        let whole = b"PK\x03\x04............[Content_Types].xml............PK\x05\x06......";
        assert!(receive("成果.docx", whole).await.is_ok());
        let other = b"PK\x03\x04............whatever.bin............PK\x05\x06......";
        assert!(sentence(receive("成果.docx", other).await).contains("不符"));
        assert!(sentence(receive("证书.pdf", b"").await).contains("空文件"));
        let mut large = PDF.to_vec();
        large.resize(LARGEST as usize + 1, b' ');
        assert!(sentence(receive("证书.pdf", &large).await).contains("10 MB"));
        large.pop();
        assert!(receive("证书.pdf", &large).await.is_ok());
    }

    #[tokio::test]
    async fn what_was_received_is_read_back_and_equal_files_are_kept_once() {
        let uploads = Uploads::new(Arc::new(InMemory::new()));
        let chunks = || futures::stream::iter(vec![Ok::<_, String>(Bytes::from_static(PDF))]);
        let a = uploads
            .receive("a.pdf", "1", NOW, chunks())
            .await
            .expect("received");
        let b = uploads
            .receive("b.pdf", "2", NOW, chunks())
            .await
            .expect("received");
        assert_eq!(a.sha256, b.sha256);
        let parts: Vec<Bytes> = uploads
            .read(&a.sha256)
            .await
            .expect("there")
            .map(|part| part.expect("readable"))
            .collect()
            .await;
        assert_eq!(parts.concat(), PDF);
    }

    #[test]
    fn receipts_cannot_be_made_or_kept() {
        struct Fixed;
        impl Chance for Fixed {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.fill(7);
            }
        }
        let vault = Vault::new([1; 32]);
        let received = Received {
            sha256: "ab".into(),
            size: 1,
            media_type: "x".into(),
            name: "n".into(),
            at: NOW.unix_timestamp(),
        };
        let receipt = received.receipt(&vault, &mut Fixed);
        assert_eq!(
            Received::from_receipt(&receipt, &vault, NOW),
            Some(received.clone())
        );
        assert_eq!(
            Received::from_receipt(&receipt, &vault, NOW + time::Duration::days(1)),
            None
        );
        assert_eq!(
            Received::from_receipt(&receipt, &Vault::new([2; 32]), NOW),
            None
        );
        assert_eq!(Received::from_receipt("00", &vault, NOW), None);
    }
}
