//! The tables of checks, faults and distributions: every file has its row, every row its file, every id its form.
//!
//! It reads the source text and not the library, so that it also holds for what does not compile yet.

use super::{
    lexer::{Kind, Token, closing, tokens},
    paths::resolved,
    source::{File, Violation, module_of, production},
};
use std::collections::BTreeMap;

/// The headings of an explanation, in order.
const HEADINGS: [&str; 5] =
    ["What was seen", "What it means", "How to confirm by hand", "How to fix", "References"];

/// A folder whose files are rows of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    /// The folder, with `/` at its end. Its `mod.rs` holds the table.
    pub(crate) folder: &'static str,
    /// The name of the table.
    pub(crate) name: &'static str,
    /// The name of the static that a file exports, where all have the same.
    pub(crate) row: Option<&'static str>,
    /// The type of that static.
    pub(crate) of: &'static str,
}

/// The checks of `doctor`.
pub(crate) const CHECKS: Table =
    Table { folder: "src/doctor/checks/", name: "CHECKS", row: Some("CHECK"), of: "Check" };

/// The faults of the lab.
pub(crate) const FAULTS: Table =
    Table { folder: "src/lab/faults/", name: "FAULTS", row: Some("FAULT"), of: "Fault" };

/// The distributions. A file may hold several, such as products that differ only in how they are recognised.
pub(crate) const DISTRIBUTIONS: Table =
    Table { folder: "src/distributions/", name: "ALL", row: None, of: "Distribution" };

/// One static that belongs into a table.
#[derive(Debug)]
struct Row<'a> {
    file: &'a File,
    line: usize,
    /// Its path below the folder's module, such as `etcd::etcd_client_cert_missing::CHECK`.
    path: String,
    name: String,
    /// What stands after `id:`.
    id: Option<String>,
    /// What stands after `explain:`.
    explain: Option<String>,
    is_alone: bool,
}

impl Table {
    fn home(&self) -> String {
        format!("{}mod.rs", self.folder)
    }

    /// The statics in the files of the folder.
    fn rows<'a>(&self, files: &'a [File]) -> Vec<Row<'a>> {
        let depth = module_of(&self.home()).len();
        let mut rows = Vec::new();
        for file in files.iter().filter(|file| file.path.starts_with(self.folder)) {
            let tokens = production(&tokens(&file.text)).tokens;
            let found: Vec<(usize, &str)> =
                (0..tokens.len()).filter_map(|at| Some((at, self.declared(&tokens[at..])?))).collect();
            for (at, name) in &found {
                let body = statement(&tokens[*at..]);
                rows.push(Row {
                    file,
                    line: tokens[*at].line,
                    path: [&module_of(&file.path)[depth..], &[(*name).to_owned()]].concat().join("::"),
                    name: (*name).to_owned(),
                    id: field(body, "id"),
                    explain: field(body, "explain"),
                    is_alone: found.len() == 1,
                });
            }
        }
        rows
    }

    /// The name in `static NAME: …Type =`, if it is one for this table.
    fn declared<'a>(&self, tokens: &'a [Token]) -> Option<&'a str> {
        let [keyword, name, colon, rest @ ..] = tokens else { return None };
        let name = name.ident().filter(|_| keyword.is_ident("static") && colon.is_sign(':'))?;
        let of: Vec<&Token> = rest.iter().take_while(|token| !token.is_sign('=')).collect();
        let is_path = of.iter().all(|token| token.ident().is_some() || token.kind == Kind::PathSep);
        let is_row = is_path && of.last().is_some_and(|last| last.is_ident(self.of));
        (is_row || self.row == Some(name)).then_some(name)
    }
}

/// Files without a row, rows without a file, and ids that are wrong, taken twice or retired.
pub(crate) fn incomplete(table: &Table, files: &[File]) -> Vec<Violation> {
    let home = table.home();
    let rows = table.rows(files);
    let Some(file) = files.iter().find(|file| file.path == home) else {
        // Before its first row a table need not be there.
        return rows
            .iter()
            .map(|row| {
                Violation::new(
                    &row.file.path,
                    row.line,
                    format!("has no table: write {} in {home}", table.name),
                )
            })
            .collect();
    };
    let tokens = production(&tokens(&file.text)).tokens;
    let Some(listed) = listed(&tokens, table.name) else {
        return vec![Violation::new(
            &home,
            1,
            format!("holds no table: write `pub static {}: … = &[…]`", table.name),
        )];
    };
    let mut violations = Vec::new();
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let retired = texts(&tokens, "RETIRED");
    for row in &rows {
        let mut say = |message: String| violations.push(Violation::new(&row.file.path, row.line, message));
        if table.row.is_some_and(|name| name != row.name) {
            say(format!(
                "exports {}: a file exports one static and calls it {}",
                row.name,
                table.row.unwrap_or_default()
            ));
        }
        match listed.iter().filter(|listed| **listed == row.path).count() {
            1 => {}
            0 => say(format!("is not in the table: add the row `&{}` to {} in {home}", row.path, table.name)),
            _ => say(format!(
                "is in the table more than once: take a row `&{}` out of {} in {home}",
                row.path, table.name
            )),
        }
        let Some(id) = &row.id else {
            say("has no id that can be read: write it as a string literal".to_owned());
            continue;
        };
        for expected in expected_ids(table, row) {
            if *id != expected {
                say(format!("has the id {id}: it must be {expected}, as the file and the static are named"));
            }
        }
        if retired.contains(id) {
            say(format!(
                "has the id {id}, which is in RETIRED: an id is never used again, so choose another"
            ));
        }
        if let Some(other) = seen.insert(id, &row.file.path) {
            say(format!("has the id {id}, which {other} has, too: choose another"));
        }
    }
    for listed in &listed {
        if !rows.iter().any(|row| row.path == *listed) {
            let message = format!(
                "the row `&{listed}` of {} names no static {} of the folder: take it out, or write it so that it can be read",
                table.name, table.of
            );
            violations.push(Violation::new(&home, 1, message));
        }
    }
    violations
}

/// Checks whose explanation lacks a heading or has them in another order.
pub(crate) fn unexplained(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for row in CHECKS.rows(files) {
        let headings: Vec<&str> = row
            .explain
            .iter()
            .flat_map(|text| text.lines())
            .map(str::trim_end)
            .filter(|line| HEADINGS.contains(line))
            .collect();
        if headings != HEADINGS {
            let message = format!(
                "explains itself under {headings:?}: write `explain` as one string literal with the lines {HEADINGS:?}, in this order and not indented"
            );
            violations.push(Violation::new(&row.file.path, row.line, message));
        }
    }
    violations
}

/// The ids that the names of the file and of the static ask for.
fn expected_ids(table: &Table, row: &Row<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    if row.is_alone {
        ids.extend(module_of(&row.file.path).pop());
    }
    if table.row.is_none() {
        ids.push(row.name.to_lowercase());
    }
    ids.iter().map(|id| id.replace('_', "-")).collect()
}

/// The tokens up to the `;` that ends the statement.
fn statement(tokens: &[Token]) -> &[Token] {
    let mut at = 0;
    while at < tokens.len() && !tokens[at].is_sign(';') {
        at = if tokens[at].opens() { closing(tokens, at) + 1 } else { at + 1 };
    }
    &tokens[..at.min(tokens.len())]
}

/// The string in `name: "…"` or `name: Type("…")`.
fn field(tokens: &[Token], name: &str) -> Option<String> {
    let at = tokens.windows(2).position(|pair| pair[0].is_ident(name) && pair[1].is_sign(':'))?;
    tokens[at + 2..]
        .iter()
        .take_while(|token| !token.is_sign(','))
        .find(|token| {
            token.text().is_some()
                || !(token.ident().is_some() || token.kind == Kind::PathSep || token.is_sign('('))
        })?
        .text()
        .map(str::to_owned)
}

/// What stands between the brackets of `static NAME: … = &[…];`.
fn brackets<'a>(tokens: &'a [Token], name: &str) -> Option<&'a [Token]> {
    let at = tokens.windows(2).position(|pair| pair[0].is_ident("static") && pair[1].is_ident(name))?;
    let statement = statement(&tokens[at..]);
    let value = statement.iter().position(|token| token.is_sign('='))?;
    let open = value + statement[value..].iter().position(|token| token.is_sign('['))?;
    Some(&statement[open + 1..closing(statement, open)])
}

/// The paths in a table.
fn listed(tokens: &[Token], name: &str) -> Option<Vec<String>> {
    Some(resolved(brackets(tokens, name)?, &[]).iter().map(|mention| mention.segments.join("::")).collect())
}

/// The strings in a table.
fn texts(tokens: &[Token], name: &str) -> Vec<String> {
    brackets(tokens, name)
        .unwrap_or_default()
        .iter()
        .filter_map(|token| token.text().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    fn checks(table: &str) -> File {
        file(
            "src/doctor/checks/mod.rs",
            &format!(
                "mod etcd; pub static CHECKS: &[&Check] = &[{table}]; pub static RETIRED: &[&str] = &[\"etcd-gone\"];"
            ),
        )
    }

    fn etcd(name: &str, id: &str) -> File {
        let explain = HEADINGS.join("\n  words\n");
        file(
            &format!("src/doctor/checks/etcd/{name}.rs"),
            &format!(
                "pub(in crate::doctor) static CHECK: Check = Check {{ id: CheckId(\"{id}\"), title: \"a\", explain: r\"\n{explain}\n\", judge }};"
            ),
        )
    }

    fn check(table: &Table, files: &[File], expected: &[&str]) {
        let seen: Vec<String> = incomplete(table, files).iter().map(ToString::to_string).collect();
        assert_eq!(seen.len(), expected.len(), "{seen:#?}");
        for (seen, expected) in seen.iter().zip(expected) {
            assert!(seen.contains(expected), "{seen} lacks {expected}");
        }
    }

    #[test]
    fn agrees_with_a_complete_table() {
        let presented = file("src/doctor/checks/etcd/presented.rs", "static OTHER: u8 = 1; struct Check;");
        let rows = "&etcd::etcd_a::CHECK, &etcd::etcd_b::CHECK,";
        check(&CHECKS, &[checks(rows), etcd("etcd_a", "etcd-a"), etcd("etcd_b", "etcd-b"), presented], &[]);
        check(&FAULTS, &[], &[]);
    }

    #[test]
    fn sees_a_check_without_a_row() {
        check(
            &CHECKS,
            &[checks(""), etcd("etcd_a", "etcd-a")],
            &["etcd_a.rs:1: is not in the table: add the row `&etcd::etcd_a::CHECK`"],
        );
        check(
            &CHECKS,
            &[checks("// &etcd::etcd_a::CHECK\n"), etcd("etcd_a", "etcd-a")],
            &["is not in the table"],
        );
        check(&CHECKS, &[etcd("etcd_a", "etcd-a")], &["has no table"]);
        check(
            &CHECKS,
            &[file("src/doctor/checks/mod.rs", ""), etcd("etcd_a", "etcd-a")],
            &["holds no table"],
        );
    }

    #[test]
    fn sees_a_row_without_a_check_and_a_row_twice() {
        check(&CHECKS, &[checks("&etcd::etcd_a::CHECK")], &["names no static Check"]);
        let twice = "&etcd::etcd_a::CHECK, &etcd::etcd_a::CHECK";
        check(&CHECKS, &[checks(twice), etcd("etcd_a", "etcd-a")], &["more than once"]);
    }

    #[test]
    fn sees_a_check_under_another_name() {
        let other = file(
            "src/doctor/checks/etcd/etcd_a.rs",
            "pub static RULE: super::Check = Check { id: CheckId(\"etcd-a\") };",
        );
        check(&CHECKS, &[checks("&etcd::etcd_a::RULE"), other], &["exports RULE"]);
    }

    #[test]
    fn sees_an_id_that_is_wrong_missing_taken_or_retired() {
        let table = checks("&etcd::etcd_a::CHECK");
        check(&CHECKS, &[table.clone(), etcd("etcd_a", "etcd-b")], &["has the id etcd-b: it must be etcd-a"]);
        check(&CHECKS, &[table.clone(), etcd("etcd_a", "etcd_a")], &["it must be etcd-a"]);
        let unreadable = file(
            "src/doctor/checks/etcd/etcd_a.rs",
            "static CHECK: Check = Check { id: ID, title: \"etcd-a\" };",
        );
        check(&CHECKS, &[table, unreadable], &["has no id that can be read"]);
        check(&CHECKS, &[checks("&etcd::etcd_gone::CHECK"), etcd("etcd_gone", "etcd-gone")], &["in RETIRED"]);
        let two = checks("&etcd::etcd_a::CHECK, &etcd::etcd_b::CHECK");
        let taken = [two, etcd("etcd_a", "etcd-a"), etcd("etcd_b", "etcd-a")];
        check(&CHECKS, &taken, &["etcd_b.rs:1: has the id etcd-a: it must be etcd-b", "etcd_a.rs has, too"]);
    }

    #[test]
    fn sees_faults_without_a_row_or_with_a_wrong_id() {
        let table = file("src/lab/faults/mod.rs", "pub static FAULTS: &[&Fault] = &[&etcd_a::FAULT];");
        let fault =
            |id: &str| format!("pub(super) static FAULT: Fault = Fault {{ id: \"{id}\", check: \"x\" }};");
        let a = |id| file("src/lab/faults/etcd_a.rs", &fault(id));
        check(&FAULTS, &[table.clone(), a("etcd-a")], &[]);
        check(&FAULTS, &[table.clone(), a("x")], &["must be etcd-a"]);
        check(
            &FAULTS,
            &[table, a("etcd-a"), file("src/lab/faults/etcd_b.rs", &fault("etcd-b"))],
            &["etcd_b.rs:1: is not in the table"],
        );
    }

    #[test]
    fn sees_distributions_without_a_row_or_with_a_wrong_id() {
        let table = |rows: &str| {
            file("src/distributions/mod.rs", &format!("pub static ALL: &[&Distribution] = &[{rows}];"))
        };
        let one = |name: &str, id: &str| {
            format!("pub static {name}: Distribution = Distribution {{ id: \"{id}\", explain: \"\" }};")
        };
        let kind = file("src/distributions/kind.rs", &one("KIND", "kind"));
        check(&DISTRIBUTIONS, &[table("&kind::KIND"), kind.clone()], &[]);
        check(&DISTRIBUTIONS, &[table(""), kind], &["is not in the table: add the row `&kind::KIND`"]);
        let wrong = file("src/distributions/kind.rs", &one("KIND", "kin"));
        check(&DISTRIBUTIONS, &[table("&kind::KIND"), wrong], &["must be kind", "must be kind"]);
        let hosted = file(
            "src/distributions/hosted.rs",
            &[one("AKS", "aks"), one("GKE_AUTOPILOT", "gke-autopilot")].concat(),
        );
        check(&DISTRIBUTIONS, &[table("&hosted::AKS, &hosted::GKE_AUTOPILOT"), hosted], &[]);
    }

    #[test]
    fn sees_an_explanation_that_lacks_a_heading_or_has_another_order() {
        assert_eq!(unexplained(&[etcd("etcd_a", "etcd-a")]), []);
        for (from, to) in
            [("How to fix", "Fix"), ("References", "  References"), ("What was seen", "How to fix")]
        {
            let mut planted = etcd("etcd_a", "etcd-a");
            planted.text = planted.text.replace(from, to);
            assert_eq!(unexplained(&[planted]).len(), 1, "{from} → {to}");
        }
        let mut swapped = etcd("etcd_a", "etcd-a");
        swapped.text = swapped
            .text
            .replace("How to fix", "X")
            .replace("References", "How to fix")
            .replace('X', "References");
        assert_eq!(unexplained(&[swapped]).len(), 1);
        let elsewhere = file(
            "src/doctor/checks/etcd/etcd_a.rs",
            "static CHECK: Check = Check { id: CheckId(\"etcd-a\"), explain: TEXT };",
        );
        assert_eq!(unexplained(&[elsewhere]).len(), 1);
    }
}
