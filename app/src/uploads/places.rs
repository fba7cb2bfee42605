//! The places in which files are worked on. Unpacking pictures takes some hundred megabytes of memory and seconds, so
//! there is one place for it; looking at a file that is stored as it came does not wait for that one. Nobody stands
//! twice in a queue: who sends many files waits for the own ones first, and others come in between.

use super::{Effort, UploadFailure, broken, effort, refused};
use market::{PersonId, Refusal};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// How long somebody waits for a place.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// When to come back if there was none, in seconds: the work of another takes no longer.
const COME_BACK_AFTER: u32 = effort::MOST_TIME.as_secs() as u32;

/// What a file needs a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Looking,
    Unpacking,
}

/// All places.
#[derive(Debug, Clone)]
pub(super) struct Places {
    looking: Arc<Semaphore>,
    unpacking: Arc<Semaphore>,
    /// Everybody who has a place or waits for one.
    people: Arc<Mutex<HashMap<PersonId, Weak<Semaphore>>>>,
    patience: Duration,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    _place: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Places {
    pub fn new() -> Places {
        Places {
            looking: Arc::new(Semaphore::new(2)),
            unpacking: Arc::new(Semaphore::new(1)),
            people: Arc::default(),
            patience: LONGEST_WAIT,
        }
    }

    /// Waits for a place. Errors: [`Refusal::Later`] when there was none in time.
    pub async fn take(&self, person: PersonId, task: Task) -> Result<Held, UploadFailure> {
        let places = match task {
            Task::Looking => self.looking.clone(),
            Task::Unpacking => self.unpacking.clone(),
        };
        let own = self.own(person);
        let both = async {
            // The own one first: whoever waits for it does not stand in the queue of all.
            let own = own.acquire_owned().await?;
            Ok(Held {
                _place: places.acquire_owned().await?,
                _own: own,
            })
        };
        match tokio::time::timeout(self.patience, both).await {
            Ok(Ok(held)) => Ok(held),
            Ok(Err::<_, AcquireError>(error)) => Err(broken(error)),
            Err(_) => Err(UploadFailure::Refused(Refusal::Later {
                sentence: "同时上传的人较多，还没有轮到，这个文件没有收下。请过半分钟再传。".into(),
                seconds: COME_BACK_AFTER,
            })),
        }
    }

    /// The one place of a person.
    fn own(&self, person: PersonId) -> Arc<Semaphore> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.retain(|_, own| own.strong_count() > 0);
        if let Some(own) = people.get(&person).and_then(Weak::upgrade) {
            return own;
        }
        let own = Arc::new(Semaphore::new(1));
        people.insert(person, Arc::downgrade(&own));
        own
    }
}

/// Does work apart from the threads that answer requests. It keeps its place until it ends, however long somebody
/// waits for it; when that is too long, the effort ends and the work with it, at its next step.
pub(super) async fn apart<T: Send + 'static>(
    place: Held,
    effort: &Effort,
    work: impl FnOnce(&Effort) -> Result<T, String> + Send + 'static,
) -> Result<T, UploadFailure> {
    let theirs = effort.clone();
    let working = tokio::task::spawn_blocking(move || {
        let done = work(&theirs);
        drop(place);
        done
    });
    match tokio::time::timeout(effort.time(), working).await {
        Ok(Ok(done)) => done.map_err(refused),
        Ok(Err(panic)) => {
            tracing::error!(%panic, "an upload could not be looked at");
            Err(refused(
                "文件打不开，可能已经损坏。请重新保存或打印为 PDF 后再上传。",
            ))
        }
        Err(_) => {
            effort.end();
            Err(refused(effort::TOO_LONG))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> PersonId {
        uuid::Uuid::from_u128(n).into()
    }

    fn impatient() -> Places {
        Places {
            patience: Duration::from_millis(50),
            ..Places::new()
        }
    }

    #[tokio::test]
    async fn who_finds_no_place_in_time_is_told_when_to_come_back() {
        let places = impatient();
        let taken = places.take(person(1), Task::Unpacking).await.expect("free");
        let failure = places.take(person(2), Task::Unpacking).await;
        let Err(UploadFailure::Refused(refusal)) = failure else {
            panic!("{failure:?}");
        };
        assert_eq!(refusal.retry_after(), Some(30));
        assert!(refusal.sentence().contains("半分钟"), "{refusal}");
        // What is only looked at goes on meanwhile, but for the one who has a place already.
        places.take(person(2), Task::Looking).await.expect("free");
        assert!(places.take(person(1), Task::Looking).await.is_err());
        drop(taken);
        places.take(person(2), Task::Unpacking).await.expect("free");
        assert!(places.people.lock().expect("sound").len() <= 1);
    }

    #[tokio::test]
    async fn of_one_who_sends_many_files_the_second_comes_after_everybody_else() {
        let places = Places::new();
        let first = places.take(person(1), Task::Unpacking).await.expect("free");
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for (n, name) in [(1, "the same again"), (2, "another"), (3, "a third")] {
            let (places, order) = (places.clone(), order.clone());
            waiting.push(tokio::spawn(async move {
                let place = places
                    .take(person(n), Task::Unpacking)
                    .await
                    .expect("in time");
                order.lock().expect("sound").push(name);
                drop(place);
            }));
            // Each has joined its queue before the next comes.
            tokio::task::yield_now().await;
        }
        drop(first);
        for one in waiting {
            one.await.expect("no panic");
        }
        let order = order.lock().expect("sound");
        assert_eq!(*order, ["another", "a third", "the same again"]);
    }

    #[tokio::test]
    async fn work_that_takes_too_long_ends_at_its_next_step_and_gives_its_place_back() {
        let places = Places::new();
        let place = places.take(person(1), Task::Unpacking).await.expect("free");
        let effort = Effort::of(1, Duration::from_millis(50));
        let failure = apart(place, &effort, |effort| -> Result<(), String> {
            loop {
                effort.goes_on()?;
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let told = failure.await.expect_err("too long").to_string();
        assert!(told.contains("没有处理完"), "{told}");
        places
            .take(person(2), Task::Unpacking)
            .await
            .expect("free again");
    }
}
