//! A variable that a pod is to take from a field of its own.

use crate::{
    doctor::{Case, Finding, Remedy, Verdict},
    model::{
        agent_role::{Variable, variable},
        evidence::Evidence,
        observed::{Gap, Why},
        workload::{EnvSource, Workload},
    },
};

/// What a variable is for.
pub(super) struct Wanted {
    /// Its name.
    pub(super) name: &'static str,
    /// What is wrong where it has no such value, as a sentence.
    pub(super) problem: &'static str,
    /// What to do then.
    pub(super) remedy: &'static str,
    /// The field that it is best taken from.
    pub(super) field: &'static str,
}

/// Judges a variable of a workload: it is written out, or comes from a field that will do.
pub(super) fn judge(
    case: &Case<'_>,
    workload: &Workload,
    Wanted { name, problem, remedy, field }: &Wanted,
    will_do: impl FnOnce(&str) -> bool,
) -> Result<Verdict, Gap> {
    let (is_right, claim) = match variable(workload, name) {
        Variable::Unset => {
            case.view.surely_unset(workload, name)?;
            (false, format!("{name} is missing or empty"))
        }
        Variable::Value(value) => (true, format!("{name} is {value}")),
        Variable::From(EnvSource::Field(field)) => (will_do(field), format!("{name} comes from {field}")),
        Variable::From(_) => {
            let why = "it comes from another object, which is not read".to_owned();
            return Err(Gap::new(format!("{name} of {}", case.subject), Why::OutOfReach(why)));
        }
    };
    let seen = Evidence::in_variables(workload, claim.clone());
    if is_right {
        return Ok(Verdict::pass(seen));
    }
    let lines = format!("- name: {name}\n  valueFrom:\n    fieldRef:\n      fieldPath: {field}\n");
    Ok(Finding::error(format!("{problem}: {claim}"))
        .seen([seen])
        .mend(Remedy::variables(*remedy, workload, lines))
        .found())
}
