//! The bytes of a connection, mended at two places that the HTTP library leaves empty-handed: the first line of a
//! connection may be in GBK, and an answer of the library's own (a request that it can't read) has a body.

use super::address::escaped;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest first line, in bytes; a longer one is passed on as it is, to be refused.
const LONGEST_LINE: usize = 64 * 1024;

/// See the module.
pub struct Wire<S> {
    stream: S,
    reading: Reading,
    /// What is written instead of the library's own empty answer, and how much of it has been.
    instead: Option<(Vec<u8>, usize)>,
}

enum Reading {
    /// Until the first line is whole. Only there it is known without reading HTTP that a line is the request's.
    FirstLine(Vec<u8>),
    /// What was read with it.
    Held(Vec<u8>, usize),
    Through,
}

impl<S> Wire<S> {
    pub fn new(stream: S) -> Wire<S> {
        Wire {
            stream,
            reading: Reading::FirstLine(Vec::new()),
            instead: None,
        }
    }
}

/// The held bytes with their first line escaped.
fn mended(held: &[u8]) -> Vec<u8> {
    let end = held.iter().position(|byte| *byte == b'\n');
    let (line, rest) = held.split_at(end.map_or(0, |end| end + 1));
    [escaped(line).as_ref(), rest].concat()
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        loop {
            match &mut wire.reading {
                Reading::FirstLine(held) => {
                    let mut space = [0; 4_096];
                    let mut part = ReadBuf::new(&mut space);
                    ready!(Pin::new(&mut wire.stream).poll_read(context, &mut part))?;
                    let part = part.filled();
                    held.extend_from_slice(part);
                    if part.is_empty() || part.contains(&b'\n') || held.len() > LONGEST_LINE {
                        wire.reading = Reading::Held(mended(held), 0);
                    }
                }
                Reading::Held(held, from) => {
                    let end = held.len().min(*from + into.remaining());
                    into.put_slice(&held[*from..end]);
                    *from = end;
                    if end == held.len() {
                        wire.reading = Reading::Through;
                    }
                    return Poll::Ready(Ok(()));
                }
                Reading::Through => return Pin::new(&mut wire.stream).poll_read(context, into),
            }
        }
    }
}

/// The answer for a person where the library has written one without a body. Every answer of the router carries a
/// content security policy; the library's own carry nothing.
fn readable_answer(written: &[u8]) -> Option<Vec<u8>> {
    if !written.starts_with(b"HTTP/1.1 4") || !written.ends_with(b"\r\n\r\n") {
        return None;
    }
    let head = std::str::from_utf8(written).ok()?;
    let lower = head.to_ascii_lowercase();
    if lower.contains("content-security-policy") || !lower.contains("content-length: 0\r\n") {
        return None;
    }
    let (status, _) = head.split_once("\r\n")?;
    let sentence = match status.get(9..12)? {
        "431" => "浏览器发来的信息太多。请清除本站的 Cookie 后再打开。",
        "414" => "地址太长。请从首页重新进入。",
        _ => {
            "浏览器发来的请求不完整或者不合规。地址里有中文的，请重新打开一次；仍然不行的，请从首页进入。"
        }
    };
    let length = sentence.len();
    Some(
        format!(
            "{status}\r\ncontent-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n\
             cache-control: no-store\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{sentence}"
        )
        .into_bytes(),
    )
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if wire.instead.is_none() {
            wire.instead = readable_answer(bytes).map(|answer| (answer, 0));
        }
        let Some((answer, from)) = &mut wire.instead else {
            return Pin::new(&mut wire.stream).poll_write(context, bytes);
        };
        while *from < answer.len() {
            let part = &answer[*from..];
            let written = ready!(Pin::new(&mut wire.stream).poll_write(context, part))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *from += written;
        }
        wire.instead = None;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_first_line_in_gbk_is_escaped_and_nothing_after_it_is_touched() {
        let sent = b"GET /search?q=\xB2\xE2 HTTP/1.1\r\nHost: a\r\n\r\n\xB2\xE2\r\n\xFF";
        for cut in 0..sent.len() {
            let (mut far, near) = tokio::io::duplex(4_096);
            far.write_all(&sent[..cut]).await.expect("sent");
            let mut wire = Wire::new(near);
            let reading = tokio::spawn(async move {
                let mut read = Vec::new();
                wire.read_to_end(&mut read).await.expect("read");
                read
            });
            tokio::task::yield_now().await;
            far.write_all(&sent[cut..]).await.expect("sent");
            drop(far);
            let read = reading.await.expect("read");
            let expected = b"GET /search?q=%B2%E2 HTTP/1.1\r\nHost: a\r\n\r\n\xB2\xE2\r\n\xFF";
            assert_eq!(read, expected, "cut at {cut}");
        }
    }

    #[test]
    fn only_the_librarys_own_answers_are_filled() {
        let own = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let answer = String::from_utf8(readable_answer(own).expect("an answer")).expect("text");
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n") && answer.contains("请求"));
        let ours =
            b"HTTP/1.1 404 Not Found\r\ncontent-security-policy: x\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(readable_answer(ours), None);
        assert_eq!(
            readable_answer(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
            None
        );
        assert_eq!(readable_answer(b"HTTP/1.1 4"), None);
    }
}
