//! Splits Rust text into tokens, so that a rule sees code and is not misled by comments or by what strings say.
//!
//! It knows no grammar. Whatever it cannot place becomes a sign, so it never refuses a text.

/// One token and the line on which it begins, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword; a raw one without its `r#`.
    Ident(String),
    /// A string literal of any form: what it says, with escapes resolved.
    Text(String),
    /// `::`
    PathSep,
    /// One character of punctuation.
    Sign(char),
    /// A number, a character or a lifetime, in which no rule is interested.
    Other,
}

impl Token {
    pub(crate) fn ident(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ident(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_ident(&self, name: &str) -> bool {
        self.ident() == Some(name)
    }

    pub(crate) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub(crate) fn opens(&self) -> bool {
        matches!(self.kind, Kind::Sign('(' | '[' | '{'))
    }

    pub(crate) fn closes(&self) -> bool {
        matches!(self.kind, Kind::Sign(')' | ']' | '}'))
    }
}

/// The tokens of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks_and_comments();
        let line = lexer.line;
        let Some(kind) = lexer.next() else { return tokens };
        tokens.push(Token { kind, line });
    }
}

/// The index of the bracket that closes the one at `open`, or of the last token where it is never closed.
pub(crate) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return index;
            }
        }
    }
    tokens.len().saturating_sub(1)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let char = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(char == '\n');
        Some(char)
    }

    fn bump_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(char) = self.peek(0).filter(|char| wanted(*char)) {
            taken.push(char);
            self.bump();
        }
        taken
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(char), _) if char.is_whitespace() => {
                    self.bump();
                }
                (Some('/'), Some('/')) => {
                    self.bump_while(|char| char != '\n');
                }
                (Some('/'), Some('*')) => self.skip_block_comment(),
                _ => return,
            }
        }
    }

    /// Block comments nest.
    fn skip_block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(char) = self.bump() {
            match (char, self.peek(0)) {
                ('/', Some('*')) => {
                    self.bump();
                    depth += 1;
                }
                ('*', Some('/')) => {
                    self.bump();
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Option<Kind> {
        let char = self.peek(0)?;
        if char == '_' || char.is_alphabetic() {
            return Some(self.word());
        }
        if char.is_ascii_digit() {
            return Some(self.number());
        }
        self.bump();
        Some(match char {
            '"' => self.text(),
            '\'' => self.char_or_lifetime(),
            ':' if self.peek(0) == Some(':') => {
                self.bump();
                Kind::PathSep
            }
            sign => Kind::Sign(sign),
        })
    }

    /// An identifier, or the literal of which it is the prefix.
    fn word(&mut self) -> Kind {
        let word = self.bump_while(is_word);
        match (word.as_str(), self.peek(0)) {
            ("b" | "c", Some('"')) => {
                self.bump();
                self.text()
            }
            ("b", Some('\'')) => {
                self.bump();
                self.char_or_lifetime()
            }
            ("r" | "br" | "cr", Some('"' | '#')) => self.raw(word),
            _ => Kind::Ident(word),
        }
    }

    /// After `r`, `br` or `cr`: a raw string, a raw identifier, or an identifier beside a sign.
    fn raw(&mut self, word: String) -> Kind {
        let hashes = self.chars[self.at..].iter().take_while(|char| **char == '#').count();
        if self.peek(hashes) != Some('"') {
            if hashes == 1 && self.peek(1).is_some_and(is_word) {
                self.bump();
                return Kind::Ident(self.bump_while(is_word));
            }
            return Kind::Ident(word);
        }
        self.bump_while(|char| char == '#');
        self.bump();
        let mut text = String::new();
        while let Some(char) = self.bump() {
            if char == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                (0..hashes).for_each(|_| _ = self.bump());
                break;
            }
            text.push(char);
        }
        Kind::Text(text)
    }

    /// The rest of a string literal whose opening quote is behind us.
    fn text(&mut self) -> Kind {
        let mut text = String::new();
        while let Some(char) = self.bump() {
            match char {
                '"' => break,
                '\\' => self.escape(&mut text),
                _ => text.push(char),
            }
        }
        Kind::Text(text)
    }

    fn escape(&mut self, text: &mut String) {
        match self.bump() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('\n') => _ = self.bump_while(char::is_whitespace),
            // A character given by its number is none that a rule looks for.
            Some('x') => (0..2).for_each(|_| _ = self.bump()),
            Some('u') => {
                self.bump_while(|char| char != '}' && char != '"');
                self.bump();
            }
            Some(char) => text.push(char),
            None => {}
        }
    }

    /// After `'`: `'a'` and `'\n'` are characters, `'a` without an end is a lifetime.
    fn char_or_lifetime(&mut self) -> Kind {
        if self.peek(0) == Some('\\') {
            self.bump();
            self.bump();
            self.bump_while(|char| char != '\'' && char != '\n');
            self.bump();
        } else if self.peek(1) == Some('\'') {
            self.bump();
            self.bump();
        } else {
            self.bump_while(is_word);
        }
        Kind::Other
    }

    /// A point belongs to a number only if a digit follows: `1.max(2)` and `0..9` go on after it.
    fn number(&mut self) -> Kind {
        self.bump_while(is_word);
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|char| char.is_ascii_digit()) {
            self.bump();
            self.bump_while(is_word);
        }
        Kind::Other
    }
}

fn is_word(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes identifiers and signs as they are, strings in quotes and the rest as `.`.
    fn check(text: &str, expected: &str) {
        let seen: Vec<String> = tokens(text)
            .into_iter()
            .map(|token| match token.kind {
                Kind::Ident(name) => name,
                Kind::Text(text) => format!("{text:?}"),
                Kind::PathSep => "::".to_owned(),
                Kind::Sign(sign) => sign.to_string(),
                Kind::Other => "_".to_owned(),
            })
            .collect();
        assert_eq!(seen.join(" "), expected, "{text}");
    }

    #[test]
    fn leaves_comments_out() {
        check("a // b\nc /* d /* e */ f */ g /// h \"\n//! i", "a c g");
        check("/**/ a /***/ b /* \" */ c", "a b c");
    }

    #[test]
    fn tells_strings_of_every_form_from_code() {
        check(r#"a "b // c" d"#, r#"a "b // c" d"#);
        check(r#""\" // \\" a"#, r#""\" // \\" a"#);
        check("\"one\\\n     two\" a", r#""onetwo" a"#);
        check("r\"a\\\" b", r#""a\\" b"#);
        check("r##\"a \"# b\"## c", r##""a \"# b" c"##);
        check("b\"a\" br#\"b\"# c\"c\" cr\"d\"", r#""a" "b" "c" "d""#);
        check("\"\\u{1F600}a\\x41\"", r#""a""#);
    }

    #[test]
    fn tells_raw_identifiers_from_raw_strings() {
        check("r#type::r#fn r #a", "type :: fn r # a");
    }

    #[test]
    fn tells_characters_from_lifetimes() {
        check("'\"' a '\\'' b '\\u{22}' c b'\"' d '\\\\' e", "_ a _ b _ c _ d _ e");
        check("<'a, 'static> \"x\" '_ 'b: loop", "< _ , _ > \"x\" _ _ : loop");
    }

    #[test]
    fn ends_a_number_before_a_method_and_a_range() {
        check("1.max(2) 0..9 1.5e3 0x1f_u8", "_ . max ( _ ) _ . . _ _ _");
    }

    #[test]
    fn joins_the_signs_of_a_path_only() {
        check("a::b a: ::b a<=b", "a :: b a : :: b a < = b");
    }

    #[test]
    fn counts_lines_across_strings_and_comments() {
        let lines: Vec<usize> =
            tokens("a\n/* \n */ b r\"\n\n\" \"\\\n\n x\" c").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 3, 5, 7]);
    }

    #[test]
    fn survives_a_text_that_ends_too_early() {
        for text in ["\"a", "r#\"a", "/* a", "'", "'\\", "\"\\", "b'", "r#", "\"\\u{1"] {
            tokens(text);
        }
    }

    #[test]
    fn finds_the_bracket_that_closes_another() {
        let tokens = tokens("( [ ] { ( ) } ) a");
        assert_eq!(closing(&tokens, 0), 7);
        assert_eq!(closing(&tokens, 3), 6);
    }
}
