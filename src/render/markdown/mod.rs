//! Pieces of Markdown: tables, code, and text that is no markup.

use std::fmt::Write as _;

/// A table; every cell is Markdown on one line.
pub(super) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "| {} |", header.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(N));
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        let _ = writeln!(
            out,
            "|{}",
            cells.map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") }).concat()
        );
    }
    out
}

/// A block of code. No text of this program has a line of three backticks.
pub(super) fn block(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
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
    fn text_is_no_markup() {
        assert_eq!(plain("kubernetes.io/* <nil> a_b"), "kubernetes.io/\\* \\<nil\\> a\\_b");
    }
}
