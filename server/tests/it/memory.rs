//! The memory of a server of one's own process, over loopback: a rush of sign-ins neither fills it nor stays in it.

use crate::cast::PASSWORD;
use crate::house::House;
use crate::program::Program;
use futures::future::join_all;
use std::time::Duration;

/// Resident memory that a rush may take a server to, and what of it may stay, in KiB.
const MOST: u64 = 150 * 1_024;
const MOST_KEPT: u64 = 32 * 1_024;

#[tokio::test]
async fn a_hundred_sign_ins_at_once_take_no_more_memory_than_the_places_of_hashing() {
    const LOGINS: [&str; 6] = [
        "owner1", "owner2", "agency1", "agency2", "agency3", "agency4",
    ];
    let house = House::open().await;
    let mut program = Program::serving(&house, &[]).await;
    assert_eq!(program.sign_in(0, LOGINS[0], PASSWORD).await, Some(303));
    let before = program.kibibytes("VmRSS:");
    let all = join_all((1..=100).map(|n| {
        let program = &program;
        async move {
            let (known, unknown) = (LOGINS[n % LOGINS.len()], format!("nobody{n}"));
            match n % 4 {
                0 => program.sign_in(n, known, PASSWORD).await,
                1 => program.sign_in(n, known, "wrong-and-long-enough").await,
                _ => program.sign_in(n, &unknown, PASSWORD).await,
            }
        }
    }));
    let mut health = Vec::new();
    let meanwhile = async {
        loop {
            health.push(program.get("/healthz").await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let answers = tokio::select! {
        answers = all => answers,
        () = meanwhile => unreachable!("it goes on until all have their answer"),
    };
    let count = |status| answers.iter().filter(|one| **one == Some(status)).count();
    let (right, wrong, later) = (count(303), count(422), count(429));
    assert_eq!(right + wrong + later, 100, "{answers:?}");
    assert!(
        right > 0 && wrong > 0,
        "{right} right, {wrong} wrong, {later} later"
    );
    assert!(
        !health.is_empty() && health.iter().all(|one| *one == Some(200)),
        "{health:?}"
    );
    let most = program.kibibytes("VmHWM:");
    assert!(most < MOST, "{most} KiB, {before} before the rush");
    // What the rush took goes back to the system.
    let after = program.kibibytes("VmRSS:");
    assert!(
        after < before + MOST_KEPT,
        "{after} KiB, {before} before the rush"
    );
    println!(
        "{before} KiB before, {most} at most, {after} after; {right} right, {wrong} wrong, {later} later"
    );
    program.kill().await;
    house.close().await;
}
