//! A folder instead of the world: one file a parcel, readable by the server's account alone. A repetition writes the
//! same file again.

use super::{Carrying, Parcel, Undelivered, Way, mail, sms};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;

enum Form {
    /// `.eml`, as every mail program opens it; with the name of the sender.
    Mails(String),
    /// `.json`, as the gateway would get it.
    Messages,
}

pub(super) struct Folder {
    path: PathBuf,
    form: Form,
}

/// Nobody receives what a folder takes, so nobody's address is needed to answer to.
const SENDER: &str = "market@localhost";

impl Folder {
    pub(super) fn of_mails(path: PathBuf, sender: String) -> Folder {
        let form = Form::Mails(sender);
        Folder { path, form }
    }

    pub(super) fn of_messages(path: PathBuf) -> Folder {
        let form = Form::Messages;
        Folder { path, form }
    }

    /// The file of a parcel and what it holds.
    fn file(&self, parcel: &Parcel) -> Result<(String, Vec<u8>), Undelivered> {
        match &self.form {
            Form::Mails(name) => {
                let from = mail::mailbox(name, SENDER)?;
                let message = mail::message(parcel, from)?;
                Ok((format!("{}.eml", parcel.id), message.formatted()))
            }
            Form::Messages => {
                let body = sms::body(parcel, "", |template| Some(template.to_string()))?;
                Ok((format!("{}.json", parcel.id), body.into_bytes()))
            }
        }
    }
}

/// Writes beside the place and moves there: whoever looks into the folder never finds half a file.
async fn write(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).await?;
    let unfinished = folder.join(format!(".{name}"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&unfinished).await?;
    file.write_all(content).await?;
    file.sync_all().await?;
    tokio::fs::rename(unfinished, folder.join(name)).await
}

impl Way for Folder {
    fn carry(&self, parcel: Parcel) -> Carrying<'_> {
        Box::pin(async move {
            let (name, content) = self.file(&parcel)?;
            let written = write(&self.path, &name, &content).await;
            written.map_err(|error| {
                Undelivered::passing(format!("{}: {error}", self.path.display()))
            })?;
            Ok(format!("written to {name}"))
        })
    }

    fn check(&self) -> Carrying<'_> {
        let path = self.path.display();
        Box::pin(std::future::ready(Ok(format!(
            "folder {path}: nothing leaves the house"
        ))))
    }
}
