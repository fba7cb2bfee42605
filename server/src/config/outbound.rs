//! The settings of what leaves the house: who takes mails and text messages.

use super::Reader;
use crate::outbound::{MailRelay, Security, SmsGateway};
use market::effect::MESSAGE_TEMPLATE;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The relay; `Some(None)` where mails go into a folder.
pub(super) fn read_mail(read: &mut Reader<'_>) -> Option<Option<MailRelay>> {
    let security = read.read(
        "mail_tls",
        "implicit, starttls or none",
        |value| match value {
            "implicit" => Some(Security::Implicit),
            "starttls" => Some(Security::Starttls),
            "none" => Some(Security::None),
            _ => None,
        },
    );
    let host = read.values.get("mail_host").trim().to_string();
    if host.is_empty() {
        return Some(None);
    }
    let port = match (read.values.get("mail_port"), security) {
        ("", Some(Security::Implicit)) => Some(465),
        ("", Some(Security::Starttls)) => Some(587),
        ("", _) => Some(25),
        _ => read.read("mail_port", "a number from 1 to 65535", |value| {
            value.parse().ok().filter(|port| *port > 0)
        }),
    };
    let from = read.read(
        "mail_from",
        "an address such as market@example.gov.cn",
        |value| {
            value
                .parse::<lettre::Address>()
                .ok()
                .map(|from| from.to_string())
        },
    );
    let user = match (
        read.values.get("mail_user"),
        read.values.get("mail_password_file"),
    ) {
        ("", "") => Some(None),
        ("", _) | (_, "") => {
            read.wrong("mail_user", "mail_user and mail_password_file go together");
            None
        }
        (user, file) => Some(Some((user.to_string(), PathBuf::from(file)))),
    };
    if security == Some(Security::None) && !is_here(&host) {
        read.wrong(
            "mail_tls",
            "none is only for a relay on the machine itself: everybody on the way could read the mails",
        );
    }
    Some(Some(MailRelay {
        host,
        port: port?,
        security: security?,
        user: user?,
        from: from?,
    }))
}

/// The gateway; `Some(None)` where text messages go into a folder.
pub(super) fn read_sms(read: &mut Reader<'_>) -> Option<Option<SmsGateway>> {
    if read.values.get("sms_url").is_empty() {
        return Some(None);
    }
    let url = read.read("sms_url", "an address that begins with https://", |value| {
        let host = value.strip_prefix("http://").map(|rest| {
            let end = rest.find([':', '/']).unwrap_or(rest.len());
            &rest[..end]
        });
        let fits = value.starts_with("https://") || host.is_some_and(is_here);
        fits.then(|| value.to_string())
    });
    let secret_file = read.text("sms_secret_file").map(PathBuf::from);
    let expected = "the template of messages, as message=SMS_1001";
    let templates = read.read("sms_templates", expected, templates);
    let sign = read.values.get("sms_sign").trim().to_string();
    Some(Some(SmsGateway {
        url: url?,
        secret_file: secret_file?,
        sign,
        templates: templates?,
    }))
}

/// Whether a host is the machine itself, so that nobody is on the way.
fn is_here(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

/// The templates by their names; without that of messages none could be sent.
fn templates(text: &str) -> Option<BTreeMap<String, String>> {
    let templates: BTreeMap<String, String> = text
        .split_whitespace()
        .map(|pair| {
            let (name, code) = pair.split_once('=')?;
            let is_whole = !name.is_empty() && !code.is_empty();
            is_whole.then(|| (name.to_string(), code.to_string()))
        })
        .collect::<Option<_>>()?;
    templates
        .contains_key(MESSAGE_TEMPLATE)
        .then_some(templates)
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Mistake, Values};

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<Mistake>> {
        let pairs = pairs.iter();
        let environment = pairs.map(|(key, value)| (key.to_string(), value.to_string()));
        Config::read(&Values::gather(None, &environment.collect()).expect("known keys"))
    }

    #[test]
    fn without_settings_everything_goes_into_folders() {
        let config = read(&[]).expect("sound");
        assert!(config.mail.is_none() && config.sms.is_none());
    }

    #[test]
    fn a_relay_and_a_gateway_are_read() {
        let config = read(&[
            ("MARKET_MAIL_HOST", "smtp.example.gov.cn"),
            ("MARKET_MAIL_TLS", "starttls"),
            ("MARKET_MAIL_USER", "market"),
            ("MARKET_MAIL_PASSWORD_FILE", "/etc/market/mail"),
            ("MARKET_MAIL_FROM", "market@example.gov.cn"),
            ("MARKET_SMS_URL", "https://sms.example.gov.cn/send"),
            ("MARKET_SMS_SECRET_FILE", "/etc/market/sms"),
            ("MARKET_SMS_TEMPLATES", "message=SMS_1001 more=SMS_1002"),
        ])
        .expect("sound");
        let (mail, sms) = (
            config.mail.expect("a relay"),
            config.sms.expect("a gateway"),
        );
        assert_eq!((mail.port, mail.user.is_some()), (587, true));
        assert_eq!(sms.templates["more"], "SMS_1002");
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let mistakes = read(&[
            ("MARKET_MAIL_HOST", "smtp.example.gov.cn"),
            ("MARKET_MAIL_TLS", "none"),
            ("MARKET_MAIL_PORT", "0"),
            ("MARKET_MAIL_USER", "market"),
            (
                "MARKET_SMS_URL",
                "http://sms.example.gov.cn/send?token=geheim",
            ),
            ("MARKET_SMS_TEMPLATES", "award"),
        ])
        .expect_err("mistakes");
        let keys: Vec<&str> = mistakes.iter().map(|one| one.key.as_str()).collect();
        for key in [
            "mail_tls",
            "mail_port",
            "mail_from",
            "mail_user",
            "sms_url",
            "sms_secret_file",
            "sms_templates",
        ] {
            assert!(keys.contains(&key), "{key} in {keys:?}");
        }
        let said = format!("{mistakes:?}");
        assert!(
            !said.contains("geheim"),
            "an address may carry a secret: {said}"
        );
    }
}
