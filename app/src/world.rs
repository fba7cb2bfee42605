//! What a request finds: the database, the clock, chance, the vault, the uploads, and what the installation is called.
//! Nothing here is global; tests and the demo bring their own.

use crate::passwords::Hashing;
use crate::records::Records;
use crate::uploads::Uploads;
use crate::vault::Vault;
use market::time::Duration;
use market::{Chance, Timestamp};
use std::sync::{Arc, Mutex};
use store::PgPool;
use store::policy::Rules;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present instant, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// Where chance comes from: a fresh source for each decision.
pub type ChanceSource = Arc<dyn Fn() -> Box<dyn Chance> + Send + Sync>;

/// Everything that is the same for all requests.
#[derive(Clone)]
pub struct World {
    pub pool: PgPool,
    pub clock: Arc<dyn Clock>,
    pub chance: ChanceSource,
    pub vault: Vault,
    pub uploads: Uploads,
    /// The room that refused acts have in the records.
    pub records: Records,
    /// The places where passwords are hashed.
    pub hashing: Hashing,
    pub site: Arc<Site>,
    /// The rules as last read for a page, so that pages need not ask each time. Decisions always read anew.
    pub rules_seen: Arc<Mutex<Option<(Timestamp, Rules)>>>,
}

/// For so long a page may show the rules as last read.
pub const RULES_SEEN_FOR: Duration = Duration::seconds(5);

/// What the installation is called, and how it behaves towards browsers.
#[derive(Debug, Clone)]
pub struct Site {
    /// `示范区中介服务超市`
    pub name: String,
    /// GB/T 2260, six digits.
    pub region: String,
    pub region_name: String,
    /// Who runs the site, for the footer.
    pub host: String,
    pub host_phone: String,
    /// The address under which people reach it, without a slash at the end.
    pub public_url: String,
    /// Whether the sign-in page offers the demo's accounts.
    pub shows_demo_accounts: bool,
    pub session_idle_minutes: i64,
    pub session_hours: i64,
    /// Sessions that a person has at once; a further one ends the one used longest ago.
    pub sessions: i64,
    /// Content-hashed names of stylesheet, script and wasm.
    pub assets: Assets,
}

/// The addresses of the static files of this build.
#[derive(Debug, Clone)]
pub struct Assets {
    pub style: String,
    pub start: String,
    pub assist: Module,
    pub crypto: Module,
}

/// A module of the islands.
#[derive(Debug, Clone)]
pub struct Module {
    pub script: String,
    pub wasm: String,
}

impl Default for Assets {
    /// The names without the hashes that a build gives them.
    fn default() -> Self {
        Assets {
            style: "/pkg/market.css".into(),
            start: "/pkg/start.js".into(),
            assist: Module {
                script: "/pkg/assist.js".into(),
                wasm: "/pkg/assist.wasm".into(),
            },
            crypto: Module {
                script: "/pkg/crypto.js".into(),
                wasm: "/pkg/crypto.wasm".into(),
            },
        }
    }
}
