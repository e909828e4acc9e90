//! A place in a line, and the tokens that can be read there. It must not know which order of tokens makes a line.

use std::borrow::Cow;

/// What separates tokens.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// What stands between two commas.
pub(super) enum Pair<'a> {
    /// A metric's name, in quotes.
    Name(Raw<'a>),
    /// A label's name and value.
    Label(Raw<'a>, Raw<'a>),
}

/// A piece of text that may hold escapes.
pub(super) struct Raw<'a> {
    raw: &'a str,
    escaped: bool,
}

/// A place in a line.
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Raw<'a> {
    /// How many bytes it needs as it is written, which is no less than it needs when read.
    pub(super) const fn len(&self) -> usize {
        self.raw.len()
    }

    /// The text that is meant. A backslash before anything but `\`, `"` and `n` stands for itself.
    pub(super) fn text(&self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut text = String::with_capacity(self.raw.len());
        let mut chars = self.raw.chars();
        while let Some(char) = chars.next() {
            match (char, chars.as_str().chars().next()) {
                ('\\', Some(next @ ('\\' | '"'))) => text.push(next),
                ('\\', Some('n')) => text.push('\n'),
                _ => {
                    text.push(char);
                    continue;
                }
            }
            chars.next();
        }
        Cow::Owned(text)
    }
}

impl<'a> Cursor<'a> {
    /// The beginning of a text.
    pub(super) const fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    /// What is left.
    pub(super) const fn rest(&self) -> &'a str {
        self.rest
    }

    /// Whether nothing but blanks is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.trim_start_matches(BLANKS).is_empty()
    }

    /// Skips blanks, and says whether there were any.
    pub(super) fn blanks(&mut self) -> bool {
        let count = self.rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.take(count);
        count > 0
    }

    /// Steps over this byte where it comes next, and says whether it did. It must be ASCII.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.rest.as_bytes().first() == Some(&byte);
        if found {
            self.take(1);
        }
        found
    }

    /// All up to the next blank.
    pub(super) fn word(&mut self) -> &'a str {
        let end = self.rest.bytes().position(|byte| matches!(byte, b' ' | b'\t'));
        self.take(end.unwrap_or(self.rest.len()))
    }

    /// A name that needs no quotes.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        let is_start = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
        if !self.rest.as_bytes().first().is_some_and(is_start) {
            return None;
        }
        let count = self.rest.bytes().take_while(|byte| is_start(byte) || byte.is_ascii_digit()).count();
        Some(self.take(count))
    }

    /// A name with or without quotes.
    pub(super) fn any_name(&mut self) -> Option<Raw<'a>> {
        if self.rest.starts_with('"') {
            return self.quoted().filter(|name| !name.raw.is_empty());
        }
        let raw = self.name()?;
        let ends = self.rest.is_empty() || self.rest.starts_with(BLANKS);
        ends.then_some(Raw { raw, escaped: false })
    }

    /// A text in quotes.
    fn quoted(&mut self) -> Option<Raw<'a>> {
        if !self.eat(b'"') {
            return None;
        }
        let mut escaped = false;
        let mut bytes = self.rest.bytes().enumerate();
        while let Some((place, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    let raw = self.take(place);
                    self.take(1);
                    return Some(Raw { raw, escaped });
                }
                b'\\' => {
                    escaped = true;
                    bytes.next();
                }
                _ => {}
            }
        }
        None
    }

    /// All pairs up to the closing brace, the opening one being behind.
    pub(super) fn pairs(&mut self, mut each: impl FnMut(Pair<'a>)) -> Option<()> {
        loop {
            self.blanks();
            if self.eat(b'}') {
                return Some(());
            }
            each(self.pair()?);
            self.blanks();
            if !self.eat(b',') {
                return self.eat(b'}').then_some(());
            }
        }
    }

    fn pair(&mut self) -> Option<Pair<'a>> {
        let quoted = self.rest.starts_with('"');
        let name = if quoted { self.quoted()? } else { Raw { raw: self.name()?, escaped: false } };
        if name.raw.is_empty() {
            return None;
        }
        self.blanks();
        if self.eat(b'=') {
            self.blanks();
            return Some(Pair::Label(name, self.quoted()?));
        }
        quoted.then_some(Pair::Name(name))
    }

    /// A number, as Go and Rust both read it.
    pub(super) fn number(&mut self) -> Option<&'a str> {
        let word = self.word();
        word.parse::<f64>().is_ok().then_some(word)
    }

    /// Labels, value and perhaps a time, the `#` being behind.
    pub(super) fn exemplar(&mut self) -> Option<()> {
        self.blanks();
        if !self.eat(b'{') {
            return None;
        }
        self.pairs(|_| ())?;
        self.blanks();
        self.number()?;
        self.blanks();
        if !self.is_at_end() {
            self.number()?;
        }
        Some(())
    }

    /// Steps over `count` bytes, which must end between two characters.
    fn take(&mut self, count: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }
}
