//! What `certs inspect` found, in words: one page for each certificate, or a table where there are many.

use super::{left, level};
use crate::{
    certs::{
        Purposes,
        inspect::fingerprint,
        review::{Review, SignedBy},
        sighting::{KeySeen, Unread},
    },
    render::{
        console::{Console, Tone},
        text::{count, harmless, wrap},
    },
};
use comfy_table::{Table, presets};
use std::fmt::Write as _;

/// Columns before the text of an entry.
const INDENT: usize = 13;

/// One page for each certificate.
#[must_use]
pub fn pages(console: &Console, reviews: &[Review]) -> String {
    let mut out = String::new();
    for (number, review) in reviews.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        page(&mut out, console, review);
    }
    out
}

fn page(out: &mut String, console: &Console, review: &Review) {
    let facts = &review.facts;
    let title =
        if review.name == "-" { review.place.clone() } else { format!("{} ({})", review.name, review.place) };
    wrap(out, console.width, "", 0, &console.paint.tone(Tone::Strong, &harmless(&title)));
    let mut entry = |label: &str, text: &str| {
        let lead = console.paint.tone(Tone::Faint, &format!("{label:<INDENT$}"));
        wrap(out, console.width, &lead, INDENT, &harmless(text));
    };
    entry("subject", &facts.subject);
    entry("issuer", &facts.issuer);
    entry(
        "signed by",
        &match &review.signed_by {
            SignedBy::Itself => "itself".to_owned(),
            SignedBy::Other { name, subject, .. } => format!("{name} ({subject}), verified by its key"),
            SignedBy::Unseen => {
                "a CA that was not among what was read, so this is not verified: name its file too".to_owned()
            }
        },
    );
    entry("version", &format!("{}, serial {}", facts.version, facts.serial));
    entry("valid", &format!("from {} until {} ({})", facts.not_before, facts.not_after, until(review)));
    entry("purposes", &purposes(review));
    entry("hosts", &facts.describe_hosts());
    entry("key", &format!("{}, signed with {}", facts.key, facts.signature));
    entry("private key", &key(review));
    entry("SHA-256", &fingerprint(&review.der.0));
    entry("key SHA-256", &fingerprint(&facts.public_key));
    for (label, id) in [("key id", &facts.subject_key_id), ("CA's key id", &facts.authority_key_id)] {
        if let Some(id) = id {
            entry(label, id);
        }
    }
    remarks(out, console, review, "");
}

fn remarks(out: &mut String, console: &Console, review: &Review, lead: &str) {
    for remark in &review.remarks {
        let (word, tone) = level(remark.level);
        let first = format!("{}{lead}", console.paint.tone(tone, &format!("{word:<INDENT$}")));
        let text = harmless(&format!("{} ({})", remark.text, remark.id));
        wrap(out, console.width, &first, INDENT, &text);
    }
}

fn until(review: &Review) -> String {
    match left(review.left) {
        expired if expired == "expired" => expired,
        rest => format!("{rest} left"),
    }
}

fn purposes(review: &Review) -> String {
    let purposes = match &review.facts.purposes {
        Purposes::Unlimited => "none listed, so any",
        Purposes::Listed { client: true, server: true } => "client and server authentication",
        Purposes::Listed { client: true, server: false } => "client authentication",
        Purposes::Listed { client: false, server: true } => "server authentication",
        Purposes::Listed { client: false, server: false } => "neither client nor server authentication",
    };
    if review.is_authority { format!("CA; {purposes}") } else { purposes.to_owned() }
}

fn key(review: &Review) -> String {
    match (&review.key, review.key_fits) {
        (KeySeen::Nothing, _) => "not seen".to_owned(),
        (KeySeen::Read { place, .. }, Some(false)) => format!("{place}, of another certificate"),
        (KeySeen::Read { place, .. }, _) => format!("{place}, its own"),
        (KeySeen::Unread { place, why, .. }, _) => format!("{place}, unread: {why}"),
    }
}

/// A table as `kubeadm certs check-expiration` has it, for any folder, and what is worth saying below it.
#[must_use]
pub fn table(console: &Console, reviews: &[Review], unread: &[Unread]) -> String {
    let mut out = String::new();
    let dates = |review: &Review| {
        [review.facts.not_after.strftime("%b %d, %Y %H:%M UTC").to_string(), left(review.left)]
    };
    let leaves: Vec<&Review> = reviews.iter().filter(|review| !review.is_authority).collect();
    if !leaves.is_empty() {
        let mut table = new_table(&[
            "CERTIFICATE",
            "EXPIRES",
            "RESIDUAL TIME",
            "CERTIFICATE AUTHORITY",
            "EXTERNALLY MANAGED",
        ]);
        for review in leaves {
            let [expires, left] = dates(review);
            let authority = match &review.signed_by {
                SignedBy::Other { name, .. } => name.as_str(),
                SignedBy::Itself => "itself",
                SignedBy::Unseen => "not found here",
            };
            table.add_row([&harmless(&review.name), &expires, &left, &harmless(authority), external(review)]);
        }
        let _ = writeln!(out, "{}", table.trim_fmt());
    }
    let authorities: Vec<&Review> = reviews.iter().filter(|review| review.is_authority).collect();
    if !authorities.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        let mut table =
            new_table(&["CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"]);
        for review in authorities {
            let [expires, left] = dates(review);
            table.add_row([&harmless(&review.name), &expires, &left, external(review)]);
        }
        let _ = writeln!(out, "{}", table.trim_fmt());
    }
    let worth_saying: Vec<&Review> = reviews.iter().filter(|review| !review.remarks.is_empty()).collect();
    if !worth_saying.is_empty() {
        out.push('\n');
    }
    for review in worth_saying {
        remarks(&mut out, console, review, &format!("{}: ", harmless(&review.name)));
    }
    for unread in unread {
        let lead = console.paint.tone(Tone::Open, &format!("{:<INDENT$}", "unread"));
        wrap(&mut out, console.width, &lead, INDENT, &harmless(&format!("{}: {}", unread.place, unread.why)));
    }
    let _ = writeln!(
        out,
        "\n{}{}",
        count(reviews.len(), "certificate", "certificates"),
        if unread.is_empty() {
            String::new()
        } else {
            format!(", {} not read", count(unread.len(), "file", "files"))
        }
    );
    out
}

fn external(review: &Review) -> &'static str {
    if review.is_externally_managed() { "yes" } else { "no" }
}

fn new_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    table
}
