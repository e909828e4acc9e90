//! Adds up the lines of a body. It must not know where the lines come from, nor what else the body could be.

use super::{
    BodyLimits,
    families::Families,
    line::{self, Line, SampleLine},
};
use crate::model::answer::{MetricsSeen, Sample};

/// What the lines of a body came to so far.
#[derive(Debug)]
pub(super) struct Tally {
    limits: BodyLimits,
    /// Sorted.
    keep: Vec<String>,
    families: Families,
    samples: u64,
    kept: Vec<Sample>,
    /// Lines with `# HELP`, `# TYPE`, `# UNIT` or `# EOF`.
    metadata: u64,
    unreadable: u64,
    begun: bool,
}

impl Tally {
    pub(super) fn new(limits: BodyLimits, keep: &[&str]) -> Self {
        let mut keep: Vec<String> = keep.iter().map(|name| (*name).to_owned()).collect();
        keep.sort_unstable();
        Self {
            limits,
            keep,
            families: Families::new(limits.families, limits.name),
            samples: 0,
            kept: Vec::new(),
            metadata: 0,
            unreadable: 0,
            begun: false,
        }
    }

    /// Takes one line without its end; `None` for one that is too long.
    pub(super) fn add(&mut self, line: Option<&[u8]>) {
        let first = !std::mem::replace(&mut self.begun, true);
        let line = line
            .map(|line| if first { super::without_mark(line) } else { line })
            .and_then(|line| std::str::from_utf8(line).ok());
        match line.map_or(Line::Unreadable, line::read) {
            Line::Blank | Line::Comment => {}
            Line::Metadata => self.metadata += 1,
            Line::Type(name, kind) => {
                self.metadata += 1;
                self.families.declare(&name, kind);
            }
            Line::Sample(sample) => {
                self.samples += 1;
                self.families.add(&sample.name);
                self.keep(&sample);
            }
            Line::Unreadable => self.unreadable += 1,
        }
    }

    /// How many lines only a metrics body has.
    pub(super) const fn telling(&self) -> u64 {
        self.samples + self.metadata
    }

    /// How many lines a metrics body does not have.
    pub(super) const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// What is kept of it all. `open_metrics` is explained at [`Families::into_names`].
    pub(super) fn into_seen(self, open_metrics: bool) -> MetricsSeen {
        let (families, more_families) = self.families.into_names(open_metrics);
        MetricsSeen {
            families,
            more_families,
            samples: self.samples,
            kept: self.kept,
            unreadable: self.unreadable,
        }
    }

    fn keep(&mut self, sample: &SampleLine<'_>) {
        if self.kept.len() >= self.limits.kept
            || self.keep.binary_search_by(|name| name.as_str().cmp(&sample.name)).is_err()
        {
            return;
        }
        let Some(room) = self.limits.sample.checked_sub(sample.name.len() + sample.value.len()) else {
            return;
        };
        // A sample with a part of its labels would be another sample; better none.
        if let Some(labels) = sample.labels(self.limits.label_pairs, room) {
            self.kept.push(Sample {
                name: sample.name.clone().into_owned(),
                labels,
                value: sample.value.to_owned(),
            });
        }
    }
}
