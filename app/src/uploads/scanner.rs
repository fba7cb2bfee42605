//! A scanner for malware that listens at a socket: clamd and whatever speaks its INSTREAM. Off unless it is
//! configured; when it is, a file that it has not seen is not taken.

use super::{UploadFailure, refused};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

/// Where it listens: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    Unix(PathBuf),
    Tcp(String),
}

impl std::str::FromStr for Scanner {
    type Err = ();

    fn from_str(text: &str) -> Result<Scanner, ()> {
        match text.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Ok(Scanner::Unix(path.into())),
            Some(("tcp", address)) if address.contains(':') => Ok(Scanner::Tcp(address.into())),
            _ => Err(()),
        }
    }
}

/// How long it may take over a file, waiting for it included.
const LONGEST: Duration = Duration::from_secs(60);
/// Its answer is a short line.
const LONGEST_ANSWER: u64 = 4_096;

trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

impl Scanner {
    /// Lets it look at a file. Errors: it found something, or could not look.
    pub async fn look<E: std::fmt::Display>(
        &self,
        chunks: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
    ) -> Result<(), UploadFailure> {
        let answer = match tokio::time::timeout(LONGEST, self.ask(chunks)).await {
            Ok(answer) => answer,
            Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut)),
        };
        match answer {
            Ok(answer) if answer.ends_with("OK") => Ok(()),
            Ok(answer) if answer.ends_with("FOUND") => {
                tracing::warn!(answer, "the scanner refused an upload");
                Err(refused(
                    "查毒程序认为这个文件带有病毒，不能接收。请先在您的电脑上查杀，再重新生成文件上传。",
                ))
            }
            Ok(answer) => Err(away(&answer)),
            Err(error) => Err(away(&error)),
        }
    }

    /// Whether it answers, for `check`.
    pub async fn ping(&self) -> std::io::Result<()> {
        let asking = async {
            let mut line = self.connect().await?;
            line.write_all(b"zPING\0").await?;
            answer(&mut line).await
        };
        let waited = tokio::time::timeout(Duration::from_secs(5), asking).await;
        match waited.map_err(|_| std::io::ErrorKind::TimedOut)?? {
            answer if answer == "PONG" => Ok(()),
            answer => Err(std::io::Error::other(format!("answered “{answer}”"))),
        }
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Line>> {
        Ok(match self {
            Scanner::Unix(path) => Box::new(UnixStream::connect(path).await?),
            Scanner::Tcp(address) => Box::new(TcpStream::connect(address).await?),
        })
    }

    async fn ask<E: std::fmt::Display>(
        &self,
        mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
    ) -> std::io::Result<String> {
        let mut line = self.connect().await?;
        line.write_all(b"zINSTREAM\0").await?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| std::io::Error::other(error.to_string()))?;
            if chunk.is_empty() {
                // A length of nought would end the stream here.
                continue;
            }
            line.write_all(&(chunk.len() as u32).to_be_bytes()).await?;
            line.write_all(&chunk).await?;
        }
        line.write_all(&0u32.to_be_bytes()).await?;
        answer(&mut line).await
    }
}

async fn answer(line: &mut Box<dyn Line>) -> std::io::Result<String> {
    let mut text = Vec::new();
    line.take(LONGEST_ANSWER).read_to_end(&mut text).await?;
    let text = String::from_utf8_lossy(&text);
    Ok(text.trim_matches(['\0', '\n', ' ']).to_string())
}

fn away(why: &impl std::fmt::Display) -> UploadFailure {
    tracing::error!(%why, "the scanner of uploads does not answer; uploads are refused until it does");
    refused("查毒程序暂时没有应答，这个文件没有收下。请几分钟后再试；其余填写的内容都还在。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A clamd that reads one stream whole and answers by what is in it.
    async fn clamd() -> (Scanner, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = tokio::spawn(async move {
            let (mut line, _) = listener.accept().await.expect("a visitor");
            let mut command = [0; 10];
            line.read_exact(&mut command).await.expect("a command");
            assert_eq!(&command, b"zINSTREAM\0");
            let mut file = Vec::new();
            loop {
                let length = line.read_u32().await.expect("a length") as usize;
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; length];
                line.read_exact(&mut chunk).await.expect("a chunk");
                file.extend(chunk);
            }
            let answer: &[u8] = match file.windows(5).any(|five| five == b"EICAR") {
                true => b"stream: Eicar-Signature FOUND\0",
                false if file.is_empty() => b"INSTREAM size limit exceeded. ERROR\0",
                false => b"stream: OK\0",
            };
            line.write_all(answer).await.expect("answered");
            file
        });
        (Scanner::Tcp(address.to_string()), serving)
    }

    async fn look(scanner: &Scanner, parts: &[&'static [u8]]) -> Result<(), String> {
        let chunks: Vec<Result<Bytes, String>> = parts
            .iter()
            .map(|part| Ok(Bytes::from_static(part)))
            .collect();
        let looked = scanner.look(futures::stream::iter(chunks)).await;
        looked.map_err(|failure| match failure {
            UploadFailure::Refused(refusal) => refusal.sentence(),
            other => other.to_string(),
        })
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_the_answer_is_believed() {
        let (scanner, serving) = clamd().await;
        assert_eq!(
            look(&scanner, &[b"%PDF-", b"", b"1.4 harmless"]).await,
            Ok(())
        );
        assert_eq!(serving.await.expect("no panic"), b"%PDF-1.4 harmless");
        let (scanner, _) = clamd().await;
        let found = look(&scanner, &[b"%PDF-1.4 EICAR"]).await;
        assert!(found.is_err_and(|sentence| sentence.contains("病毒")));
    }

    #[tokio::test]
    async fn a_scanner_that_is_away_or_cannot_look_lets_nothing_in() {
        let (scanner, _) = clamd().await;
        let odd = look(&scanner, &[]).await;
        assert!(odd.is_err_and(|sentence| sentence.contains("没有应答")));
        let away = Scanner::Unix("/no/such/socket".into());
        let closed = look(&away, &[b"%PDF-1.4"]).await;
        assert!(closed.is_err_and(|sentence| sentence.contains("没有应答")));
        assert!(away.ping().await.is_err());
    }

    #[test]
    fn where_it_listens_is_read_or_refused() {
        assert_eq!(
            "unix:/run/clamd".parse(),
            Ok(Scanner::Unix("/run/clamd".into()))
        );
        assert_eq!(
            "tcp:127.0.0.1:3310".parse(),
            Ok(Scanner::Tcp("127.0.0.1:3310".into()))
        );
        for wrong in ["", "clamd", "unix:run", "tcp:3310", "http://x:1"] {
            assert_eq!(wrong.parse::<Scanner>(), Err(()), "{wrong}");
        }
    }
}
