//! As much of the syntax of PDF (ISO 32000-1, 7.2 and 7.3) as tells what a stream says of itself.

/// A value in a dictionary. Texts are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Name(String),
    /// `None`: no whole number.
    Number(Option<i64>),
    /// Another object: its value stands elsewhere.
    Reference,
    Array(Vec<Value>),
    Dictionary(Vec<(String, Value)>),
    Other,
}

impl Value {
    pub fn is_name(&self, wanted: &str) -> bool {
        matches!(self, Value::Name(name) if name == wanted)
    }
}

/// A stream: its dictionary, and all bytes of the file behind the word `stream`.
pub struct Stream<'a> {
    entries: Vec<(String, Value)>,
    pub data: &'a [u8],
}

impl Stream<'_> {
    /// What the dictionary says under a key, as often as it says something.
    pub fn all(&self, key: &str) -> impl Iterator<Item = &Value> {
        let key = key.to_string();
        let entries = self.entries.iter();
        entries
            .filter(move |(one, _)| *one == key)
            .map(|(_, value)| value)
    }
}

/// A dictionary that cannot be read, or more to read than there was room for.
#[derive(Debug)]
pub struct Unreadable;

/// The stream that an object is, if it is one. Takes what it reads from `room`.
pub fn stream<'a>(object: &'a [u8], room: &mut usize) -> Result<Option<Stream<'a>>, Unreadable> {
    let mut reader = Reader {
        bytes: object,
        at: 0,
        end: object.len().min(*room),
    };
    reader.pass_blanks();
    if !reader.rest().starts_with(b"<<") {
        *room -= reader.at.min(*room);
        return Ok(None);
    }
    let value = reader.value(0);
    reader.pass_blanks();
    *room -= reader.at.min(*room);
    let Some(Value::Dictionary(entries)) = value else {
        return Err(Unreadable);
    };
    let data = reader.rest().strip_prefix(b"stream");
    Ok(data.map(|data| Stream { entries, data }))
}

/// Without the blanks at the end.
pub fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !is_blank(*byte));
    &bytes[..end.map_or(0, |last| last + 1)]
}

/// Nothing that programs write lies deeper.
const DEEPEST: usize = 64;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What lies behind is not read.
    end: usize,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.min(self.end)..self.end]
    }

    /// Passes blanks and comments.
    fn pass_blanks(&mut self) {
        while let Some(byte) = self.rest().first() {
            if *byte == b'%' {
                let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
                let line = self.rest();
                self.at += line.iter().position(ends).unwrap_or(line.len());
            } else if is_blank(*byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn token(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte));
        let token = &rest[..length.unwrap_or(rest.len())];
        self.at += token.len();
        token
    }

    /// One value. `None`: there is none, or it does not end.
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.pass_blanks();
        match self.rest() {
            [b'/', ..] => Some(Value::Name(self.name())),
            [b'(', ..] => self.pass_text(),
            [b'<', b'<', ..] => self.dictionary(depth),
            [b'<', ..] => {
                let length = memchr::memchr(b'>', self.rest())?;
                self.at += length + 1;
                Some(Value::Other)
            }
            [b'[', ..] => self.array(depth),
            [first, ..] if is_regular(*first) => Some(self.word()),
            _ => None,
        }
    }

    fn name(&mut self) -> String {
        let name = super::name(&self.rest()[1..]);
        self.at += 1;
        self.token();
        name
    }

    /// A text in brackets, in which brackets stand in pairs or behind a backslash.
    fn pass_text(&mut self) -> Option<Value> {
        let (mut open, mut is_escaped) = (0, false);
        for (at, byte) in self.rest().iter().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.at += at + 1;
                return Some(Value::Other);
            }
        }
        self.at = self.end;
        None
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.pass_blanks();
            if self.rest().starts_with(b"]") {
                self.at += 1;
                return Some(Value::Array(values));
            }
            values.push(self.value(depth + 1)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.pass_blanks();
            match self.rest() {
                [b'>', b'>', ..] => {
                    self.at += 2;
                    return Some(Value::Dictionary(entries));
                }
                [b'/', ..] => {
                    let key = self.name();
                    self.pass_blanks();
                    let value = match self.rest().starts_with(b">>") {
                        true => Value::Null,
                        false => self.value(depth + 1)?,
                    };
                    entries.push((key, value));
                }
                // What is no key is passed over, as readers do.
                _ => drop(self.value(depth + 1)?),
            }
        }
    }

    /// A number, a reference to another object, or a word.
    fn word(&mut self) -> Value {
        let word = self.token();
        if word == b"null" {
            return Value::Null;
        }
        if !matches!(word, [b'0'..=b'9' | b'+' | b'-' | b'.', ..]) {
            return Value::Other;
        }
        let behind = self.at;
        self.pass_blanks();
        let is_number = self.token().iter().all(u8::is_ascii_digit);
        self.pass_blanks();
        if is_number && self.token() == b"R" {
            return Value::Reference;
        }
        self.at = behind;
        let number = std::str::from_utf8(word).ok();
        Value::Number(number.and_then(|number| number.parse().ok()))
    }
}
