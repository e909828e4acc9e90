//! The whole weighing of `detect --why`: every clue of everything that it could be, what was found and what was not. It only
//! reads clues again; what they are worth together is decided elsewhere.

use super::{
    console::{Console, Tone},
    docs::distributions as words,
    text::{harmless, wrap},
};
use crate::{
    distributions::{ALL, Detection, Distribution, Facts, Weight},
    model::{evidence::Evidence, observed::Gap},
};
use std::{cmp::Reverse, fmt::Write as _};

/// Columns before a clue.
const INDENT: usize = 14;

/// A distribution with all its clues.
#[derive(Clone, Debug)]
pub struct Weighing {
    /// The distribution.
    pub distribution: &'static Distribution,
    /// Its part in the answer.
    pub role: Role,
    /// Its clues, the weightiest first.
    pub clues: Vec<Weighed>,
}

/// What a distribution is to the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It is the answer.
    Named,
    /// It could be the answer.
    Rival,
    /// Something speaks for it, and not enough.
    Hint,
}

/// A clue as it was read.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// What it is worth.
    pub weight: Weight,
    /// What was looked for.
    pub signal: String,
    /// Where the clue is known from.
    pub source: &'static str,
    /// What was found; `None` where it was looked for and is not there.
    pub outcome: Result<Option<Evidence>, Gap>,
}

impl Weighing {
    /// Everything for which a clue speaks, the answer first.
    #[must_use]
    pub fn all(facts: &Facts, detection: &Detection) -> Vec<Self> {
        let is_best = |it: &Distribution| detection.best().is_some_and(|best| best.distribution.id == it.id);
        let is_rival =
            |it: &Distribution| detection.rivals().iter().any(|rival| rival.distribution.id == it.id);
        let mut all: Vec<Self> = ALL
            .iter()
            .copied()
            .filter_map(|distribution| {
                let role = if is_best(distribution) {
                    Role::Named
                } else if is_rival(distribution) {
                    Role::Rival
                } else {
                    Role::Hint
                };
                let mut clues: Vec<Weighed> = distribution
                    .clues
                    .iter()
                    .map(|clue| Weighed {
                        weight: clue.weight,
                        signal: words::signal(&clue.signal),
                        source: clue.source,
                        outcome: clue.signal.read(facts),
                    })
                    .collect();
                clues.sort_by_key(|clue| (Reverse(clue.weight), Reverse(clue.is_found())));
                let speaks = clues.iter().any(|clue| clue.is_found() && clue.weight != Weight::Contradicts);
                (speaks || role != Role::Hint).then_some(Self { distribution, role, clues })
            })
            .collect();
        all.sort_by_key(|weighing| (weighing.role, weighing.distribution.id));
        all
    }

    pub(super) fn human(&self, out: &mut String, console: &Console) {
        let found = self.clues.iter().filter(|clue| clue.is_found()).count();
        let _ = writeln!(
            out,
            "\n{}, {}: {found} of {} clues found",
            console.paint.tone(Tone::Strong, self.distribution.name),
            self.role.words(),
            self.clues.len()
        );
        for clue in &self.clues {
            let (sign, tone, text) = match &clue.outcome {
                Ok(Some(seen)) if clue.weight == Weight::Contradicts => {
                    ("-", Tone::Bad, format!("{} ({})", seen.claim, seen.locator))
                }
                Ok(Some(seen)) => ("+", Tone::Good, format!("{} ({})", seen.claim, seen.locator)),
                Ok(None) => (" ", Tone::Faint, format!("not there: {}", clue.signal)),
                Err(gap) => ("?", Tone::Open, format!("{}: not known, {gap}", clue.signal)),
            };
            let lead = console.paint.tone(tone, &format!("{sign} {:<12}", words::weight(clue.weight)));
            wrap(out, console.width, &lead, INDENT, &harmless(&text));
        }
    }
}

impl Weighed {
    const fn is_found(&self) -> bool {
        matches!(self.outcome, Ok(Some(_)))
    }

    /// The weight in JSON.
    #[must_use]
    pub const fn weight(&self) -> &'static str {
        words::weight(self.weight)
    }
}

impl Role {
    /// In JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Rival => "rival",
            Self::Hint => "hint",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Named => "the answer",
            Self::Rival => "a rival",
            Self::Hint => "only hints",
        }
    }
}
