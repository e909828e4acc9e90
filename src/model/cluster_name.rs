//! Which names Datadog takes for a cluster, which depends on the release: a pure rule.

/// The longest name of a cluster.
///
/// Source: the chart's template `check-cluster-name`.
const MAX_LENGTH: usize = 80;

/// The release of the Agent since which names may begin with a digit and hold underscores.
///
/// Source: the chart's change of 3.201.4, which is made for it.
pub const LENIENT_AGENT: (u32, u32) = (7, 78);

/// Which of the two rules holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Each part begins with a letter, and holds letters, digits and dashes.
    Strict,
    /// Each part begins with a letter or a digit, and holds underscores besides.
    Lenient,
}

impl Rule {
    /// Whether a name is taken: at most 80 lower-case letters, digits, dashes and dots, a letter or digit at the end of each
    /// part.
    #[must_use]
    pub fn takes(self, name: &str) -> bool {
        let is_lenient = self == Self::Lenient;
        let is_end = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let is_inner = |b: u8| is_end(b) || b == b'-' || (is_lenient && b == b'_');
        name.len() <= MAX_LENGTH
            && name.split('.').all(|part| {
                let bytes = part.as_bytes();
                let starts_well = |b: &u8| if is_lenient { is_end(*b) } else { b.is_ascii_lowercase() };
                bytes.iter().all(|b| is_inner(*b))
                    && bytes.first().is_some_and(starts_well)
                    && bytes.last().is_some_and(|b| is_end(*b))
            })
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Strict => {
                "at most 80 lower-case letters, digits, dashes and dots, each part with a letter first and a letter or digit last"
            }
            Self::Lenient => {
                "at most 80 lower-case letters, digits, dashes, underscores and dots, each part with a letter or digit at both ends"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, strict: bool, lenient: bool) {
        assert_eq!((Rule::Strict.takes(name), Rule::Lenient.takes(name)), (strict, lenient), "{name}");
    }

    #[test]
    fn later_agents_take_more_names_and_none_takes_upper_case() {
        check("prod-eu.example", true, true);
        check("1-prod", false, true);
        check("prod_eu", false, true);
        check("Prod", false, false);
        check("arn:aws:eks:eu-west-1:1:cluster/x", false, false);
        check("prod-", false, false);
        check("", false, false);
        check(&"a".repeat(81), false, false);
    }
}
