//! The rules by which something is worth saying about a certificate; each has an id for programs.

use super::{
    chain::{Issuer, is_signed_by},
    inspect::{PublicKey, Purposes, inspect},
    review::{Known, Level, Remark},
    sighting::{KeySeen, Role},
};
use crate::model::answer::Der;
use jiff::{SignedDuration, Timestamp};

/// A certificate that ends sooner is worth a word: kubeadm's own leave one year, and a month is time enough to renew.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Fewer bits than this are not enough today.
const LEAST_RSA_BITS: usize = 2048;

/// Everything worth saying about one certificate, in the order in which it was looked at.
pub(super) fn about(
    one: &Known<'_>,
    known: &[Known<'_>],
    issuer: &Issuer,
    is_authority: bool,
    signs_others: bool,
    now: Timestamp,
) -> Vec<Remark> {
    let mut judge = Judge { one, now, is_authority, signs_others, remarks: Vec::new() };
    judge.dates();
    judge.issuer(issuer, known);
    judge.shape();
    judge.purposes();
    judge.key();
    judge.order();
    judge.remarks
}

struct Judge<'a> {
    one: &'a Known<'a>,
    now: Timestamp,
    is_authority: bool,
    signs_others: bool,
    remarks: Vec<Remark>,
}

impl Judge<'_> {
    fn say(&mut self, level: Level, id: &'static str, text: impl Into<String>) {
        self.remarks.push(Remark { id, level, text: text.into() });
    }

    fn dates(&mut self) {
        let facts = &self.one.facts;
        let left = facts.not_after.duration_since(self.now);
        if left < SignedDuration::ZERO {
            self.say(Level::Error, "expired", format!("it expired on {}", facts.not_after));
        } else if left < SOON {
            self.say(Level::Warning, "expires-soon", format!("it expires on {}", facts.not_after));
        }
        if facts.not_before > self.now {
            let text = format!("it is not valid before {}: is a clock wrong?", facts.not_before);
            self.say(Level::Error, "not-yet-valid", text);
        }
    }

    fn issuer(&mut self, issuer: &Issuer, known: &[Known<'_>]) {
        let facts = &self.one.facts;
        match issuer {
            Issuer::Signed(place) => {
                let signer = &known[*place];
                if signer.der != self.one.der && signer.facts.not_after < facts.not_after {
                    let text = format!(
                        "it outlives its CA, which expires on {}: from then on it is worth nothing",
                        signer.facts.not_after
                    );
                    self.say(Level::Warning, "outlives-ca", text);
                }
            }
            Issuer::SameName(place) => {
                let text = format!(
                    "{} at {} has its issuer's name, and another key: it is of another CA, or of one that was replaced",
                    known[*place].facts.subject, known[*place].sighting.place
                );
                self.say(Level::Error, "same-name-other-key", text);
            }
            Issuer::SameText(place) => {
                let text = format!(
                    "its issuer's name reads like {} at {}, and is written in other bytes: Go takes it for another CA",
                    known[*place].facts.subject, known[*place].sighting.place
                );
                self.say(Level::Error, "same-name-other-bytes", text);
            }
            Issuer::Stranger => {}
        }
        if facts.is_signed_weakly && !facts.is_self_issued() {
            let text = format!(
                "it is signed by {}, which etcd built with Go 1.18 or later refuses",
                facts.signature
            );
            self.say(Level::Error, "weak-signature", text);
        }
    }

    fn shape(&mut self) {
        let facts = &self.one.facts;
        if facts.version == 1 {
            let text = if self.is_authority {
                "it is an X.509 version 1 certificate, which cannot say that it is a CA: etcd accepts it as one, others do not"
            } else {
                "it is an X.509 version 1 certificate, as openssl x509 -req makes it without extensions: etcd accepts it, \
                 other TLS libraries refuse to load it"
            };
            let level = if self.is_authority { Level::Note } else { Level::Warning };
            self.say(level, "version-1", text);
        }
        if facts.is_ca && self.is_meant_as_client() {
            let text = "it is a CA: etcd accepts it as a client certificate, and whoever holds its key can make more of them";
            self.say(Level::Warning, "ca-as-client", text);
        }
        if let PublicKey::Rsa(bits) = facts.key
            && bits < LEAST_RSA_BITS
        {
            self.say(
                Level::Warning,
                "small-key",
                format!("its RSA key has {bits} bits, and 2048 are needed today"),
            );
        }
        if facts.subject.contains("O=system:masters") {
            let text = "it is in the group system:masters: where the cluster's own CA signed it, its holder is cluster-admin, \
                        which no role binding takes back";
            self.say(Level::Warning, "system-masters", text);
        }
    }

    /// A CA lies where one expects it, or signs others. Without either it is in use as something else where it has a key, or
    /// where another CA made it and it was named on its own.
    fn is_meant_as_client(&self) -> bool {
        let words = self.one.sighting.name.to_ascii_lowercase();
        let is_named_so = words
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "ca" | "signer" | "root"));
        let is_used = self.one.sighting.key != KeySeen::Nothing
            || (self.one.sighting.role == Role::Client && !self.one.facts.is_self_issued());
        self.one.position == 0
            && is_used
            && self.one.sighting.role != Role::Server
            && !self.signs_others
            && !is_named_so
    }

    fn purposes(&mut self) {
        let facts = &self.one.facts;
        if self.is_authority || self.one.position > 0 {
            return;
        }
        let serves = !(facts.dns_names.is_empty() && facts.addresses.is_empty());
        match (&facts.purposes, self.one.sighting.role) {
            (Purposes::Unlimited, Role::Server) => {}
            (Purposes::Unlimited, _) => {
                let text =
                    "it lists no purpose, which etcd takes for every purpose: a server could use it too";
                self.say(Level::Note, "no-purpose", text);
            }
            (Purposes::Listed { client: false, .. }, Role::Client) => {
                let text = "its purposes do not include client authentication: etcd refuses it as a client certificate";
                self.say(Level::Error, "no-client-auth", text);
            }
            (Purposes::Listed { client: false, server }, Role::Any) if !(*server && serves) => {
                let text =
                    "its purposes include neither client authentication nor, with a host's name, serving";
                self.say(Level::Error, "no-client-auth", text);
            }
            (Purposes::Listed { server: true, client: true }, Role::Client) => {
                let text =
                    "it may serve as well: its holder can pass for an etcd member to those who trust its CA";
                self.say(Level::Warning, "server-auth", text);
            }
            _ => {}
        }
    }

    /// Whoever reads a chain takes the first certificate for its owner's, and each further one for the issuer of the one before.
    fn order(&mut self) {
        let chain = &self.one.sighting.chain;
        if self.one.position > 0 || chain.len() < 2 {
            return;
        }
        if self.one.facts.is_ca {
            let is_leaf = |der: &Der| inspect(&der.0).is_ok_and(|facts| !facts.is_ca && facts.version > 1);
            if let Some(place) = chain.iter().position(is_leaf) {
                let text = format!(
                    "certificate {} of the file is no CA, and stands behind one: TLS libraries present the first",
                    place + 1
                );
                self.say(Level::Warning, "chain-order", text);
            }
            return;
        }
        if let Some(place) = chain.windows(2).position(|pair| !is_signed_by(&pair[0], &pair[1])) {
            let text = format!(
                "certificate {} of the file did not sign the one before it: put each behind the one that it signed",
                place + 2
            );
            self.say(Level::Warning, "chain-order", text);
        }
    }

    fn key(&mut self) {
        if self.one.position > 0 {
            return;
        }
        if let (Some(false), Some(place)) = (self.one.key_fits(), self.one.sighting.key.place()) {
            let text = format!("the private key in {place} is not its own");
            self.say(Level::Error, "key-mismatch", text);
        }
        if let KeySeen::Unread { place, why, .. } = &self.one.sighting.key {
            let text = format!("whether the private key in {place} is its own is unknown: {why}");
            self.say(Level::Note, "key-unread", text);
        }
        let (mode, place) = (self.one.sighting.key.mode(), self.one.sighting.key.place().unwrap_or_default());
        if let Some(mode) = mode.filter(|mode| mode & 0o077 != 0) {
            let who = if mode.trailing_zeros() >= 3 { "its group" } else { "everybody on the machine" };
            let text = format!("the private key in {place} is open to {who} (mode {:04o})", mode & 0o7777);
            self.say(Level::Warning, "key-readable", text);
        }
    }
}
