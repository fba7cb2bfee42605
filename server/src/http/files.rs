//! The files of a form: taken in as they stream, judged when the whole form is there, and named by receipts.

use super::Server;
use super::unreadable::Unreadable;
use app::ask::Ask;
use app::calls::file;
use app::desk::Actor;
use app::uploads::{Arrived, Effort, Received, UploadFailure};
use axum::extract::multipart::Field;
use futures::TryStreamExt;
use market::Refusal;
use std::collections::BTreeMap;

/// Files of a form: several pictures of one field become one document.
const MOST_FILES: usize = 40;

/// What has arrived of a form's files.
pub struct Files<'a> {
    server: &'a Server,
    actor: &'a Actor,
    count: usize,
    arrived: BTreeMap<String, Vec<Arrived>>,
    problems: Vec<(String, Refusal)>,
}

impl<'a> Files<'a> {
    /// None yet, of this sender.
    pub fn of(server: &'a Server, actor: &'a Actor) -> Files<'a> {
        Files {
            server,
            actor,
            count: 0,
            arrived: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Streams a file in. What is wrong with it is told at its field.
    pub async fn arrive(
        &mut self,
        name: String,
        file: &str,
        field: Field<'_>,
    ) -> Result<(), Unreadable> {
        self.count += 1;
        if self.count > MOST_FILES {
            return Err(Unreadable::TooLarge);
        }
        let chunks = Box::pin(field.map_err(|error| error.to_string()).into_stream());
        match file::arrive(&self.server.world, self.actor, file, chunks).await {
            Ok(arrived) => self.arrived.entry(name).or_default().push(arrived),
            Err(failure) => self.problems.push((name, refusal(failure)?)),
        }
        Ok(())
    }

    /// Judges what has arrived and puts it into the form, with receipts that come back in the page if the form is
    /// refused for another reason; then takes files that arrived earlier and are named by their receipts.
    pub async fn settle(mut self, ask: &mut Ask) -> Result<(), Unreadable> {
        let world = &self.server.world;
        let effort = Effort::of_a_form();
        while let Some((name, arrived)) = self.arrived.pop_first() {
            if self.problems.iter().any(|(wrong, _)| *wrong == name) {
                // Of several files in one field one was refused: the field is filled anew.
                world.uploads.discard(&arrived).await;
                continue;
            }
            let received = match file::keep(world, self.actor, &arrived, &effort)
                .await
                .map_err(refusal)
            {
                Ok(received) => received,
                Err(Ok(refusal)) => {
                    self.problems.push((name, refusal));
                    continue;
                }
                Err(Err(unreadable)) => {
                    self.discard().await;
                    return Err(unreadable);
                }
            };
            let chance = &mut *(world.chance)();
            let receipt = received.receipt(self.actor.person, &world.vault, chance);
            ask.form.set(format!("{name}_kept"), receipt);
            ask.form.set(format!("{name}_name"), received.name.clone());
            ask.files.insert(name, received);
        }
        ask.file_problems.append(&mut self.problems);
        self.take_kept(ask);
        Ok(())
    }

    /// Removes what has arrived of a form that cannot be read.
    pub async fn discard(self) {
        for arrived in self.arrived.values() {
            self.server.world.uploads.discard(arrived).await;
        }
    }

    fn take_kept(&self, ask: &mut Ask) {
        let world = &self.server.world;
        let now = world.clock.now();
        let kept: Vec<(String, String)> = ask
            .form
            .pairs()
            .filter_map(|(name, value)| {
                Some((name.strip_suffix("_kept")?.to_string(), value.to_string()))
            })
            .filter(|(name, receipt)| !receipt.is_empty() && !ask.files.contains_key(name))
            .collect();
        for (name, receipt) in kept {
            match Received::from_receipt(&receipt, self.actor.person, &world.vault, now) {
                Some(received) => {
                    ask.files.insert(name, received);
                }
                None => ask.file_problems.push((name, file::receipt_is_over())),
            }
        }
    }
}

/// What the visitor is told; what is not the visitor's matter ends the request.
fn refusal(failure: UploadFailure) -> Result<Refusal, Unreadable> {
    match failure {
        UploadFailure::Refused(refusal) => Ok(refusal),
        UploadFailure::Cut(_) => Err(Unreadable::Malformed),
        UploadFailure::Broken(error) => Err(Unreadable::Failed(error)),
    }
}
