//! Uploads: streamed in, judged by their content, stored once under their hash. A folder by default, an S3-compatible
//! store by configuration; the rest of the program cannot tell. What a file is and what becomes of it is in `judge`,
//! `office`, `pdf`, `picture` and `paper`, which know bytes only.
//!
//! What is stored here is not yet kept: rows decide (`calls::file`). A content that neither a file nor a live receipt
//! names any more is removed by the sweep.

mod finish;
mod judge;
mod office;
mod paper;
mod pdf;
mod picture;
mod receipt;
mod scanner;
mod shelf;
mod under_way;

pub use judge::ACCEPT;
pub use receipt::{GOOD_FOR, Received};
pub use scanner::Scanner;
pub use shelf::{Measure, Object};
pub use under_way::UnderWay;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use market::upload::Room;
use market::{Refusal, UploadId};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use paper::Page;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use under_way::Arrivals;

/// The largest upload, in bytes.
pub const LARGEST: u64 = 10 * 1024 * 1024;

/// Pictures of one field that become one document.
pub const MOST_TOGETHER: usize = 20;

/// Files that are unpacked at once: each may take some hundred megabytes of memory for a moment.
const PLACES: usize = 1;
/// How long somebody waits for a place, and how long the work on a file may take.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const LONGEST_WORK: Duration = Duration::from_secs(30);

/// Where the bytes are, how many somebody may send, and who looks at them.
#[derive(Clone)]
pub struct Uploads {
    store: Arc<dyn ObjectStore>,
    /// Where a store that is a folder lies.
    folder: Option<PathBuf>,
    pub room: Room,
    scanner: Option<Scanner>,
    places: Arc<Semaphore>,
    arrivals: Arrivals,
}

/// A file as it came in, not yet looked at.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub id: UploadId,
    pub name: String,
    /// Its bytes count until it is stored or discarded.
    _under_way: UnderWay,
}

/// A file as it will be stored.
#[derive(Debug, Clone)]
pub struct Judged {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Bytes,
}

impl Judged {
    /// The hash under which it is stored.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

/// Why an upload did not come to be.
#[derive(Debug)]
pub enum UploadFailure {
    Refused(Refusal),
    /// The visitor's line ended in the middle.
    Cut(String),
    Broken(String),
}

impl std::fmt::Display for UploadFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UploadFailure::Refused(refusal) => write!(f, "refused: {refusal}"),
            UploadFailure::Cut(why) => write!(f, "cut: {why}"),
            UploadFailure::Broken(why) => write!(f, "broken: {why}"),
        }
    }
}

impl std::error::Error for UploadFailure {}

impl From<Refusal> for UploadFailure {
    fn from(refusal: Refusal) -> Self {
        UploadFailure::Refused(refusal)
    }
}

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
        Uploads {
            store,
            folder: None,
            room: Room::ENDLESS,
            scanner: None,
            places: Arc::new(Semaphore::new(PLACES)),
            arrivals: Arrivals::default(),
        }
    }

    /// In a folder, which is made if it is missing. It and what is in it belong to the server's account alone; what
    /// is found open is closed.
    pub fn in_folder(folder: &Path) -> std::io::Result<Uploads> {
        shelf::closed_folder(folder)?;
        shelf::close_all(folder)?;
        let folder = folder.canonicalize()?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(std::io::Error::other)?;
        Ok(Uploads {
            folder: Some(folder),
            ..Uploads::new(Arc::new(store))
        })
    }

    /// With limits on how much somebody may send.
    pub fn with_room(self, room: Room) -> Uploads {
        Uploads { room, ..self }
    }

    /// With a scanner that looks at every file before anything else does.
    pub fn with_scanner(self, scanner: Option<Scanner>) -> Uploads {
        Uploads { scanner, ..self }
    }

    /// One more file sets out: it counts among those under way from now on.
    pub fn set_out(&self) -> UnderWay {
        self.arrivals.set_out()
    }

    /// Bytes that are on their way in and that no row counts yet.
    pub fn under_way(&self) -> u64 {
        self.arrivals.bytes()
    }

    /// Streams a file in: never more than a few chunks in memory, [`LARGEST`] bytes at most.
    pub async fn arrive<E: std::fmt::Display>(
        &self,
        id: UploadId,
        name: &str,
        under_way: UnderWay,
        mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Arrived, UploadFailure> {
        let place = incoming(id);
        self.make_room(&place).map_err(broken)?;
        let writer = self.store.put_multipart(&place).await.map_err(broken)?;
        let mut writer = WriteMultipart::new(writer);
        let mut size = 0u64;
        while let Some(chunk) = chunks.next().await {
            let failure = match chunk {
                Ok(chunk) if size + chunk.len() as u64 <= LARGEST => {
                    size += chunk.len() as u64;
                    writer.write(&chunk);
                    writer.wait_for_capacity(4).await.map_err(broken)?;
                    continue;
                }
                Ok(_) => refused("文件超过 10 MB，请压缩或拆分后再上传。"),
                Err(error) => UploadFailure::Cut(error.to_string()),
            };
            let _ = writer.abort().await;
            return Err(failure);
        }
        writer.finish().await.map_err(broken)?;
        self.close(&place).map_err(broken)?;
        under_way.weighs(size);
        Ok(Arrived {
            id,
            name: tidy_name(name),
            _under_way: under_way,
        })
    }

    /// Looks at what has arrived in one field and makes of it what is stored: one file as it is, or as one that
    /// browsers know; several pictures as one document, so that whatever has a file has exactly one. Errors: a
    /// sentence on what is wrong with it.
    pub async fn judge(&self, arrived: &[Arrived]) -> Result<Judged, UploadFailure> {
        if let Some(scanner) = &self.scanner {
            for one in arrived {
                let found = self.store.get(&incoming(one.id)).await.map_err(broken)?;
                scanner.look(found.into_stream()).await?;
            }
        }
        let place = self.place().await?;
        match arrived {
            [] => Err(broken("nothing has arrived")),
            [one] => {
                let (name, bytes) = (one.name.clone(), self.arrived(one).await?);
                apart(&place, move || finish::alone(&name, bytes)).await
            }
            [first, ..] => {
                let pages = self.pages(arrived, &place).await?;
                let (name, count) = (first.name.clone(), arrived.len());
                apart(&place, move || finish::together(&name, count, &pages)).await
            }
        }
    }

    /// The pages of several pictures, unpacked one after the other.
    async fn pages(
        &self,
        arrived: &[Arrived],
        place: &Arc<OwnedSemaphorePermit>,
    ) -> Result<Vec<Page>, UploadFailure> {
        if arrived.len() > MOST_TOGETHER {
            return Err(refused(format!(
                "一次最多选 {MOST_TOGETHER} 张图片，请先合并成 PDF 后再上传。"
            )));
        }
        let mut pages = Vec::new();
        for one in arrived {
            let (name, bytes) = (one.name.clone(), self.arrived(one).await?);
            let count = arrived.len();
            pages.extend(apart(place, move || finish::pages(&name, &bytes, count)).await?);
        }
        Ok(pages)
    }

    async fn arrived(&self, one: &Arrived) -> Result<Bytes, UploadFailure> {
        let found = self.store.get(&incoming(one.id)).await.map_err(broken)?;
        found.bytes().await.map_err(broken)
    }

    /// A place for work that takes memory and time; there are few.
    async fn place(&self) -> Result<Arc<OwnedSemaphorePermit>, UploadFailure> {
        let places = self.places.clone();
        match tokio::time::timeout(LONGEST_WAIT, places.acquire_owned()).await {
            Ok(place) => Ok(Arc::new(place.map_err(broken)?)),
            Err(_) => Err(refused("同时上传的人较多，这个文件没有收下，请稍后再试。")),
        }
    }

    /// Stores what was judged under its hash.
    pub async fn store(&self, judged: &Judged) -> Result<(), UploadFailure> {
        let place = address(&hex::encode(judged.sha256()));
        self.make_room(&place).map_err(broken)?;
        let payload = PutPayload::from(judged.bytes.clone());
        self.store.put(&place, payload).await.map_err(broken)?;
        self.close(&place).map_err(broken)
    }

    /// Removes what arrived; it has been stored under its hash, or refused. The sweep removes what this misses.
    pub async fn discard(&self, arrived: &[Arrived]) {
        for one in arrived {
            let _ = self.store.delete(&incoming(one.id)).await;
        }
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

/// Does work on a file apart from the threads that answer requests. It cannot be stopped, so it keeps its place until
/// it ends, however long somebody waits for it.
async fn apart<T: Send + 'static>(
    place: &Arc<OwnedSemaphorePermit>,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, UploadFailure> {
    let place = place.clone();
    let working = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    match tokio::time::timeout(LONGEST_WORK, working).await {
        Ok(Ok(done)) => done.map_err(refused),
        Ok(Err(panic)) => {
            tracing::error!(%panic, "an upload could not be looked at");
            Err(refused(
                "文件打不开，可能已经损坏。请重新保存或打印为 PDF 后再上传。",
            ))
        }
        Err(_) => Err(refused("文件太复杂，处理不了。请打印为 PDF 后再上传。")),
    }
}

/// Two letters of the hash make the folder.
fn address(sha256: &str) -> Place {
    Place::from(format!("files/{}/{sha256}", &sha256[..2.min(sha256.len())]))
}

fn incoming(id: UploadId) -> Place {
    Place::from(format!("incoming/{id}"))
}

/// The file's own name without folders, characters that nobody sees and control characters, 120 characters at most.
fn tidy_name(name: &str) -> String {
    let name = market::typed::clean(name);
    let last = name.rsplit(['/', '\\']).next().unwrap_or("").trim();
    let tidy: String = last
        .chars()
        .filter(|c| !c.is_control() && *c != '"')
        .collect();
    let count = tidy.chars().count();
    tidy.chars().skip(count.saturating_sub(120)).collect()
}

#[cfg(test)]
mod tests;
