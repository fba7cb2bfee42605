//! Mails by SMTP, through the relay that the settings name.

use super::{Carrying, Parcel, Undelivered, Way};
use crate::installation::Trouble;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use market::effect::{Effect, Failure, TIMEOUT};
use market::hash::sha256;
use std::path::PathBuf;
use std::time::SystemTime;

/// How the line to the relay is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Implicit,
    /// TLS after a greeting, and nothing without it (port 587).
    Starttls,
    /// None: only to a relay on the machine itself, or in tests (port 25).
    None,
}

/// The relay that takes our mails.
#[derive(Debug, Clone)]
pub struct MailRelay {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Who signs in, and the file with the password.
    pub user: Option<(String, PathBuf)>,
    /// The address that mails are from.
    pub from: String,
}

/// Mails by SMTP.
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    relay: String,
}

impl Smtp {
    /// Opens no connection yet. Errors: the password cannot be read, or an address is none.
    pub(super) fn open(relay: &MailRelay, sender: String) -> Result<Smtp, Trouble> {
        let tls = match relay.security {
            Security::Implicit => Tls::Wrapper(TlsParameters::new(relay.host.clone())?),
            Security::Starttls => Tls::Required(TlsParameters::new(relay.host.clone())?),
            Security::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .port(relay.port)
            .tls(tls)
            .timeout(Some(TIMEOUT.unsigned_abs()))
            .pool_config(PoolConfig::new().max_size(8));
        if let Some((user, file)) = &relay.user {
            let password = std::fs::read_to_string(file)
                .map_err(|error| format!("mail_password_file {}: {error}", file.display()))?;
            let password = password.trim_end_matches(['\r', '\n']).to_string();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let from = mailbox(&sender, &relay.from).map_err(|wrong| wrong.why)?;
        Ok(Smtp {
            transport: builder.build(),
            from,
            relay: format!("{}:{}", relay.host, relay.port),
        })
    }
}

/// An address with its name. Errors: it is no address.
pub(super) fn mailbox(name: &str, address: &str) -> Result<Mailbox, Undelivered> {
    let address: Address = address
        .parse()
        .map_err(|error| Undelivered::for_good(format!("an address is none: {error}")))?;
    let name = Some(name.to_string()).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

/// The mail of a parcel. Its Message-ID comes from the key, so that a mail program shows a repetition once.
pub(super) fn message(parcel: &Parcel, from: Mailbox) -> Result<Message, Undelivered> {
    let Effect::Mail(mail) = &parcel.effect else {
        return Err(Undelivered::for_good("this is no mail"));
    };
    let key = sha256(parcel.idempotency_key.as_bytes()).to_string();
    let id = format!("<{}@{}>", &key[..32], from.email.domain());
    // Programs that answer for somebody who is away leave such mails alone (RFC 3834).
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(from)
        .to(mailbox("", &parcel.to)?)
        .subject(mail.subject.clone())
        .date(SystemTime::from(parcel.now))
        .message_id(Some(id))
        .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.clone())
        .map_err(Undelivered::for_good)
}

/// What follows from an answer of the relay. A mailbox that does not exist is refused for good; a relay that does not
/// know us (530 to 538) has lost its settings, or we ours: that is put right, and then the mail goes.
fn undelivered(error: &Error) -> Undelivered {
    let code = error.status().map(u16::from);
    let failure = match code {
        Some(530..=538) => Failure::Passing,
        Some(500..=599) => Failure::Final,
        _ => Failure::Passing,
    };
    Undelivered {
        failure,
        why: error.to_string(),
    }
}

impl Way for Smtp {
    fn carry(&self, parcel: Parcel) -> Carrying<'_> {
        Box::pin(async move {
            let message = message(&parcel, self.from.clone())?;
            let sent = self.transport.send(message).await;
            let response = sent.map_err(|error| undelivered(&error))?;
            Ok(format!(
                "{} {}",
                response.code(),
                response.first_line().unwrap_or_default()
            ))
        })
    }

    fn check(&self) -> Carrying<'_> {
        Box::pin(async move {
            match self.transport.test_connection().await {
                Ok(true) => Ok(format!("{} answers", self.relay)),
                Ok(false) => Err(Undelivered::passing(format!(
                    "{} does not answer",
                    self.relay
                ))),
                Err(error) => Err(Undelivered::passing(format!("{}: {error}", self.relay))),
            }
        })
    }
}
