//! The paths that code mentions, in full: groups of `use` flattened, `self` and `super` resolved, imported names replaced
//! by what was imported.
//!
//! It works on one file and on names alone. What a type alias or a macro of another crate hides is left to clippy's
//! `disallowed-methods`, which resolves names as the compiler does.

use super::{
    lexer::{Kind, Token, tokens},
    source::{module_of, production},
};
use std::collections::BTreeSet;

/// A path that was written somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Its segments; the first one is `crate` for a path of this crate.
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    pub(crate) form: Form,
    /// Whether it reads so in the text, and was not completed by an import.
    pub(crate) literal: bool,
}

/// How a path was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// In a `use`, under this name.
    Import(String),
    /// In a `use`, with `::*` after it.
    Glob,
    /// With `!` and a bracket after it.
    MacroCall,
    /// Anywhere else.
    Plain,
}

impl Mention {
    pub(crate) fn path(&self) -> String {
        self.segments.join("::") + if self.form == Form::Glob { "::*" } else { "" }
    }
}

/// The paths in the production code of a file.
pub(crate) fn in_production(path: &str, text: &str) -> Vec<Mention> {
    resolved(&production(&tokens(text)).tokens, &module_of(path))
}

/// The paths in a whole file, tests included.
pub(crate) fn everywhere(path: &str, text: &str) -> Vec<Mention> {
    resolved(&tokens(text), &module_of(path))
}

/// The paths among tokens of the module.
pub(crate) fn resolved(tokens: &[Token], module: &[String]) -> Vec<Mention> {
    let mut scan =
        Scan { tokens, at: 0, inside: vec![], depth: 0, children: BTreeSet::new(), mentions: vec![] };
    scan.run(module);
    let Scan { children, mentions, .. } = scan;
    let imports: Vec<Mention> =
        mentions.iter().filter(|mention| matches!(mention.form, Form::Import(_))).cloned().collect();
    let mut resolved: Vec<Mention> = Vec::new();
    for mention in mentions {
        let of_child = mention.segments.len() > 1 && children.contains(&mention.segments[0]);
        let is_import = matches!(mention.form, Form::Import(_) | Form::Glob);
        for import in imports.iter().filter(|import| import.form == Form::Import(mention.segments[0].clone()))
        {
            // `use kube;` and `use fmt::fmt;` name themselves.
            if !(is_import && import.segments[0] == mention.segments[0]) {
                let segments = [import.segments.as_slice(), &mention.segments[1..]].concat();
                resolved.push(Mention { segments, literal: false, ..mention.clone() });
            }
        }
        if of_child {
            let own = ["crate".to_owned()].into_iter().chain(module.iter().cloned());
            resolved.push(Mention { segments: own.chain(mention.segments.clone()).collect(), ..mention });
        } else if mention.segments.len() > 1 || is_import || mention.form == Form::MacroCall {
            resolved.push(mention);
        }
    }
    resolved
}

struct Scan<'a> {
    tokens: &'a [Token],
    at: usize,
    /// The inline modules around this place, with the depth of their braces.
    inside: Vec<(String, usize)>,
    depth: usize,
    /// Modules that the file declares.
    children: BTreeSet<String>,
    mentions: Vec<Mention>,
}

impl Scan<'_> {
    fn run(&mut self, module: &[String]) {
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                Kind::Sign('{') => self.depth += 1,
                Kind::Sign('}') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.inside.pop_if(|(_, depth)| *depth == self.depth);
                }
                Kind::Ident(word) if word == "mod" => self.module(),
                // `use<'a>` in a bound captures lifetimes.
                Kind::Ident(word) if word == "use" && !self.sign(1, '<') => {
                    self.at += 1;
                    self.use_tree(&[], module);
                    continue;
                }
                Kind::Ident(_) if self.begins_path() => {
                    self.path(module);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn sign(&self, ahead: usize, sign: char) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.is_sign(sign))
    }

    fn separator(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.kind == Kind::PathSep)
    }

    fn ident(&self, ahead: usize) -> Option<&str> {
        self.tokens.get(self.at + ahead).and_then(Token::ident)
    }

    fn module(&mut self) {
        if let Some(name) = self.ident(1).map(str::to_owned) {
            self.children.insert(name.clone());
            if self.sign(2, '{') {
                self.inside.push((name, self.depth));
            }
        }
    }

    /// No path begins after a point (a field or a method), nor after the `::` of a path that goes on after generics.
    fn begins_path(&self) -> bool {
        let before = |distance: usize| self.at.checked_sub(distance).map(|index| &self.tokens[index]);
        match before(1).map(|token| &token.kind) {
            Some(Kind::Sign('.')) => before(2).is_some_and(|token| token.is_sign('.')),
            Some(Kind::PathSep) => {
                !before(2).is_some_and(|token| token.ident().is_some() || token.is_sign('>'))
            }
            _ => true,
        }
    }

    fn path(&mut self, module: &[String]) {
        let line = self.tokens[self.at].line;
        let mut segments = Vec::new();
        while let Some(name) = self.ident(0).map(str::to_owned) {
            segments.push(name);
            self.at += 1;
            if !self.separator(0) || self.ident(1).is_none() {
                break;
            }
            self.at += 1;
        }
        let is_call = self.sign(0, '!') && self.tokens.get(self.at + 1).is_some_and(Token::opens);
        let form = if is_call { Form::MacroCall } else { Form::Plain };
        self.push(&segments, line, form, module);
    }

    /// One tree of a `use`, up to the `,`, `}` or `;` after it.
    fn use_tree(&mut self, prefix: &[String], module: &[String]) {
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        let mut segments = prefix.to_vec();
        loop {
            if self.separator(0) {
                self.at += 1;
            } else if self.sign(0, '*') {
                self.at += 1;
                return self.push(&segments, line, Form::Glob, module);
            } else if self.sign(0, '{') {
                self.at += 1;
                while self.at < self.tokens.len() && !self.sign(0, '}') {
                    let before = self.at;
                    self.use_tree(&segments, module);
                    self.at += usize::from(self.sign(0, ',') || self.at == before);
                }
                self.at += 1;
                return;
            } else if self.ident(0) == Some("as") {
                let name = self.ident(1).unwrap_or("_").to_owned();
                self.at += 2;
                return self.push(&segments, line, Form::Import(name), module);
            } else if let Some(name) = self.ident(0).map(str::to_owned) {
                // `self` at the end of a group is what the group is of.
                if name != "self" || segments.is_empty() {
                    segments.push(name);
                }
                self.at += 1;
            } else {
                if let Some(name) = segments.last().cloned() {
                    self.push(&segments, line, Form::Import(name), module);
                }
                return;
            }
        }
    }

    fn push(&mut self, segments: &[String], line: usize, form: Form, module: &[String]) {
        let mut here: Vec<String> = module.to_vec();
        here.extend(self.inside.iter().map(|(name, _)| name.clone()));
        if let Some(segments) = absolute(segments, here) {
            self.mentions.push(Mention { segments, line, form, literal: true });
        }
    }
}

/// Replaces `self`, `super` and the binary's own name for the library by `crate` and the way to there.
fn absolute(segments: &[String], mut here: Vec<String>) -> Option<Vec<String>> {
    let mut rest = segments;
    match segments.first()?.as_str() {
        "crate" | "ctlmon" => {
            here.clear();
            rest = &rest[1..];
        }
        "self" if segments.len() > 1 => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|segment| segment == "super") {
                here.pop();
                rest = &rest[1..];
            }
        }
        _ => return Some(segments.to_vec()),
    }
    Some(["crate".to_owned()].into_iter().chain(here).chain(rest.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let seen: Vec<String> = in_production("src/doctor/fold.rs", text).iter().map(Mention::path).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn flattens_groups() {
        check(
            "use crate::{model::{a::A, b::*, self}, view};",
            &["crate::model::a::A", "crate::model::b::*", "crate::model", "crate::view"],
        );
        check("pub use std::{self, fs as disk,};", &["std", "std::fs"]);
        check("use a; b::c();", &["a", "b::c"]);
    }

    #[test]
    fn resolves_self_and_super() {
        check("super::super::lab::x(); self::y::z", &["crate::lab::x", "crate::doctor::fold::y::z"]);
        check(
            "mod a { mod b {} use super::c; } use super::d;",
            &["crate::doctor::fold::c", "crate::doctor::d"],
        );
        check("use ctlmon::model;", &["crate::model"]);
    }

    #[test]
    fn completes_imported_names() {
        check("use jiff::Timestamp as T; T::now()", &["jiff::Timestamp", "jiff::Timestamp::now", "T::now"]);
        check("use std::io; use io::Write;", &["std::io", "std::io::Write", "io::Write"]);
        check("use std::time::SystemTime; fn f(t: SystemTime) {}", &["std::time::SystemTime"; 2]);
    }

    #[test]
    fn knows_own_modules_from_crates_of_the_same_name() {
        check("mod kube; use kube::X;", &["crate::doctor::fold::kube::X"]);
    }

    #[test]
    fn sees_paths_in_types_attributes_and_macros() {
        check("#[derive(clap::Args)] struct A(Vec::<b::C>);", &["clap::Args", "b::C"]);
        check("m!(::std::fs::read(x)); std::println!(\"\")", &["m", "std::fs::read", "std::println"]);
        check("[..a::B, ..c::d()]", &["a::B", "c::d"]);
    }

    #[test]
    fn sees_no_paths_in_fields_and_bounds() {
        check("a.b(); c.d::<e>(); impl F + use<'a, G>", &[]);
    }

    #[test]
    fn knows_how_a_path_was_written() {
        let forms =
            |text| in_production("src/lib.rs", text).into_iter().map(|it| it.form).collect::<Vec<_>>();
        assert_eq!(forms("env!(\"X\")"), [Form::MacroCall]);
        assert_eq!(forms("a::b != c"), [Form::Plain]);
        assert_eq!(forms("use a::b as _;"), [Form::Import("_".to_owned())]);
    }
}
