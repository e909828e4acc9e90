//! Pieces of Markdown: tables, code, and text that is no markup; and the report of `doctor` made of them.

mod doctor;

pub(super) use doctor::step;
pub use doctor::{report, unreached};

use super::text::harmless;
use std::fmt::Write as _;

/// A table; every cell is Markdown on one line.
pub(super) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    wide_table(&header, rows.into_iter().map(Vec::from))
}

/// The same where the number of columns is not written in the code.
fn wide_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "| {} |", header.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(header.len()));
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {} |", cell_of(cell)) })
            .collect();
        let _ = writeln!(out, "|{}", cells.concat());
    }
    out
}

/// Text that stays in its cell. A backslash in front of a bar would escape the backslash that escapes the bar.
fn cell_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => {
                out.truncate(out.trim_end_matches('\\').len());
                out.push_str("\\|");
            }
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A block of code, which nothing in it can end.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(backticks(text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", harmless(text.trim_end()))
}

/// Text from elsewhere as code on one line: whatever is in it, it is no markup, calls nobody and leads nowhere.
pub(super) fn code(text: &str) -> String {
    let text = harmless(text).replace('\n', " ");
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(backticks(&text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The longest run of backticks.
fn backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Text in which nothing is markup, for prose that comes from tables in the code.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '<' | '>' | '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_to_their_column_and_line() {
        let row = ["a|b".to_owned(), String::new(), "c\nd".to_owned()];
        assert_eq!(table(["1", "2", "3"], [row]), "| 1 | 2 | 3 |\n| --- | --- | --- |\n| a\\|b | | c d |\n");
    }

    #[test]
    fn a_bar_ends_no_cell_whatever_stands_before_it() {
        assert_eq!(cell_of(r"a\|b\\|c|"), r"a\|b\|c\|");
    }

    #[test]
    fn nothing_ends_code_from_inside() {
        for (text, expected) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("``", "``` `` ```"),
            ("a\n```\nb", "````a ``` b````"),
            ("\u{1b}[31m\r", "`\u{fffd}[31m\u{fffd}`"),
            (" ", ""),
        ] {
            assert_eq!(code(text), expected);
        }
        assert_eq!(block("sh", "a\n````\nb\n"), "`````sh\na\n````\nb\n`````\n");
        assert_eq!(block("", "a"), "```\na\n```\n");
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(plain("kubernetes.io/* <nil> a_b"), "kubernetes.io/\\* \\<nil\\> a\\_b");
    }
}
