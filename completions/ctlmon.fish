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
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "lab" -d 'Serve the embedded practice cluster on loopback until interrupted'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c ctlmon -n "__fish_ctlmon_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l context -d 'The context of the kubeconfig; the current one otherwise' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l cluster -d 'The cluster of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l user -d 'The user of the kubeconfig, in place of the context\'s' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l as -d 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l as-group -d 'Ask as a member of this group too; repeatable' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l as-uid -d 'Ask with this UID too' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s f -l filename -d 'Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l host-root -d 'Where the root of the node\'s file system is mounted, such as /host in a container' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l save -d 'Write everything that was seen to a file, without any secret; readable by you alone' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l from -d 'Judge a file written by --save, and look at nothing' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s o -l output -d 'The format of the answer' -r -f -a "human\t'For people'
json\t'JSON'
name\t'The id of the distribution alone'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l timeout -d 'How long the whole run may take, such as 90s or 2m' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l request-timeout -d 'How long one request or probe may take' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l concurrency -d 'How many requests and probes are under way at once' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l max-body -d 'How many bytes of one body are read, such as 32Mi' -r
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -l on-node -d 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s v -l verbose -d 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand detect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l kubeconfig -d 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise' -r -F
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l context -d 'The context of the kubeconfig; the current one otherwise' -r
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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l color -d 'When to use colour; NO_COLOR switches it off too' -r -f -a "auto\t'On a terminal that can show it'
always\t'Always'
never\t'Never'"
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l on-node -d 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand doctor" -l as-agent -d 'Ask also with a short-lived token of the agents\' own service account'
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
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain lab completion help" -f -a "detect" -d 'Say which distribution this is and where its control plane runs, with the evidence'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain lab completion help" -f -a "doctor" -d 'Probe every component\'s metrics endpoint and say what is wrong, why, and how to mend it'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain lab completion help" -f -a "explain" -d 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain lab completion help" -f -a "lab" -d 'Serve the embedded practice cluster on loopback until interrupted'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain lab completion help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c ctlmon -n "__fish_ctlmon_using_subcommand help; and not __fish_seen_subcommand_from detect doctor explain lab completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
