//! kubeadm as it comes. What is built on it shows the same signs and more, so its own signs alone name it as likely; to be
//! certain, the nodes, the pods and the version must have been looked at and show nobody else's hand.

use super::{Clue, Distribution, Family, HostSignal, Layer, Match, Signal, Weight, families::kubeadm};

/// kubeadm.
pub static KUBEADM: Distribution = Distribution {
    id: "kubeadm",
    name: "kubeadm",
    families: &[Family::Kubeadm],
    layer: Layer::Base,
    clues: &[
        Clue {
            weight: Weight::Strong,
            signal: Signal::PodAnnotation(kubeadm::POD_ANNOTATIONS, Match::Any),
            source: "kubeadm writes the advertised addresses into its manifests of kube-apiserver and etcd; \
                     seen on 1.36 and, through kind, on 1.21",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::ConfigMap("kube-system", "kubeadm-config"),
            source: "kubeadm stores its ClusterConfiguration there and reads it back at every upgrade",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::Custom(
                "control-plane nodes registered by kubeadm",
                kubeadm::nodes_of_nobody_else,
            ),
            source: "kubeadm's phase mark-control-plane; seen on 1.36",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::Custom(
                "nodes joined by kubeadm, with nobody else's mark",
                kubeadm::joined_nodes_of_nobody_else,
            ),
            source: "kubeadm's phase of joining; a hosted control plane may be behind them, as with Kamaji",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::Host(HostSignal::ManifestAnnotation(kubeadm::POD_ANNOTATIONS, Match::Any)),
            source: "the same annotations, in the manifests from which the kubelet makes these pods; seen on 1.36",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::Host(HostSignal::Path("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf")),
            source: "the drop-in by which kubeadm's documentation sets up the kubelet",
        },
        Clue {
            weight: Weight::Strong,
            signal: Signal::Host(HostSignal::Path(
                "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
            )),
            source: "the same drop-in, from Kubernetes' own packages",
        },
        Clue {
            weight: Weight::Weak,
            signal: Signal::Host(HostSignal::Path("/etc/kubernetes/admin.conf")),
            source: "kubeadm's kubeconfig of the administrator; others lay one there too",
        },
        Clue {
            weight: Weight::Weak,
            signal: Signal::NodeAnnotation(kubeadm::CRI_SOCKET, Match::Any),
            source: "written to every node that kubeadm joins, also to workers of hosted control planes (LKE, Kamaji)",
        },
        Clue {
            weight: Weight::Weak,
            signal: Signal::PodLabel("tier", Match::Is("control-plane")),
            source: "kubeadm's manifests; others label their pods in the same way",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::Custom("marks of other makers", kubeadm::marks_of_others),
            source: "of 100 certified clusters, those made by products with kubeadm inside carry such keys",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::ProviderId(Match::Any),
            source: "kubeadm sets none: a cloud's controller does, or a product that brought one along",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::Custom("a build of another maker", kubeadm::version_of_others),
            source: "kubeadm installs Kubernetes' own releases; vendors' builds carry an ending",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::OsImage(Match::Is("Docker Desktop")),
            source: "an operating system that is made for one product and bears no other mark; seen on 1.16",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::OsImage(Match::Starts("Buildroot")),
            source: "an image that a product was built into, not one that people install kubeadm on",
        },
        Clue {
            weight: Weight::Contradicts,
            signal: Signal::Custom("no static kube-apiserver", kubeadm::no_static_api_server),
            source: "kubeadm always runs it as a static pod; Kamaji runs it elsewhere and joins nodes with kubeadm",
        },
    ],
    variant: kubeadm::variant,
    exposure: kubeadm::exposure,
    explain: "kubeadm runs kube-apiserver, kube-controller-manager, kube-scheduler and etcd as static pods on the \
              network of the control-plane nodes.\n\
              \n\
              It is known by the annotations kubeadm.kubernetes.io/* of these pods, by the ConfigMap \
              kube-system/kubeadm-config, and by the labels of control-plane nodes. Many products are built on kubeadm \
              and show all of this too, so it is certain only where the nodes bear no other maker's label, annotation or \
              provider id and the API server is a release of Kubernetes itself; otherwise it is likely.\n\
              \n\
              kube-controller-manager (10257) and kube-scheduler (10259) listen on 127.0.0.1 by default: an agent on the \
              node's network reaches them, others only after bind-address was changed. etcd serves metrics on 2379 to \
              holders of a client certificate of its own CA, and without any on http://127.0.0.1:2381.",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        distributions::{
            Facts, Place,
            detect::{Detection, detect},
            facts::tests::{denied, nodes, snapshot},
        },
        model::{
            answer::{Answer, ConfigMapFacts, Listed},
            facts::{Node, Pod, ServerVersion},
            observed::Observed,
            question::Question,
            survey,
        },
    };
    use std::collections::BTreeMap;

    type Answers = BTreeMap<Question, Observed<Answer>>;

    fn pairs(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn node(name: &str) -> Node {
        let labels = pairs(&[
            ("node-role.kubernetes.io/control-plane", ""),
            ("node.kubernetes.io/exclude-from-external-load-balancers", ""),
        ]);
        Node { name: name.to_owned(), labels, kubelet_version: "v1.36.2".to_owned(), ..Node::default() }
    }

    fn pod(program: &str) -> Pod {
        Pod {
            namespace: "kube-system".to_owned(),
            name: format!("{program}-a"),
            labels: pairs(&[("component", program), ("tier", "control-plane")]),
            annotations: pairs(&[
                ("kubernetes.io/config.mirror", "x"),
                ("kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint", "10.0.0.1:6443"),
            ]),
            ..Pod::default()
        }
    }

    fn pods(programs: &[&str], complete: bool) -> Observed<Answer> {
        let items = programs.iter().map(|program| pod(program)).collect();
        Observed::Seen(Answer::Pods(Listed { items, complete }))
    }

    fn version(git_version: &str) -> Observed<Answer> {
        Observed::Seen(Answer::Version(ServerVersion {
            major: "1".to_owned(),
            minor: "36".to_owned(),
            git_version: git_version.to_owned(),
            platform: String::new(),
        }))
    }

    /// Everything that detection asks of a plain cluster.
    fn plain() -> Answers {
        let mut answers: Answers = [nodes(vec![node("a")], true)].into();
        for spec in survey::control_plane_pods() {
            answers.insert(Question::List(spec), pods(&survey::CONTROL_PLANE_PROGRAMS, true));
        }
        for object in survey::config_maps() {
            let facts = ConfigMapFacts {
                keys: Vec::new(),
                checks: BTreeMap::new(),
                kubeadm: None,
                authority: Vec::new(),
            };
            answers.insert(Question::Object(object), Observed::Seen(Answer::ConfigMap(facts)));
        }
        answers.insert(Question::Version, version("v1.36.2"));
        answers
    }

    fn of(answers: Answers) -> Detection {
        detect(&Facts::gather(&snapshot(answers)))
    }

    fn check(change: impl FnOnce(&mut Answers), certain: bool) -> Detection {
        let mut answers = plain();
        change(&mut answers);
        let detection = of(answers);
        assert_eq!(detection.best().map(|best| best.distribution.id), Some("kubeadm"));
        assert_eq!(detection.is_certain(), certain, "{detection:#?}");
        detection
    }

    fn with_node(change: impl FnOnce(&mut Node)) -> impl FnOnce(&mut Answers) {
        let mut changed = node("a");
        change(&mut changed);
        move |answers| {
            answers.extend([nodes(vec![changed, node("b")], true)]);
        }
    }

    #[test]
    fn is_certain_where_everything_was_looked_at_and_nobody_else_had_a_hand_in_it() {
        let detection = check(|_| (), true);
        let identity = &detection.best().unwrap().identity;
        assert_eq!((identity.variant.as_deref(), identity.version.as_deref()), (None, Some("v1.36.2")));
        assert_eq!((detection.place.place, detection.place.certain), (Place::StaticPods, true));
        for common in ["team", "topology.ebs.csi.aws.com/zone", "projectcalico.org/IPv4Address"] {
            check(with_node(|node| node.labels.extend(pairs(&[(common, "x")]))), true);
        }
    }

    #[test]
    fn is_only_likely_with_a_sign_of_somebody_else() {
        let marked = with_node(|node| node.annotations.extend(pairs(&[("rafay.dev/object-hash", "")])));
        let detection = check(marked, false);
        let claim = "rafay.dev/object-hash, which kubeadm does not write, on 1 of 2 nodes";
        assert_eq!(detection.contradictions.iter().map(|it| it.claim.as_str()).collect::<Vec<_>>(), [claim]);
        check(with_node(|node| node.provider_id = Some("aws:///i-1".to_owned())), false);
        check(|answers| drop(answers.insert(Question::Version, version("v1.24.5+own.1"))), false);
    }

    #[test]
    fn is_only_likely_where_something_was_not_looked_at() {
        check(|answers| drop(answers.remove(&Question::Version)), false);
        check(|answers| answers.extend([nodes(vec![node("a")], false)]), false);
        let nodes = Question::List(survey::nodes());
        let detection = check(|answers| drop(answers.insert(nodes.clone(), denied(&nodes))), false);
        assert!(
            detection.gaps.iter().any(|gap| gap.to_string() == "the nodes: missing permission: list nodes")
        );
        assert_eq!(detection.contradictions, []);
    }

    #[test]
    fn is_likely_by_its_nodes_alone_wherever_the_control_plane_is() {
        let alone = of([nodes(vec![node("a")], true)].into());
        assert!(!alone.is_certain() && alone.best().is_some());
        assert_eq!(alone.best().unwrap().identity.version.as_deref(), Some("v1.36.2"));
        assert_eq!((alone.place.place, alone.place.certain), (Place::StaticPods, false));
        let annotations = pairs(&[("kubeadm.alpha.kubernetes.io/cri-socket", "unix:///x")]);
        let worker =
            of([nodes(vec![Node { name: "w".to_owned(), annotations, ..Node::default() }], true)].into());
        assert_eq!(worker.best().map(|best| best.distribution.id), Some("kubeadm"));
        assert!(!worker.is_certain(), "workers of hosted control planes carry the annotation too");
        assert_eq!(worker.place.place, Place::Unknown);
    }

    #[test]
    fn is_not_named_by_two_labels_that_others_write_too() {
        let mut of_kops = node("a");
        of_kops.labels.insert("kops.k8s.io/instancegroup".to_owned(), "x".to_owned());
        let detection = of([nodes(vec![of_kops], true)].into());
        assert_ne!(detection.best().map(|best| best.distribution.id), Some("kubeadm"));
    }

    #[test]
    fn is_contradicted_by_a_control_plane_that_is_elsewhere() {
        let empty = |answers: &mut Answers, complete| {
            for spec in survey::control_plane_pods() {
                answers.insert(Question::List(spec), pods(&[], complete));
            }
        };
        let detection = check(|answers| empty(answers, true), false);
        assert!(detection.contradictions[0].claim.contains("no static pod of kube-apiserver"));
        let detection = check(|answers| empty(answers, false), false);
        assert_eq!(detection.contradictions, [], "a partial list proves no absence");
    }

    #[test]
    fn tells_an_etcd_that_is_elsewhere_from_one_that_was_not_seen() {
        let without_etcd = |complete| {
            move |answers: &mut Answers| {
                for spec in survey::control_plane_pods() {
                    answers.insert(Question::List(spec), pods(&["kube-apiserver"], complete));
                }
            }
        };
        let detection = check(without_etcd(true), true);
        assert_eq!(detection.best().unwrap().identity.variant.as_deref(), Some(kubeadm::EXTERNAL_ETCD));
        let detection = check(without_etcd(false), true);
        assert_eq!(detection.best().unwrap().identity.variant, None);
    }
}
