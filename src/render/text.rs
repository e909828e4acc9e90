//! Laying out plain text: wrapping with a hanging indent, and making strangers' text harmless.

use std::fmt::Write as _;

/// Appends `text` wrapped to `width` columns; the first line begins with `first`, the others with as many spaces.
///
/// Words longer than a line stay whole: a URL that is cut in two cannot be pasted.
pub(super) fn wrap(out: &mut String, width: usize, first: &str, indent: usize, text: &str) {
    out.push_str(first);
    let mut column = indent;
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !is_empty && column + 1 + length > width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
            is_empty = true;
        }
        if !is_empty {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        is_empty = false;
    }
    out.push('\n');
}

/// Text from elsewhere without anything that a terminal would act on.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Two columns, one line an entry.
pub(crate) fn columns<'a>(entries: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> String {
    let width = entries.clone().map(|(left, _)| left.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (left, right) in entries {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{left:width$}  {right}");
    }
    out
}

/// How many of many alike are shown; of more than these the others are counted.
pub(super) const SHOWN: usize = 8;

/// Those of many that are shown, and how many others there are: never one alone, which would take as much room itself.
pub(super) fn first<T>(all: &[T]) -> (&[T], usize) {
    if all.len() <= SHOWN + 1 { (all, 0) } else { (&all[..SHOWN], all.len() - SHOWN) }
}

/// Names in a row, as many as are shown.
pub(super) fn names(all: &[String]) -> String {
    let (shown, others) = first(all);
    let shown = shown.join(", ");
    if others == 0 { shown } else { format!("{shown} and {others} others") }
}

/// `1 problem`, `2 problems`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_words_and_keeps_long_words_whole() {
        let mut out = String::new();
        wrap(&mut out, 20, "seen  ", 6, "one two three four https://192.0.2.11:2379/metrics end");
        assert_eq!(
            out,
            "seen  one two three\n      four\n      https://192.0.2.11:2379/metrics\n      end\n"
        );
    }

    #[test]
    fn counts_what_is_too_many_to_show() {
        let check = |number: usize, expected: &str| {
            let all: Vec<String> = (1..=number).map(|number| number.to_string()).collect();
            assert_eq!(names(&all), expected);
        };
        check(1, "1");
        check(9, "1, 2, 3, 4, 5, 6, 7, 8, 9");
        check(1000, "1, 2, 3, 4, 5, 6, 7, 8 and 992 others");
    }

    #[test]
    fn keeps_escape_sequences_of_strangers_from_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mb\u{7}"), "a\u{fffd}[31mb\u{fffd}");
    }
}
