//! What the checks of pods share: whether a workload has all the pods that it wants, what warnings tell of it, and how its
//! containers fare.

use crate::{
    doctor::{Case, Finding, Verdict},
    model::{
        around,
        evidence::Evidence,
        facts::{Container, ContainerState, Pod},
        observed::{Gap, Why},
        question::Resource,
        surroundings::{Event, Told},
        workload::Workload,
    },
};

/// That a workload has all the pods that it wants, all of them ready and of its present template.
pub(in crate::doctor::checks) fn whole(workload: &Workload) -> Option<Evidence> {
    let replicas = workload.replicas.as_ref()?;
    let claim = format!("{} of {} pods are ready", replicas.ready, replicas.desired);
    replicas.are_whole().then(|| Evidence::in_workload(workload, Some("status"), claim))
}

/// Judges a workload by what warnings tell of its pods. Warnings live for an hour, so a workload that has all of its pods
/// has got over them.
pub(in crate::doctor::checks) fn by_warnings(
    case: &Case<'_>,
    told: Told,
    find: impl FnOnce(&Workload) -> Finding,
) -> Result<Verdict, Gap> {
    let (_, workload) = case.workload()?;
    if let Some(whole) = whole(workload) {
        return Ok(Verdict::pass(whole));
    }
    let seen = warnings(case, workload, |event| event.tells.contains(&told))?;
    if seen.is_empty() {
        // Warnings are gone after an hour, and the pods would still show it.
        if let Some(gap) = unread_in_part(case, workload) {
            return Err(gap);
        }
        let claim = format!("no warning of the last hour tells that {}", told.words());
        return Ok(Verdict::pass(Evidence::in_workload(workload, None, claim)));
    }
    let telling = seen.into_iter().map(|event| of_event(event, told.words()));
    Ok(find(workload).seen(telling.collect::<Vec<_>>()).found())
}

/// The warnings about a workload that tell something.
pub(in crate::doctor::checks) fn warnings<'a>(
    case: &Case<'a>,
    workload: &Workload,
    tells: impl Fn(&Event) -> bool,
) -> Result<Vec<&'a Event>, Gap> {
    let about = case.view.warnings_about(workload)?;
    let telling: Vec<&Event> = about.into_iter().filter(|event| tells(event)).collect();
    let listed = case.view.snapshot.events(&around::warnings(&workload.namespace));
    let is_complete = listed.value().is_some_and(|listed| listed.complete);
    if telling.is_empty() && !is_complete {
        return Err(Gap::new(format!("the events of namespace {}", workload.namespace), Why::Partial));
    }
    Ok(telling)
}

/// What an event tells, as evidence about the object that it is about.
pub(in crate::doctor::checks) fn of_event(event: &Event, words: &str) -> Evidence {
    const KINDS: [&str; 5] = ["Pod", "DaemonSet", "ReplicaSet", "Deployment", "Event"];
    let kind = KINDS.into_iter().find(|kind| *kind == event.kind).unwrap_or("Event");
    let times = if event.count > 1 { format!(", {} times", event.count) } else { String::new() };
    let claim = format!("warning {}: {words}{times}", event.reason);
    Evidence::in_object(kind, Some(&event.namespace), &event.name, None, claim)
}

/// The containers of a workload's pods that were read and whose state is known, those that run first included.
pub(in crate::doctor::checks) fn containers<'a>(
    case: &Case<'a>,
    workload: &Workload,
) -> impl Iterator<Item = (&'a Pod, &'a Container, &'a ContainerState)> {
    case.view.pods_of(workload).into_iter().flat_map(|pod| {
        let all = pod.init_containers.iter().chain(&pod.containers);
        all.filter_map(move |container| Some((pod, container, container.state.as_ref()?)))
    })
}

/// Why nothing is known of a workload's pods; `None` where some were read, or where there are none.
pub(in crate::doctor::checks) fn unread(case: &Case<'_>, workload: &Workload) -> Option<Gap> {
    let there_are_none = workload.replicas.is_some_and(|replicas| replicas.current == 0);
    let is_unread = !there_are_none && case.view.pods_of(workload).is_empty();
    is_unread.then(|| case.view.gap_of(Resource::Pods, &pods(workload)))
}

/// Why not all is known of the pods of a workload that is not whole: what ails it may be any of them.
pub(in crate::doctor::checks) fn unread_in_part(case: &Case<'_>, workload: &Workload) -> Option<Gap> {
    let there_are = workload.replicas.map_or(0, |replicas| replicas.current);
    let read = u32::try_from(case.view.pods_of(workload).len()).unwrap_or(u32::MAX);
    // The same right opens the list that some were read from: only its end was not reached.
    unread(case, workload).or_else(|| (read < there_are).then(|| Gap::new(pods(workload), Why::Partial)))
}

fn pods(workload: &Workload) -> String {
    format!("the pods of {}/{}", workload.namespace, workload.name)
}

/// How a container fares, as evidence.
pub(in crate::doctor::checks) fn of_container(pod: &Pod, container: &Container, claim: String) -> Evidence {
    let field = format!("status.containerStatuses[{}]", container.name);
    Evidence::in_object("Pod", Some(&pod.namespace), &pod.name, Some(&field), claim)
}
