//! A line between the server and the database that a test can cut and mend.

use sqlx::postgres::PgConnectOptions;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

const SOCKET: &str = ".s.PGSQL.5432";

pub struct Line {
    folder: TempDir,
    far: PathBuf,
    options: PgConnectOptions,
    carrying: Mutex<Option<JoinHandle<()>>>,
}

impl Line {
    /// Before the Unix socket that the options name.
    pub async fn to(options: &PgConnectOptions) -> Line {
        let folder = tempfile::tempdir().expect("a folder");
        let far = options.get_socket().expect("a Unix socket").join(SOCKET);
        let line = Line {
            options: options.clone().socket(folder.path()).port(5432),
            folder,
            far,
            carrying: Mutex::new(None),
        };
        line.mend();
        line
    }

    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    fn near(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }

    /// Ends every connection and takes no new ones.
    pub fn cut(&self) {
        if let Some(carrying) = self.carrying.lock().expect("the line").take() {
            carrying.abort();
        }
        let _ = std::fs::remove_file(self.near());
    }

    pub fn mend(&self) {
        let listener = UnixListener::bind(self.near()).expect("a socket");
        let carrying = tokio::spawn(carry(listener, self.far.clone()));
        *self.carrying.lock().expect("the line") = Some(carrying);
    }
}

/// Connections end with the task that carries them.
async fn carry(listener: UnixListener, far: PathBuf) {
    let mut open = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let far = far.clone();
        open.spawn(async move { pass(near, &far).await });
    }
}

async fn pass(mut near: UnixStream, far: &Path) {
    if let Ok(mut far) = UnixStream::connect(far).await {
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    }
}
