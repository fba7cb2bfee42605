//! Uploads: streamed in, judged by their content, stored once under their hash. A folder by default, an S3-compatible
//! store by configuration; the rest of the program cannot tell. What a file is and what becomes of it is in `judge`,
//! `office`, `pdf`, `picture`, `scan` and `paper`, which know bytes only; how much work it may be, in `places` and `effort`.
//!
//! What is stored here is not yet kept: rows decide (`calls::file`). A content that neither a file nor a live receipt
//! names any more is removed by the sweep.

mod effort;
mod finish;
mod judge;
mod kind;
mod links;
mod office;
mod paper;
mod pdf;
mod picture;
mod places;
mod receipt;
mod scan;
mod scanner;
mod shelf;
mod stowaway;
mod under_way;

pub use effort::Effort;
pub use kind::ACCEPT;
pub use receipt::{GOOD_FOR, Received};
pub use scanner::Scanner;
pub use shelf::{Measure, Object};
pub use under_way::UnderWay;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use market::hash::{Hex32, sha256};
use market::upload::Room;
use market::{PersonId, Refusal, UploadId};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use places::{Held, Places, Task, apart};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use under_way::Arrivals;

/// The largest upload, in bytes.
pub const LARGEST: u64 = 10 * 1024 * 1024;

/// Pictures of one field that become one document.
pub const MOST_TOGETHER: usize = 20;

/// Where the bytes are, how many somebody may send, and who looks at them.
#[derive(Clone)]
pub struct Uploads {
    store: Arc<dyn ObjectStore>,
    /// Where a store that is a folder lies.
    folder: Option<PathBuf>,
    pub room: Room,
    scanner: Option<Scanner>,
    places: Places,
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
    pub fn sha256(&self) -> Hex32 {
        sha256(&self.bytes)
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
            places: Places::new(),
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

    /// Looks at what has arrived in one field of a person's form and makes of it what is stored: one file as it is, or
    /// as one that browsers know; several pictures as one document, so that whatever has a file has exactly one.
    /// Errors: a sentence on what is wrong with it; [`Refusal::Later`] when too many others send files.
    pub async fn judge(
        &self,
        person: PersonId,
        arrived: &[Arrived],
        effort: &Effort,
    ) -> Result<Judged, UploadFailure> {
        if let Some(scanner) = &self.scanner {
            for one in arrived {
                let found = self.store.get(&incoming(one.id)).await.map_err(broken)?;
                scanner.look(found.into_stream()).await?;
            }
        }
        let place = self.places.take(person, self.task(arrived).await).await?;
        let files = self.taken_in(arrived, &place).await?;
        apart(place, effort, move |effort| finish::finish(&files, effort)).await
    }

    async fn task(&self, arrived: &[Arrived]) -> Task {
        let [one] = arrived else {
            return Task::Unpacking;
        };
        let beginning = 0..judge::BEGINNING;
        match self.store.get_range(&incoming(one.id), beginning).await {
            Ok(bytes) if judge::is_unpacked(&bytes) => Task::Unpacking,
            // An empty file has no beginning.
            _ => Task::Looking,
        }
    }

    /// The bytes of what has arrived. They are in memory only while somebody has a place.
    async fn taken_in(
        &self,
        arrived: &[Arrived],
        _: &Held,
    ) -> Result<Vec<(String, Bytes)>, UploadFailure> {
        let mut files = Vec::new();
        for one in arrived {
            let found = self.store.get(&incoming(one.id)).await.map_err(broken)?;
            files.push((one.name.clone(), found.bytes().await.map_err(broken)?));
        }
        Ok(files)
    }

    /// Stores what was judged under its hash.
    pub async fn store(&self, judged: &Judged) -> Result<(), UploadFailure> {
        let place = address(judged.sha256());
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
        sha256: Hex32,
    ) -> Result<
        impl Stream<Item = Result<Bytes, object_store::Error>> + Send + use<>,
        object_store::Error,
    > {
        Ok(self.store.get(&address(sha256)).await?.into_stream())
    }
}

/// Two letters of the hash make the folder.
fn address(sha256: Hex32) -> Place {
    let sha256 = sha256.to_string();
    Place::from(format!("files/{}/{sha256}", &sha256[..2]))
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
