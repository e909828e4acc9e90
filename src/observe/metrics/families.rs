//! Finds the families that samples belong to. It must not keep more names than it was told.

use super::line::Kind;
use std::collections::BTreeMap;

/// The families seen so far.
#[derive(Debug)]
pub(super) struct Families {
    limit: usize,
    longest: usize,
    named: BTreeMap<String, Family>,
    /// Whether one did not fit.
    more: bool,
    /// The family of the last line: a family's lines stand together, so most look-ups end here.
    name: String,
    last: Option<Family>,
}

/// What is known of a family besides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Family {
    kind: Kind,
    /// Whether a sample had just its name.
    bare: bool,
    /// Whether a sample had its name with the suffix that `OpenMetrics` leaves out of `# TYPE`.
    suffixed: bool,
}

impl Kind {
    /// What a sample's name may add to its family's.
    const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["_total", "_created"],
            Self::Histogram => &["_bucket", "_sum", "_count", "_created"],
            Self::GaugeHistogram => &["_bucket", "_gsum", "_gcount"],
            Self::Summary => &["_sum", "_count", "_created"],
            Self::Info => &["_info"],
            Self::Plain => &[],
        }
    }

    /// The suffix without which nobody looks for the metric, although `OpenMetrics` leaves it out of `# TYPE`.
    const fn unwritten(self) -> Option<&'static str> {
        match self {
            Self::Counter => Some("_total"),
            Self::Info => Some("_info"),
            Self::Histogram | Self::GaugeHistogram | Self::Summary | Self::Plain => None,
        }
    }
}

impl Families {
    /// At most `limit` names of at most `longest` bytes.
    pub(super) fn new(limit: usize, longest: usize) -> Self {
        Self { limit, longest, named: BTreeMap::new(), more: false, name: String::new(), last: None }
    }

    /// Takes a `# TYPE` line.
    pub(super) fn declare(&mut self, name: &str, kind: Kind) {
        let unseen = Family { kind, bare: false, suffixed: false };
        self.put(name, |known| known.map_or(unseen, |known| Family { kind, ..known }));
    }

    /// Takes the name of a sample.
    pub(super) fn add(&mut self, sample: &str) {
        if let Some(last) = self.last
            && let Some(suffix) = sample.strip_prefix(self.name.as_str())
            && let Some(family) = last.with(suffix)
        {
            if family != last {
                self.last = Some(family);
                if let Some(kept) = self.named.get_mut(&self.name) {
                    *kept = family;
                }
            }
            return;
        }
        let (name, family) = self.find(sample);
        self.put(name, |_| family);
    }

    /// The names that people look for, sorted, and whether there are more.
    ///
    /// The name is the one of the `# TYPE` line, and that of the sample where there is none. But for counters
    /// and infos, `OpenMetrics` leaves `_total` and `_info` out of `# TYPE`. They are put back where samples
    /// have them, or where there is no sample and `open_metrics` says that one would have had them.
    pub(super) fn into_names(self, open_metrics: bool) -> (Vec<String>, bool) {
        let mut names = Vec::with_capacity(self.named.len());
        for (name, family) in self.named {
            let suffix = family.kind.unwritten().filter(|suffix| !name.ends_with(suffix));
            let unseen = !family.bare && !family.suffixed;
            match suffix {
                Some(suffix) if family.suffixed || (unseen && open_metrics) => {
                    names.push(format!("{name}{suffix}"));
                    if family.bare {
                        names.push(name);
                    }
                }
                _ => {
                    names.push(name);
                }
            }
        }
        // A suffix moves few of them.
        names.sort_unstable();
        names.dedup();
        (names, self.more)
    }

    /// The family of a sample that does not belong to the last one.
    fn find<'a>(&self, sample: &'a str) -> (&'a str, Family) {
        let plain = Family { kind: Kind::Plain, bare: true, suffixed: false };
        if let Some(family) = self.named.get(sample) {
            return (sample, family.with("").unwrap_or(plain));
        }
        sample
            .rfind('_')
            .and_then(|place| {
                let (base, suffix) = sample.split_at(place);
                Some((base, self.named.get(base)?.with(suffix)?))
            })
            .unwrap_or((sample, plain))
    }

    /// Keeps what a family has become; `change` is told what is known of it.
    fn put(&mut self, name: &str, change: impl FnOnce(Option<Family>) -> Family) {
        name.clone_into(&mut self.name);
        let known = self.named.get_mut(name);
        let family = change(known.as_deref().copied());
        self.last = Some(family);
        if let Some(known) = known {
            *known = family;
        } else if self.named.len() < self.limit && name.len() <= self.longest {
            self.named.insert(name.to_owned(), family);
        } else {
            self.more = true;
        }
    }
}

impl Family {
    /// The family after a sample whose name adds `suffix`; `None` where it is not one of its samples.
    fn with(self, suffix: &str) -> Option<Self> {
        if suffix.is_empty() {
            return Some(Self { bare: true, ..self });
        }
        let suffixed = self.kind.unwritten() == Some(suffix);
        self.kind.suffixes().contains(&suffix).then_some(Self { suffixed: self.suffixed || suffixed, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::line, Families};

    fn families(lines: &str) -> Families {
        let mut families = Families::new(5, 20);
        for line in lines.split(", ") {
            match line.split_once(' ') {
                Some(_) => match line::LineReader::default().read(&format!("# TYPE {line}")) {
                    line::Line::Type(name, kind) => families.declare(&name, kind),
                    other => panic!("{other:?}"),
                },
                None => families.add(line),
            }
        }
        families
    }

    /// `name type` stands for a `# TYPE` line, a name alone for a sample.
    fn check(lines: &str, names: &str) {
        let (seen, more) = families(lines).into_names(false);
        assert_eq!(seen.join(", "), names, "{lines}");
        assert!(!more);
    }

    #[test]
    fn a_sample_without_type_is_its_own_family() {
        check("b, a, b, a_total, a_bucket", "a, a_bucket, a_total, b");
    }

    #[test]
    fn a_sample_belongs_to_the_family_that_is_declared() {
        check("h histogram, h_bucket, h_sum, h_count, h_created", "h");
        check("s summary, s, s_sum, s_count", "s");
        check("g gauge, g, g_sum", "g, g_sum");
        check("g gaugehistogram, g_bucket, g_gsum, g_gcount, g_sum", "g, g_sum");
    }

    #[test]
    fn it_need_not_stand_below_its_declaration() {
        check("h histogram, g gauge, g, h_bucket, g, h_sum", "g, h");
        check("c counter, g gauge, c_total", "c_total, g");
        check("a histogram, a_b histogram, a_b_sum, a_sum", "a, a_b");
    }

    #[test]
    fn counters_have_the_name_that_people_look_for() {
        check("c_total counter, c_total", "c_total");
        check("c counter, c_total, c_created", "c_total");
        check("c counter, c", "c");
        check("c counter, c, c_total", "c, c_total");
        check("c counter", "c");
        check("i info, i_info", "i_info");
        check("c_total counter, c_total, c_created gauge, c_created", "c_created, c_total");
    }

    #[test]
    fn an_unused_counter_has_it_too_where_the_format_is_known() {
        let names = |lines| families(lines).into_names(true).0.join(", ");
        assert_eq!(names("c counter, d_total counter, g gauge"), "c_total, d_total, g");
        assert_eq!(names("c counter, c"), "c");
    }

    #[test]
    fn what_is_too_many_or_too_long_is_told() {
        assert_eq!(families("e, d, c, b, a, e").into_names(false), (list("a, b, c, d, e"), false));
        assert_eq!(families("e, d, c, b, a, f, f, g").into_names(false), (list("a, b, c, d, e"), true));
        assert_eq!(families("a, a_name_of_21_letters_").into_names(false), (list("a"), true));
        assert_eq!(
            families("a, a_name_of_21_letters_ histogram, a_name_of_21_letters__sum, b").into_names(false),
            (list("a, b"), true)
        );
    }

    fn list(names: &str) -> Vec<String> {
        names.split(", ").map(str::to_owned).collect()
    }
}
