//! The other side, on loopback: a relay for mails and a gateway for text messages that keep what they get.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How the relay answers a mail that it has read to the end.
#[derive(Clone, Copy)]
pub enum Answer {
    Taken,
    /// It says nothing more.
    Silence,
    /// What it says to the recipient's address, which comes before the mail.
    Recipient(&'static str),
}

/// A relay that speaks as much SMTP as a mail needs.
#[derive(Clone)]
pub struct Relay {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<Answer>>,
}

impl Relay {
    pub async fn open(answer: Answer) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let relay = Relay {
            address: listener.local_addr().expect("its address"),
            mails: Arc::default(),
            answer: Arc::new(Mutex::new(answer)),
        };
        let open = relay.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = open.clone();
                tokio::spawn(async move { relay.talk(stream).await });
            }
        });
        relay
    }

    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().expect("no panic") = answer;
    }

    /// What came, head and body.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no panic").clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 relay.test\r\n").await.ok()?;
        loop {
            let line = lines.next_line().await.ok()??;
            let answer = *self.answer.lock().expect("no panic");
            let said = match (line.get(..4).unwrap_or_default(), answer) {
                ("EHLO", _) => "250-relay.test\r\n250 8BITMIME\r\n".to_string(),
                ("RCPT", Answer::Recipient(said)) => {
                    let to = line.split(['<', '>']).nth(1).unwrap_or_default();
                    format!("{} <{to}>\r\n", said)
                }
                ("DATA", _) => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut mail = String::new();
                    loop {
                        match lines.next_line().await.ok()??.as_str() {
                            "." => break,
                            line => mail.push_str(&format!("{line}\n")),
                        }
                    }
                    self.mails.lock().expect("no panic").push(mail);
                    if let Answer::Silence = answer {
                        std::future::pending::<()>().await;
                    }
                    "250 taken\r\n".to_string()
                }
                ("QUIT", _) => return write.write_all(b"221 bye\r\n").await.ok(),
                _ => "250 ok\r\n".to_string(),
            };
            write.write_all(said.as_bytes()).await.ok()?;
        }
    }
}

/// The value of a line of a mail's head; a long one goes on in lines that begin with a blank.
pub fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\n\n").next().unwrap_or_default();
    let unfolded = head.replace("\n ", " ");
    let mut lines = unfolded.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.unwrap_or_default().to_string()
}

/// A text message as it was posted.
#[derive(Clone)]
pub struct Posted {
    pub headers: HeaderMap,
    pub body: String,
}

/// A gateway that answers everything with one status.
pub struct Gateway {
    pub url: String,
    posted: Arc<Mutex<Vec<Posted>>>,
}

impl Gateway {
    pub async fn open(status: StatusCode) -> Gateway {
        let posted: Arc<Mutex<Vec<Posted>>> = Arc::default();
        let take = async move |State(posted): State<Arc<Mutex<Vec<Posted>>>>,
                               headers: HeaderMap,
                               body: String| {
            posted
                .lock()
                .expect("no panic")
                .push(Posted { headers, body });
            (status, "said")
        };
        let router = Router::new()
            .route("/send", post(take))
            .with_state(posted.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!(
            "http://{}/send",
            listener.local_addr().expect("its address")
        );
        tokio::spawn(async move { axum::serve(listener, router).await });
        Gateway { url, posted }
    }

    pub fn posted(&self) -> Vec<Posted> {
        self.posted.lock().expect("no panic").clone()
    }
}
