//! What `certs verify` found out, in words.

use super::issue::{outcomes, whole};
use crate::{certs::verify::Outcome, render::Console};

/// Every outcome, the way to ask by hand, and the verdict.
#[must_use]
pub fn report(console: &Console, all: &[Outcome], curl: Option<&str>) -> String {
    let mut out = String::new();
    outcomes(&mut out, console, all);
    if let Some(curl) = curl {
        whole(&mut out, console, "by hand", curl);
    }
    let asked = if curl.is_some() { "" } else { " (etcd was not asked)" };
    let holds = !all.iter().any(Outcome::is_failure);
    out.push_str(if holds { "holds" } else { "does not hold" });
    out.push_str(asked);
    out.push('\n');
    out
}
