//! Configuration: a TOML file if there is one, environment variables over it, defaults under it. A wrong value is
//! named with what was expected, and all of them at once, before anything starts.

mod bounds;
mod outbound;
mod settings;
mod uploads;

use crate::http::Bounds;
use crate::outbound::{MailRelay, SmsGateway};
pub use settings::{Mistake, SETTINGS, Values};
pub use uploads::UploadStore;

use app::uploads::Scanner;
use market::upload::Room;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Everything that can be set. See docs/operations.md.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub site: PathBuf,
    pub database_url: Option<String>,
    /// The same database as the owner of its tables.
    pub database_owner_url: Option<String>,
    pub connections: u32,
    pub key_file: PathBuf,
    pub uploads: UploadStore,
    /// Who looks for malware in uploads.
    pub scanner: Option<Scanner>,
    /// How much somebody may upload, in bytes.
    pub upload_room: Room,
    /// Who takes mails; none: a folder.
    pub mail: Option<MailRelay>,
    /// Who takes text messages; none: a folder.
    pub sms: Option<SmsGateway>,
    pub public_url: String,
    pub site_name: String,
    pub region: String,
    pub region_name: String,
    pub host: String,
    pub host_phone: String,
    pub trusted_proxy: bool,
    pub session_idle_minutes: i64,
    pub session_hours: i64,
    pub sessions: i64,
    /// Passwords hashed at once.
    pub password_places: usize,
    pub bounds: Bounds,
    pub work: bool,
    pub demo_accounts: bool,
    pub log: String,
    pub log_json: bool,
}

/// Reads values one by one and gathers the mistakes.
struct Reader<'a> {
    values: &'a Values,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn wrong(&mut self, key: &str, sentence: impl Into<String>) {
        self.mistakes.push(Mistake {
            key: key.into(),
            sentence: sentence.into(),
        });
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.values.get(key);
        let parsed = parse(value);
        if parsed.is_none() {
            let shown = if SETTINGS
                .iter()
                .any(|setting| setting.key == key && setting.secret)
            {
                "(not shown)"
            } else {
                value
            };
            self.wrong(key, format!("“{shown}” is not {expected}"));
        }
        parsed
    }

    /// The address of a database, if one is set.
    fn database(&mut self, key: &'static str) -> Option<String> {
        let url = Some(self.values.get(key).to_string()).filter(|url| !url.is_empty());
        let is_address =
            |url: &String| url.starts_with("postgres://") || url.starts_with("postgresql://");
        if url.as_ref().is_some_and(|url| !is_address(url)) {
            self.wrong(
                key,
                "must begin with postgres://; PostgreSQL is the only engine",
            );
        }
        url
    }

    fn number<T>(&mut self, key: &'static str, least: T, most: T) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let expected = format!("a number from {least} to {most}");
        self.read(key, &expected, |value| {
            value.parse().ok().filter(|n| *n >= least && *n <= most)
        })
    }

    fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, "true or false", |value| value.parse().ok())
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, "a text", |value| {
            (!value.trim().is_empty()).then(|| value.trim().to_string())
        })
    }
}

impl Config {
    /// Reads every value. Errors: all mistakes at once.
    pub fn read(values: &Values) -> Result<Config, Vec<Mistake>> {
        let mut read = Reader {
            values,
            mistakes: Vec::new(),
        };
        let listen = read_listen(&mut read);
        let data = PathBuf::from(values.get("data"));
        let (database_url, database_owner_url) = read_databases(&mut read);
        let connections = read.number("connections", 2, 200);
        let key_file = key_file(values.get("key_file"), &data);
        let uploads = uploads::read_store(&mut read, &data);
        let scanner = uploads::read_scanner(&mut read);
        let upload_room = uploads::read_room(&mut read);
        let mail = outbound::read_mail(&mut read);
        let sms = outbound::read_sms(&mut read);
        let public_url = read_public_url(&mut read, listen);
        let region = read_region(&mut read);
        let texts = ["site_name", "region_name", "host", "host_phone"].map(|key| read.text(key));
        let trusted_proxy = read.flag("trusted_proxy");
        let bounds = bounds::read(&mut read);
        let session_idle_minutes = read.number("session_idle_minutes", 5, 1_440);
        let session_hours = read.number("session_hours", 1, 168);
        let password_places = read_places(&mut read);
        let sessions = read.number("sessions", 1, 100);
        let (work, demo_accounts, log_json) = (
            read.flag("work"),
            read.flag("demo_accounts"),
            read.flag("log_json"),
        );
        let log = read_log(&mut read);
        let mistakes = read.mistakes;
        let build = || {
            let [site_name, region_name, host, host_phone] = texts;
            Some(Config {
                listen: listen?,
                site: site_folder(values.get("site")),
                data,
                database_url,
                database_owner_url,
                connections: connections?,
                key_file,
                uploads: uploads?,
                scanner: scanner?,
                upload_room: upload_room?,
                mail: mail?,
                sms: sms?,
                public_url: public_url?,
                site_name: site_name?,
                region: region?,
                region_name: region_name?,
                host: host?,
                host_phone: host_phone?,
                trusted_proxy: trusted_proxy?,
                bounds: bounds?,
                session_idle_minutes: session_idle_minutes?,
                session_hours: session_hours?,
                sessions: sessions?,
                password_places: password_places?,
                work: work?,
                demo_accounts: demo_accounts?,
                log: log?,
                log_json: log_json?,
            })
        };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        build().ok_or_else(incomplete)
    }
}

impl Config {
    /// What is allowed but hardly meant, each with what to do.
    pub fn doubts(&self) -> Vec<Mistake> {
        let is_behind_proxy =
            self.listen.ip().is_loopback() && self.public_url.starts_with("https://");
        let mut doubts = Vec::new();
        if is_behind_proxy && !self.trusted_proxy {
            doubts.push(Mistake {
                key: "trusted_proxy".into(),
                sentence: "is false, but `listen` is reached only through a proxy here, which speaks https for \
                           `public_url`: all visitors have the proxy's address, share its limits and lock each other \
                           out; set trusted_proxy = true and let the proxy append to X-Forwarded-For"
                    .into(),
            });
        }
        doubts
    }
}

/// What is missing without a mistake that says so.
fn incomplete() -> Vec<Mistake> {
    vec![Mistake {
        key: "configuration".into(),
        sentence: "incomplete".into(),
    }]
}

fn read_listen(read: &mut Reader<'_>) -> Option<SocketAddr> {
    let expected = "an address and port such as 127.0.0.1:3000";
    read.read("listen", expected, |value| value.parse().ok())
}

/// The database and its owner's way into it.
fn read_databases(read: &mut Reader<'_>) -> (Option<String>, Option<String>) {
    let database_url = read.database("database_url");
    let database_owner_url = read.database("database_owner_url");
    if database_owner_url.is_some() && database_url.is_none() {
        read.wrong(
            "database_owner_url",
            "needs a database_url; the private PostgreSQL has its owner",
        );
    }
    (database_url, database_owner_url)
}

/// The file of the installation's key: as told, or in the folder of data.
fn key_file(told: &str, data: &Path) -> PathBuf {
    match told {
        "" => data.join("installation.key"),
        path => PathBuf::from(path),
    }
}

fn read_region(read: &mut Reader<'_>) -> Option<String> {
    read.read("region", "a GB/T 2260 code of six digits", |value| {
        (value.len() == 6 && value.bytes().all(|c| c.is_ascii_digit())).then(|| value.to_string())
    })
}

fn read_log(read: &mut Reader<'_>) -> Option<String> {
    read.read(
        "log",
        "a log filter such as info or server=debug",
        |value| {
            tracing_subscriber::EnvFilter::try_new(value)
                .ok()
                .map(|_| value.to_string())
        },
    )
}

fn read_public_url(read: &mut Reader<'_>, listen: Option<SocketAddr>) -> Option<String> {
    match (read.values.get("public_url"), listen) {
        ("", Some(listen)) => Some(format!("http://{listen}")),
        _ => read.read(
            "public_url",
            "an address such as https://zj.example.gov.cn",
            |value| {
                let fits = value.starts_with("http://") || value.starts_with("https://");
                fits.then(|| value.trim_end_matches('/').to_string())
            },
        ),
    }
}

/// How many passwords are hashed at once.
fn read_places(read: &mut Reader<'_>) -> Option<usize> {
    match read.values.get("password_places") {
        "" => Some(crate::system::password_places()),
        _ => read.number("password_places", 1, 64),
    }
}

/// The folder of the static files: as told, beside the binary, or where the build puts it.
fn site_folder(told: &str) -> PathBuf {
    if !told.is_empty() {
        return PathBuf::from(told);
    }
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent().map(|folder| folder.join("site")));
    match beside {
        Some(folder) if folder.is_dir() => folder,
        _ => PathBuf::from("target/site"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(environment: &[(&str, &str)]) -> Result<Config, Vec<Mistake>> {
        let environment = environment
            .iter()
            .map(|(k, v)| (k.to_string(), v.to_string()))
            .collect();
        Config::read(&Values::gather(None, &environment)?)
    }

    #[test]
    fn the_defaults_are_a_whole_configuration() {
        let config = read(&[]).expect("defaults");
        assert_eq!(config.public_url, "http://127.0.0.1:3000");
        assert!(config.database_url.is_none() && config.work && !config.demo_accounts);
    }

    #[test]
    fn a_proxy_that_is_not_trusted_is_doubted() {
        let proxied = ("MARKET_PUBLIC_URL", "https://zj.example.gov.cn");
        let doubts = |environment: &[_]| read(environment).expect("a configuration").doubts();
        let [doubt] = &doubts(&[proxied])[..] else {
            panic!("one doubt");
        };
        assert_eq!(doubt.key, "trusted_proxy");
        assert!(
            doubt.sentence.contains("set trusted_proxy = true"),
            "{doubt}"
        );
        assert!(!doubts(&[proxied, ("MARKET_LISTEN", "[::1]:3000")]).is_empty());
        assert_eq!(doubts(&[proxied, ("MARKET_TRUSTED_PROXY", "true")]), []);
        assert_eq!(doubts(&[proxied, ("MARKET_LISTEN", "0.0.0.0:3000")]), []);
        assert_eq!(doubts(&[]), []);
    }

    #[test]
    fn an_owner_of_tables_needs_a_database_beside_it() {
        let url = "postgres://market@db/market";
        let alone = read(&[("MARKET_DATABASE_OWNER_URL", url)]).expect_err("no database");
        assert_eq!(alone[0].key, "database_owner_url");
        let both = [("DATABASE_URL", url), ("MARKET_DATABASE_OWNER_URL", url)];
        assert!(read(&both).is_ok_and(|config| config.database_owner_url.is_some()));
    }

    #[test]
    fn every_mistake_is_named_with_what_was_expected() {
        let mistakes = read(&[
            ("MARKET_LISTEN", "localhost"),
            ("MARKET_CONNECTIONS", "1"),
            ("MARKET_REGION", "襄阳"),
            ("MARKET_WORK", "yes"),
            ("MARKET_LIMIT_BODIES", "10/week"),
            ("MARKET_UPLOADS", "s3"),
            ("DATABASE_URL", "mysql://x"),
            ("MARKET_DATABASE_OWNER_URL", "mysql://y"),
        ])
        .expect_err("mistakes");
        let named: Vec<&str> = mistakes
            .iter()
            .map(|mistake| mistake.key.as_str())
            .collect();
        for key in [
            "listen",
            "connections",
            "limit_bodies",
            "region",
            "work",
            "s3_bucket",
            "s3_secret",
            "database_url",
            "database_owner_url",
        ] {
            assert!(named.contains(&key), "{key} in {named:?}");
        }
        assert!(
            mistakes
                .iter()
                .any(|m| m.sentence.contains("from 2 to 200"))
        );
    }

    #[test]
    fn a_file_is_read_under_the_environment_and_unknown_keys_are_named() {
        let folder = std::env::temp_dir().join(format!("market-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("market.toml");
        std::fs::write(&path, "connections = 7\nhost_phone = \"0710-1\"\n").expect("a file");
        let environment = [("MARKET_HOST_PHONE".to_string(), "0710-2".to_string())].into();
        let config = Config::read(&Values::gather(Some(&path), &environment).expect("known keys"))
            .expect("sound");
        assert_eq!(
            (config.connections, config.host_phone.as_str()),
            (7, "0710-2")
        );
        std::fs::write(&path, "conections = 7\n").expect("a file");
        let mistakes = Values::gather(Some(&path), &BTreeMap::new()).expect_err("a typo");
        assert_eq!(mistakes[0].key, "conections");
        std::fs::remove_dir_all(folder).expect("cleaned");
    }

    #[test]
    fn secrets_are_never_printed() {
        let environment = [(
            "DATABASE_URL".to_string(),
            "postgres://u:hunter2@h/d".to_string(),
        )]
        .into();
        let text = Values::gather(None, &environment)
            .expect("known keys")
            .print();
        assert!(!text.contains("hunter2") && text.contains("(set)"));
    }
}
