//! A server in a process of its own that serves a house's database over loopback.

use crate::house::House;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// See the module.
pub struct Program {
    child: Child,
    address: SocketAddr,
    _data: tempfile::TempDir,
}

impl Program {
    /// Ready to answer; without work, unless `settings` say otherwise.
    pub async fn serving(house: &House, settings: &[(&str, String)]) -> Program {
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
            .envs(settings.iter().map(|(key, value)| (key, value)))
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

    pub async fn get(&self, path: &str) -> Option<u16> {
        let host = self.address;
        self.say(format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ))
        .await
    }

    /// Signs in as the `n`th visitor, from an address of the own.
    pub async fn sign_in(&self, n: usize, login: &str, password: &str) -> Option<u16> {
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
    pub fn kibibytes(&self, line: &str) -> u64 {
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

    /// Ends it at once, as SIGKILL does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("it ends");
    }
}
