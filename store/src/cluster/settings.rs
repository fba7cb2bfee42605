//! The private cluster's settings, and its log.
//!
//! What an operator may tune is written once to `postgresql.conf`. What the market's promises rest on is in
//! `market.conf`, which is written anew at every start, so that a cluster of an earlier build has it too.

use super::{Account, Durability, at};
use crate::Result;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// What marks the tunable settings as written.
const WRITTEN: &str = "# Written once by the market's server.";

/// Read after everything else in `postgresql.conf`, so it wins.
const INCLUDE: &str = "include 'market.conf'";

/// Never on the network. The log names no values: `terse` leaves out the details, which quote the row that broke a
/// rule, and no statement or parameter is written. Its files are bounded by size and age; [`prune_log`] keeps few.
const FIXED: &str = "\
# Written by the market's server at every start; changes here are lost.
listen_addresses = ''
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = on
log_directory = 'log'
log_filename = 'market-%Y%m%d-%H%M%S.log'
log_file_mode = 0600
log_rotation_age = '1d'
log_rotation_size = '10MB'
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_min_error_statement = panic
log_min_duration_statement = -1
log_statement = none
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
";

/// So many files of the log are kept, of 10 MB each at most.
const KEPT: usize = 14;

/// Writes the settings; also after a crash between `initdb` and them. Returns whether anything is new.
pub(super) fn write(data: &Path, durability: Durability, account: Option<Account>) -> Result<bool> {
    let file = data.join("postgresql.conf");
    let old = std::fs::read_to_string(&file).map_err(|error| at(&file, &error))?;
    let mut new = old.clone();
    if !new.contains(WRITTEN) {
        new.push_str(&tunable(durability));
    }
    if !new.lines().any(|line| line.trim() == INCLUDE) {
        new.push_str(&format!("\n{INCLUDE}\n"));
    }
    let fixed = data.join("market.conf");
    let is_new = new != old || std::fs::read_to_string(&fixed).ok().as_deref() != Some(FIXED);
    if is_new {
        // The included file first: a crash in between must not leave a setting file that names a missing one.
        std::fs::write(&fixed, FIXED).map_err(|error| at(&fixed, &error))?;
        std::fs::set_permissions(&fixed, PermissionsExt::from_mode(0o600))
            .map_err(|error| at(&fixed, &error))?;
        if let Some(account) = account {
            chown(&fixed, Some(account.uid), Some(account.gid))
                .map_err(|error| at(&fixed, &error))?;
        }
        std::fs::write(&file, new).map_err(|error| at(&file, &error))?;
    }
    Ok(is_new)
}

fn tunable(durability: Durability) -> String {
    let (sync, commit) = match durability {
        Durability::Full => ("on", "on"),
        Durability::None => ("off", "off"),
    };
    format!(
        "\n{WRITTEN}\nmax_connections = 100\nshared_buffers = 128MB\nfsync = {sync}\n\
         synchronous_commit = {commit}\nfull_page_writes = {sync}\njit = off\n"
    )
}

/// The files of the log, oldest first: their names are their beginnings.
fn log_files(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data.join("log"));
    let mut files: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
        .collect();
    files.sort();
    files
}

/// Removes all but the newest files of the log.
pub(super) fn prune_log(data: &Path) {
    let files = log_files(data);
    for file in files.iter().rev().skip(KEPT) {
        if let Err(error) = std::fs::remove_file(file) {
            tracing::warn!(file = %file.display(), %error, "an old log of PostgreSQL stays");
        }
    }
}

/// How the log ends: what came before PostgreSQL wrote its own, then the newest of its own.
pub(super) fn log_tail(data: &Path, before: &Path) -> String {
    let newest = log_files(data).pop();
    let texts = [Some(before.to_path_buf()), newest].into_iter().flatten();
    let tails = texts.map(|file| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
    });
    tails.collect::<Vec<_>>().join(" // ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_of_the_log_are_kept() {
        let data = tempfile::tempdir().expect("a folder");
        let log = data.path().join("log");
        std::fs::create_dir(&log).expect("a folder");
        let name = |n: usize| format!("market-20260301-0000{n:02}.log");
        for n in 0..KEPT + 3 {
            std::fs::write(log.join(name(n)), "x").expect("a log");
        }
        prune_log(data.path());
        let left = log_files(data.path());
        assert_eq!(left.len(), KEPT);
        assert!(left[0].ends_with(name(3)) && left[KEPT - 1].ends_with(name(KEPT + 2)));
    }

    #[test]
    fn an_existing_cluster_gets_the_fixed_settings_once_and_keeps_what_was_tuned() {
        let data = tempfile::tempdir().expect("a folder");
        let file = data.path().join("postgresql.conf");
        let tuned = format!("{WRITTEN}\nshared_buffers = 4GB\n");
        std::fs::write(&file, &tuned).expect("settings");
        let write = || write(data.path(), Durability::Full, None).expect("written");
        assert!(write(), "the fixed settings are new");
        assert!(!write(), "and then they are there");
        let text = std::fs::read_to_string(&file).expect("settings");
        assert_eq!(text, format!("{tuned}\n{INCLUDE}\n"));
        let fixed = data.path().join("market.conf");
        std::fs::write(&fixed, "log_statement = all\n").expect("changed by hand");
        assert!(write());
        assert_eq!(std::fs::read_to_string(&fixed).expect("settings"), FIXED);
    }
}
