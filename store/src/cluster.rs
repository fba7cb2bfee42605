//! The private cluster: a PostgreSQL of the server's own, on a Unix socket only, that starts and stops with it.
//! Used when no `DATABASE_URL` is set. PostgreSQL refuses to run as root, so root hands it to `postgres` or `nobody`.

use crate::{Fault, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;

/// The role and database of the market inside the cluster.
const NAME: &str = "market";

/// What marks the settings as written.
const SETTINGS: &str = "# Written once by the market's server.";

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
        cluster.lock = Some(std::sync::Arc::new(lock_folder(&home)?));
        if !cluster.data.join("PG_VERSION").exists() {
            cluster.initialise().await?;
        }
        cluster.configure(durability)?;
        cluster.take_over_or_launch().await?;
        cluster.create_database().await?;
        Ok(cluster)
    }

    /// For a command beside a running server: its cluster if there is one, else one's own as [`Cluster::start`] makes it.
    pub async fn join(folder: &Path, durability: Durability) -> Result<Cluster> {
        let (guest, home) = Cluster::at(folder)?;
        if lock_folder(&home).is_err() && guest.answers().await {
            return Ok(guest);
        }
        Cluster::start(folder, durability).await
    }

    fn at(folder: &Path) -> Result<(Cluster, PathBuf)> {
        let account = unprivileged_account()?;
        let home = reachable_home(folder, account)?;
        let cluster = Cluster {
            bin: find_binaries()?,
            sockets: socket_folder(&home, account)?,
            data: home.join("cluster"),
            account,
            lock: None,
        };
        Ok((cluster, home))
    }

    /// Starts PostgreSQL again when it has died on its own. Returns whether it had.
    pub async fn revive(&self) -> Result<bool> {
        if self.is_running().await {
            return Ok(false);
        }
        self.launch().await?;
        Ok(true)
    }

    /// How to connect to the market's database.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.sockets)
            .username(NAME)
            .database(NAME)
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
        ];
        tracing::info!(folder = %self.data.display(), "making the private PostgreSQL");
        self.run("initdb", &arguments).await.map(drop)
    }

    /// Writes the settings once; also after a crash between `initdb` and them.
    fn configure(&self, durability: Durability) -> Result<()> {
        let file = self.data.join("postgresql.conf");
        let old = std::fs::read_to_string(&file).map_err(|error| at(&file, &error))?;
        if old.contains(SETTINGS) {
            return Ok(());
        }
        let (sync, commit) = match durability {
            Durability::Full => ("on", "on"),
            Durability::None => ("off", "off"),
        };
        let settings = format!(
            "\n{SETTINGS}\nlisten_addresses = ''\nunix_socket_permissions = 0700\n\
             max_connections = 100\nshared_buffers = 128MB\nfsync = {sync}\nsynchronous_commit = {commit}\n\
             full_page_writes = {sync}\njit = off\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n\
             log_line_prefix = '%m [%p] '\nlog_min_duration_statement = -1\nlog_statement = none\n\
             log_parameter_max_length_on_error = 0\n"
        );
        std::fs::write(&file, old + &settings).map_err(|error| at(&file, &error))
    }

    /// An earlier server's PostgreSQL may still be coming up, or have been killed and not be buried yet: then its
    /// number counts as alive although nobody answers. Both pass.
    async fn take_over_or_launch(&self) -> Result<()> {
        for _ in 0..PATIENCE {
            if !self.is_running().await {
                return self.launch().await;
            }
            if self.answers().await {
                return Ok(());
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
        if let Err(fault) = started {
            let tail = std::fs::read_to_string(&log).unwrap_or_default();
            let tail: Vec<&str> = tail.lines().rev().take(5).collect();
            return Err(Fault::Cluster(format!(
                "{fault}; its log ends: {}",
                tail.into_iter().rev().collect::<Vec<_>>().join(" / ")
            )));
        }
        Ok(())
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
        self.run("pg_ctl", &all).await
    }

    /// Runs one of PostgreSQL's programs under the right account, from a folder that every account can enter.
    /// Output goes to a file: `pg_ctl start` leaves a child that would keep a pipe open for ever.
    async fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = std::env::temp_dir().join(format!(
            "market-{program}-{}-{}.out",
            std::process::id(),
            self.unique()
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
        let status = tokio::time::timeout(Duration::from_secs(120), command.status()).await;
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
                "{program} did not end within two minutes"
            ))),
        }
    }

    fn unique(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.data.hash(&mut hasher);
        std::thread::current().id().hash(&mut hasher);
        hasher.finish()
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
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        accounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let fits = fields.first() == Some(&name);
            fits.then(|| {
                Some(Account {
                    uid: fields.get(2)?.parse().ok()?,
                    gid: fields.get(3)?.parse().ok()?,
                })
            })?
        })
    };
    match find("postgres").or_else(|| find("nobody")) {
        Some(account) => Ok(Some(account)),
        None => Err(Fault::Cluster(
            "running as root, and there is neither an account postgres nor nobody".into(),
        )),
    }
}

/// The folder itself; or, when root's PostgreSQL account could not enter it (a clone below /root, say), one of the
/// same name under /var/lib that it can.
fn reachable_home(folder: &Path, account: Option<Account>) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    let folder = folder.canonicalize().map_err(|error| at(folder, &error))?;
    let Some(account) = account else {
        return Ok(folder);
    };
    let closed = folder
        .ancestors()
        .skip(1)
        .find(|parent| !can_enter(parent, account));
    let home = match closed {
        None => folder,
        Some(parent) => {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut hasher = DefaultHasher::new();
            folder.hash(&mut hasher);
            let other = PathBuf::from(format!(
                "/var/lib/intermediary-market/{:016x}",
                hasher.finish()
            ));
            tracing::warn!(closed = %parent.display(), instead = %other.display(), "PostgreSQL's account can't enter the data folder");
            std::fs::create_dir_all(&other).map_err(|error| at(&other, &error))?;
            other
        }
    };
    let data = home.join("cluster");
    std::fs::create_dir_all(&data).map_err(|error| at(&data, &error))?;
    chown(&data, Some(account.uid), Some(account.gid)).map_err(|error| at(&data, &error))?;
    let mode = std::fs::metadata(&home)
        .map_err(|error| at(&home, &error))?
        .permissions()
        .mode();
    std::fs::set_permissions(&home, PermissionsExt::from_mode(mode | 0o011))
        .map_err(|error| at(&home, &error))?;
    Ok(home)
}

fn can_enter(folder: &Path, account: Account) -> bool {
    std::fs::metadata(folder).is_ok_and(|found| {
        let bit = if found.uid() == account.uid {
            0o100
        } else if found.gid() == account.gid {
            0o010
        } else {
            0o001
        };
        found.mode() & bit != 0
    })
}

/// Unix sockets have short paths (107 bytes); a deep data folder gets its socket under the temporary folder.
fn socket_folder(home: &Path, account: Option<Account>) -> Result<PathBuf> {
    let own = home.join("socket");
    let folder = if own.as_os_str().len() <= 80 {
        own
    } else {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        home.hash(&mut hasher);
        std::env::temp_dir().join(format!("market-{:016x}", hasher.finish()))
    };
    std::fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    let owner = std::fs::metadata(&folder)
        .map_err(|error| at(&folder, &error))?
        .uid();
    let wanted = account.map_or(rustix::process::geteuid().as_raw(), |account| account.uid);
    if owner != wanted {
        let gid = account.map(|account| account.gid);
        chown(&folder, Some(wanted), gid).map_err(|error| at(&folder, &error))?;
    }
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700))
        .map_err(|error| at(&folder, &error))?;
    Ok(folder)
}

fn lock_folder(home: &Path) -> Result<std::fs::File> {
    let path = home.join("lock");
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| at(&path, &error))?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| Fault::Cluster(format!("{} is used by another server", home.display())))?;
    Ok(file)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| Fault::Cluster(format!("{} is not a path in UTF-8", path.display())))
}

fn at(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Cluster(format!("{}: {error}", path.display()))
}
