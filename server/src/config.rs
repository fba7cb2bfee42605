//! Configuration: a TOML file if there is one, environment variables over it, defaults under it. A wrong value is
//! named with what was expected, and all of them at once, before anything starts.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Everything that can be set. See docs/operations.md.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub site: PathBuf,
    pub database_url: Option<String>,
    pub connections: u32,
    pub key_file: PathBuf,
    pub uploads: UploadStore,
    pub public_url: String,
    pub site_name: String,
    pub region: String,
    pub region_name: String,
    pub host: String,
    pub host_phone: String,
    pub trusted_proxy: bool,
    pub session_idle_minutes: i64,
    pub session_hours: i64,
    pub work: bool,
    pub demo_accounts: bool,
    pub log: String,
    pub log_json: bool,
}

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

/// One setting: its key in the file (upper-cased with `MARKET_` in front in the environment), default and meaning.
struct Setting {
    key: &'static str,
    default: &'static str,
    meaning: &'static str,
    secret: bool,
}

const fn setting(key: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting {
        key,
        default,
        meaning,
        secret: false,
    }
}

const fn secret(key: &'static str, meaning: &'static str) -> Setting {
    Setting {
        key,
        default: "",
        meaning,
        secret: true,
    }
}

const SETTINGS: &[Setting] = &[
    setting("listen", "127.0.0.1:3000", "address and port to listen on"),
    setting(
        "data",
        "data",
        "folder for the private PostgreSQL, uploads and the installation's key",
    ),
    setting(
        "site",
        "",
        "folder with stylesheet, script and wasm; empty: beside the binary, else target/site",
    ),
    secret(
        "database_url",
        "postgres://… of a PostgreSQL of one's own; empty: a private one in `data`",
    ),
    setting(
        "connections",
        "20",
        "most connections to the database, 2 to 200",
    ),
    setting(
        "key_file",
        "",
        "file with the installation's key; empty: `data`/installation.key, made when missing",
    ),
    setting("uploads", "folder", "folder or s3"),
    setting("s3_bucket", "", "bucket, when uploads = s3"),
    setting(
        "s3_endpoint",
        "",
        "https://… of an S3-compatible store, when uploads = s3",
    ),
    setting("s3_region", "us-east-1", "region, when uploads = s3"),
    secret("s3_key_id", "access key id, when uploads = s3"),
    secret("s3_secret", "secret access key, when uploads = s3"),
    setting(
        "public_url",
        "",
        "address under which people reach the site; empty: http:// and `listen`",
    ),
    setting("site_name", "示范区中介服务超市", "name in the masthead"),
    setting(
        "region",
        "420606",
        "GB/T 2260 code of the region, six digits",
    ),
    setting("region_name", "示范区", "name of the region"),
    setting(
        "host",
        "示范区政务服务和大数据管理局",
        "who runs the site, in the footer",
    ),
    setting("host_phone", "12345", "telephone in the footer"),
    setting(
        "trusted_proxy",
        "false",
        "true: take the visitor's address from X-Forwarded-For",
    ),
    setting(
        "session_idle_minutes",
        "120",
        "minutes without a request after which a session ends, 5 to 1440",
    ),
    setting(
        "session_hours",
        "12",
        "hours after which a session ends whatever happens, 1 to 168",
    ),
    setting(
        "work",
        "true",
        "false: `serve` leaves the jobs to a separate `work`",
    ),
    setting(
        "demo_accounts",
        "false",
        "true: the sign-in page offers the demo's accounts; never where anything is real",
    ),
    setting(
        "log",
        "info",
        "what is logged: error, warn, info, debug, or a filter such as server=debug",
    ),
    setting("log_json", "false", "true: one JSON object a line"),
];

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub key: String,
    pub sentence: String,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.key, self.sentence)
    }
}

/// The raw values: defaults, the file over them, the environment over that.
#[derive(Debug, Clone)]
pub struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// Gathers values. `environment` is passed in so that tests need no global state.
    /// Errors: an unreadable file, an unknown key in it.
    pub fn gather(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Values, Vec<Mistake>> {
        let mut values: BTreeMap<&'static str, String> = SETTINGS
            .iter()
            .map(|s| (s.key, s.default.to_string()))
            .collect();
        let mut mistakes = Vec::new();
        for (key, value) in read_file(file)? {
            match SETTINGS.iter().find(|setting| setting.key == key) {
                Some(setting) => {
                    values.insert(setting.key, value);
                }
                None => mistakes.push(Mistake {
                    key,
                    sentence: "no such setting; `server check` lists all of them".into(),
                }),
            }
        }
        for setting in SETTINGS {
            if let Some(value) = environment.get(&format!("MARKET_{}", setting.key.to_uppercase()))
            {
                values.insert(setting.key, value.clone());
            }
        }
        if let Some(url) = environment.get("DATABASE_URL") {
            values.insert("database_url", url.clone());
        }
        if mistakes.is_empty() {
            Ok(Values(values))
        } else {
            Err(mistakes)
        }
    }

    fn get(&self, key: &'static str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// Every setting with its effective value and meaning; secrets are only said to be set.
    pub fn print(&self) -> String {
        let mut text = String::new();
        for setting in SETTINGS {
            let value = match (setting.secret, self.get(setting.key)) {
                (_, "") => "(empty)".to_string(),
                (true, _) => "(set)".to_string(),
                (false, value) => value.to_string(),
            };
            text.push_str(&format!(
                "{:<22} = {value}\n{:<22}   {}\n",
                setting.key, "", setting.meaning
            ));
        }
        text
    }
}

fn read_file(file: Option<&Path>) -> Result<Vec<(String, String)>, Vec<Mistake>> {
    let Some(path) = file else {
        return Ok(Vec::new());
    };
    let mistake = |sentence: String| {
        vec![Mistake {
            key: path.display().to_string(),
            sentence,
        }]
    };
    let text = std::fs::read_to_string(path).map_err(|error| mistake(error.to_string()))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| mistake(error.message().to_string()))?;
    Ok(table
        .into_iter()
        .map(|(key, value)| {
            let value = match value {
                toml::Value::String(text) => text,
                other => other.to_string(),
            };
            (key, value)
        })
        .collect())
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

    fn number(&mut self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        let expected = format!("a number from {least} to {most}");
        self.read(key, &expected, |value| {
            value.parse().ok().filter(|n| (least..=most).contains(n))
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
        let listen: Option<SocketAddr> = read.read(
            "listen",
            "an address and port such as 127.0.0.1:3000",
            |value| value.parse().ok(),
        );
        let data = PathBuf::from(values.get("data"));
        let database_url =
            Some(values.get("database_url").to_string()).filter(|url| !url.is_empty());
        if database_url
            .as_ref()
            .is_some_and(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://"))
        {
            read.wrong(
                "database_url",
                "must begin with postgres://; PostgreSQL is the only engine",
            );
        }
        let connections = read.number("connections", 2, 200);
        let key_file = match values.get("key_file") {
            "" => data.join("installation.key"),
            path => PathBuf::from(path),
        };
        let uploads = read_uploads(&mut read, &data);
        let public_url = match (values.get("public_url"), listen) {
            ("", Some(listen)) => Some(format!("http://{listen}")),
            _ => read.read(
                "public_url",
                "an address such as https://zj.example.gov.cn",
                |value| {
                    let fits = value.starts_with("http://") || value.starts_with("https://");
                    fits.then(|| value.trim_end_matches('/').to_string())
                },
            ),
        };
        let region = read.read("region", "a GB/T 2260 code of six digits", |value| {
            (value.len() == 6 && value.bytes().all(|c| c.is_ascii_digit()))
                .then(|| value.to_string())
        });
        let texts = ["site_name", "region_name", "host", "host_phone"].map(|key| read.text(key));
        let trusted_proxy = read.flag("trusted_proxy");
        let session_idle_minutes = read.number("session_idle_minutes", 5, 1_440);
        let session_hours = read.number("session_hours", 1, 168);
        let (work, demo_accounts, log_json) = (
            read.flag("work"),
            read.flag("demo_accounts"),
            read.flag("log_json"),
        );
        let log = read.read(
            "log",
            "a log filter such as info or server=debug",
            |value| {
                tracing_subscriber::EnvFilter::try_new(value)
                    .ok()
                    .map(|_| value.to_string())
            },
        );
        let mistakes = read.mistakes;
        let build = || {
            let [site_name, region_name, host, host_phone] = texts;
            Some(Config {
                listen: listen?,
                site: site_folder(values.get("site")),
                data,
                database_url,
                connections: connections? as u32,
                key_file,
                uploads: uploads?,
                public_url: public_url?,
                site_name: site_name?,
                region: region?,
                region_name: region_name?,
                host: host?,
                host_phone: host_phone?,
                trusted_proxy: trusted_proxy?,
                session_idle_minutes: session_idle_minutes?,
                session_hours: session_hours?,
                work: work?,
                demo_accounts: demo_accounts?,
                log: log?,
                log_json: log_json?,
            })
        };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        build().ok_or_else(|| {
            vec![Mistake {
                key: "configuration".into(),
                sentence: "incomplete".into(),
            }]
        })
    }
}

fn read_uploads(read: &mut Reader<'_>, data: &Path) -> Option<UploadStore> {
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
    fn every_mistake_is_named_with_what_was_expected() {
        let mistakes = read(&[
            ("MARKET_LISTEN", "localhost"),
            ("MARKET_CONNECTIONS", "1"),
            ("MARKET_REGION", "襄阳"),
            ("MARKET_WORK", "yes"),
            ("MARKET_UPLOADS", "s3"),
            ("DATABASE_URL", "mysql://x"),
        ])
        .expect_err("mistakes");
        let named: Vec<&str> = mistakes
            .iter()
            .map(|mistake| mistake.key.as_str())
            .collect();
        for key in [
            "listen",
            "connections",
            "region",
            "work",
            "s3_bucket",
            "s3_secret",
            "database_url",
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
