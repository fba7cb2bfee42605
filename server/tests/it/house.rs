//! A market of one's own: a clone of a database with a small cast, a clock that is moved by hand, and the router.

use crate::browser::Browser;
use crate::cast;
use crate::line::Line;
use app::passwords::Hashing;
use app::uploads::Uploads;
use app::vault::Vault;
use app::world::{Assets, Clock, Site, World};
use axum::Router;
use market::time::Duration;
use market::{Chance, Timestamp};
use object_store::memory::InMemory;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};
use server::http::{Bounds, Server, router};
use server::work;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::testing::TestDatabase;
use time::macros::datetime;
use tokio::sync::OnceCell;

/// A Monday morning, and a workday.
pub const MONDAY: Timestamp = datetime!(2026-03-02 09:00 +8);

/// The installation's key.
pub const KEY: [u8; 32] = [7; 32];

/// Stands still until it is moved.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn at(instant: Timestamp) -> HandClock {
        let clock = HandClock(AtomicI64::new(0));
        clock.set(instant);
        clock
    }

    pub fn set(&self, instant: Timestamp) {
        let micros = (instant.unix_timestamp_nanos() / 1_000) as i64;
        self.0.store(micros, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        let micros = i128::from(self.0.load(Ordering::SeqCst));
        Timestamp::from_unix_timestamp_nanos(micros * 1_000).expect("an instant of this age")
    }
}

struct Seeded(ChaCha12Rng);

impl Chance for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// Chance that is the same in every run, and another one for each decision.
fn seeded(house: u64) -> app::world::ChanceSource {
    let decisions = Arc::new(AtomicU64::new(0));
    Arc::new(move || {
        let decision = decisions.fetch_add(1, Ordering::SeqCst);
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&house.to_be_bytes());
        seed[8..16].copy_from_slice(&decision.to_be_bytes());
        Box::new(Seeded(ChaCha12Rng::from_seed(seed)))
    })
}

/// Files uploaded while the cast arrived are there for every test, as its rows are.
static FILES: std::sync::LazyLock<Arc<InMemory>> = std::sync::LazyLock::new(Arc::default);
static PEOPLED: OnceCell<String> = OnceCell::const_new();
/// Houses differ in their chance, so that two never share an id.
static HOUSES: AtomicU64 = AtomicU64::new(1);

/// See the module.
pub struct House {
    pub world: World,
    pub clock: Arc<HandClock>,
    router: Router,
    database: Option<TestDatabase>,
}

impl House {
    /// With the whole cast (see [`cast`]), all of them settled.
    pub async fn open() -> House {
        let template = PEOPLED.get_or_init(people).await;
        House::over(
            TestDatabase::copy(template).await,
            1_000 + HOUSES.fetch_add(1, Ordering::SeqCst),
        )
    }

    /// With the whole cast, and a line to the database that can be cut.
    pub async fn open_with_line() -> (House, Line) {
        let mut house = House::open().await;
        let database = house.database.take().expect("an open house");
        let line = Line::to(&database.options).await;
        house.world.pool = store::database::pool(line.options(), 4);
        let server = Server::new(house.world.clone(), false, false, unbounded());
        house.router = router(server, Path::new("no-such-folder"));
        house.database = Some(database);
        (house, line)
    }

    /// With the whole cast, and a store for files of its own: what the cast has uploaded is not in it.
    pub async fn open_with_uploads(uploads: Uploads) -> House {
        let mut house = House::open().await;
        house.world.uploads = uploads;
        let server = Server::new(house.world.clone(), false, false, unbounded());
        house.router = router(server, Path::new("no-such-folder"));
        house
    }

    /// With the catalogue and nobody in it.
    pub async fn empty() -> House {
        let house = House::over(
            TestDatabase::fresh().await,
            HOUSES.fetch_add(1, Ordering::SeqCst),
        );
        server::seed::catalogue(&house.world)
            .await
            .expect("the catalogue");
        house
    }

    fn over(database: TestDatabase, number: u64) -> House {
        let clock = Arc::new(HandClock::at(MONDAY));
        let world = World {
            pool: database.pool.clone(),
            clock: clock.clone(),
            chance: seeded(number),
            vault: Vault::new(KEY),
            uploads: Uploads::new(FILES.clone()),
            hashing: Hashing::new(2),
            records: Default::default(),
            site: Arc::new(site()),
            rules_seen: Arc::default(),
        };
        let server = Server::new(world.clone(), false, false, unbounded());
        let router = router(server, Path::new("no-such-folder"));
        House {
            world,
            clock,
            router,
            database: Some(database),
        }
    }

    /// Lets a person have so many sessions at once.
    pub fn with_sessions(&mut self, sessions: i64) {
        let mut site = (*self.world.site).clone();
        site.sessions = sessions;
        self.world.site = Arc::new(site);
        let server = Server::new(self.world.clone(), false, false, unbounded());
        self.router = router(server, Path::new("no-such-folder"));
    }

    /// A browser that nobody has signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// The router behind these bounds, its visitors' addresses taken from what a proxy says.
    pub fn bounded(&self, bounds: Bounds) -> Router {
        let server = Server::new(self.world.clone(), true, false, bounds);
        router(server, Path::new("no-such-folder"))
    }

    /// A browser of one of the cast.
    pub async fn as_(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(login, cast::PASSWORD).await;
        browser
    }

    /// The address of its database, as the server's role.
    pub fn address(&self) -> String {
        use sqlx::ConnectOptions;
        let database = self.database.as_ref().expect("an open house");
        database.options.to_url_lossy().to_string()
    }

    /// Connections of the owner of the tables, who may do more than the server.
    pub fn owners_pool(&self) -> sqlx::PgPool {
        self.database.as_ref().expect("an open house").owners_pool()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock forward, doing every job at its own instant on the way.
    pub async fn advance_to(&self, instant: Timestamp) {
        loop {
            let mut conn = self.world.pool.acquire().await.expect("a connection");
            let next = store::job::next_at(&mut conn).await.expect("an answer");
            drop(conn);
            let Some(next) = next.filter(|next| *next <= instant) else {
                break;
            };
            self.clock.set(next.max(self.now()));
            work::turn(&self.world).await.expect("the jobs");
        }
        self.clock.set(instant.max(self.now()));
    }

    pub async fn advance(&self, by: Duration) {
        self.advance_to(self.now() + by).await;
    }

    /// Ends the test: no job may have failed on the way, and the database is dropped.
    pub async fn close(mut self) {
        let mut conn = self.world.pool.acquire().await.expect("a connection");
        let filter = store::job::Filter {
            has_failed: true,
            ..Default::default()
        };
        let failed = store::job::list(&mut conn, &filter, None).await;
        drop(conn);
        let failed = failed.expect("the jobs").rows;
        assert!(failed.is_empty(), "jobs failed: {failed:?}");
        self.drop_database().await;
    }

    /// Ends a test in which jobs were meant to fail.
    pub async fn drop_database(&mut self) {
        if let Some(database) = self.database.take() {
            database.close().await;
        }
    }
}

/// All visitors of a house come from one address, and its clock stands still: nothing is counted, unless a test wants it.
pub fn unbounded() -> Bounds {
    let seconds = std::time::Duration::from_secs;
    Bounds {
        shares: Default::default(),
        places: 512,
        connections: 512,
        head: seconds(20),
        grace: seconds(20),
        pace: 1_024,
    }
}

/// Sessions last as long as the tests' years; what their ends do is tested on its own.
fn site() -> Site {
    Site {
        name: "示范区中介服务超市".into(),
        region: "420606".into(),
        region_name: "示范区".into(),
        host: "示范区政务服务和大数据管理局".into(),
        host_phone: "12345".into(),
        public_url: "http://market.test".into(),
        shows_demo_accounts: false,
        session_idle_minutes: 60 * 24 * 400,
        session_hours: 24 * 400,
        sessions: 1_000,
        assets: Assets::default(),
    }
}

/// Fills a database with the cast, once a test run, and keeps it as a template.
async fn people() -> String {
    let mut house = House::empty().await;
    cast::arrive(&house).await;
    let database = house.database.take().expect("an open house");
    database.into_template().await
}
