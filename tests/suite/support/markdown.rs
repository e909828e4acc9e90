//! As much of GitHub's Markdown as tells what is code and what is not. It shares no code with what writes reports.

/// The lines of a document outside of its code: blocks are left out, and spans stand as one `…`.
#[track_caller]
pub(crate) fn prose(document: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fence: Option<usize> = None;
    for line in document.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if ticks >= open && line.trim_matches('`').is_empty() => fence = None,
            Some(_) => {}
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None => lines.push(without_spans(line)),
        }
    }
    assert_eq!(fence, None, "every block ends");
    lines
}

/// Asserts that nothing but links to files beside it is markup of a kind that strangers could want, and that every row of
/// a table has as many cells as its head.
#[track_caller]
pub(crate) fn assert_tame(document: &str) {
    assert!(!document.chars().any(|c| c.is_control() && c != '\n'), "{document:?}");
    let mut width = None;
    for line in prose(document) {
        for sign in ["<", ">", "@", "://", "![", "www."] {
            assert!(!line.contains(sign), "{sign} in {line:?}");
        }
        let bars = line.replace("\\|", "").matches('|').count();
        if bars == 0 {
            width = None;
        } else {
            assert_eq!(*width.get_or_insert(bars), bars, "{line:?}");
        }
    }
}

/// A line with `…` for every code span: a run of backticks ends at the next one of the same length.
fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let inside = &rest[ticks..];
        let end = runs(inside).find(|(_, length)| *length == ticks);
        let Some((end, _)) = end else { panic!("a span without an end: {line:?}") };
        // A bar that is not escaped ends a cell even in code.
        let bars = inside[..end].replace("\\|", "").matches('|').count();
        out.push('…');
        out.push_str(&"|".repeat(bars));
        rest = &inside[end + ticks..];
    }
    out + rest
}

/// The runs of backticks with their places.
fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = at + text[at..].find('`')?;
        let length = text[begin..].len() - text[begin..].trim_start_matches('`').len();
        at = begin + length;
        Some((begin, length))
    })
}
