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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l lab -d 'Look at the embedded practice cluster, in this process and also as its agents\' account' -r -f -a "kubeadm\t''"
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
json\t'JSON version 1'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l context -d 'The context of the kubeconfig; the current one otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l on-node -d 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l as-agent -d 'Ask also with short-lived tokens of the agents\' own service accounts'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l no-port-forward -d 'Forward no ports into pods'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l send-token-unverified -d 'Send a token even where nothing shows that the server is the one that it is meant for'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l list -d 'List the checks with what they judge, and look at nothing'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l allow-unknown -d 'Accept components of which nothing could be judged'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l chart-version -d 'The chart that this is for' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l operator-version -d 'The operator that this is for' -r
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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s o -l output -d 'The format of what is printed' -r -f -a "yaml\t'The main document'
json\t'JSON: for each component how it is collected or why not, and the steps'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -l context -d 'The context of the kubeconfig; the current one otherwise' -r
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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand gen-values" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand lab" -l distribution -d 'The distribution' -r -f -a "kubeadm\t''"
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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "detect" -d 'Say which distribution this is and where its control plane runs, with the evidence'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "doctor" -d 'Probe every component\'s metrics endpoint and say what is wrong, why, and how to mend it'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "explain" -d 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "gen-values" -d 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "lab" -d 'Serve the embedded practice cluster on loopback until interrupted'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain gen-values lab completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
