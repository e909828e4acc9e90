//! `doctor --job`: a Job that can be applied as it is, and that may no more than it must.

use crate::support::{Ran, ctlmon, run};
use ctlmon::yaml;
use serde_json::Value;
use tempfile::TempDir;

fn job(arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    run(ctlmon(folder.path()).args(["doctor", "--job"]).args(arguments))
}

fn documents(arguments: &[&str]) -> Vec<Value> {
    let ran = job(arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    yaml::documents(&ran.stdout).unwrap()
}

/// The arguments of a container.
fn arguments(container: &Value) -> Vec<String> {
    container["args"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_an_image_there_is_nothing_to_run() {
    for arguments in [&[][..], &["--image", ""]] {
        let ran = job(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains("error: --job needs an image"), "{ran:?}");
        assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("Containerfile"), "{ran:?}");
    }
    let folder = TempDir::new().unwrap();
    for arguments in [
        &["doctor", "--image", "a"][..],
        &["doctor", "--job", "--image", "a", "--lab"],
        &["doctor", "--job", "--image", "a", "--context", "b"],
        &["doctor", "--job", "--image", "a", "--wait"],
        &["doctor", "--job", "--image", "a", "--image-pull-secret", "NO"],
    ] {
        assert_eq!(run(ctlmon(folder.path()).args(arguments)).code, 2, "{arguments:?}");
    }
}

#[test]
fn the_job_may_no_more_than_it_must() {
    let documents =
        documents(&["--image", "registry.example/ctlmon:1", "--image-pull-secret", "pull", "-n", "agents"]);
    let job = documents.last().unwrap();
    assert_eq!((&job["kind"], &job["metadata"]["namespace"]), (&"Job".into(), &"agents".into()));
    assert_eq!(job["spec"]["backoffLimit"], 0);
    assert!(job["spec"]["ttlSecondsAfterFinished"].is_u64() && job["spec"]["activeDeadlineSeconds"].is_u64());
    let pod = &job["spec"]["template"]["spec"];
    assert_eq!((&pod["restartPolicy"], &pod["hostNetwork"]), (&"Never".into(), &true.into()));
    assert_eq!(pod["serviceAccountName"], documents[0]["metadata"]["name"]);
    assert_eq!(pod["imagePullSecrets"][0]["name"], "pull");
    assert!(pod["hostPID"].is_null() && pod["hostIPC"].is_null());
    let containers = pod["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 2);
    for container in containers {
        assert_eq!(container["image"], "registry.example/ctlmon:1");
        let context = &container["securityContext"];
        assert!(context["privileged"].is_null());
        assert_eq!(context["allowPrivilegeEscalation"], false);
        assert_eq!(context["readOnlyRootFilesystem"], true);
        assert_eq!(context["capabilities"]["drop"][0], "ALL");
    }
    let (cluster, node) = (&containers[0], &containers[1]);
    assert_eq!(cluster["securityContext"]["runAsNonRoot"], true);
    assert!(cluster["volumeMounts"].is_null() && cluster["securityContext"]["capabilities"]["add"].is_null());
    let mounts = node["volumeMounts"].as_array().unwrap();
    assert!(mounts.iter().all(|mount| mount["readOnly"] == true), "{mounts:?}");
    // A role of its own is enough for a node, and any of their taints is borne.
    let affinity = &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    let terms = affinity["nodeSelectorTerms"].to_string();
    let tolerations = pod["tolerations"].to_string();
    for role in ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"] {
        assert!(terms.contains(role) && tolerations.contains(role), "{terms} {tolerations}");
    }
}

#[test]
fn a_job_for_the_node_alone_needs_no_rights() {
    let documents = documents(&["--image", "a", "--on-node"]);
    let [job] = &documents[..] else { panic!("{documents:?}") };
    let pod = &job["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(pod["containers"].as_array().unwrap().len(), 1);
}

#[test]
fn the_rights_are_those_that_permissions_prints() {
    for options in [&[][..], &["--as-agent"], &["--no-port-forward"], &["--via", "direct"]] {
        let folder = TempDir::new().unwrap();
        let alone = run(ctlmon(folder.path()).arg("permissions").args(options)).stdout;
        let mut of_job = documents(&[&["--image", "a"], options].concat());
        of_job.pop();
        assert_eq!(yaml::documents(&alone).unwrap(), of_job, "{options:?}");
    }
}

/// What a container is told, the program understands: it fails to find a cluster or a node here, and says so.
#[test]
fn the_program_understands_what_its_containers_are_told() {
    let options = [
        "--as-agent",
        "--all-nodes",
        "--no-port-forward",
        "--send-token-unverified",
        "--allow-unknown",
        "--via",
        "api-server,direct",
        "--fail-on",
        "warning",
        "-n",
        "agents",
    ];
    let documents = documents(&[&["--image", "a"][..], &options].concat());
    let pod = &documents.last().unwrap()["spec"]["template"]["spec"];
    let folder = TempDir::new().unwrap();
    for container in pod["containers"].as_array().unwrap() {
        let told: Vec<String> =
            arguments(container).iter().map(|text| text.replace("/host", "gone")).collect();
        let ran = run(ctlmon(folder.path()).args(&told));
        assert_eq!(ran.code, 3, "{told:?} {ran:?}");
    }
    let told = arguments(&pod["containers"][0]);
    for option in options.iter().filter(|option| option.starts_with("--")) {
        assert!(told.iter().any(|text| text == option), "{option}: {told:?}");
    }
}

#[test]
fn every_value_is_quoted() {
    for image in ["1e3", "yes", "a: b # c", "\"'\\", "{{ x }}"] {
        let documents = documents(&["--image", image]);
        let pod = &documents.last().unwrap()["spec"]["template"]["spec"];
        assert_eq!(pod["containers"][0]["image"], image);
    }
    let list: Value = serde_json::from_str(&job(&["--image", "a", "-o", "json"]).stdout).unwrap();
    assert_eq!(list["items"].as_array().unwrap(), &documents(&["--image", "a"]));
}
