//! Adds up the lines of a body. It must not know where the lines come from, nor what else the body could be.

use super::{
    BodyLimits,
    families::Families,
    line::{Line, LineReader, SampleLine},
};
use crate::model::answer::{MetricsSeen, Sample};

/// What the lines of a body came to so far.
#[derive(Debug)]
pub(super) struct Tally {
    limits: BodyLimits,
    /// Sorted.
    keep: Vec<String>,
    lines: LineReader,
    families: Families,
    /// The name of the sample before, empty where the next one has to be looked up whatever its name is.
    last: String,
    /// Whether samples of that name are kept.
    last_is_kept: bool,
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
            lines: LineReader::default(),
            families: Families::new(limits.families, limits.name),
            last: String::new(),
            last_is_kept: false,
            samples: 0,
            kept: Vec::new(),
            metadata: 0,
            unreadable: 0,
            begun: false,
        }
    }

    /// Takes one line without its end; `None` for one that is too long or no text.
    pub(super) fn add(&mut self, line: Option<&str>) {
        let first = !std::mem::replace(&mut self.begun, true);
        let line = line.map(|line| if first { line.strip_prefix(super::MARK).unwrap_or(line) } else { line });
        match line.map_or(Line::Unreadable, |line| self.lines.read(line)) {
            Line::Blank | Line::Comment => {}
            Line::Metadata => self.metadata += 1,
            Line::Type(name, kind) => {
                self.metadata += 1;
                self.families.declare(&name, kind);
                self.last.clear();
            }
            Line::Sample(sample) => {
                self.samples += 1;
                self.name(&sample.name);
                if self.last_is_kept {
                    self.keep(&sample);
                }
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

    /// Takes the name of a sample. Most have the name of the one before, and of that all is known.
    fn name(&mut self, name: &str) {
        if self.last == name {
            return;
        }
        self.families.add(name);
        self.last_is_kept = self.keep.binary_search_by(|kept| kept.as_str().cmp(name)).is_ok();
        name.clone_into(&mut self.last);
    }

    fn keep(&mut self, sample: &SampleLine<'_>) {
        if self.kept.len() >= self.limits.kept {
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
