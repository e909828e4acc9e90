//! A check's page, as `ctlmon explain` prints it.

use super::console::{Console, Tone};
use crate::doctor::Check;
use std::fmt::Write as _;

/// The headings of every page, in order.
pub const HEADINGS: [&str; 5] =
    ["What was seen", "What it means", "How to confirm by hand", "How to fix", "References"];

/// The page.
#[must_use]
pub fn page(console: &Console, check: &Check) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}\n", console.paint.tone(Tone::Strong, check.id.0), check.title);
    for line in check.explain.trim().lines() {
        if HEADINGS.contains(&line.trim()) {
            let _ = writeln!(out, "{}", console.paint.tone(Tone::Strong, line.trim()));
        } else {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}
