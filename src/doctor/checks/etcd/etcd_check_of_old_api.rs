//! A check reads etcd by the API of etcd 2, which this etcd does not serve.

use crate::{
    doctor::{
        Case, Check, CheckId, Finding, Remedy, Subjects, Touches, Verdict,
        checks::{
            setting,
            written::{each_instance, in_pod},
        },
    },
    model::{check_config::CheckInstance, component::Component, observed::Gap},
    view::{Written, around::tag_of},
};

pub(in crate::doctor) static CHECK: Check = Check {
    id: CheckId("etcd-check-of-old-api"),
    title: "a check reads etcd by an API that this etcd does not serve",
    subjects: Subjects::EachWrittenCheck,
    symptom_of: &[],
    explain: r"
What was seen
  The instance has use_preview: false, so that it reads the API of etcd 2, and etcd is 3.5 or newer; or it has
  `url` and no prometheus_url without it, which is then not read at all.

What it means
  The API of etcd 2 is off by default and gone from 3.6 on. The Agent's log has `Http status code 404 on url
  .../v2/stats/self`, or `You have to define at least one prometheus_url`; dashboards stay empty.

How to confirm by hand
    kubectl -n kube-system get pod -l component=etcd -o jsonpath='{.items[*].spec.containers[0].image}'

How to fix
  Write prometheus_url with the path /metrics, and remove url and use_preview.

References
  integrations-core: etcd.py; #4656, #5661.
",
    judge,
};

/// The first release of etcd that is taken to serve the old API no more; 3.4 has it off by default already.
const WITHOUT: (u32, u32) = (3, 5);

fn judge(case: &Case<'_>) -> Result<Verdict, Gap> {
    each_instance(case, |written, instance| Ok(judge_one(case, written, instance)))
}

fn judge_one(case: &Case<'_>, written: &Written<'_>, instance: &CheckInstance) -> Verdict {
    if written.component != Component::Etcd {
        return Verdict::NotApplicable("it is not of etcd");
    }
    let is_old = instance.use_preview == Some(false);
    let url = instance.urls().next().or(instance.legacy_url.as_deref()).unwrap_or("https://%%host%%:2379");
    if !is_old && instance.urls().next().is_some() {
        return Verdict::pass(written.origin.says(format!("it reads {url}")));
    }
    let says = match (is_old, &instance.legacy_url) {
        (true, _) => written.origin.says("use_preview: false"),
        (false, Some(url)) => written.origin.says(format!("url: {url}, and no prometheus_url")),
        (false, None) => return Verdict::NotApplicable("it names no URL"),
    };
    let image = case.view.attached(written).find_map(|instance| {
        let (pod, container) = case.view.container_of(instance)?;
        let seen = in_pod(pod, "spec.containers[0].image", container.image.clone());
        Some((tag_of(&container.image)?, seen))
    });
    let finding = match &image {
        Some((release, seen)) if is_old && *release < WITHOUT => {
            return Verdict::Pass(vec![says, seen.clone()]);
        }
        None if is_old => {
            Finding::warning("the check reads etcd by the API of etcd 2, which newer ones do not serve")
        }
        Some(_) if is_old => {
            Finding::error("the check reads etcd by the API of etcd 2, which this etcd does not serve")
        }
        _ => Finding::error("the check of etcd names a `url`, which is read with use_preview: false alone"),
    };
    let base = url.trim_end_matches('/').trim_end_matches("/metrics");
    finding
        .seen([says].into_iter().chain(image.map(|(_, seen)| seen)))
        .mend(Remedy::edit(
            "read the metrics",
            Touches::Monitoring,
            setting::place(&written.origin),
            format!("prometheus_url: {base}/metrics, without url and use_preview\n"),
        ))
        .found()
}
