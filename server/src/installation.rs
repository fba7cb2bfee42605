//! An installation: from a configuration to a world, with its private PostgreSQL if it has one.

use crate::config::{Config, UploadStore};
use crate::system::{SystemClock, chance};
use app::passwords::Hashing;
use app::uploads::Uploads;
use app::vault::Vault;
use app::world::{Assets, Module, Site, World};
use object_store::aws::AmazonS3Builder;
use sqlx::postgres::PgConnectOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use store::cluster::{Cluster, Durability};
use store::{Fault, PgPool, database};

/// What went wrong, in words for the operator.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A world and, if it is private, the PostgreSQL behind it.
pub struct Installation {
    pub world: World,
    pub cluster: Option<Cluster>,
}

/// How a command uses the private PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// It runs until stopped, and nobody else may.
    Host,
    /// It does one thing and leaves.
    Guest,
}

impl Installation {
    /// Opens everything that the configuration names and brings the schema up to date. `Stay::Guest` may share the
    /// private PostgreSQL of a server that runs.
    pub async fn open(config: &Config, stay: Stay) -> Result<Installation, Trouble> {
        std::fs::create_dir_all(&config.data)
            .map_err(|error| format!("{}: {error}", config.data.display()))?;
        let (access, cluster) = match &config.database_url {
            Some(url) => (
                named_access(url, config.database_owner_url.as_deref())?,
                None,
            ),
            None => {
                let cluster = match stay {
                    Stay::Host => Cluster::start(&config.data, Durability::Full).await?,
                    Stay::Guest => Cluster::join(&config.data, Durability::Full).await?,
                };
                (private_access(&cluster), Some(cluster))
            }
        };
        match world(config, access).await {
            Ok(world) => Ok(Installation { world, cluster }),
            Err(trouble) => {
                if let Some(cluster) = &cluster {
                    cluster.stop().await?;
                }
                Err(trouble)
            }
        }
    }

    /// Closes the pool and stops the private PostgreSQL.
    pub async fn close(self) -> Result<(), Fault> {
        self.world.pool.close().await;
        match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }
}

/// How requests and jobs connect, and who migrates.
struct Access {
    options: PgConnectOptions,
    owner: Option<Owner>,
}

/// The owner of the tables, when it is not the role that requests connect as.
struct Owner {
    options: PgConnectOptions,
    /// Whether the other role is made here; in a PostgreSQL of one's own its administrator does that.
    makes_role: bool,
}

fn private_access(cluster: &Cluster) -> Access {
    Access {
        options: cluster.app_options(),
        owner: Some(Owner {
            options: cluster.options(),
            makes_role: true,
        }),
    }
}

fn named_access(url: &str, owner: Option<&str>) -> Result<Access, Trouble> {
    let read = |url: &str, key: &str| -> Result<PgConnectOptions, Trouble> {
        Ok(url
            .parse()
            .map_err(|_| format!("{key} is not an address of PostgreSQL"))?)
    };
    let owner = owner
        .map(|url| read(url, "database_owner_url"))
        .transpose()?;
    Ok(Access {
        options: read(url, "database_url")?,
        owner: owner.map(|options| Owner {
            options,
            makes_role: false,
        }),
    })
}

/// Whether the role of `database_url` owns the tables; `false` too where the database does not answer.
pub async fn connects_as_owner(config: &Config) -> bool {
    let url = config.database_url.as_ref();
    let Some(Ok(options)) = url.map(|url| url.parse::<PgConnectOptions>()) else {
        return false;
    };
    let pool = database::pool(options, 1);
    let owns = database::owns_tables(&pool).await.unwrap_or(false);
    pool.close().await;
    owns
}

/// Migrates as the owner and lets the other role in; or, where one role is both, says so.
async fn bring_up_to_date(access: &Access, pool: &PgPool) -> Result<(), Trouble> {
    let Some(owner) = &access.owner else {
        // A role that may not make tables finds them made by `migrate` under another.
        if !database::is_ready(pool).await.unwrap_or(false) || database::owns_tables(pool).await? {
            database::migrate(pool).await?;
            tracing::warn!(
                "the server connects as the owner of its tables, which could drop what keeps them from being changed; set database_owner_url"
            );
        }
        return Ok(());
    };
    let owners = database::pool(owner.options.clone(), 2);
    let done = async {
        database::migrate(&owners).await?;
        let role = access.options.get_username();
        if owner.makes_role {
            database::make_role(&owners, role).await?;
        }
        database::admit(&owners, role).await
    }
    .await;
    owners.close().await;
    Ok(done?)
}

/// Brings the schema up to date and gathers what requests need.
async fn world(config: &Config, access: Access) -> Result<World, Trouble> {
    let pool = database::pool(access.options.clone(), config.connections);
    bring_up_to_date(&access, &pool).await?;
    let clashing = store::mandate::clashing(&mut *pool.acquire().await?).await?;
    if !clashing.is_empty() {
        tracing::warn!(logins = %clashing.join(", "), "accounts hold roles that exclude each other (docs/duties.txt); end one of them with `server user end`");
    }
    let is_new = !database::holds_anything(&pool).await?;
    let world = World {
        pool,
        clock: Arc::new(SystemClock),
        chance: chance(),
        vault: Vault::new(installation_key(&config.key_file, is_new)?),
        uploads: uploads(&config.uploads)?
            .with_room(config.upload_room)
            .with_scanner(config.scanner.clone()),
        hashing: Hashing::new(config.password_places),
        records: Default::default(),
        site: Arc::new(site(config)),
        rules_seen: Arc::default(),
    };
    let sealed = app::calls::account::seal_phones(&world).await?;
    if sealed > 0 {
        tracing::info!(sealed, "telephones of persons are sealed now");
    }
    Ok(world)
}

fn site(config: &Config) -> Site {
    Site {
        name: config.site_name.clone(),
        region: config.region.clone(),
        region_name: config.region_name.clone(),
        host: config.host.clone(),
        host_phone: config.host_phone.clone(),
        public_url: config.public_url.clone(),
        shows_demo_accounts: config.demo_accounts,
        session_idle_minutes: config.session_idle_minutes,
        session_hours: config.session_hours,
        sessions: config.sessions,
        assets: assets(&config.site),
    }
}

/// The names in `manifest.txt`, which the build writes; without it, the names without hashes.
pub fn assets(folder: &Path) -> Assets {
    let text = std::fs::read_to_string(folder.join("manifest.txt")).unwrap_or_default();
    let find = |key: &str, default: String| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map_or(default, str::to_string)
    };
    let plain = Assets::default();
    Assets {
        style: find("style", plain.style),
        start: find("start", plain.start),
        assist: Module {
            script: find("assist.script", plain.assist.script),
            wasm: find("assist.wasm", plain.assist.wasm),
        },
        crypto: Module {
            script: find("crypto.script", plain.crypto.script),
            wasm: find("crypto.wasm", plain.crypto.wasm),
        },
    }
}

/// Reads the installation's key, or makes it for a new database: 32 bytes in hexadecimal, readable by the server's
/// account only. Losing it means that no sealed bid or seed can be opened; it belongs into the backup, apart from the
/// database. Errors: it is missing although the database holds what only it can open.
fn installation_key(path: &Path, is_new: bool) -> Result<[u8; 32], Trouble> {
    let read = |text: String| -> Result<[u8; 32], Trouble> {
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|_| format!("{} must hold 64 hexadecimal digits", path.display()))?;
        Ok(key)
    };
    match std::fs::read_to_string(path) {
        Ok(text) => read(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_new => Err(format!(
            "{} is missing, and the database already holds seeds, bids and numbers that only this key opens; restore it from the backup (or start with an empty database)",
            path.display()
        )
        .into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key: [u8; 32] = chance()().as_mut().bytes();
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            file.write_all(hex::encode(key).as_bytes())?;
            file.sync_all()?;
            tracing::info!(file = %path.display(), "made the installation's key; keep a copy of it apart from the database");
            Ok(key)
        }
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// Files of the server's own are nobody else's to read, whatever makes them.
fn close_to_others() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

fn uploads(uploads: &UploadStore) -> Result<Uploads, Trouble> {
    match uploads {
        UploadStore::Folder(folder) => {
            close_to_others();
            let at_folder = |error| format!("{}: {error}", folder.display());
            Ok(Uploads::in_folder(folder).map_err(at_folder)?)
        }
        UploadStore::S3 {
            bucket,
            endpoint,
            region,
            key_id,
            secret,
        } => {
            // The one TLS library of the program, for the client of the object store.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let store = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_endpoint(endpoint)
                .with_region(region)
                .with_access_key_id(key_id)
                .with_secret_access_key(secret)
                .with_allow_http(endpoint.starts_with("http://"))
                .build()?;
            Ok(Uploads::new(Arc::new(store)))
        }
    }
}
