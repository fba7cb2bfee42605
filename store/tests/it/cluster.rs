//! The private cluster after a bad end of the one before.

use rustix::process::{Pid, Signal, geteuid, kill_process, test_kill_process};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use store::cluster::{Cluster, Durability};

/// A process that has ended and not been waited for: its number counts as alive.
fn unburied(account_of: &Path) -> std::process::Child {
    let owner = std::fs::metadata(account_of).expect("its folder");
    let mut command = Command::new("true");
    if geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let child = command.spawn().expect("a process");
    while !std::fs::read_to_string(format!("/proc/{}/stat", child.id()))
        .expect("its state")
        .contains(") Z ")
    {
        std::thread::yield_now();
    }
    child
}

#[tokio::test]
async fn a_killed_postgresql_is_replaced_as_soon_as_it_is_buried() {
    let home = tempfile::tempdir().expect("a folder");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(home.path(), open).expect("a folder that every account enters");
    let folder = home.path().join("data");
    std::fs::create_dir(&folder).expect("a folder");
    let first = Cluster::start(&folder, Durability::None)
        .await
        .expect("a cluster");
    let lock = first.folder().join("postmaster.pid");
    let words = std::fs::read_to_string(&lock).expect("the lock file");
    let (pid, rest) = words.split_once('\n').expect("the process number");
    let pid = Pid::from_raw(pid.parse().expect("a number")).expect("a process");
    kill_process(pid, Signal::KILL).expect("killed");
    while test_kill_process(pid).is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut ghost = unburied(first.folder());
    std::fs::write(&lock, format!("{}\n{rest}", ghost.id())).expect("the lock file");
    drop(first);

    let burial = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_secs(1));
        ghost.wait()
    });
    let second = Cluster::start(&folder, Durability::None)
        .await
        .expect("started again");
    burial.await.expect("no panic").expect("buried");
    second.stop().await.expect("stopped");
}
