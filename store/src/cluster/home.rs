//! Where the private cluster lies: a folder that PostgreSQL's account can enter, and a socket with a short path. Names
//! made from a path stay the same in every build, because with another name an empty market would start.

use super::{Account, at};
use crate::{Fault, Result};
use market::hash::sha256;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// Where clusters lie whose data folder PostgreSQL's account cannot enter.
const ELSEWHERE: &str = "/var/lib/intermediary-market";

/// In a folder elsewhere: the data folder that it belongs to.
const BELONGS_TO: &str = "belongs-to";

/// The folder itself; or, when root's PostgreSQL account could not enter it (a clone below /root, say), one of its own
/// under /var/lib that it can.
pub(super) fn reachable_home(folder: &Path, account: Option<Account>) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    let folder = folder.canonicalize().map_err(|error| at(folder, &error))?;
    let Some(account) = account else {
        return Ok(folder);
    };
    let closed = folder
        .ancestors()
        .skip(1)
        .find(|parent| !can_enter(parent, account));
    let home = match closed {
        None => folder,
        Some(parent) => {
            let other = elsewhere(Path::new(ELSEWHERE), &folder)?;
            tracing::warn!(closed = %parent.display(), instead = %other.display(), "PostgreSQL's account can't enter the data folder");
            other
        }
    };
    let data = home.join("cluster");
    std::fs::create_dir_all(&data).map_err(|error| at(&data, &error))?;
    chown(&data, Some(account.uid), Some(account.gid)).map_err(|error| at(&data, &error))?;
    let mode = std::fs::metadata(&home)
        .map_err(|error| at(&home, &error))?
        .permissions()
        .mode();
    std::fs::set_permissions(&home, PermissionsExt::from_mode(mode | 0o011))
        .map_err(|error| at(&home, &error))?;
    Ok(home)
}

/// The folder below `parent` for the cluster of a data folder, made if need be: the one that says that it belongs to it,
/// else the one that an earlier build made under its name, else one under the name of this build.
pub fn elsewhere(parent: &Path, folder: &Path) -> Result<PathBuf> {
    let own = parent.join(stable_name(folder));
    let home = marked(parent, folder)
        .or_else(|| {
            [own.clone(), parent.join(former_name(folder))]
                .into_iter()
                .find(|home| holds_cluster(home))
        })
        .unwrap_or(own);
    std::fs::create_dir_all(&home).map_err(|error| at(&home, &error))?;
    let mark = home.join(BELONGS_TO);
    std::fs::write(&mark, folder.as_os_str().as_bytes()).map_err(|error| at(&mark, &error))?;
    Ok(home)
}

fn marked(parent: &Path, folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(parent).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|home| {
        let mark = std::fs::read(home.join(BELONGS_TO));
        mark.is_ok_and(|mark| mark == folder.as_os_str().as_bytes()) && holds_cluster(home)
    })
}

fn holds_cluster(home: &Path) -> bool {
    home.join("cluster").join("PG_VERSION").is_file()
}

/// Sixteen hexadecimal digits of a path's SHA-256.
fn stable_name(path: &Path) -> String {
    let digits = sha256(path.as_os_str().as_bytes()).to_string();
    digits.chars().take(16).collect()
}

/// The name under which earlier builds looked: the standard library's hash of a path as it was then (SipHash 1-3 with a
/// zero key over the components and a count of their bytes), written out here because that hash is no promise.
fn former_name(path: &Path) -> String {
    let mut bytes = Vec::new();
    let mut count: usize = 0;
    let parts = path.as_os_str().as_bytes().split(|byte| *byte == b'/');
    for part in parts.filter(|part| !part.is_empty()) {
        count = count.wrapping_add(part.len()).rotate_right(2);
        bytes.extend_from_slice(part);
    }
    bytes.extend_from_slice(&count.to_le_bytes());
    format!("{:016x}", sip_1_3(&bytes))
}

/// SipHash 1-3 with a zero key.
fn sip_1_3(bytes: &[u8]) -> u64 {
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
    let mut v: [u64; 4] = [
        0x736f_6d65_7073_6575,
        0x646f_7261_6e64_6f6d,
        0x6c79_6765_6e65_7261,
        0x7465_6462_7974_6573,
    ];
    let mut whole = bytes.to_vec();
    whole.resize(bytes.len() / 8 * 8 + 7, 0);
    whole.push(u8::try_from(bytes.len() % 256).unwrap_or(0));
    for chunk in whole.chunks_exact(8) {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn can_enter(folder: &Path, account: Account) -> bool {
    std::fs::metadata(folder).is_ok_and(|found| {
        let bit = if found.uid() == account.uid {
            0o100
        } else if found.gid() == account.gid {
            0o010
        } else {
            0o001
        };
        found.mode() & bit != 0
    })
}

/// The folder of the socket. One that PostgreSQL has open already, from an earlier build too; else below the home; or,
/// because Unix sockets have short paths (107 bytes), under the temporary folder.
pub(super) fn socket_folder(home: &Path, account: Option<Account>) -> Result<PathBuf> {
    if let Some(open) = open_socket(home) {
        return Ok(open);
    }
    let own = home.join("socket");
    let folder = if own.as_os_str().len() <= 80 {
        own
    } else {
        std::env::temp_dir().join(format!("market-{}", stable_name(home)))
    };
    std::fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    let owner = std::fs::metadata(&folder)
        .map_err(|error| at(&folder, &error))?
        .uid();
    let wanted = account.map_or(rustix::process::geteuid().as_raw(), |account| account.uid);
    if owner != wanted {
        let gid = account.map(|account| account.gid);
        chown(&folder, Some(wanted), gid).map_err(|error| at(&folder, &error))?;
    }
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700))
        .map_err(|error| at(&folder, &error))?;
    Ok(folder)
}

/// The fifth line of PostgreSQL's lock file names the folder of its socket.
fn open_socket(home: &Path) -> Option<PathBuf> {
    let lock = std::fs::read_to_string(home.join("cluster").join("postmaster.pid")).ok()?;
    let folder = PathBuf::from(lock.lines().nth(4)?);
    folder.join(".s.PGSQL.5432").exists().then_some(folder)
}

/// Keeps a second server off the folder. Errors: another one has it.
pub(super) fn lock_folder(home: &Path) -> Result<std::fs::File> {
    let path = home.join("lock");
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| at(&path, &error))?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| Fault::Cluster(format!("{} is used by another server", home.display())))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the builds of before made of these paths.
    const FORMER: [(&str, &str); 3] = [
        ("/opt/market/data", "4827fa70bcfc44e7"),
        ("/srv/intermediary-market/data", "14b87281cac3bdef"),
        ("/home/张三/超市/data", "8c7c8c3b03f6db64"),
    ];

    fn cluster_in(home: &Path) {
        std::fs::create_dir_all(home.join("cluster")).expect("a folder");
        std::fs::write(home.join("cluster").join("PG_VERSION"), "15").expect("a cluster");
    }

    #[test]
    fn names_never_change() {
        for (path, name) in FORMER {
            assert_eq!(former_name(Path::new(path)), name, "{path}");
        }
        assert_eq!(
            stable_name(Path::new("/srv/intermediary-market/data")),
            "c4895c43ce7655c0"
        );
    }

    #[test]
    fn the_cluster_of_an_earlier_build_is_found_and_stays_found() {
        let parent = tempfile::tempdir().expect("a folder");
        let (folder, former) = (Path::new(FORMER[0].0), parent.path().join(FORMER[0].1));
        cluster_in(&former);
        let find = || elsewhere(parent.path(), folder).expect("a folder");
        assert_eq!(find(), former);
        // Whatever name a later build would make, the mark tells.
        let moved = parent.path().join("any-name");
        std::fs::rename(&former, &moved).expect("renamed");
        assert_eq!(find(), moved);
        let other = elsewhere(parent.path(), Path::new("/srv/other/data")).expect("a folder");
        assert_ne!(other, moved, "another installation has another cluster");
    }

    #[test]
    fn a_new_cluster_gets_the_stable_name() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = Path::new("/srv/intermediary-market/data");
        let home = elsewhere(parent.path(), folder).expect("a folder");
        assert_eq!(home, parent.path().join(stable_name(folder)));
        cluster_in(&home);
        assert_eq!(elsewhere(parent.path(), folder).expect("a folder"), home);
    }

    #[test]
    fn a_socket_that_is_open_already_is_used() {
        let home = tempfile::tempdir().expect("a folder");
        let sockets = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join("cluster")).expect("a folder");
        let lock = home.path().join("cluster").join("postmaster.pid");
        let lines = [
            "1",
            "data",
            "0",
            "5432",
            &sockets.path().display().to_string(),
            "",
        ];
        std::fs::write(&lock, lines.join("\n")).expect("a lock file");
        assert_eq!(open_socket(home.path()), None, "nothing is open there");
        std::fs::write(sockets.path().join(".s.PGSQL.5432"), "").expect("a socket");
        assert_eq!(open_socket(home.path()), Some(sockets.path().to_path_buf()));
    }
}
