//! Cuts a stream of chunks into lines within a fixed memory. It must not know what a line means.

use memchr::memchr_iter;

/// The lines of a stream, whatever the sizes of its chunks.
#[derive(Debug)]
pub(super) struct Lines {
    limit: usize,
    /// The beginning of a line whose end has not arrived.
    partial: Vec<u8>,
    /// Whether the line that is arriving is longer than the limit.
    skipping: bool,
}

impl Lines {
    /// Lines of at most `limit` bytes, their ends not counted.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, partial: Vec::new(), skipping: false }
    }

    /// Hands over each line that ends in this chunk, without its end; `None` for one that is too long or no text.
    pub(super) fn feed(&mut self, chunk: &[u8], mut take: impl FnMut(Option<&str>)) {
        // Once for all lines, which is quicker; only where it fails, each has to be tried on its own.
        let text = str::from_utf8(chunk).ok();
        let mut begin = 0;
        for end in memchr_iter(b'\n', chunk) {
            let piece = &chunk[begin..end];
            if self.skipping {
                self.skipping = false;
            } else if self.overflows(piece) {
                take(None);
            } else if self.partial.is_empty() {
                take(text.map_or_else(|| str::from_utf8(piece).ok(), |text| text.get(begin..end)));
            } else {
                self.partial.extend_from_slice(piece);
                take(str::from_utf8(&self.partial).ok());
            }
            self.partial.clear();
            begin = end + 1;
        }
        let rest = &chunk[begin..];
        if self.skipping {
        } else if self.overflows(rest) {
            // Reported now and not at its end, which may never come.
            take(None);
            self.partial.clear();
            self.skipping = true;
        } else {
            self.partial.extend_from_slice(rest);
        }
    }

    /// What arrived of the line that has not ended.
    pub(super) fn partial(&self) -> &[u8] {
        &self.partial
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.partial.capacity()
    }

    fn overflows(&self, piece: &[u8]) -> bool {
        self.partial.len() + piece.len() > self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    /// The lines, `-` for one that is too long, and the rest.
    fn check(chunks: &[&str], lines: &[&str], rest: &str) {
        let mut reader = Lines::new(5);
        let mut seen = Vec::new();
        for chunk in chunks {
            reader.feed(chunk.as_bytes(), |line| {
                seen.push(line.unwrap_or("-").to_owned());
            });
        }
        assert_eq!(seen, lines, "{chunks:?}");
        assert_eq!(reader.partial(), rest.as_bytes(), "{chunks:?}");
        assert!(reader.partial.capacity() <= 16);
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        check(&["a\nb\n"], &["a", "b"], "");
        check(&["a", "\n", "", "b", "c\nd"], &["a", "bc"], "d");
        check(&["\n\n"], &["", ""], "");
    }

    #[test]
    fn a_line_of_the_limit_is_taken_and_a_longer_one_is_reported_once() {
        check(&["12345\n"], &["12345"], "");
        check(&["123456\nb\n"], &["-", "b"], "");
        check(&["123", "456", "789\nb\n"], &["-", "b"], "");
        check(&["123456"], &["-"], "");
        check(&["123456", "\n", "1"], &["-"], "1");
    }
}
