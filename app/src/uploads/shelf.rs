//! What lies in the store, for the sweep: a folder is read as it is, with what a killed server left half written;
//! an S3-compatible store is listed.

use super::Uploads;
use futures::TryStreamExt;
use market::hash::Hex32;
use object_store::ObjectStoreExt;
use object_store::path::Path as Place;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

/// Something that lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// From the root of the store.
    pub path: String,
    pub size: u64,
}

impl Object {
    /// The last part of the path, without the mark of something half written (`#1`).
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('#').next().unwrap_or_default()
    }

    /// Whether it was never finished.
    pub fn is_half(&self) -> bool {
        self.path.contains('#')
    }
}

impl Uploads {
    /// Everything directly below a prefix such as `incoming` or `files/ab`.
    pub async fn below(&self, prefix: &str) -> Result<Vec<Object>> {
        if let Some(folder) = self.folder.clone() {
            let prefix = prefix.to_string();
            return tokio::task::spawn_blocking(move || read_folder(&folder, &prefix))
                .await
                .map_err(Error::other)?;
        }
        let found = self.store.list(Some(&Place::from(prefix)));
        found
            .map_ok(|object| Object {
                path: object.location.to_string(),
                size: object.size,
            })
            .try_collect()
            .await
            .map_err(Error::other)
    }

    /// A content as it lies in the store, with what was left half written of it.
    pub async fn copies(&self, sha256: Hex32) -> Result<Vec<Object>> {
        let hash = sha256.to_string();
        let place = super::address(sha256);
        if self.folder.is_some() {
            let mut beside = self.below(&format!("files/{}", &hash[..2])).await?;
            beside.retain(|object| object.stem() == hash);
            return Ok(beside);
        }
        match self.store.head(&place).await {
            Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(Error::other(error)),
            Ok(found) => Ok(vec![Object {
                path: place.to_string(),
                size: found.size,
            }]),
        }
    }

    /// Removes an object; one that is gone already is no error.
    pub async fn remove(&self, object: &Object) -> Result<()> {
        if let Some(folder) = &self.folder {
            return gone_is_fine(std::fs::remove_file(folder.join(&object.path)));
        }
        match self.store.delete(&Place::from(object.path.as_str())).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => other.map_err(Error::other),
        }
    }

    /// Makes the folder that an object will lie in, closed to all other accounts.
    pub(super) fn make_room(&self, place: &Place) -> Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let path = folder.join(place.as_ref());
        path.parent().map_or(Ok(()), closed_folder)
    }

    /// Closes an object that has just been written to all other accounts.
    pub(super) fn close(&self, place: &Place) -> Result<()> {
        match &self.folder {
            Some(folder) => set_mode(&folder.join(place.as_ref()), FILE),
            None => Ok(()),
        }
    }
}

/// Readable and writable by the server's account only.
const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;

/// Makes a folder and its parents, for the server's account only.
pub(super) fn closed_folder(folder: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(FOLDER)
        .create(folder)
}

/// Closes a folder of uploads and everything in it that an earlier version or a copy has left open. The folder itself
/// is closed first: from then on nobody else reaches what is still open below.
pub(super) fn close_all(folder: &Path) -> Result<()> {
    set_mode(folder, FOLDER)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            close_all(&entry.path())?;
        } else if kind.is_file() {
            gone_is_fine(set_mode(&entry.path(), FILE))?;
        }
    }
    Ok(())
}

/// What a folder of uploads holds, for `check`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    pub files: u64,
    pub bytes: u64,
    /// Files and folders that other accounts could read.
    pub open: u64,
}

impl Measure {
    /// Counts a folder; one that is not there holds nothing.
    pub fn of(folder: &Path) -> Result<Measure> {
        let mut measure = Measure::default();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            let metadata = match std::fs::metadata(&folder) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other?,
            };
            measure.open += u64::from(metadata.permissions().mode() & 0o077 != 0);
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let metadata = entry.metadata()?;
                if metadata.is_dir() {
                    folders.push(entry.path());
                } else {
                    measure.files += 1;
                    measure.bytes += metadata.len();
                    measure.open += u64::from(metadata.permissions().mode() & 0o077 != 0);
                }
            }
        }
        Ok(measure)
    }
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    if std::fs::metadata(path)?.permissions().mode() & 0o777 == mode {
        return Ok(());
    }
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode))
}

fn read_folder(root: &Path, prefix: &str) -> Result<Vec<Object>> {
    let entries = match std::fs::read_dir(root.join(prefix)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let size = match entry.metadata() {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            // A folder, or gone between the two looks.
            _ => continue,
        };
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        found.push(Object { path, size });
    }
    Ok(found)
}

fn gone_is_fine(result: Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
