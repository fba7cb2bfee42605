//! The settings of uploads: where they are kept, who looks at them, and how many somebody may send.

use super::Reader;
use app::uploads::Scanner;
use market::upload::Room;
use std::path::{Path, PathBuf};

/// Where uploads are kept.
#[derive(Debug, Clone)]
pub enum UploadStore {
    Folder(PathBuf),
    S3 {
        bucket: String,
        endpoint: String,
        region: String,
        key_id: String,
        secret: String,
    },
}

pub(super) fn read_store(read: &mut Reader<'_>, data: &Path) -> Option<UploadStore> {
    match read.values.get("uploads") {
        "folder" => Some(UploadStore::Folder(data.join("uploads"))),
        "s3" => {
            let [bucket, endpoint, region, key_id, secret] = [
                "s3_bucket",
                "s3_endpoint",
                "s3_region",
                "s3_key_id",
                "s3_secret",
            ]
            .map(|key| read.text(key));
            Some(UploadStore::S3 {
                bucket: bucket?,
                endpoint: endpoint?,
                region: region?,
                key_id: key_id?,
                secret: secret?,
            })
        }
        other => {
            let sentence = format!("“{other}” is neither folder nor s3");
            read.wrong("uploads", sentence);
            None
        }
    }
}

/// The scanner; none when nothing is set.
pub(super) fn read_scanner(read: &mut Reader<'_>) -> Option<Option<Scanner>> {
    read.read(
        "scanner",
        "a socket such as unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310",
        |value| match value {
            "" => Some(None),
            socket => socket.parse().ok().map(Some),
        },
    )
}

/// How much may be uploaded.
pub(super) fn read_room(read: &mut Reader<'_>) -> Option<Room> {
    const MEGABYTE: u64 = 1024 * 1024;
    const MOST_A_DAY: u64 = 1_000_000;
    const MOST: u64 = 100_000_000;
    let mut bytes = |key, most| Some(read.number(key, 10, most)? * MEGABYTE);
    let (person_day, person_all) = (
        bytes("upload_person_day_mb", MOST_A_DAY),
        bytes("upload_person_mb", MOST),
    );
    let (body_day, body_all) = (
        bytes("upload_body_day_mb", MOST_A_DAY),
        bytes("upload_body_mb", MOST),
    );
    let newcomer_all = bytes("upload_newcomer_mb", MOST);
    let waiting = read
        .number("upload_waiting_mb", 100, MOST)
        .map(|count| count * MEGABYTE);
    Some(Room {
        person_day: person_day?,
        person_all: person_all?,
        body_day: body_day?,
        body_all: body_all?,
        newcomer_all: newcomer_all?,
        waiting: waiting?,
    })
}
