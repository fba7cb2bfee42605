//! What can be set, and the raw values: a TOML file over the defaults, environment variables over both.

use std::collections::BTreeMap;
use std::path::Path;

/// One setting: its key in the file (upper-cased with `MARKET_` in front in the environment), default and meaning.
pub struct Setting {
    pub key: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    pub secret: bool,
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

/// Every setting, in the order of docs/operations.md.
pub const SETTINGS: &[Setting] = &[
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
    secret(
        "database_owner_url",
        "the same database as the owner of its tables, who migrates; empty: database_url does both",
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
        "scanner",
        "",
        "clamd that looks at every upload: unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310; empty: none",
    ),
    setting(
        "upload_person_day_mb",
        "300",
        "megabytes that a person may upload in 24 hours, 10 to 1000000",
    ),
    setting(
        "upload_person_mb",
        "10000",
        "megabytes that a person may have uploaded in all, 10 to 100000000",
    ),
    setting(
        "upload_body_day_mb",
        "1000",
        "megabytes that the people of one body may upload in 24 hours, 10 to 1000000",
    ),
    setting(
        "upload_body_mb",
        "50000",
        "megabytes that the people of one body may have uploaded in all, 10 to 100000000",
    ),
    setting(
        "upload_newcomer_mb",
        "200",
        "megabytes that a person may have uploaded in all before one of the person's bodies is confirmed, 10 to 100000000",
    ),
    setting(
        "upload_waiting_mb",
        "10000",
        "megabytes of everybody's uploads together that no form has taken yet, 100 to 100000000",
    ),
    setting(
        "mail_host",
        "",
        "relay that takes mails by SMTP; empty: mails go into the folder mail in `data`",
    ),
    setting(
        "mail_port",
        "",
        "its port, 1 to 65535; empty: 465, 587 or 25, after mail_tls",
    ),
    setting(
        "mail_tls",
        "implicit",
        "implicit, starttls, or none for a relay on the machine itself",
    ),
    setting("mail_user", "", "who signs in at the relay; empty: nobody"),
    setting(
        "mail_password_file",
        "",
        "file with the password, when mail_user is set",
    ),
    setting(
        "mail_from",
        "",
        "address that mails are from, when mail_host is set",
    ),
    secret(
        "sms_url",
        "https://… of the gateway that takes text messages; empty: they go into the folder sms in `data`",
    ),
    setting(
        "sms_secret_file",
        "",
        "file with the secret that signs text messages, 16 characters or more, when sms_url is set",
    ),
    setting(
        "sms_sign",
        "",
        "name before each text message as it is registered with the carrier",
    ),
    setting(
        "sms_templates",
        "",
        "the carrier's code of the template of messages, as message=SMS_1001; the template has one variable, title",
    ),
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
        "limit_searches",
        "1200/minute 300/minute",
        "searches of one address and of one account; off, or a number a second, minute, hour or day",
    ),
    setting(
        "limit_open_data",
        "600/minute 300/minute",
        "requests for open data and exports, likewise",
    ),
    setting(
        "limit_forms",
        "1200/minute 240/minute",
        "forms of every kind, drafts saved by themselves included, likewise",
    ),
    setting("limit_accounts", "60/hour off", "new accounts, likewise"),
    setting(
        "limit_bodies",
        "60/hour 10/day",
        "registrations of owners and agencies, likewise",
    ),
    setting(
        "limit_drafts",
        "600/hour 60/hour",
        "requirements begun, likewise",
    ),
    setting(
        "limit_uploads",
        "1200/hour 300/hour",
        "forms with files, and files sent ahead of them, likewise",
    ),
    setting(
        "places_per_address",
        "64",
        "requests of one address under way at once, 1 to 512",
    ),
    setting(
        "connections_per_address",
        "256",
        "connections of one address, 1 to 8192; not counted with trusted_proxy",
    ),
    setting(
        "head_seconds",
        "20",
        "seconds that the head of a request may take, 1 to 600",
    ),
    setting(
        "body_grace_seconds",
        "20",
        "seconds after which a body must have come at body_bytes_per_second, 1 to 600",
    ),
    setting(
        "body_bytes_per_second",
        "2048",
        "slowest bearable line, 1 to 1000000",
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
        "sessions",
        "10",
        "sessions of one person at once; a further one ends the one used longest ago, 1 to 100",
    ),
    setting(
        "password_places",
        "",
        "passwords hashed at once, 19 MiB each, 1 to 64; empty: a processor and 512 MiB of memory each, 4 at most",
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

    /// A raw value; empty when nothing was set and the default is empty.
    pub fn get(&self, key: &'static str) -> &str {
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
