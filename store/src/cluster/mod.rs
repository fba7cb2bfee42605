//! The private cluster: a PostgreSQL of the server's own, on a Unix socket only, that starts and stops with it.
//! Used when no `DATABASE_URL` is set. PostgreSQL refuses to run as root, so root hands it to `postgres` or `nobody`.
//! Two roles: one owns the tables and migrates, the other is what requests and jobs connect as.

mod home;
mod settings;

use crate::{Fault, Result};
use nix::unistd::User;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::process::Command;

/// The database of the market inside the cluster, and the role that owns its tables.
const NAME: &str = "market";

/// The role that owns nothing: requests and jobs connect as it.
pub const APP: &str = "market_app";

/// How long one of PostgreSQL's programs may take; and one that reads every page of the data.
const PROGRAM: Duration = Duration::from_secs(120);
const EVERY_PAGE: Duration = Duration::from_secs(3_600);

/// How often, and how far apart, a PostgreSQL that is alive but silent is asked again: half a minute.
const PATIENCE: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

/// How much the cluster promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// What is confirmed survives a power cut.
    Full,
    /// For tests: fast, and lost when the machine stops.
    None,
}

/// A cluster that is running.
#[derive(Debug, Clone)]
pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    sockets: PathBuf,
    account: Option<Account>,
    /// Keeps a second server off the same folder; released by the operating system when the process ends.
    /// `None`: another server runs it, and this process is its guest.
    lock: Option<std::sync::Arc<std::fs::File>>,
}

/// The unprivileged account that runs PostgreSQL for root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Starts the cluster of a folder, making it first if need be. A cluster that an earlier server left running
    /// (kill -9) is taken over; a stale lock file of a dead one is PostgreSQL's to recover.
    /// Errors: no PostgreSQL installed, the folder is used by another server, PostgreSQL's own words otherwise.
    pub async fn start(folder: &Path, durability: Durability) -> Result<Cluster> {
        let (mut cluster, home) = Cluster::at(folder)?;
        cluster.lock = Some(std::sync::Arc::new(home::lock_folder(&home)?));
        if !cluster.data.join("PG_VERSION").exists() {
            cluster.initialise().await?;
        }
        let is_new = settings::write(&cluster.data, durability, cluster.account)?;
        settings::prune_log(&cluster.data);
        if !cluster.is_running().await {
            cluster.enable_checksums().await;
        }
        cluster.take_over_or_launch(is_new).await?;
        cluster.create_database().await?;
        Ok(cluster)
    }

    /// For a command beside a running server: its cluster if there is one, else one's own as [`Cluster::start`] makes it.
    pub async fn join(folder: &Path, durability: Durability) -> Result<Cluster> {
        let (guest, home) = Cluster::at(folder)?;
        if home::lock_folder(&home).is_err() && guest.answers().await {
            return Ok(guest);
        }
        Cluster::start(folder, durability).await
    }

    fn at(folder: &Path) -> Result<(Cluster, PathBuf)> {
        let account = unprivileged_account()?;
        let home = home::reachable_home(folder, account)?;
        let cluster = Cluster {
            bin: find_binaries()?,
            sockets: home::socket_folder(&home, account)?,
            data: home.join("cluster"),
            account,
            lock: None,
        };
        Ok((cluster, home))
    }

    /// Starts PostgreSQL again when it has died on its own, and keeps its log short. Returns whether it had died.
    pub async fn revive(&self) -> Result<bool> {
        settings::prune_log(&self.data);
        if self.is_running().await {
            return Ok(false);
        }
        self.launch().await?;
        Ok(true)
    }

    /// How to connect to the market's database as the owner of its tables: to migrate, and nothing else.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.sockets)
            .username(NAME)
            .database(NAME)
    }

    /// How requests and jobs connect: as a role that owns nothing. [`crate::database::admit`] makes it.
    pub fn app_options(&self) -> PgConnectOptions {
        self.options().username(APP)
    }

    /// Stops it (a guest leaves it alone), waiting for transactions to be rolled back and everything to be on disk.
    pub async fn stop(&self) -> Result<()> {
        if self.lock.is_none() {
            return Ok(());
        }
        self.control(&["stop", "-m", "fast", "-w", "-t", "60"])
            .await
            .map(|_| ())
    }

    /// Where the data are, for `server check`.
    pub fn folder(&self) -> &Path {
        &self.data
    }

    async fn initialise(&self) -> Result<()> {
        let user = format!("--username={NAME}");
        let arguments = [
            "-D",
            text(&self.data)?,
            &user,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-instructions",
            "--data-checksums",
        ];
        tracing::info!(folder = %self.data.display(), "making the private PostgreSQL");
        self.run("initdb", &arguments, PROGRAM).await.map(drop)
    }

    /// A cluster of before may be without checksums of its pages: a disk that lies would go unnoticed. They can only be
    /// added after a clean stop; what goes wrong here is said, and the market starts all the same.
    async fn enable_checksums(&self) {
        let Ok(data) = text(&self.data) else { return };
        let state = match self.run("pg_controldata", &["-D", data], PROGRAM).await {
            Ok(state) => state,
            Err(fault) => {
                tracing::warn!(%fault, "cannot tell whether PostgreSQL's pages have checksums");
                return;
            }
        };
        let value = |name: &str| {
            let mut lines = state.lines();
            lines.find_map(|line| Some(line.strip_prefix(name)?.trim_start_matches(':').trim()))
        };
        if value("Data page checksum version") != Some("0") {
            return;
        }
        if value("Database cluster state") != Some("shut down") {
            tracing::warn!("PostgreSQL's pages get checksums at the next start after a clean stop");
            return;
        }
        tracing::info!("adding checksums to every page of PostgreSQL; this is done once");
        if let Err(fault) = self
            .run("pg_checksums", &["--enable", "-D", data], EVERY_PAGE)
            .await
        {
            tracing::warn!(%fault, "PostgreSQL's pages stay without checksums");
        }
    }

    /// An earlier server's PostgreSQL may still be coming up, or have been killed and not be buried yet: then its
    /// number counts as alive although nobody answers. Both pass. One that runs with the settings of before is stopped.
    async fn take_over_or_launch(&self, settings_are_new: bool) -> Result<()> {
        for _ in 0..PATIENCE {
            if !self.is_running().await {
                return self.launch().await;
            }
            if self.answers().await {
                if !settings_are_new {
                    return Ok(());
                }
                self.stop().await?;
                return self.launch().await;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Fault::Cluster(format!(
            "the process named in {} is alive but does not answer as PostgreSQL; if it is another program (the \
             machine was switched off, and the number given away again), remove that file",
            self.data.join("postmaster.pid").display()
        )))
    }

    async fn launch(&self) -> Result<()> {
        let log = self.data.join("server.log");
        // Never on the network, whatever became of the settings.
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}'",
            text(&self.sockets)?
        );
        let started = self
            .control(&["start", "-w", "-t", "60", "-l", text(&log)?, "-o", &options])
            .await;
        started.map(drop).map_err(|fault| {
            let tail = settings::log_tail(&self.data, &log);
            Fault::Cluster(format!("{fault}; its log ends: {tail}"))
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "statements about databases cannot be checked against one"
    )]
    async fn create_database(&self) -> Result<()> {
        let mut connection = self.connect().await?;
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(NAME)
                .fetch_one(&mut connection)
                .await?;
        if !exists {
            sqlx::query("create database market")
                .execute(&mut connection)
                .await?;
        }
        Ok(())
    }

    async fn connect(&self) -> Result<PgConnection> {
        Ok(self.options().database("postgres").connect().await?)
    }

    async fn answers(&self) -> bool {
        matches!(
            tokio::time::timeout(Duration::from_secs(5), self.connect()).await,
            Ok(Ok(_))
        )
    }

    /// Whether the process of the lock file lives; that it answers is another question.
    async fn is_running(&self) -> bool {
        let status = self.control(&["status"]).await.is_ok();
        status && self.sockets.join(".s.PGSQL.5432").exists()
    }

    async fn control(&self, arguments: &[&str]) -> Result<String> {
        let data = text(&self.data)?;
        let all: Vec<&str> = arguments.iter().copied().chain(["-D", data]).collect();
        self.run("pg_ctl", &all, PROGRAM).await
    }

    /// Runs one of PostgreSQL's programs under the right account, from a folder that every account can enter.
    /// Output goes to a file: `pg_ctl start` leaves a child that would keep a pipe open for ever.
    async fn run(&self, program: &str, arguments: &[&str], most: Duration) -> Result<String> {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let output = std::env::temp_dir().join(format!(
            "market-{program}-{}-{}.out",
            std::process::id(),
            RUNS.fetch_add(1, Ordering::Relaxed)
        ));
        let file = std::fs::File::create(&output).map_err(|error| at(&output, &error))?;
        let both = file.try_clone().map_err(|error| at(&output, &error))?;
        let mut command = Command::new(self.bin.join(program));
        command
            .args(arguments)
            .current_dir("/")
            .stdin(std::process::Stdio::null())
            .stdout(file)
            .stderr(both);
        command.env_remove("PGDATA").env("LC_ALL", "C");
        if let Some(account) = self.account {
            command.uid(account.uid).gid(account.gid);
        }
        let status = tokio::time::timeout(most, command.status()).await;
        let said = std::fs::read_to_string(&output).unwrap_or_default();
        let _ = std::fs::remove_file(&output);
        match status {
            Ok(Ok(status)) if status.success() => Ok(said),
            Ok(Ok(status)) => Err(Fault::Cluster(format!(
                "{program} ended with {status}: {}",
                said.trim()
            ))),
            Ok(Err(error)) => Err(Fault::Cluster(format!(
                "{program} could not be run: {error}"
            ))),
            Err(_) => Err(Fault::Cluster(format!(
                "{program} did not end within {} seconds",
                most.as_secs()
            ))),
        }
    }
}

/// The folder with `initdb` and `postgres`: on PATH, or the newest of the distribution's versioned folders.
pub fn find_binaries() -> Result<PathBuf> {
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let versioned = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/usr"]
        .into_iter()
        .flat_map(versions);
    on_path
        .chain(versioned)
        // Links on PATH lead to the folder that holds all the programs.
        .filter_map(|folder| {
            folder
                .join("initdb")
                .canonicalize()
                .ok()?
                .parent()
                .map(Path::to_path_buf)
        })
        .find(|folder| folder.join("postgres").is_file() && folder.join("pg_ctl").is_file())
        .ok_or_else(|| {
            Fault::Cluster(
                "no PostgreSQL found (initdb, postgres); install it or set DATABASE_URL".into(),
            )
        })
}

fn versions(parent: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry
                .file_name()
                .to_string_lossy()
                .trim_start_matches("pgsql-")
                .to_string();
            Some((name.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

fn unprivileged_account() -> Result<Option<Account>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    // The C library also asks directories, where the accounts of an institution may be.
    let find = |name| User::from_name(name).ok().flatten();
    match find("postgres").or_else(|| find("nobody")) {
        Some(user) => Ok(Some(Account {
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        })),
        None => Err(Fault::Cluster(
            "running as root, and there is neither an account postgres nor nobody".into(),
        )),
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| Fault::Cluster(format!("{} is not a path in UTF-8", path.display())))
}

fn at(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Cluster(format!("{}: {error}", path.display()))
}
