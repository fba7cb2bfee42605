//! Text messages by HTTP: one POST each, signed, to a gateway that speaks to the carrier.

use super::{Carrying, Parcel, Undelivered, Way};
use crate::installation::Trouble;
use hmac::{Hmac, KeyInit, Mac};
use market::effect::{Effect, Failure, TIMEOUT};
use reqwest::{Client, StatusCode};
use serde_json::json;
use sha2::Sha256;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The gateway that takes our text messages.
#[derive(Debug, Clone)]
pub struct SmsGateway {
    pub url: String,
    /// The file with the secret that signs.
    pub secret_file: PathBuf,
    /// The name in 【】 before the text, as it is registered with the carrier.
    pub sign: String,
    /// The carrier's code of each of our templates.
    pub templates: BTreeMap<String, String>,
}

/// Text messages by HTTP.
pub(super) struct Gateway {
    client: Client,
    settings: SmsGateway,
    secret: Vec<u8>,
}

impl Gateway {
    /// Opens no connection yet. Errors: the secret cannot be read or is too short.
    pub(super) fn open(settings: &SmsGateway) -> Result<Gateway, Trouble> {
        let file = settings.secret_file.display();
        let secret = std::fs::read_to_string(&settings.secret_file)
            .map_err(|error| format!("sms_secret_file {file}: {error}"))?;
        let secret = secret.trim().as_bytes().to_vec();
        if secret.len() < 16 {
            return Err(
                format!("sms_secret_file {file}: a secret has 16 characters or more").into(),
            );
        }
        // The one TLS library of the program.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(TIMEOUT.unsigned_abs())
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Gateway {
            client,
            settings: settings.clone(),
            secret,
        })
    }
}

/// What is posted. Errors: it is no text message, or nobody has set the carrier's code of its template.
pub(super) fn body(
    parcel: &Parcel,
    sign: &str,
    code: impl FnOnce(&str) -> Option<String>,
) -> Result<String, Undelivered> {
    let Effect::Sms(sms) = &parcel.effect else {
        return Err(Undelivered::for_good("this is no text message"));
    };
    let template = code(&sms.template).ok_or_else(|| {
        Undelivered::for_good(format!(
            "sms_templates has no code for the template {}",
            sms.template
        ))
    })?;
    let body = json!({
        "v": 1,
        "key": parcel.idempotency_key,
        "to": parcel.to,
        "sign": sign,
        "template": template,
        "variables": sms.variables,
    });
    Ok(body.to_string())
}

/// HMAC-SHA256 of the time, a line break and the body, in hexadecimal.
pub(super) fn signature(secret: &[u8], time: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(format!("{time}\n{body}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// What follows from an answer. What the gateway calls wrong (4xx) stays wrong, but for those that say "not now" or
/// "not you", which are put right on one of the two sides.
fn failure(status: StatusCode) -> Failure {
    let passes = matches!(status.as_u16(), 401 | 403 | 407 | 408 | 425 | 429);
    match status.is_client_error() && !passes {
        true => Failure::Final,
        false => Failure::Passing,
    }
}

impl Way for Gateway {
    fn carry(&self, parcel: Parcel) -> Carrying<'_> {
        Box::pin(async move {
            let known = |template: &str| self.settings.templates.get(template).cloned();
            let body = body(&parcel, &self.settings.sign, known)?;
            let time = parcel.now.unix_timestamp();
            let request = self
                .client
                .post(&self.settings.url)
                .header("content-type", "application/json; charset=utf-8")
                .header("x-market-time", time.to_string())
                .header("x-market-key", &parcel.idempotency_key)
                .header("x-market-signature", signature(&self.secret, time, &body))
                .body(body);
            // Without its address: it may carry a token of the gateway's.
            let sent = request.send().await.map_err(|error| error.without_url());
            let response = sent.map_err(|error| Undelivered::passing(chain(&error)))?;
            let status = response.status();
            let said = response.text().await.unwrap_or_default();
            let said: String = said.chars().take(200).collect();
            if status.is_success() {
                return Ok(format!("{status} {said}"));
            }
            Err(Undelivered {
                failure: failure(status),
                why: format!("{status} {said}"),
            })
        })
    }

    fn check(&self) -> Carrying<'_> {
        Box::pin(async move {
            // Any answer will do: nothing is sent to anybody for a check.
            let asked = self.client.get(&self.settings.url).send().await;
            match asked.map_err(|error| error.without_url()) {
                Ok(response) => Ok(format!("the gateway answers ({})", response.status())),
                Err(error) => Err(Undelivered::passing(chain(&error))),
            }
        })
    }
}

/// An error with what is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(|error| error.to_string()).collect();
    causes.join(": ")
}
