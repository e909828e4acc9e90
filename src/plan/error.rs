//! Why nothing was planned or spelled. What a single component lacks is no error: it stands in the plan.

use std::fmt;

/// Why there is no plan, or no text of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// An option has a value that cannot be.
    Option {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Options that contradict each other or the distribution.
    Contradiction {
        /// What cannot be, as a clause.
        what: String,
        /// What to do instead.
        instead: String,
    },
    /// A distribution on which nothing can be planned at all.
    Refused {
        /// Its name.
        distribution: &'static str,
        /// Why, as a clause.
        why: String,
        /// What to do instead.
        instead: String,
    },
    /// A template and what fills it do not fit; a fault of ours.
    Template {
        /// The template.
        name: &'static str,
        /// What the template engine said.
        said: String,
    },
}

impl PlanError {
    /// What to do instead, where something is known.
    #[must_use]
    pub fn instead(&self) -> Option<&str> {
        match self {
            Self::Contradiction { instead, .. } | Self::Refused { instead, .. } => Some(instead),
            Self::Option { .. } | Self::Template { .. } => None,
        }
    }

    /// Whether other words on the command line would mend it.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Option { .. } | Self::Contradiction { .. })
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option { option, value, expected } => {
                write!(f, "{option} is {value:?}, expected is {expected}")
            }
            Self::Contradiction { what, .. } => f.write_str(what),
            Self::Refused { distribution, why, .. } => {
                write!(f, "there is nothing to configure on {distribution}: {why}")
            }
            Self::Template { name, said } => write!(f, "the template {name} cannot be filled: {said}"),
        }
    }
}

impl std::error::Error for PlanError {}
