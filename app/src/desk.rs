//! The desk at which a request is handled: who is asking, one transaction, now, and chance. Opened once, committed
//! once, but for what must outlive a refusal (attempts at passwords and identity numbers): [`Desk::between`] commits
//! that first, and [`crate::reply::Reply::Refused`] keeps it. Nothing else reads a clock or draws a random number.

use crate::AppError;
use crate::world::{RULES_SEEN_FOR, World};
use cookie::Cookie;
use market::effect::{Effect, EffectKind, Envelope, Receiver, mask_mailbox};
use market::identity::mask_phone;
use market::journal::{Deed, Subject};
use market::permit::{Action, Role, Visitor, permits};
use market::{
    AgencyId, Chance, DepartmentId, EffectId, JobId, MandateId, OwnerId, PersonId, SessionId,
    Timestamp, id::uuid_v7,
};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Transaction};
use store::job::JobKind;
use store::journal::Outcome;
use store::policy::Rules;
use store::stored::Kept;
use uuid::Uuid;

/// For whom a person acts.
#[derive(Debug, Clone)]
pub struct Acting {
    pub mandate: MandateId,
    pub role: Role,
    pub owner: Option<OwnerId>,
    pub agency: Option<AgencyId>,
    pub department: Option<DepartmentId>,
    /// The body's name; the operator and the supervisors have none.
    pub body_name: Option<String>,
}

/// Who is asking.
#[derive(Debug, Clone)]
pub struct Actor {
    /// `None` for the demo, which acts without a browser.
    pub session: Option<SessionId>,
    pub person: PersonId,
    pub name: String,
    pub acting: Option<Acting>,
    /// Somebody else has set the password: nothing else is done before it is changed.
    pub must_change_password: bool,
    /// Messages that the person has not read, as far as they are counted.
    pub unread: i64,
}

enum Connection {
    Reading(PoolConnection<Postgres>),
    Writing(Transaction<'static, Postgres>),
    /// Between two transactions of one request, and after the second could not be begun.
    Away,
}

/// What is to leave the house, where to, and when.
#[derive(Debug)]
pub struct Sending<'a> {
    pub effect: &'a Effect,
    /// Order and pace are kept for each receiver.
    pub receiver: Receiver,
    pub envelope: Envelope,
    /// The same for the same thing said to the same person by the same way, for ever: `message:<id>:mail`.
    pub idempotency_key: &'a str,
    /// What it is for.
    pub subject: Subject,
    /// Not before; what is due earlier leaves earlier.
    pub due_at: Timestamp,
}

/// See the module.
pub struct Desk {
    connection: Connection,
    chance: Box<dyn Chance>,
    rules: Option<Rules>,
    /// What the answer has the browser remember.
    pub cookies: Vec<Cookie<'static>>,
    pub world: World,
    pub now: Timestamp,
    pub actor: Option<Actor>,
    /// From where the request comes; empty for what the clock does.
    pub address: String,
    /// Whether something has been made permanent before the end, by [`Desk::between`].
    pub is_parted: bool,
}

impl Desk {
    /// A desk for reading: one connection, no transaction.
    pub async fn reading(world: &World) -> Result<Desk, AppError> {
        let connection = Connection::Reading(world.pool.acquire().await?);
        Ok(Desk::at(world, connection))
    }

    /// A desk for writing: one transaction.
    pub async fn writing(world: &World) -> Result<Desk, AppError> {
        let connection = Connection::Writing(world.pool.begin().await?);
        Ok(Desk::at(world, connection))
    }

    fn at(world: &World, connection: Connection) -> Desk {
        Desk {
            connection,
            chance: (world.chance)(),
            rules: None,
            cookies: Vec::new(),
            now: world.clock.now(),
            world: world.clone(),
            actor: None,
            address: String::new(),
            is_parted: false,
        }
    }

    /// The connection, inside the transaction if there is one.
    pub fn conn(&mut self) -> &mut PgConnection {
        match &mut self.connection {
            Connection::Reading(connection) => connection,
            Connection::Writing(transaction) => transaction,
            Connection::Away => unreachable!("a desk is used after it could not be opened again"),
        }
    }

    /// Does something slow without holding a connection: what was written so far is made permanent first, and what
    /// follows is a transaction of its own. Errors: nothing more can be done at this desk.
    pub async fn between<T>(&mut self, slow: impl Future<Output = T>) -> Result<T, AppError> {
        match std::mem::replace(&mut self.connection, Connection::Away) {
            Connection::Writing(transaction) => transaction.commit().await?,
            Connection::Reading(_) | Connection::Away => {}
        }
        self.is_parted = true;
        let result = slow.await;
        self.connection = Connection::Writing(self.world.pool.begin().await?);
        Ok(result)
    }

    /// Makes everything that was written permanent. A desk that is dropped instead has changed nothing.
    pub async fn commit(self) -> Result<(), AppError> {
        match self.connection {
            Connection::Reading(_) | Connection::Away => Ok(()),
            Connection::Writing(transaction) => Ok(transaction.commit().await?),
        }
    }

    /// Chance.
    pub fn chance(&mut self) -> &mut dyn Chance {
        self.chance.as_mut()
    }

    /// A fresh identifier.
    pub fn id<T: From<Uuid>>(&mut self) -> T {
        uuid_v7(self.now, self.chance.as_mut()).into()
    }

    /// The rules in force now, read once a desk.
    pub async fn rules(&mut self) -> Result<Rules, AppError> {
        if let Some(rules) = &self.rules {
            return Ok(rules.clone());
        }
        let (region, now) = (self.world.site.region.clone(), self.now);
        if let Some(rules) = self.rules_seen() {
            return Ok(rules);
        }
        let rules = store::policy::in_force(self.conn(), &region, now).await?;
        self.rules = Some(rules.clone());
        if let Ok(mut seen) = self.world.rules_seen.lock() {
            *seen = Some((now, rules.clone()));
        }
        Ok(rules)
    }

    /// Notes a document that one row of a list cannot show. The list goes on without it.
    pub async fn note_unreadable<T>(
        &mut self,
        kept: Option<&Kept<T>>,
        subject: impl Into<Uuid>,
    ) -> Result<(), AppError> {
        let Some(Kept(Err(unreadable))) = kept else {
            return Ok(());
        };
        let (unreadable, now) = (unreadable.clone().of(subject.into()), self.now);
        if store::unreadable::note(self.conn(), &unreadable, now).await? {
            tracing::error!(%unreadable, "a row of a list has a document that cannot be read");
        }
        Ok(())
    }

    /// The rules as last read, for pages only.
    fn rules_seen(&self) -> Option<Rules> {
        let Connection::Reading(_) = self.connection else {
            return None;
        };
        let seen = self.world.rules_seen.lock().ok()?;
        let (at, rules) = seen.as_ref()?;
        (*at <= self.now && self.now - *at < RULES_SEEN_FOR).then(|| rules.clone())
    }

    /// Who is asking, for the permit table.
    pub fn visitor(&self) -> Visitor {
        match &self.actor {
            None => Visitor::Nobody,
            Some(Actor { acting: None, .. }) => Visitor::Person,
            Some(Actor {
                acting: Some(acting),
                ..
            }) => Visitor::Acting(acting.role),
        }
    }

    /// Whether the visitor may do this. Errors: sign in first, or never in this role.
    pub fn permit(&self, action: Action) -> Result<(), AppError> {
        if permits(self.visitor(), action) {
            return Ok(());
        }
        let must_change = |actor: &Actor| actor.must_change_password;
        Err(if self.actor.as_ref().is_some_and(must_change) {
            AppError::FirstPassword
        } else if self.actor.is_none() {
            AppError::SignIn
        } else {
            AppError::Forbidden
        })
    }

    /// The person who is signed in.
    pub fn person(&self) -> Result<PersonId, AppError> {
        self.actor
            .as_ref()
            .map(|actor| actor.person)
            .ok_or(AppError::SignIn)
    }

    /// For whom the person acts.
    pub fn acting(&self) -> Result<&Acting, AppError> {
        let actor = self.actor.as_ref().ok_or(AppError::SignIn)?;
        actor.acting.as_ref().ok_or(AppError::Forbidden)
    }

    /// The owner that the person acts for.
    pub fn owner(&self) -> Result<OwnerId, AppError> {
        self.acting()?.owner.ok_or(AppError::Forbidden)
    }

    /// The agency that the person acts for.
    pub fn agency(&self) -> Result<AgencyId, AppError> {
        self.acting()?.agency.ok_or(AppError::Forbidden)
    }

    /// The department that the person acts for.
    pub fn department(&self) -> Result<DepartmentId, AppError> {
        self.acting()?.department.ok_or(AppError::Forbidden)
    }

    /// A trustee sees and does only what is its own; an administrator everything of the owner.
    pub fn only_own(&self) -> Option<PersonId> {
        let actor = self.actor.as_ref()?;
        let role = actor.acting.as_ref()?.role;
        (role == Role::OwnerTrustee).then_some(actor.person)
    }

    /// Whether the person acts for the owner of a requirement that somebody there has begun, and may see it.
    pub fn owns(&self, owner: OwnerId, created_by: PersonId) -> bool {
        let acting = self.actor.as_ref().and_then(|actor| actor.acting.as_ref());
        acting.is_some_and(|acting| acting.owner == Some(owner))
            && self.only_own().is_none_or(|person| person == created_by)
    }

    /// Writes who did what.
    pub async fn journal(
        &mut self,
        deed: Deed,
        subject: Subject,
        note: &str,
    ) -> Result<(), AppError> {
        self.record(deed, subject, note, Outcome::Done).await
    }

    /// Writes who did or tried what, from where, and how it ended. What follows from a rule alone is written as
    /// nobody's act.
    pub async fn record(
        &mut self,
        deed: Deed,
        subject: Subject,
        note: &str,
        result: Outcome,
    ) -> Result<(), AppError> {
        let by_somebody = !deed.is_by_rule();
        let address = if by_somebody {
            self.address.clone()
        } else {
            String::new()
        };
        let id = self.id::<Uuid>();
        let actor = self.actor.as_ref().filter(|_| by_somebody);
        let line = store::journal::Line {
            id,
            at: self.now,
            person: actor.map(|actor| actor.person),
            mandate: actor
                .and_then(|actor| actor.acting.as_ref())
                .map(|acting| acting.mandate),
            deed,
            subject,
            note,
            address: &address,
            result,
        };
        store::journal::write(self.conn(), line).await?;
        Ok(())
    }

    /// Writes a job that follows from the decision.
    pub async fn enqueue(
        &mut self,
        kind: JobKind,
        subject: Uuid,
        run_at: Timestamp,
    ) -> Result<(), AppError> {
        let (id, now): (JobId, Timestamp) = (self.id(), self.now);
        store::job::enqueue(self.conn(), id, kind, subject, run_at, now).await?;
        Ok(())
    }

    /// Has something leave the house, in the transaction of the decision: a worker carries it out after the commit.
    /// `false`: it was written before under the same key.
    pub async fn send(&mut self, sending: Sending<'_>) -> Result<bool, AppError> {
        let id: EffectId = self.id();
        let sealed = self
            .world
            .vault
            .seal_envelope(id, &sending.envelope, self.chance.as_mut())
            .map_err(|error| AppError::Broken(Box::new(error)))?;
        let masked = match sending.effect.kind() {
            EffectKind::Mail => mask_mailbox(&sending.envelope.to),
            EffectKind::Sms => mask_phone(&sending.envelope.to),
        };
        let new = store::effect::NewEffect {
            id,
            effect: sending.effect,
            receiver: &sending.receiver,
            receiver_masked: &masked,
            envelope_sealed: &sealed,
            idempotency_key: sending.idempotency_key,
            subject: sending.subject,
            due_at: sending.due_at,
            now: self.now,
        };
        Ok(store::effect::add(self.conn(), new).await?)
    }

    /// Checks that a form was made from the row as it is now. One that does not say from which, or says nonsense, was
    /// not made by a page of ours and may hide what has changed since: it is stale, too. Only the demo, which acts
    /// without a browser, has no page that could be old.
    pub fn fresh(&self, stated: Option<i32>, actual: i32) -> Result<(), AppError> {
        let acts_without_pages = self.actor.as_ref().is_some_and(|a| a.session.is_none());
        if stated == Some(actual) || (stated.is_none() && acts_without_pages) {
            Ok(())
        } else {
            Err(market::Refusal::Stale.into())
        }
    }
}
