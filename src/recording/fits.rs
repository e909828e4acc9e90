//! Which kind of answer belongs to which question. It must not look at what an answer says.

use crate::model::{
    answer::Answer,
    host::HostQuestion,
    installed::InstalledQuestion,
    question::{AgentCommand, ObjectKind, Question, Resource, Shape},
    said::SelfReport,
};

/// Whether the answer is of the kind that the question asks for.
///
/// Of namespaces nothing but their names is ever kept, whatever the shape.
#[must_use]
pub const fn fits(question: &Question, answer: &Answer) -> bool {
    match question {
        Question::Version => matches!(answer, Answer::Version(_)),
        Question::ApiGroups => matches!(answer, Answer::ApiGroups(_)),
        Question::List(spec) => match (spec.shape, spec.resource) {
            (Shape::Names, _) | (Shape::Whole, Resource::Namespaces) => matches!(answer, Answer::Names(_)),
            (Shape::Specifications, _) => matches!(answer, Answer::Workloads(_)),
            (Shape::Whole, Resource::Services) => matches!(answer, Answer::Services(_)),
            (Shape::Addresses, _) | (Shape::Whole, Resource::Nodes) => matches!(answer, Answer::Nodes(_)),
            (Shape::Whole, Resource::Pods) => matches!(answer, Answer::Pods(_)),
            (Shape::Whole, Resource::DaemonSets | Resource::Deployments) => {
                matches!(answer, Answer::Workloads(_))
            }
            (Shape::Whole, Resource::ClusterRoleBindings) => matches!(answer, Answer::Bindings(_)),
            (Shape::Whole, Resource::Events) => matches!(answer, Answer::Events(_)),
            (Shape::Whole, Resource::Leases) => matches!(answer, Answer::Leases(_)),
            (Shape::Whole, Resource::NetworkPolicies) => matches!(answer, Answer::NetworkPolicies(_)),
            (Shape::Whole, Resource::EndpointSlices) => matches!(answer, Answer::EndpointSlices(_)),
            (Shape::Whole, Resource::ApiServices) => matches!(answer, Answer::ApiServices(_)),
            (Shape::Whole, Resource::SigningRequests) => matches!(answer, Answer::SigningRequests(_)),
            (Shape::Whole, Resource::Webhooks) => matches!(answer, Answer::Webhooks(_)),
            (Shape::Whole, Resource::DatadogAgents) => matches!(answer, Answer::DatadogAgents(_)),
        },
        Question::Object(object) => match object.kind {
            ObjectKind::ConfigMap => matches!(answer, Answer::ConfigMap(_)),
            ObjectKind::Secret => matches!(answer, Answer::Secret(_)),
            ObjectKind::Namespace => matches!(answer, Answer::Namespace(_)),
            ObjectKind::ServiceAccount => matches!(answer, Answer::ServiceAccount(_)),
            ObjectKind::ClusterRole => matches!(answer, Answer::Role(_)),
        },
        Question::May(_) => matches!(answer, Answer::Access(_)),
        Question::Token(_) | Question::TokenFile(_) => matches!(answer, Answer::Token(_)),
        Question::Review(_) => matches!(answer, Answer::Review(_)),
        Question::Installed(InstalledQuestion::ExternalMetrics) => matches!(answer, Answer::ServedBy(_)),
        Question::Installed(InstalledQuestion::Applications) => matches!(answer, Answer::Applications(_)),
        Question::Installed(_) => matches!(answer, Answer::Installed(_)),
        Question::KubeletConfig(_) => matches!(answer, Answer::KubeletConfig(_)),
        Question::KubeletPods(_) => matches!(answer, Answer::KubeletPods(_)),
        Question::Here(_) => matches!(answer, Answer::Here(_)),
        Question::Certificates(_) => matches!(answer, Answer::Certificates(_)),
        Question::Host(HostQuestion::Processes) => matches!(answer, Answer::Processes(_)),
        Question::Host(HostQuestion::Sockets) => matches!(answer, Answer::Sockets(_)),
        Question::Host(HostQuestion::Manifests(_)) => matches!(answer, Answer::Manifests(_)),
        Question::Host(HostQuestion::Path(_)) => matches!(answer, Answer::HostPath(_)),
        Question::Host(HostQuestion::File(_)) => matches!(answer, Answer::HostFile(_)),
        Question::Probe(_) => matches!(answer, Answer::Probe(_)),
        Question::Logs(_) => matches!(answer, Answer::Log(_)),
        Question::Exec(spec) => match spec.command {
            AgentCommand::Status => matches!(answer, Answer::SelfReport(SelfReport::Status(_))),
            AgentCommand::ConfigCheck => matches!(answer, Answer::SelfReport(SelfReport::Configurations(_))),
            AgentCommand::ClusterAgentStatus => {
                matches!(answer, Answer::SelfReport(SelfReport::ClusterAgent(_)))
            }
            AgentCommand::ClusterChecks => matches!(answer, Answer::SelfReport(SelfReport::ClusterChecks(_))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples, fits};

    #[test]
    fn every_question_takes_its_own_kind_of_answer_and_no_other() {
        let pairs = samples::pairs();
        for (question, own) in &pairs {
            for (_, answer) in &pairs {
                let same = std::mem::discriminant(own) == std::mem::discriminant(answer);
                assert_eq!(fits(question, answer), same, "{question:?} {answer:?}");
            }
        }
    }

    #[test]
    fn every_command_takes_what_it_tells_itself() {
        let told = samples::told();
        for (place, (question, _)) in told.iter().enumerate() {
            for (other, (_, answer)) in told.iter().enumerate() {
                assert_eq!(fits(question, answer), place == other, "{question:?} {answer:?}");
            }
        }
    }
}
