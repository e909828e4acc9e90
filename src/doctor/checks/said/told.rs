//! What the agents tell by their commands, as evidence. It judges nothing.

use crate::{
    doctor::{Case, Remedy, Touches, shell::word},
    model::{
        component::Component,
        evidence::Evidence,
        observed::Gap,
        question::{AgentCommand, ExecSpec},
        said::CheckRun,
    },
    view::{Informant, Instance},
};

/// The components whose checks agents run; the Cluster Agent is asked by them otherwise.
pub(super) const CHECKED: &[Component] = &[
    Component::ApiServer,
    Component::Etcd,
    Component::ControllerManager,
    Component::Scheduler,
    Component::Kubelet,
];

/// A claim about what a command told.
pub(super) fn by(command: &ExecSpec, claim: String) -> Evidence {
    let field = format!("`{}`", command.command.words().join(" "));
    Evidence::in_object("Pod", Some(&command.pod.namespace), &command.pod.name, Some(&field), claim)
}

/// The line that runs the command by hand.
pub(super) fn line(command: &ExecSpec) -> String {
    format!(
        "kubectl -n {} exec {} -c {} -- {}",
        word(&command.pod.namespace),
        word(&command.pod.name),
        word(&command.container),
        command.command.words().join(" ")
    )
}

/// What shows the whole of what an Agent says of a check.
pub(super) fn run_it(command: &ExecSpec, component: Component) -> Remedy {
    let exec = line(command);
    let once = exec.replace(
        &command.command.words().join(" "),
        &format!("agent check {}", component.profile().agent_check),
    );
    Remedy::run("let the Agent run the check once, and show what it says", Touches::Nothing, &[once])
}

/// The runs of an instance's check, each with the Agent that told of it.
pub(super) fn runs<'a>(
    case: &Case<'a>,
    instance: &Instance,
) -> Result<Vec<(Informant<'a>, &'a CheckRun)>, Gap> {
    case.view.runs_of(instance)
}

/// The agents that were asked by a command.
pub(super) fn informants<'a>(case: &Case<'a>, command: AgentCommand) -> Vec<Informant<'a>> {
    let all = case.view.informants();
    all.into_iter().filter(|informant| informant.command.command == command).collect()
}

/// A run in a few words.
pub(super) fn in_short(run: &CheckRun) -> String {
    format!(
        "{} ran {} times, configured by {}: {} samples in all, {} ms each",
        run.component.profile().agent_check,
        run.runs,
        run.source.words(),
        run.samples,
        run.average_ms
    )
}
