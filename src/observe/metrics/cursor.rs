//! A place in a line, and the tokens that can be read there. It must not know which order of tokens makes a line.

use std::borrow::Cow;

/// What separates tokens.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

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

/// Which bytes a name without quotes may have after its first. Most of a body is names, so each byte is looked up and not
/// compared with one range after another.
const IN_NAMES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':';
        byte -= 1;
    }
    table
};

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
        self.length(is_blank) == self.rest.len()
    }

    /// Skips blanks, and says whether there were any.
    #[inline]
    pub(super) fn blanks(&mut self) -> bool {
        let count = self.length(is_blank);
        self.take(count);
        count > 0
    }

    /// Steps over this byte where it comes next, and says whether it did. It must be ASCII.
    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.rest.as_bytes().first() == Some(&byte);
        if found {
            self.take(1);
        }
        found
    }

    /// All up to the next blank.
    #[inline]
    pub(super) fn word(&mut self) -> &'a str {
        self.take(self.length(|byte| !is_blank(byte)))
    }

    /// A name that needs no quotes.
    #[inline]
    pub(super) fn name(&mut self) -> Option<&'a str> {
        let count = self.length(|byte| IN_NAMES[usize::from(byte)]);
        let starts = self.rest.as_bytes().first().is_some_and(|byte| !byte.is_ascii_digit());
        (starts && count > 0).then(|| self.take(count))
    }

    /// A name with or without quotes.
    pub(super) fn any_name(&mut self) -> Option<Raw<'a>> {
        if self.rest.starts_with('"') {
            return self.quoted().filter(|name| !name.raw.is_empty());
        }
        let raw = self.name()?;
        let ends = self.rest.bytes().next().is_none_or(is_blank);
        ends.then_some(Raw { raw, escaped: false })
    }

    /// A text in quotes.
    #[inline]
    fn quoted(&mut self) -> Option<Raw<'a>> {
        if !self.eat(b'"') {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let mut end = 0;
        let mut escaped = false;
        while *bytes.get(end)? != b'"' {
            let is_backslash = bytes[end] == b'\\';
            escaped |= is_backslash;
            end += 1 + usize::from(is_backslash);
        }
        let raw = self.take(end);
        self.take(1);
        Some(Raw { raw, escaped })
    }

    /// All pairs up to the closing brace, the opening one being behind. It gives what follows the last comma between
    /// them, all of it where there is none: what led there need not be read again in a line that begins alike.
    #[inline]
    pub(super) fn pairs(&mut self, mut each: impl FnMut(Pair<'a>)) -> Option<&'a str> {
        loop {
            let last = self.rest;
            self.blanks();
            if self.eat(b'}') {
                return Some(last);
            }
            self.pair(&mut each)?;
            self.blanks();
            if !self.eat(b',') {
                return self.eat(b'}').then_some(last);
            }
        }
    }

    /// One pair, handed over and not returned: it would have to pass through memory.
    #[inline]
    fn pair(&mut self, each: &mut impl FnMut(Pair<'a>)) -> Option<()> {
        let quoted = self.rest.starts_with('"');
        let name = if quoted { self.quoted()? } else { Raw { raw: self.name()?, escaped: false } };
        if name.raw.is_empty() {
            return None;
        }
        self.blanks();
        if self.eat(b'=') {
            self.blanks();
            each(Pair::Label(name, self.quoted()?));
        } else if quoted {
            each(Pair::Name(name));
        } else {
            return None;
        }
        Some(())
    }

    /// A number, as Go and Rust both read it.
    #[inline]
    pub(super) fn number(&mut self) -> Option<&'a str> {
        let word = self.word();
        // Most are counts, and of a run of digits it is clear what `parse` would say.
        let counts = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        (counts || word.parse::<f64>().is_ok()).then_some(word)
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

    /// How many bytes, from here on, are such bytes.
    #[inline]
    fn length(&self, is_such: impl Fn(u8) -> bool) -> usize {
        let bytes = self.rest.as_bytes();
        bytes.iter().position(|byte| !is_such(*byte)).unwrap_or(bytes.len())
    }

    /// Steps over `count` bytes, which must end between two characters.
    #[inline]
    fn take(&mut self, count: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }
}
