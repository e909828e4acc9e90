# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ctlmon_global_optspecs
    string join \n v/verbose color= h/help V/version
end

function __fish_ctlmon_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ctlmon_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ctlmon_using_subcommand
    set -l cmd (__fish_ctlmon_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ctlmon -n "__fish_ctlmon_needs_command" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_needs_command" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -s V -l version -d 'Print version'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "detect" -d 'Say which distribution this is and where its control plane runs, with the evidence'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "doctor" -d 'Probe every component\'s metrics endpoint and say what is wrong, why, and how to mend it'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "permissions" -d 'Print the least rights for a command as a manifest, with the reason for each rule'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "certs" -d 'Issue, inspect, verify, renew and copy the certificates that open etcd'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "explain" -d 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "gen-values" -d 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "lab" -d 'Serve the embedded practice cluster on loopback until interrupted'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l cluster -d 'The cluster of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l user -d 'The user of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l as -d 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l as-group -d 'Ask as a member of this group too; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l as-uid -d 'Ask with this UID too' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s f -l filename -d 'Judge what kubectl printed: any list as JSON of any size or as YAML of up to 32 MiB, version, /apis, api-versions, describe nodes; repeatable, - is stdin' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l host-root -d 'Where the root of the node\'s file system is mounted, such as /host in a container' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l save -d 'Write everything that was seen to a file, without any secret; readable by you alone' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l from -d 'Judge a file written by --save, and look at nothing' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s o -l output -d 'The format of the answer' -r -f -a "human\t'For people'
json\t'JSON version 1; of several clusters a list'
yaml\t'The same as YAML'
name\t'The id of the distribution alone; of several clusters after the context and a tab'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l context -d 'The context of the kubeconfig; the current one otherwise; repeatable, for one table of several clusters' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l all-contexts -d 'Look at the clusters of all contexts of the kubeconfig, at once, and answer in one table'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l on-node -d 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l why -d 'Show the whole weighing: every clue of all that it could be, what was found and what was not'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l cluster -d 'The cluster of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l user -d 'The user of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l as -d 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l as-group -d 'Ask as a member of this group too; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l as-uid -d 'Ask with this UID too' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -s n -l namespace -d 'The namespace of the agents: only those in it are looked at; all of them otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l host-root -d 'Where the root of the node\'s file system is mounted, such as /host in a container' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l endpoint -d 'Judge this endpoint in place of a cluster\'s, such as etcd=https://127.0.0.1:2379; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l ca -d 'The CA that the endpoints\' serving certificates are verified with' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l client-cert -d 'The client certificate that is presented to the endpoints' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l client-key -d 'Its private key' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l token-file -d 'The bearer token that is sent to the endpoints' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l via -d 'The ways by which endpoints are asked, in this order; all of them otherwise, in the order that suits each' -r -f -a "api-server\t'The API server\'s own answer, or its proxy'
port-forward\t'A port that the API server forwards into a pod'
direct\t'A connection from this machine'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l lab -d 'Look at the embedded practice cluster, in this process and also as its agents\' account' -r -f -a "kubeadm\t'kubeadm'
eks\t'Amazon EKS with a pod on Fargate'
openshift4\t'OpenShift 4'
rke1\t'RKE1 with Rancher\'s monitoring'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l fault -d 'Plant this fault in it; repeatable; ctlmon lab --list-faults names them all' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l control-planes -d 'Give it this many control-plane nodes' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l save -d 'Write everything that was seen to a file, without any secret; readable by you alone' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l from -d 'Judge a file written by --save, and look at nothing' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l only -d 'Judge by these checks only: ids, patterns such as \'etcd-*\', or components; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l skip -d 'Leave these checks out, whatever --only says; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l fail-on -d 'The least severity that makes the exit code 1' -r -f -a "error\t''
warning\t''
note\t''"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -s o -l output -d 'The format of the report' -r -f -a "human\t'For people'
json\t'JSON version 1'
yaml\t'The same as YAML'
junit\t'JUnit XML, for CI: a problem fails, what is unknown is skipped'
markdown\t'Markdown, for an issue or a pull request'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l fix-plan -d 'Write the remedies as files, in the order in which to apply them; nothing is applied' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l wait -d 'Look again until the exit code would be 0, for at most so long, then report what was seen last' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l image -d 'The image for the Job, built with the project\'s Containerfile' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l image-pull-secret -d 'The Secret with which the image is pulled' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l context -d 'The context of the kubeconfig; the current one otherwise; repeatable, for a report of each of several clusters, for people or as JSON or YAML' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l all-contexts -d 'Look at the clusters of all contexts of the kubeconfig, at once, and report each'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l on-node -d 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l as-agent -d 'Ask also with short-lived tokens of the agents\' own service accounts'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l all-nodes -d 'Ask the kubelet of every node; otherwise those of the control plane and of three others'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l no-port-forward -d 'Forward no ports into pods'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l send-token-unverified -d 'Send a token even where nothing shows that the server is the one that it is meant for'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l logs -d 'Read the last lines that agents and control plane have written, for what they are known to complain of'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l exec -d 'Run the agents\' own status commands in their pods'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l list -d 'List the checks with what they judge, and look at nothing'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l allow-unknown -d 'Accept components of which nothing could be judged'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l force -d 'Replace the folder of --fix-plan where it is there already'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l job -d 'Print a Job with its service account and rules that looks from a control-plane node, and look at nothing'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l for -d 'The command that is to be run with these rights' -r -f -a "detect\t''
gen-values\t''
doctor\t''"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l via -d 'For doctor --via with these ways; all of them otherwise' -r -f -a "api-server\t'The API server\'s own answer, or its proxy'
port-forward\t'A port that the API server forwards into a pod'
direct\t'A connection from this machine'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -s n -l namespace -d 'The namespace of the agents, in which the service account is made as well' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l sidecar-namespace -d 'A namespace of applications with an Agent for a sidecar, whose tokens are compared; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l name -d 'What the service account, the roles and their bindings are called' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -s o -l output -d 'The format of the manifest' -r -f -a "yaml\t'With the reason for each rule'
json\t'One list'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l as-agent -d 'For doctor --as-agent'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l logs -d 'For doctor --logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l exec -d 'For doctor --exec'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l no-port-forward -d 'For doctor --no-port-forward'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -l openshift -d 'For doctor on OpenShift 4, in whose own namespaces copied certificates are compared with their origin'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand permissions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "issue" -d 'Issue a client certificate for etcd, and say first what it opens and what would be safer'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "verify" -d 'Say whether etcd takes a client certificate, and if not, why and what to do'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "sign" -d 'Sign a request where the CA\'s key is'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "renew" -d 'Put a new certificate and key in place of old ones, with the same subject and kind of key'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "copy" -d 'Print a Secret as a manifest for another namespace'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "inspect" -d 'Say what certificates are, who signed them, how long they last, and what is wrong with them'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and not __fish_seen_subcommand_from issue verify sign renew copy inspect help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l distribution -d 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l ca-cert -d 'The CA\'s certificate, or a bundle that holds it' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l ca-key -d 'The CA\'s private key, which is read once and written nowhere' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l ca-key-password-file -d 'The file with the password of the CA\'s key; asked for on a terminal otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l root -d 'Where the node\'s file system is mounted, such as /host in a pod' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l days -d 'How many days it is valid' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l not-after -d 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l common-name -d 'The common name, which etcd\'s log shows' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l san -d 'A DNS name or address in it, which etcd asks for with --client-cert-allowed-hostname alone; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l key-type -d 'The kind of its key' -r -f -a "ecdsa-p256\t'ECDSA on P-256'
ecdsa-p384\t'ECDSA on P-384'
rsa-2048\t'RSA with 2048 bits'
rsa-3072\t'RSA with 3072 bits'
ed25519\t'Ed25519, which the Agent\'s TLS library must know'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l out -d 'Write NAME.crt, NAME.key and ca.crt into this folder, all in one step; what else is in it stays' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l secret -d 'Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l secret-file -d 'Write the manifest to this file, readable by you alone, and not to standard output' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l name -d 'The name of the files' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l csr-out -d 'Make key and signing request alone, NAME.key and NAME.csr in this folder, for a CA whose key is elsewhere' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l endpoint -d 'The URL of etcd to ask; the usual one of the distribution otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -s o -l output -d 'The format of the summary' -r -f -a "human\t'For people'
json\t'JSON'
yaml\t'The same as YAML'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l force -d 'Replace files that are there already'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l show-secret -d 'Print the manifest, which holds the private key, even to a terminal'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l accept-full-etcd-access -d 'Issue it without being asked: you know that its holder reads and writes the whole cluster'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -l verify -d 'Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from issue" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l ca -d 'The CA that etcd trusts, and that signed etcd\'s own certificate' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l cert -d 'The client certificate' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l key -d 'Its private key' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l endpoint -d 'Ask this etcd too, as an Agent would' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l distribution -d 'Ask etcd too, where this distribution has it on its nodes' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -s o -l output -d 'The format of the answer' -r -f -a "human\t'For people'
json\t'JSON'
yaml\t'The same as YAML'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l distribution -d 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l ca-cert -d 'The CA\'s certificate, or a bundle that holds it' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l ca-key -d 'The CA\'s private key, which is read once and written nowhere' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l ca-key-password-file -d 'The file with the password of the CA\'s key; asked for on a terminal otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l root -d 'Where the node\'s file system is mounted, such as /host in a pod' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l days -d 'How many days it is valid' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l not-after -d 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l out -d 'Write NAME.crt and ca.crt into this folder, in one step, and not to standard output; a NAME.key in it must be the request\'s' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l name -d 'The name of the file' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l force -d 'Replace files that are there already'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -l accept-full-etcd-access -d 'Issue it without being asked: you know that its holder reads and writes the whole cluster'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l name -d 'The name of the files; the only pair in the folder otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l within -d 'Renew it only where it expires sooner than this, such as 30d' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l distribution -d 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l ca-cert -d 'The CA\'s certificate, or a bundle that holds it' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l ca-key -d 'The CA\'s private key, which is read once and written nowhere' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l ca-key-password-file -d 'The file with the password of the CA\'s key; asked for on a terminal otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l root -d 'Where the node\'s file system is mounted, such as /host in a pod' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l days -d 'How many days it is valid' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l not-after -d 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l secret -d 'Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l secret-file -d 'Write the manifest to this file, readable by you alone, and not to standard output' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l endpoint -d 'The URL of etcd to ask; the usual one of the distribution otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -s o -l output -d 'The format of the summary' -r -f -a "human\t'For people'
json\t'JSON'
yaml\t'The same as YAML'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l show-secret -d 'Print the manifest, which holds the private key, even to a terminal'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -l verify -d 'Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from renew" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l from -d 'The Secret that is read' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l to -d 'The Secret that the manifest is for' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l secret-file -d 'Write the manifest to this file, readable by you alone, and not to standard output' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l context -d 'The context of the kubeconfig; the current one otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l cluster -d 'The cluster of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l user -d 'The user of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l as -d 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l as-group -d 'Ask as a member of this group too; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l as-uid -d 'Ask with this UID too' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l force -d 'Replace the file where it is there already'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -l show-secret -d 'Print the manifest, which holds private keys, even to a terminal'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l context -d 'The context of the kubeconfig; the current one otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l cluster -d 'The cluster of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l user -d 'The user of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l as -d 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l as-group -d 'Ask as a member of this group too; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l as-uid -d 'Ask with this UID too' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l within -d 'End with exit code 1 where anything expires sooner than this, such as 30d' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -s o -l output -d 'The format of the answer' -r -f -a "human\t'For people'
json\t'JSON'
yaml\t'The same as YAML'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "issue" -d 'Issue a client certificate for etcd, and say first what it opens and what would be safer'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Say whether etcd takes a client certificate, and if not, why and what to do'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "sign" -d 'Sign a request where the CA\'s key is'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "renew" -d 'Put a new certificate and key in place of old ones, with the same subject and kind of key'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "copy" -d 'Print a Secret as a manifest for another namespace'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "inspect" -d 'Say what certificates are, who signed them, how long they last, and what is wrong with them'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand certs; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand explain" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand explain" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l distribution -d 'The distribution, as detect -o name says it; detected where it is not named' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l format -d 'How to spell it' -r -f -a "helm\t'Values of the Helm chart datadog'
datadog-agent\t'A DatadogAgent v2alpha1 for the operator'
argocd\t'An Argo CD Application around the Helm values, with an ExternalSecret'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l for -d 'On which nodes the agents run; control-plane where components can be reached from there alone, else all' -r -f -a "control-plane\t'Those of the control plane alone'
workers\t'All others; their agents join the Cluster Agent of the other release'
all\t'All, with one configuration that is right for both'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l etcd-source -d 'Where etcd\'s metrics come from; auto takes the way that needs the least power' -r -f -a "auto\t'The first of those below that the distribution has'
metrics\t'A listener for metrics alone'
metrics-certificate\t'A certificate that opens metrics alone'
node-certificate\t'A client certificate that lies on the nodes'
secret\t'A client certificate of your own, in a Secret'
off\t'Nowhere'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l etcd-pki-dir -d 'The folder of etcd\'s certificates on the nodes, where it is not the distribution\'s usual one' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l checks-by -d 'How agents are told of checks for which no container of the component\'s own stands' -r -f -a "files\t'Files of the agents'
annotations\t'Annotations of Services, and of pods that only pause where there is no Service'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l exposed -d 'Components that listen on their node\'s address, or will before this is applied; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l kubelet-tls -d 'How agents take kubelets\' certificates: verify, skip, or ca=PATH of a file on the nodes' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l runners -d 'Runners of cluster checks; node agents run these otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l sidecar-account -d 'The service account of pods that get an agent beside them; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l target-system -d 'The operating system of the nodes' -r -f -a "linux\t'Linux'
windows\t'Windows, on workers alone'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s n -l namespace -d 'The namespace of the agents' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l release -d 'The name of the Helm release or of the DatadogAgent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l cluster-agent-release -d 'The release or DatadogAgent whose Cluster Agent the agents on workers join' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l cluster-name -d 'The name of the cluster in Datadog' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l site -d 'Datadog\'s site, such as datadoghq.eu' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l tag -d 'A tag of everything that is sent; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l api-key-secret -d 'The Secret with the API key, under the key api-key' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l app-key-secret -d 'The Secret with the application key, under the key app-key' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l token-secret -d 'The Secret with the Cluster Agent\'s token, under the key token' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l etcd-secret -d 'The Secret with a client certificate for etcd: ca.crt, tls.crt and tls.key' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l image-pull-secret -d 'The Secret with which images are pulled' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l secret-store -d 'The SecretStore that an ExternalSecret reads, with --format argocd' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l log-level -d 'How much the agents log' -r -f -a "trace\t'Everything'
debug\t'What helps to find a fault'
info\t'What agents log by themselves'
warn\t'Warnings and worse'
error\t'Errors and worse'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l chart-version -d 'The chart that this is for; the deployed one where a cluster was looked at and has one, else the newest known' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l operator-version -d 'The operator that this is for; found out in the same way' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l kubernetes-version -d 'The release of Kubernetes that this is for; the cluster\'s where it was looked at, else the newest' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l registry -d 'The registry of all images' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l cluster -d 'The cluster of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l user -d 'The user of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l as -d 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l as-group -d 'Ask as a member of this group too; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l as-uid -d 'Ask with this UID too' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s f -l filename -d 'Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l save -d 'Write everything that was seen to a file, without any secret; readable by you alone' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l from -d 'Judge a file written by --save, and look at nothing' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l out -d 'Write a folder with everything that belongs to the setup; without it the main document alone is printed' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s o -l output -d 'The format of what is printed' -r -f -a "yaml\t'The main document; with --diff, text for people'
json\t'JSON: for each component how it is collected or why not, and the steps'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l context -d 'The context of the kubeconfig; the current one otherwise; repeatable, for a folder of each cluster below --out' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l sidecars -d 'Let agents run beside pods too, where some nodes are Fargate\'s'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l logs -d 'Collect the logs of all containers'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l apm -d 'Collect traces'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l processes -d 'Collect processes'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l external-metrics -d 'Serve the external metrics API; only one can in a cluster'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l no-events -d 'Collect no Kubernetes events'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l no-kube-state-metrics -d 'Run no check of kube-state-metrics'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l no-leader-election -d 'Elect no leader among agents'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l force -d 'Replace the folder where it is there already'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l diff -d 'Write nothing: say what differs from what is deployed, and what would start, stop or be collected twice'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -l distribution -d 'The distribution' -r -f -a "kubeadm\t'kubeadm'
eks\t'Amazon EKS with a pod on Fargate'
openshift4\t'OpenShift 4'
rke1\t'RKE1 with Rancher\'s monitoring'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -l fault -d 'Plant this fault; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -l control-planes -d 'How many control-plane nodes there are' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -s o -l output -d 'The format of the list' -r -f -a "human\t'For people'
json\t'JSON'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -l list-faults -d 'List the faults and serve nothing'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand completion" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand completion" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "detect" -d 'Say which distribution this is and where its control plane runs, with the evidence'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "doctor" -d 'Probe every component\'s metrics endpoint and say what is wrong, why, and how to mend it'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "permissions" -d 'Print the least rights for a command as a manifest, with the reason for each rule'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "certs" -d 'Issue, inspect, verify, renew and copy the certificates that open etcd'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "explain" -d 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "gen-values" -d 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "lab" -d 'Serve the embedded practice cluster on loopback until interrupted'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor permissions certs explain gen-values lab completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and __fish_seen_subcommand_from certs" -f -a "issue" -d 'Issue a client certificate for etcd, and say first what it opens and what would be safer'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and __fish_seen_subcommand_from certs" -f -a "verify" -d 'Say whether etcd takes a client certificate, and if not, why and what to do'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and __fish_seen_subcommand_from certs" -f -a "sign" -d 'Sign a request where the CA\'s key is'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and __fish_seen_subcommand_from certs" -f -a "renew" -d 'Put a new certificate and key in place of old ones, with the same subject and kind of key'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and __fish_seen_subcommand_from certs" -f -a "copy" -d 'Print a Secret as a manifest for another namespace'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and __fish_seen_subcommand_from certs" -f -a "inspect" -d 'Say what certificates are, who signed them, how long they last, and what is wrong with them'
