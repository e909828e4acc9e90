
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'ctlmon' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'ctlmon'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'ctlmon' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('detect', 'detect', [CompletionResultType]::ParameterValue, 'Say which distribution this is and where its control plane runs, with the evidence')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Probe every component''s metrics endpoint and say what is wrong, why, and how to mend it')
            [CompletionResult]::new('permissions', 'permissions', [CompletionResultType]::ParameterValue, 'Print the least rights for a command as a manifest, with the reason for each rule')
            [CompletionResult]::new('certs', 'certs', [CompletionResultType]::ParameterValue, 'Issue, inspect, verify, renew and copy the certificates that open etcd')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it')
            [CompletionResult]::new('gen-values', 'gen-values', [CompletionResultType]::ParameterValue, 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD')
            [CompletionResult]::new('lab', 'lab', [CompletionResultType]::ParameterValue, 'Serve the embedded practice cluster on loopback until interrupted')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ctlmon;detect' {
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The cluster of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Ask as a member of this group too; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Ask with this UID too')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Judge what kubectl printed: any list as JSON of any size or as YAML of up to 32 MiB, version, /apis, api-versions, describe nodes; repeatable, - is stdin')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Judge what kubectl printed: any list as JSON of any size or as YAML of up to 32 MiB, version, /apis, api-versions, describe nodes; repeatable, - is stdin')
            [CompletionResult]::new('--host-root', '--host-root', [CompletionResultType]::ParameterName, 'Where the root of the node''s file system is mounted, such as /host in a container')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write everything that was seen to a file, without any secret; readable by you alone')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Judge a file written by --save, and look at nothing')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the answer')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the answer')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig; the current one otherwise; repeatable, for one table of several clusters')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Look at the clusters of all contexts of the kubeconfig, at once, and answer in one table')
            [CompletionResult]::new('--on-node', '--on-node', [CompletionResultType]::ParameterName, 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root')
            [CompletionResult]::new('--why', '--why', [CompletionResultType]::ParameterName, 'Show the whole weighing: every clue of all that it could be, what was found and what was not')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;doctor' {
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The cluster of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Ask as a member of this group too; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Ask with this UID too')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the agents: only those in it are looked at; all of them otherwise')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the agents: only those in it are looked at; all of them otherwise')
            [CompletionResult]::new('--host-root', '--host-root', [CompletionResultType]::ParameterName, 'Where the root of the node''s file system is mounted, such as /host in a container')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Judge this endpoint in place of a cluster''s, such as etcd=https://127.0.0.1:2379; repeatable')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'The CA that the endpoints'' serving certificates are verified with')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'The client certificate that is presented to the endpoints')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Its private key')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The bearer token that is sent to the endpoints')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'The ways by which endpoints are asked, in this order; all of them otherwise, in the order that suits each')
            [CompletionResult]::new('--lab', '--lab', [CompletionResultType]::ParameterName, 'Look at the embedded practice cluster, in this process and also as its agents'' account')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Plant this fault in it; repeatable; ctlmon lab --list-faults names them all')
            [CompletionResult]::new('--control-planes', '--control-planes', [CompletionResultType]::ParameterName, 'Give it this many control-plane nodes')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write everything that was seen to a file, without any secret; readable by you alone')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Judge a file written by --save, and look at nothing')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Judge by these checks only: ids, patterns such as ''etcd-*'', or components; repeatable')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Leave these checks out, whatever --only says; repeatable')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity that makes the exit code 1')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the report')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the report')
            [CompletionResult]::new('--fix-plan', '--fix-plan', [CompletionResultType]::ParameterName, 'Write the remedies as files, in the order in which to apply them; nothing is applied')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Look again until the exit code would be 0, for at most so long, then report what was seen last')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image for the Job, built with the project''s Containerfile')
            [CompletionResult]::new('--image-pull-secret', '--image-pull-secret', [CompletionResultType]::ParameterName, 'The Secret with which the image is pulled')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig; the current one otherwise; repeatable, for a report of each of several clusters, for people or as JSON or YAML')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Look at the clusters of all contexts of the kubeconfig, at once, and report each')
            [CompletionResult]::new('--on-node', '--on-node', [CompletionResultType]::ParameterName, 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root')
            [CompletionResult]::new('--as-agent', '--as-agent', [CompletionResultType]::ParameterName, 'Ask also with short-lived tokens of the agents'' own service accounts')
            [CompletionResult]::new('--all-nodes', '--all-nodes', [CompletionResultType]::ParameterName, 'Ask the kubelet of every node; otherwise those of the control plane and of three others')
            [CompletionResult]::new('--no-port-forward', '--no-port-forward', [CompletionResultType]::ParameterName, 'Forward no ports into pods')
            [CompletionResult]::new('--send-token-unverified', '--send-token-unverified', [CompletionResultType]::ParameterName, 'Send a token even where nothing shows that the server is the one that it is meant for')
            [CompletionResult]::new('--logs', '--logs', [CompletionResultType]::ParameterName, 'Read the last lines that agents and control plane have written, for what they are known to complain of')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'Run the agents'' own status commands in their pods')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the checks with what they judge, and look at nothing')
            [CompletionResult]::new('--allow-unknown', '--allow-unknown', [CompletionResultType]::ParameterName, 'Accept components of which nothing could be judged')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the folder of --fix-plan where it is there already')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'Print a Job with its service account and rules that looks from a control-plane node, and look at nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;permissions' {
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'The command that is to be run with these rights')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'For doctor --via with these ways; all of them otherwise')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the agents, in which the service account is made as well')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the agents, in which the service account is made as well')
            [CompletionResult]::new('--sidecar-namespace', '--sidecar-namespace', [CompletionResultType]::ParameterName, 'A namespace of applications with an Agent for a sidecar, whose tokens are compared; repeatable')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the service account, the roles and their bindings are called')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the manifest')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the manifest')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--as-agent', '--as-agent', [CompletionResultType]::ParameterName, 'For doctor --as-agent')
            [CompletionResult]::new('--logs', '--logs', [CompletionResultType]::ParameterName, 'For doctor --logs')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'For doctor --exec')
            [CompletionResult]::new('--no-port-forward', '--no-port-forward', [CompletionResultType]::ParameterName, 'For doctor --no-port-forward')
            [CompletionResult]::new('--openshift', '--openshift', [CompletionResultType]::ParameterName, 'For doctor on OpenShift 4, in whose own namespaces copied certificates are compared with their origin')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('issue', 'issue', [CompletionResultType]::ParameterValue, 'Issue a client certificate for etcd, and say first what it opens and what would be safer')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether etcd takes a client certificate, and if not, why and what to do')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Sign a request where the CA''s key is')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Put a new certificate and key in place of old ones, with the same subject and kind of key')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Print a Secret as a manifest for another namespace')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say what certificates are, who signed them, how long they last, and what is wrong with them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ctlmon;certs;issue' {
            [CompletionResult]::new('--distribution', '--distribution', [CompletionResultType]::ParameterName, 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'The CA''s certificate, or a bundle that holds it')
            [CompletionResult]::new('--ca-key', '--ca-key', [CompletionResultType]::ParameterName, 'The CA''s private key, which is read once and written nowhere')
            [CompletionResult]::new('--ca-key-password-file', '--ca-key-password-file', [CompletionResultType]::ParameterName, 'The file with the password of the CA''s key; asked for on a terminal otherwise')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Where the node''s file system is mounted, such as /host in a pod')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days it is valid')
            [CompletionResult]::new('--not-after', '--not-after', [CompletionResultType]::ParameterName, 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d')
            [CompletionResult]::new('--common-name', '--common-name', [CompletionResultType]::ParameterName, 'The common name, which etcd''s log shows')
            [CompletionResult]::new('--san', '--san', [CompletionResultType]::ParameterName, 'A DNS name or address in it, which etcd asks for with --client-cert-allowed-hostname alone; repeatable')
            [CompletionResult]::new('--key-type', '--key-type', [CompletionResultType]::ParameterName, 'The kind of its key')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write NAME.crt, NAME.key and ca.crt into this folder, all in one step; what else is in it stays')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Write the manifest to this file, readable by you alone, and not to standard output')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the files')
            [CompletionResult]::new('--csr-out', '--csr-out', [CompletionResultType]::ParameterName, 'Make key and signing request alone, NAME.key and NAME.csr in this folder, for a CA whose key is elsewhere')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The URL of etcd to ask; the usual one of the distribution otherwise')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the summary')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the summary')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace files that are there already')
            [CompletionResult]::new('--show-secret', '--show-secret', [CompletionResultType]::ParameterName, 'Print the manifest, which holds the private key, even to a terminal')
            [CompletionResult]::new('--accept-full-etcd-access', '--accept-full-etcd-access', [CompletionResultType]::ParameterName, 'Issue it without being asked: you know that its holder reads and writes the whole cluster')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs;verify' {
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'The CA that etcd trusts, and that signed etcd''s own certificate')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'The client certificate')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Its private key')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Ask this etcd too, as an Agent would')
            [CompletionResult]::new('--distribution', '--distribution', [CompletionResultType]::ParameterName, 'Ask etcd too, where this distribution has it on its nodes')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the answer')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the answer')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs;sign' {
            [CompletionResult]::new('--distribution', '--distribution', [CompletionResultType]::ParameterName, 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'The CA''s certificate, or a bundle that holds it')
            [CompletionResult]::new('--ca-key', '--ca-key', [CompletionResultType]::ParameterName, 'The CA''s private key, which is read once and written nowhere')
            [CompletionResult]::new('--ca-key-password-file', '--ca-key-password-file', [CompletionResultType]::ParameterName, 'The file with the password of the CA''s key; asked for on a terminal otherwise')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Where the node''s file system is mounted, such as /host in a pod')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days it is valid')
            [CompletionResult]::new('--not-after', '--not-after', [CompletionResultType]::ParameterName, 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write NAME.crt and ca.crt into this folder, in one step, and not to standard output; a NAME.key in it must be the request''s')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace files that are there already')
            [CompletionResult]::new('--accept-full-etcd-access', '--accept-full-etcd-access', [CompletionResultType]::ParameterName, 'Issue it without being asked: you know that its holder reads and writes the whole cluster')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs;renew' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the files; the only pair in the folder otherwise')
            [CompletionResult]::new('--within', '--within', [CompletionResultType]::ParameterName, 'Renew it only where it expires sooner than this, such as 30d')
            [CompletionResult]::new('--distribution', '--distribution', [CompletionResultType]::ParameterName, 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise')
            [CompletionResult]::new('--ca-cert', '--ca-cert', [CompletionResultType]::ParameterName, 'The CA''s certificate, or a bundle that holds it')
            [CompletionResult]::new('--ca-key', '--ca-key', [CompletionResultType]::ParameterName, 'The CA''s private key, which is read once and written nowhere')
            [CompletionResult]::new('--ca-key-password-file', '--ca-key-password-file', [CompletionResultType]::ParameterName, 'The file with the password of the CA''s key; asked for on a terminal otherwise')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Where the node''s file system is mounted, such as /host in a pod')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days it is valid')
            [CompletionResult]::new('--not-after', '--not-after', [CompletionResultType]::ParameterName, 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Write the manifest to this file, readable by you alone, and not to standard output')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The URL of etcd to ask; the usual one of the distribution otherwise')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the summary')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the summary')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--show-secret', '--show-secret', [CompletionResultType]::ParameterName, 'Print the manifest, which holds the private key, even to a terminal')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs;copy' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The Secret that is read')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The Secret that the manifest is for')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Write the manifest to this file, readable by you alone, and not to standard output')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig; the current one otherwise')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The cluster of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Ask as a member of this group too; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Ask with this UID too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the file where it is there already')
            [CompletionResult]::new('--show-secret', '--show-secret', [CompletionResultType]::ParameterName, 'Print the manifest, which holds private keys, even to a terminal')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs;inspect' {
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig; the current one otherwise')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The cluster of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Ask as a member of this group too; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Ask with this UID too')
            [CompletionResult]::new('--within', '--within', [CompletionResultType]::ParameterName, 'End with exit code 1 where anything expires sooner than this, such as 30d')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the answer')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the answer')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;certs;help' {
            [CompletionResult]::new('issue', 'issue', [CompletionResultType]::ParameterValue, 'Issue a client certificate for etcd, and say first what it opens and what would be safer')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether etcd takes a client certificate, and if not, why and what to do')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Sign a request where the CA''s key is')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Put a new certificate and key in place of old ones, with the same subject and kind of key')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Print a Secret as a manifest for another namespace')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say what certificates are, who signed them, how long they last, and what is wrong with them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ctlmon;certs;help;issue' {
            break
        }
        'ctlmon;certs;help;verify' {
            break
        }
        'ctlmon;certs;help;sign' {
            break
        }
        'ctlmon;certs;help;renew' {
            break
        }
        'ctlmon;certs;help;copy' {
            break
        }
        'ctlmon;certs;help;inspect' {
            break
        }
        'ctlmon;certs;help;help' {
            break
        }
        'ctlmon;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;gen-values' {
            [CompletionResult]::new('--distribution', '--distribution', [CompletionResultType]::ParameterName, 'The distribution, as detect -o name says it; detected where it is not named')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to spell it')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'On which nodes the agents run; control-plane where components can be reached from there alone, else all')
            [CompletionResult]::new('--etcd-source', '--etcd-source', [CompletionResultType]::ParameterName, 'Where etcd''s metrics come from; auto takes the way that needs the least power')
            [CompletionResult]::new('--etcd-pki-dir', '--etcd-pki-dir', [CompletionResultType]::ParameterName, 'The folder of etcd''s certificates on the nodes, where it is not the distribution''s usual one')
            [CompletionResult]::new('--checks-by', '--checks-by', [CompletionResultType]::ParameterName, 'How agents are told of checks for which no container of the component''s own stands')
            [CompletionResult]::new('--exposed', '--exposed', [CompletionResultType]::ParameterName, 'Components that listen on their node''s address, or will before this is applied; repeatable')
            [CompletionResult]::new('--kubelet-tls', '--kubelet-tls', [CompletionResultType]::ParameterName, 'How agents take kubelets'' certificates: verify, skip, or ca=PATH of a file on the nodes')
            [CompletionResult]::new('--runners', '--runners', [CompletionResultType]::ParameterName, 'Runners of cluster checks; node agents run these otherwise')
            [CompletionResult]::new('--sidecar-account', '--sidecar-account', [CompletionResultType]::ParameterName, 'The service account of pods that get an agent beside them; repeatable')
            [CompletionResult]::new('--target-system', '--target-system', [CompletionResultType]::ParameterName, 'The operating system of the nodes')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the agents')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the agents')
            [CompletionResult]::new('--release', '--release', [CompletionResultType]::ParameterName, 'The name of the Helm release or of the DatadogAgent')
            [CompletionResult]::new('--cluster-agent-release', '--cluster-agent-release', [CompletionResultType]::ParameterName, 'The release or DatadogAgent whose Cluster Agent the agents on workers join')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'The name of the cluster in Datadog')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'Datadog''s site, such as datadoghq.eu')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A tag of everything that is sent; repeatable')
            [CompletionResult]::new('--api-key-secret', '--api-key-secret', [CompletionResultType]::ParameterName, 'The Secret with the API key, under the key api-key')
            [CompletionResult]::new('--app-key-secret', '--app-key-secret', [CompletionResultType]::ParameterName, 'The Secret with the application key, under the key app-key')
            [CompletionResult]::new('--token-secret', '--token-secret', [CompletionResultType]::ParameterName, 'The Secret with the Cluster Agent''s token, under the key token')
            [CompletionResult]::new('--etcd-secret', '--etcd-secret', [CompletionResultType]::ParameterName, 'The Secret with a client certificate for etcd: ca.crt, tls.crt and tls.key')
            [CompletionResult]::new('--image-pull-secret', '--image-pull-secret', [CompletionResultType]::ParameterName, 'The Secret with which images are pulled')
            [CompletionResult]::new('--secret-store', '--secret-store', [CompletionResultType]::ParameterName, 'The SecretStore that an ExternalSecret reads, with --format argocd')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much the agents log')
            [CompletionResult]::new('--chart-version', '--chart-version', [CompletionResultType]::ParameterName, 'The chart that this is for; the deployed one where a cluster was looked at and has one, else the newest known')
            [CompletionResult]::new('--operator-version', '--operator-version', [CompletionResultType]::ParameterName, 'The operator that this is for; found out in the same way')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The release of Kubernetes that this is for; the cluster''s where it was looked at, else the newest')
            [CompletionResult]::new('--registry', '--registry', [CompletionResultType]::ParameterName, 'The registry of all images')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'The cluster of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user of the kubeconfig, in place of the context''s')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Ask as a member of this group too; repeatable')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Ask with this UID too')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write everything that was seen to a file, without any secret; readable by you alone')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Judge a file written by --save, and look at nothing')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write a folder with everything that belongs to the setup; without it the main document alone is printed')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of what is printed')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of what is printed')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long the whole run may take, such as 90s or 2m')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'How long one request or probe may take')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'How many requests and probes are under way at once')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'How many bytes of one body are read, such as 32Mi')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig; the current one otherwise; repeatable, for a folder of each cluster below --out')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--sidecars', '--sidecars', [CompletionResultType]::ParameterName, 'Let agents run beside pods too, where some nodes are Fargate''s')
            [CompletionResult]::new('--logs', '--logs', [CompletionResultType]::ParameterName, 'Collect the logs of all containers')
            [CompletionResult]::new('--apm', '--apm', [CompletionResultType]::ParameterName, 'Collect traces')
            [CompletionResult]::new('--processes', '--processes', [CompletionResultType]::ParameterName, 'Collect processes')
            [CompletionResult]::new('--external-metrics', '--external-metrics', [CompletionResultType]::ParameterName, 'Serve the external metrics API; only one can in a cluster')
            [CompletionResult]::new('--no-events', '--no-events', [CompletionResultType]::ParameterName, 'Collect no Kubernetes events')
            [CompletionResult]::new('--no-kube-state-metrics', '--no-kube-state-metrics', [CompletionResultType]::ParameterName, 'Run no check of kube-state-metrics')
            [CompletionResult]::new('--no-leader-election', '--no-leader-election', [CompletionResultType]::ParameterName, 'Elect no leader among agents')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace the folder where it is there already')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Write nothing: say what differs from what is deployed, and what would start, stop or be collected twice')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;lab' {
            [CompletionResult]::new('--distribution', '--distribution', [CompletionResultType]::ParameterName, 'The distribution')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Plant this fault; repeatable')
            [CompletionResult]::new('--control-planes', '--control-planes', [CompletionResultType]::ParameterName, 'How many control-plane nodes there are')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The format of the list')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The format of the list')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('--list-faults', '--list-faults', [CompletionResultType]::ParameterName, 'List the faults and serve nothing')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;completion' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour; NO_COLOR switches it off too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ctlmon;help' {
            [CompletionResult]::new('detect', 'detect', [CompletionResultType]::ParameterValue, 'Say which distribution this is and where its control plane runs, with the evidence')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Probe every component''s metrics endpoint and say what is wrong, why, and how to mend it')
            [CompletionResult]::new('permissions', 'permissions', [CompletionResultType]::ParameterValue, 'Print the least rights for a command as a manifest, with the reason for each rule')
            [CompletionResult]::new('certs', 'certs', [CompletionResultType]::ParameterValue, 'Issue, inspect, verify, renew and copy the certificates that open etcd')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it')
            [CompletionResult]::new('gen-values', 'gen-values', [CompletionResultType]::ParameterValue, 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD')
            [CompletionResult]::new('lab', 'lab', [CompletionResultType]::ParameterValue, 'Serve the embedded practice cluster on loopback until interrupted')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ctlmon;help;detect' {
            break
        }
        'ctlmon;help;doctor' {
            break
        }
        'ctlmon;help;permissions' {
            break
        }
        'ctlmon;help;certs' {
            [CompletionResult]::new('issue', 'issue', [CompletionResultType]::ParameterValue, 'Issue a client certificate for etcd, and say first what it opens and what would be safer')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether etcd takes a client certificate, and if not, why and what to do')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Sign a request where the CA''s key is')
            [CompletionResult]::new('renew', 'renew', [CompletionResultType]::ParameterValue, 'Put a new certificate and key in place of old ones, with the same subject and kind of key')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Print a Secret as a manifest for another namespace')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say what certificates are, who signed them, how long they last, and what is wrong with them')
            break
        }
        'ctlmon;help;certs;issue' {
            break
        }
        'ctlmon;help;certs;verify' {
            break
        }
        'ctlmon;help;certs;sign' {
            break
        }
        'ctlmon;help;certs;renew' {
            break
        }
        'ctlmon;help;certs;copy' {
            break
        }
        'ctlmon;help;certs;inspect' {
            break
        }
        'ctlmon;help;explain' {
            break
        }
        'ctlmon;help;gen-values' {
            break
        }
        'ctlmon;help;lab' {
            break
        }
        'ctlmon;help;completion' {
            break
        }
        'ctlmon;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
