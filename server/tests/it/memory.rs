//! The memory of a server of one's own process, over loopback: a rush of sign-ins neither fills it nor stays in it.

use crate::cast::PASSWORD;
use crate::house::House;
use futures::future::join_all;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// Resident memory that a rush may take a server to, and what of it may stay, in KiB.
const MOST: u64 = 150 * 1_024;
const MOST_KEPT: u64 = 32 * 1_024;

/// A server that serves a house's database.
struct Program {
    child: Child,
    address: SocketAddr,
    _data: tempfile::TempDir,
}

impl Program {
    async fn serving(house: &House) -> Program {
        let data = tempfile::tempdir().expect("a folder");
        let key = hex::encode(crate::house::KEY);
        std::fs::write(data.path().join("installation.key"), key).expect("written");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        drop(listener);
        let child = Command::new(env!("CARGO_BIN_EXE_server"))
            .arg("serve")
            .env_clear()
            .env("MARKET_DATA", data.path())
            .env("MARKET_SITE", data.path())
            .env("MARKET_LISTEN", address.to_string())
            .env("DATABASE_URL", house.address())
            .env("MARKET_WORK", "false")
            .env("MARKET_LOG", "error")
            // Each visitor has an address of the own: what is tried is not the shares of one.
            .env("MARKET_TRUSTED_PROXY", "true")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let program = Program {
            child,
            address,
            _data: data,
        };
        for _ in 0..300 {
            if program.get("/readyz").await == Some(200) {
                return program;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the server did not become ready");
    }

    /// Sends a request and answers the status; `None`: nobody answers.
    async fn say(&self, request: String) -> Option<u16> {
        let mut stream = TcpStream::connect(self.address).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        let answer = String::from_utf8_lossy(&answer);
        answer.split(' ').nth(1)?.parse().ok()
    }

    async fn get(&self, path: &str) -> Option<u16> {
        let host = self.address;
        self.say(format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ))
        .await
    }

    /// Signs in as the `n`th visitor, from an address of the own.
    async fn sign_in(&self, n: usize, login: &str, password: &str) -> Option<u16> {
        let host = self.address;
        let body = format!("login={login}&password={password}");
        self.say(format!(
            "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: 198.51.100.{n}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
        .await
    }

    /// A line of what the kernel says of the process, in KiB: `VmRSS` now, `VmHWM` at most so far.
    fn kibibytes(&self, line: &str) -> u64 {
        let id = self.child.id().expect("it runs");
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
        let found = text.lines().find_map(|one| one.strip_prefix(line));
        let digits: String = found
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        digits.parse().expect("a number")
    }
}

#[tokio::test]
async fn a_hundred_sign_ins_at_once_take_no_more_memory_than_the_places_of_hashing() {
    const LOGINS: [&str; 6] = [
        "owner1", "owner2", "agency1", "agency2", "agency3", "agency4",
    ];
    let house = House::open().await;
    let mut program = Program::serving(&house).await;
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
    program.child.kill().await.expect("it ends");
    house.close().await;
}
