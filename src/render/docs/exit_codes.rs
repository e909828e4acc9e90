//! docs/exit-codes.md: what each exit code means. The codes themselves are not decided here.

use super::{MARK, markdown::table};

/// What one exit code means.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// The code.
    pub code: u8,
    /// Of `doctor`; empty where it never ends so.
    pub doctor: &'static str,
    /// Of `detect`.
    pub detect: &'static str,
    /// Of every other command.
    pub others: &'static str,
}

/// The document.
#[must_use]
pub fn document(meanings: &[Meaning]) -> String {
    let rows = meanings.iter().map(|meaning| {
        [
            meaning.code.to_string(),
            meaning.doctor.to_owned(),
            meaning.detect.to_owned(),
            meaning.others.to_owned(),
        ]
    });
    format!(
        "{MARK}\n\n# Exit codes\n\nThey are the same for every output format, and JSON repeats them as `exit`.\n\n{}\n\
         With `--only` and `--skip`, a component that no selected check judges is not expected to be judged. \
         Where some of its checks were left out and none of the others applies to it, nothing was missed either. \
         Neither leads to 3.\n",
        table(["code", "`doctor`", "`detect`", "others"], rows)
    )
}
