//! The name that the cluster is given is one that the Agent does not take.

use crate::{
    doctor::{Case, Check, CheckId, Finding, Remedy, Subjects, Verdict},
    model::{
        agent_role::{Variable, agent_containers, variable},
        cluster_name::{LENIENT_AGENT, Rule},
        evidence::Evidence,
        observed::Gap,
    },
    view::around::tag_of,
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("cluster-name-invalid"),
    title: "the Agent does not take the name of the cluster",
    subjects: Subjects::EachDatadogWorkload,
    symptom_of: &[],
    explain: r#"
What was seen
  DD_CLUSTER_NAME is set to a name that breaks the rule of this release: at most 80 lower-case letters,
  digits, dashes and dots, each part with a letter first and a letter or digit last. From 7.78 on
  underscores and a leading digit are taken too. Where the image names no release, only names that break
  both rules are found.

What it means
  The Agent ignores the name: `"X" isn't a valid cluster name`. Hosts and metrics bear no cluster, and nodes
  of the same name in several clusters become one host. The chart refuses such names; the operator only logs
  them.

How to confirm by hand
    kubectl -n datadog get daemonset datadog-agent -o jsonpath='{.spec.template.spec.containers[0].env[?(@.name=="DD_CLUSTER_NAME")].value}'

How to fix
  Choose another name, and give all workloads the same. An ARN or a name with upper-case letters is never
  taken.

References
  The chart's template check-cluster-name; DataDog/helm-charts#2070, #1132, #667, #73, #2428;
  DataDog/datadog-agent#6826, #8716.
"#,
    judge,
};

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    let (role, workload) = case.workload()?;
    let Variable::Value(name) = variable(workload, "DD_CLUSTER_NAME") else {
        return Ok(Verdict::NotApplicable("no name of the cluster is written into it"));
    };
    let tag = agent_containers(workload).find_map(|container| tag_of(&container.image));
    let is_old = tag.is_some_and(|tag| tag < LENIENT_AGENT);
    let wanted = if is_old { Rule::Strict } else { Rule::Lenient };
    let seen = Evidence::in_variables(workload, format!("DD_CLUSTER_NAME is {name}"));
    if wanted.takes(name) {
        return Ok(Verdict::pass(seen));
    }
    let better = suggestion(name);
    Ok(Finding::error(format!(
        "the {} ignore the cluster's name \"{name}\", which is none: {}",
        role.word(),
        wanted.words()
    ))
    .seen([seen])
    .mend(
        Remedy::variables(
            "choose a name that is taken, the same everywhere",
            workload,
            format!("DD_CLUSTER_NAME={better}\n"),
        )
        .knowing("dashboards and monitors that filter by kube_cluster_name must be changed with it"),
    )
    .found())
}

/// The name with what is not taken left away, after the last slash of an ARN; a placeholder where nothing remains.
fn suggestion(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let kept: String = last.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let trimmed = kept.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let short: String = trimmed.chars().take(80).collect();
    let short = short.trim_end_matches('-');
    if Rule::Strict.takes(short) { short.to_owned() } else { "NAME".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_advised_is_taken_by_every_release() {
        for (name, expected) in [
            ("Prod_EU", "prod-eu"),
            ("arn:aws:eks:eu-west-1:1:cluster/shop", "shop"),
            ("1-prod-", "prod"),
            ("___", "NAME"),
        ] {
            assert_eq!(suggestion(name), expected, "{name}");
        }
    }
}
