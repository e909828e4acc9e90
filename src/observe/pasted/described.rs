//! The text of `kubectl describe nodes`, read back into objects. It says less than the objects themselves: long values of
//! annotations are cut, and of images and capacity nothing is taken.

use serde_json::{Map, Value, json};

/// The fields of a description that lie in `status.nodeInfo`.
const SOFTWARE: [(&str, &str); 4] = [
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
];

/// The nodes that a text describes; `None` where it describes none.
///
/// Source: `describeNode` in `k8s.io/kubectl/pkg/describe`, and real output of 1.12 to 1.29.
pub(super) fn nodes(text: &str) -> Option<Vec<Value>> {
    let mut nodes: Vec<Vec<&str>> = Vec::new();
    let mut lines = text.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        // What an annotation holds is shown as it is, line breaks and all, and may say anything.
        if line.starts_with("Name:") && lines.peek().is_some_and(|next| is_roles(next)) {
            nodes.push(Vec::new());
        }
        nodes.last_mut()?.push(line);
    }
    nodes.iter().map(|lines| node(lines)).collect()
}

/// One node; `None` where the lines describe something else.
fn node(lines: &[&str]) -> Option<Value> {
    if !lines.iter().any(|line| line.starts_with("System Info:")) {
        return None;
    }
    let mut labels = Map::new();
    for entry in column(lines, "Labels:") {
        let (key, value) = entry.split_once('=')?;
        labels.insert(key.to_owned(), value.into());
    }
    let mut annotations = Map::new();
    for entry in column(lines, "Annotations:") {
        if let Some((key, value)) = entry.split_once(':').or_else(|| entry.split_once('='))
            && !key.contains(char::is_whitespace)
        {
            annotations.insert(key.to_owned(), value.trim().into());
        }
    }
    let taints: Vec<Value> = column(lines, "Taints:").into_iter().filter_map(taint).collect();
    let mut software = Map::new();
    for (name, field) in SOFTWARE {
        let found = lines.iter().find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(':'));
        software.insert(field.to_owned(), found.unwrap_or_default().trim().into());
    }
    Some(json!({
        "kind": "Node",
        "metadata": {"name": only(lines, "Name:")?, "labels": labels, "annotations": annotations},
        "spec": {
            "providerID": only(lines, "ProviderID:"),
            "taints": taints,
            "unschedulable": only(lines, "Unschedulable:") == Some("true"),
        },
        "status": {"addresses": addresses(lines), "nodeInfo": software},
    }))
}

/// Whether a line is the second one of a node; before 1.8 it had another name.
fn is_roles(line: &str) -> bool {
    line.starts_with("Roles:") || line.starts_with("Role:")
}

/// The value of a field of one line.
fn only<'a>(lines: &[&'a str], name: &str) -> Option<&'a str> {
    let value = lines.iter().find_map(|line| line.strip_prefix(name))?.trim();
    (!value.is_empty() && value != "<none>").then_some(value)
}

/// The values of a field that has one on each line, the first beside its name or below it. What stands further in belongs to
/// the value before: kubectl breaks the line of a long one.
fn column<'a>(lines: &[&'a str], name: &str) -> Vec<&'a str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(start) = lines.iter().position(|line| line.starts_with(name)) else { return Vec::new() };
    let (first, below) = (&lines[start][name.len()..], &lines[start + 1..]);
    let beside = name.len() + indent(first);
    let edge = if first.trim().is_empty() { below.first().map_or(0, |line| indent(line)) } else { beside };
    let rest = below.iter().take_while(|line| line.starts_with(' ')).filter(|line| indent(line) <= edge);
    [first]
        .into_iter()
        .chain(rest.copied())
        .map(str::trim)
        .filter(|value| !value.is_empty() && *value != "<none>")
        .collect()
}

/// `key=value:Effect` or `key:Effect`.
fn taint(text: &str) -> Option<Value> {
    let (rest, effect) = text.rsplit_once(':')?;
    let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
    Some(json!({"key": key, "value": value, "effect": effect}))
}

/// The lines below `Addresses:`; before 1.7 they were one line without types, of which nothing is taken.
fn addresses(lines: &[&str]) -> Vec<Value> {
    column(lines, "Addresses:")
        .into_iter()
        .filter_map(|line| {
            let (kind, address) = line.split_once(':')?;
            Some(json!({"type": kind.trim(), "address": address.trim()}))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "\
Name:               node1
Roles:              control-plane,master
Labels:             beta.kubernetes.io/arch=amd64
                    node-role.kubernetes.io/control-plane=
Annotations:        kubeadm.alpha.kubernetes.io/cri-socket: /var/run/dockershim.sock
                    node.alpha.kubernetes.io/ttl: 0
CreationTimestamp:  Wed, 15 Dec 2021 02:29:57 +0000
Taints:             node-role.kubernetes.io/master:NoSchedule
                    a=b:NoExecute
Unschedulable:      true
Addresses:
  InternalIP:  192.168.6.5
  Hostname:    node1
System Info:
  Kernel Version:               3.10.0
  OS Image:                     CentOS Linux 7 (Core)
  Container Runtime Version:    docker://20.10.8
  Kubelet Version:              v1.21.5
PodCIDR:                        10.233.64.0/24
ProviderID:                     kind://docker/kind/node1
";

    #[test]
    fn reads_back_what_was_described() {
        let nodes = nodes(&format!("{NODE}Events:  <none>\n\n\n{}", NODE.replace("node1", "node2"))).unwrap();
        assert_eq!(nodes.len(), 2);
        let node = &nodes[0];
        assert_eq!(node["metadata"]["name"], "node1");
        assert_eq!(node["metadata"]["labels"]["node-role.kubernetes.io/control-plane"], "");
        let socket = &node["metadata"]["annotations"]["kubeadm.alpha.kubernetes.io/cri-socket"];
        assert_eq!(socket, "/var/run/dockershim.sock");
        assert_eq!(node["spec"]["taints"][1], json!({"key": "a", "value": "b", "effect": "NoExecute"}));
        assert_eq!(node["spec"]["providerID"], "kind://docker/kind/node1");
        assert_eq!(node["spec"]["unschedulable"], true);
        assert_eq!(node["status"]["addresses"][0], json!({"type": "InternalIP", "address": "192.168.6.5"}));
        assert_eq!(node["status"]["nodeInfo"]["osImage"], "CentOS Linux 7 (Core)");
        assert_eq!(nodes[1]["metadata"]["name"], "node2");
    }

    #[test]
    fn leaves_other_descriptions_alone() {
        assert_eq!(nodes("Name: a\nNamespace: b\nLabels: x=y\n"), None);
        assert_eq!(nodes("a: 1\n"), None);
        assert_eq!(nodes(""), Some(Vec::new()));
    }
}
