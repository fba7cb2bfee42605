//! The stage: a world whose clock we move, and people who post forms.

use crate::installation::Trouble;
use crate::work;
use app::ask::Ask;
use app::calls::file;
use app::desk::{Actor, Desk};
use app::reply::Reply;
use app::routes::{ROUTES, Route, Verb};
use app::uploads::{Effort, Received};
use app::world::{Clock, World};
use market::time::Duration;
use market::{Form, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that stands still until it is moved.
struct StageClock(AtomicI64);

impl Clock for StageClock {
    fn now(&self) -> Timestamp {
        let micros = i128::from(self.0.load(Ordering::Relaxed));
        Timestamp::from_unix_timestamp_nanos(micros * 1_000).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// See the module.
pub struct Stage {
    pub world: World,
    clock: Arc<StageClock>,
}

impl Stage {
    /// Opens the stage at an instant.
    pub fn open(world: &World, at: Timestamp) -> Stage {
        let clock = Arc::new(StageClock(AtomicI64::new(0)));
        let mut world = world.clone();
        world.clock = clock.clone();
        world.rules_seen = Arc::default();
        let stage = Stage { world, clock };
        stage.set(at);
        stage
    }

    fn set(&self, at: Timestamp) {
        self.clock.0.store(
            (at.unix_timestamp_nanos() / 1_000) as i64,
            Ordering::Relaxed,
        );
    }

    /// The instant on stage.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A moment passes: so that two people don't act at the same microsecond.
    pub fn pause(&self, seconds: i64) {
        self.set(self.now() + Duration::seconds(seconds));
    }

    /// Moves the clock forward, doing every job at its own instant on the way.
    pub async fn advance_to(&mut self, at: Timestamp) -> Result<(), Trouble> {
        loop {
            let mut desk = Desk::reading(&self.world).await?;
            let next = store::job::next_at(desk.conn()).await?;
            drop(desk);
            match next.filter(|next| *next <= at) {
                Some(next) => {
                    self.set(next.max(self.now()));
                    work::turn(&self.world).await?;
                }
                None => break,
            }
        }
        self.set(at.max(self.now()));
        Ok(())
    }

    /// Posts a form as a person, in one transaction. Answers the place one is sent to.
    pub async fn post(&self, actor: &Actor, post: Post) -> Result<String, Trouble> {
        let (path, route) = (post.path, post.route()?);
        let told = |error: app::AppError| {
            let problems = match &error {
                app::AppError::Refused(market::Refusal::Invalid(problems)) => {
                    format!("{:?}", problems.0)
                }
                _ => String::new(),
            };
            let (name, now) = (&actor.name, self.now());
            format!("{name} at {path} on {now}: {error} {problems}")
        };
        let ask = post.ask();
        let mut desk = Desk::writing(&self.world).await.map_err(told)?;
        desk.actor = Some(actor.clone());
        desk.permit(route.action).map_err(told)?;
        let reply = (route.run)(&mut desk, &ask).await.map_err(told)?;
        desk.commit().await.map_err(told)?;
        match reply {
            Reply::Redirect(location) => Ok(location),
            _ => Ok(String::new()),
        }
    }

    /// A scanned document, uploaded by a person.
    pub async fn scan(&self, actor: &Actor, name: &str, line: &str) -> Result<Received, Trouble> {
        let bytes = bytes::Bytes::from(super::scan::pdf(line));
        let chunks = futures::stream::iter([Ok::<_, String>(bytes)]);
        let arrived = file::arrive(&self.world, actor, name, chunks).await?;
        Ok(file::keep(&self.world, actor, &[arrived], &Effort::of_a_form()).await?)
    }

    /// A desk for looking.
    pub async fn look(&self) -> Result<Desk, Trouble> {
        Ok(Desk::reading(&self.world).await?)
    }
}

/// A form on its way: where to, about what, with what.
pub struct Post {
    path: &'static str,
    id: Option<String>,
    form: Form,
    files: BTreeMap<String, Received>,
}

impl Post {
    /// To a route.
    pub fn to(path: &'static str) -> Post {
        Post {
            path,
            id: None,
            form: Form::default(),
            files: BTreeMap::new(),
        }
    }

    /// The `{id}` of the route.
    pub fn about(mut self, id: impl ToString) -> Post {
        self.id = Some(id.to_string());
        self
    }

    /// What is typed.
    pub fn with(mut self, form: Form) -> Post {
        self.form = form;
        self
    }

    /// A file in a field.
    pub fn file(mut self, field: &str, file: Received) -> Post {
        self.files.insert(field.to_string(), file);
        self
    }

    fn route(&self) -> Result<&'static Route, Trouble> {
        ROUTES
            .iter()
            .find(|route| route.path == self.path && route.verb == Verb::Post)
            .ok_or_else(|| format!("no route {}", self.path).into())
    }

    fn ask(self) -> Ask {
        let id = self.id.map(|id| ("id".to_string(), id));
        Ask {
            path: self.path.to_string(),
            params: id.into_iter().collect(),
            form: self.form,
            files: self.files,
            ..Ask::default()
        }
    }
}

/// The id in a place like `/requirements/{id}/edit?done=…`.
pub fn id_in(location: &str) -> String {
    location
        .split(['/', '?', '#'])
        .find(|part| part.len() == 36 && part.contains('-'))
        .unwrap_or_default()
        .to_string()
}
