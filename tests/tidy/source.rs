//! The files of the tree, and which part of a file is production code.

use super::lexer::{Token, closing, tokens};
use std::{fmt, fs, path::Path};

/// A file of the project.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// From the root of the project, with `/`.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

/// A breach of a rule. What it says includes what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Violation {
    pub(crate) fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files of these folders, sorted by path. A folder that does not exist has none.
pub(crate) fn rust_files(folders: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

#[expect(clippy::disallowed_methods, reason = "the rules are about the files themselves")]
fn collect(folder: &str, files: &mut Vec<File>) {
    let path = root().join(folder);
    if !path.is_dir() {
        return;
    }
    for entry in fs::read_dir(path).expect("a folder of the project can be read") {
        let entry = entry.expect("a folder of the project can be read");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&path, files);
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(entry.path()).expect("a source file is UTF-8");
            files.push(File { path, text });
        }
    }
}

/// Those of the files that are compiled outside tests: not `tests.rs` where its parent says `#[cfg(test)] mod tests;`.
pub(crate) fn production_files(files: &[File]) -> Vec<File> {
    let of_tests: Vec<Vec<String>> = files
        .iter()
        .flat_map(|file| {
            let module = module_of(&file.path);
            production(&tokens(&file.text))
                .test_modules
                .into_iter()
                .map(move |name| [module.clone(), vec![name]].concat())
        })
        .collect();
    files
        .iter()
        .filter(|file| !of_tests.iter().any(|module| module_of(&file.path).starts_with(module)))
        .cloned()
        .collect()
}

/// The module that a file of `src` is, as the segments after `crate`.
pub(crate) fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

/// What a file is made of when tests are taken away.
#[derive(Debug, Default)]
pub(crate) struct Production {
    /// The tokens outside items that only tests compile.
    pub(crate) tokens: Vec<Token>,
    /// The modules in files of their own that only tests compile.
    pub(crate) test_modules: Vec<String>,
}

/// Takes away items under `#[cfg(test)]` and `#[test]`, and everything under `#![cfg(test)]`.
pub(crate) fn production(tokens: &[Token]) -> Production {
    let mut production = Production::default();
    let mut at = 0;
    while at < tokens.len() {
        if let Some((start, end)) = attribute(tokens, at)
            && is_test_only(&tokens[start..end])
        {
            if tokens[at + 1].is_sign('!') {
                break;
            }
            let after = end_of_item(tokens, end + 1);
            if let Some(name) = declared_module(&tokens[end + 1..after]) {
                production.test_modules.push(name.to_owned());
            }
            at = after;
        } else {
            production.tokens.push(tokens[at].clone());
            at += 1;
        }
    }
    production
}

/// Where the content of the attribute that begins here begins and ends.
fn attribute(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let is_inner = tokens.get(at + 1)?.is_sign('!');
    let open = at + 1 + usize::from(is_inner);
    (tokens[at].is_sign('#') && tokens.get(open)?.is_sign('[')).then(|| (open + 1, closing(tokens, open)))
}

/// `test`, `cfg(test)` and `cfg(all(test, …))`; under `any` and `not` the item is compiled without tests, too.
fn is_test_only(attribute: &[Token]) -> bool {
    let idents: Vec<&str> = attribute.iter().filter_map(Token::ident).collect();
    match idents.as_slice() {
        ["test"] => attribute.len() == 1,
        ["cfg", "test"] => true,
        ["cfg", "all", rest @ ..] => {
            rest.contains(&"test") && !rest.contains(&"any") && !rest.contains(&"not")
        }
        _ => false,
    }
}

/// Where the item, field, variant or statement that begins here is over.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    while let Some((_, end)) = attribute(tokens, at) {
        at = end + 1;
    }
    let mut words = tokens[at..].iter().skip_while(|token| {
        token.is_ident("pub")
            || matches!(token.ident(), Some("crate" | "super" | "self" | "in"))
            || token.is_sign('(')
            || token.is_sign(')')
    });
    let first = words.next().and_then(Token::ident);
    let second = words.next().and_then(Token::ident);
    // The value of these may hold braces and goes on after them; `const fn` is a function.
    let ends_with_semicolon = matches!(first, Some("use" | "static" | "type" | "let"))
        || (first == Some("const") && second != Some("fn"));
    // Commas between generic parameters end nothing; after a field or a variant they do.
    let is_item = ends_with_semicolon
        || matches!(
            first,
            Some("fn" | "mod" | "struct" | "enum" | "union" | "trait" | "impl" | "const" | "unsafe")
        )
        || matches!(first, Some("async" | "extern" | "macro_rules"));
    let mut depth = 0_usize;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            if depth == 0 {
                return at;
            }
            depth -= 1;
            if depth == 0 && token.is_sign('}') && !ends_with_semicolon {
                return at + 1;
            }
        } else if depth == 0 && (token.is_sign(';') || (token.is_sign(',') && !is_item)) {
            return at + 1;
        }
        at += 1;
    }
    at
}

/// The name in `mod name;`.
fn declared_module(item: &[Token]) -> Option<&str> {
    match item {
        [.., keyword, name, end] if keyword.is_ident("mod") && end.is_sign(';') => name.ident(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let production = production(&tokens(text));
        let seen: Vec<&str> = production.tokens.iter().filter_map(Token::ident).collect();
        assert_eq!(seen.join(" "), expected, "{text}");
    }

    #[test]
    fn takes_test_items_away_and_nothing_else() {
        check("a(); #[cfg(test)] mod tests { fn b() { c(); } } d();", "a d");
        check("#[cfg(test)] use a::{b, c}; d", "d");
        check("#[cfg(test)] #[expect(x)] pub(crate) fn a<T, U>(b: [u8; 3]) -> C { d } e", "e");
        check("#[cfg(test)] const A: B = B { c: 1 }; d", "d");
        check("#[cfg(test)] const fn a() {} b", "b");
        check("#[test] fn a() {} b", "b");
        check("#[cfg(all(test, unix))] mod a; b", "b");
        check("struct A { #[cfg(test)] b: C<D>, e: F }", "struct A e F");
        check("enum A { B, #[cfg(test)] C { d: E } }", "enum A B");
        check("#![cfg(test)] fn a() {}", "");
    }

    #[test]
    fn keeps_what_is_also_compiled_without_tests() {
        check("#[cfg(any(test, unix))] fn a() {}", "cfg any test unix fn a");
        check("#[cfg(not(test))] fn a() {}", "cfg not test fn a");
        check("#[cfg(unix)] fn a() {} #[derive(Debug)] struct B;", "cfg unix fn a derive Debug struct B");
    }

    #[test]
    fn knows_the_files_that_only_tests_compile() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file("src/observe/mod.rs", "mod tls; #[cfg(test)] mod fixtures;"),
            file("src/observe/fixtures.rs", "mod deep;"),
            file("src/observe/fixtures/deep.rs", ""),
            file("src/observe/tls.rs", ""),
        ];
        let kept: Vec<String> = production_files(&files).into_iter().map(|file| file.path).collect();
        assert_eq!(kept, ["src/observe/mod.rs", "src/observe/tls.rs"]);
    }

    #[test]
    fn knows_the_module_of_a_file() {
        assert_eq!(module_of("src/lib.rs"), Vec::<String>::new());
        assert_eq!(module_of("src/yaml.rs"), ["yaml"]);
        assert_eq!(module_of("src/doctor/checks/mod.rs"), ["doctor", "checks"]);
    }
}
