
use builtin;
use str;

set edit:completion:arg-completer[ctlmon] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'ctlmon'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'ctlmon'= {
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand detect 'Say which distribution this is and where its control plane runs, with the evidence'
            cand doctor 'Probe every component''s metrics endpoint and say what is wrong, why, and how to mend it'
            cand permissions 'Print the least rights for a command as a manifest, with the reason for each rule'
            cand certs 'Issue, inspect, verify, renew and copy the certificates that open etcd'
            cand explain 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it'
            cand gen-values 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD'
            cand lab 'Serve the embedded practice cluster on loopback until interrupted'
            cand completion 'Print the completion script of a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ctlmon;detect'= {
            cand --kubeconfig 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise'
            cand --cluster 'The cluster of the kubeconfig, in place of the context''s'
            cand --user 'The user of the kubeconfig, in place of the context''s'
            cand --as 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent'
            cand --as-group 'Ask as a member of this group too; repeatable'
            cand --as-uid 'Ask with this UID too'
            cand -f 'Judge what kubectl printed: any list as JSON of any size or as YAML of up to 32 MiB, version, /apis, api-versions, describe nodes; repeatable, - is stdin'
            cand --filename 'Judge what kubectl printed: any list as JSON of any size or as YAML of up to 32 MiB, version, /apis, api-versions, describe nodes; repeatable, - is stdin'
            cand --host-root 'Where the root of the node''s file system is mounted, such as /host in a container'
            cand --save 'Write everything that was seen to a file, without any secret; readable by you alone'
            cand --from 'Judge a file written by --save, and look at nothing'
            cand -o 'The format of the answer'
            cand --output 'The format of the answer'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --context 'The context of the kubeconfig; the current one otherwise; repeatable, for one table of several clusters'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --all-contexts 'Look at the clusters of all contexts of the kubeconfig, at once, and answer in one table'
            cand --on-node 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
            cand --why 'Show the whole weighing: every clue of all that it could be, what was found and what was not'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;doctor'= {
            cand --kubeconfig 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise'
            cand --cluster 'The cluster of the kubeconfig, in place of the context''s'
            cand --user 'The user of the kubeconfig, in place of the context''s'
            cand --as 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent'
            cand --as-group 'Ask as a member of this group too; repeatable'
            cand --as-uid 'Ask with this UID too'
            cand -n 'The namespace of the agents: only those in it are looked at; all of them otherwise'
            cand --namespace 'The namespace of the agents: only those in it are looked at; all of them otherwise'
            cand --host-root 'Where the root of the node''s file system is mounted, such as /host in a container'
            cand --endpoint 'Judge this endpoint in place of a cluster''s, such as etcd=https://127.0.0.1:2379; repeatable'
            cand --ca 'The CA that the endpoints'' serving certificates are verified with'
            cand --client-cert 'The client certificate that is presented to the endpoints'
            cand --client-key 'Its private key'
            cand --token-file 'The bearer token that is sent to the endpoints'
            cand --via 'The ways by which endpoints are asked, in this order; all of them otherwise, in the order that suits each'
            cand --lab 'Look at the embedded practice cluster, in this process and also as its agents'' account'
            cand --fault 'Plant this fault in it; repeatable; ctlmon lab --list-faults names them all'
            cand --control-planes 'Give it this many control-plane nodes'
            cand --save 'Write everything that was seen to a file, without any secret; readable by you alone'
            cand --from 'Judge a file written by --save, and look at nothing'
            cand --only 'Judge by these checks only: ids, patterns such as ''etcd-*'', or components; repeatable'
            cand --skip 'Leave these checks out, whatever --only says; repeatable'
            cand --fail-on 'The least severity that makes the exit code 1'
            cand -o 'The format of the report'
            cand --output 'The format of the report'
            cand --fix-plan 'Write the remedies as files, in the order in which to apply them; nothing is applied'
            cand --wait 'Look again until the exit code would be 0, for at most so long, then report what was seen last'
            cand --image 'The image for the Job, built with the project''s Containerfile'
            cand --image-pull-secret 'The Secret with which the image is pulled'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --context 'The context of the kubeconfig; the current one otherwise; repeatable, for a report of each of several clusters, for people or as JSON or YAML'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --all-contexts 'Look at the clusters of all contexts of the kubeconfig, at once, and report each'
            cand --on-node 'Look at the control-plane node that ctlmon runs on: its processes, manifests, certificates, loopback; as root'
            cand --as-agent 'Ask also with short-lived tokens of the agents'' own service accounts'
            cand --all-nodes 'Ask the kubelet of every node; otherwise those of the control plane and of three others'
            cand --no-port-forward 'Forward no ports into pods'
            cand --send-token-unverified 'Send a token even where nothing shows that the server is the one that it is meant for'
            cand --logs 'Read the last lines that agents and control plane have written, for what they are known to complain of'
            cand --exec 'Run the agents'' own status commands in their pods'
            cand --list 'List the checks with what they judge, and look at nothing'
            cand --allow-unknown 'Accept components of which nothing could be judged'
            cand --force 'Replace the folder of --fix-plan where it is there already'
            cand --job 'Print a Job with its service account and rules that looks from a control-plane node, and look at nothing'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;permissions'= {
            cand --for 'The command that is to be run with these rights'
            cand --via 'For doctor --via with these ways; all of them otherwise'
            cand -n 'The namespace of the agents, in which the service account is made as well'
            cand --namespace 'The namespace of the agents, in which the service account is made as well'
            cand --sidecar-namespace 'A namespace of applications with an Agent for a sidecar, whose tokens are compared; repeatable'
            cand --name 'What the service account, the roles and their bindings are called'
            cand -o 'The format of the manifest'
            cand --output 'The format of the manifest'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --as-agent 'For doctor --as-agent'
            cand --logs 'For doctor --logs'
            cand --exec 'For doctor --exec'
            cand --no-port-forward 'For doctor --no-port-forward'
            cand --openshift 'For doctor on OpenShift 4, in whose own namespaces copied certificates are compared with their origin'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs'= {
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand issue 'Issue a client certificate for etcd, and say first what it opens and what would be safer'
            cand verify 'Say whether etcd takes a client certificate, and if not, why and what to do'
            cand sign 'Sign a request where the CA''s key is'
            cand renew 'Put a new certificate and key in place of old ones, with the same subject and kind of key'
            cand copy 'Print a Secret as a manifest for another namespace'
            cand inspect 'Say what certificates are, who signed them, how long they last, and what is wrong with them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ctlmon;certs;issue'= {
            cand --distribution 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise'
            cand --ca-cert 'The CA''s certificate, or a bundle that holds it'
            cand --ca-key 'The CA''s private key, which is read once and written nowhere'
            cand --ca-key-password-file 'The file with the password of the CA''s key; asked for on a terminal otherwise'
            cand --root 'Where the node''s file system is mounted, such as /host in a pod'
            cand --days 'How many days it is valid'
            cand --not-after 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d'
            cand --common-name 'The common name, which etcd''s log shows'
            cand --san 'A DNS name or address in it, which etcd asks for with --client-cert-allowed-hostname alone; repeatable'
            cand --key-type 'The kind of its key'
            cand --out 'Write NAME.crt, NAME.key and ca.crt into this folder, all in one step; what else is in it stays'
            cand --secret 'Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -'
            cand --secret-file 'Write the manifest to this file, readable by you alone, and not to standard output'
            cand --name 'The name of the files'
            cand --csr-out 'Make key and signing request alone, NAME.key and NAME.csr in this folder, for a CA whose key is elsewhere'
            cand --endpoint 'The URL of etcd to ask; the usual one of the distribution otherwise'
            cand -o 'The format of the summary'
            cand --output 'The format of the summary'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --force 'Replace files that are there already'
            cand --show-secret 'Print the manifest, which holds the private key, even to a terminal'
            cand --accept-full-etcd-access 'Issue it without being asked: you know that its holder reads and writes the whole cluster'
            cand --verify 'Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs;verify'= {
            cand --ca 'The CA that etcd trusts, and that signed etcd''s own certificate'
            cand --cert 'The client certificate'
            cand --key 'Its private key'
            cand --endpoint 'Ask this etcd too, as an Agent would'
            cand --distribution 'Ask etcd too, where this distribution has it on its nodes'
            cand -o 'The format of the answer'
            cand --output 'The format of the answer'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs;sign'= {
            cand --distribution 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise'
            cand --ca-cert 'The CA''s certificate, or a bundle that holds it'
            cand --ca-key 'The CA''s private key, which is read once and written nowhere'
            cand --ca-key-password-file 'The file with the password of the CA''s key; asked for on a terminal otherwise'
            cand --root 'Where the node''s file system is mounted, such as /host in a pod'
            cand --days 'How many days it is valid'
            cand --not-after 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d'
            cand --out 'Write NAME.crt and ca.crt into this folder, in one step, and not to standard output; a NAME.key in it must be the request''s'
            cand --name 'The name of the file'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --force 'Replace files that are there already'
            cand --accept-full-etcd-access 'Issue it without being asked: you know that its holder reads and writes the whole cluster'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs;renew'= {
            cand --name 'The name of the files; the only pair in the folder otherwise'
            cand --within 'Renew it only where it expires sooner than this, such as 30d'
            cand --distribution 'Take the CA from where this distribution keeps it, such as kubeadm, kops or rke2; found out otherwise'
            cand --ca-cert 'The CA''s certificate, or a bundle that holds it'
            cand --ca-key 'The CA''s private key, which is read once and written nowhere'
            cand --ca-key-password-file 'The file with the password of the CA''s key; asked for on a terminal otherwise'
            cand --root 'Where the node''s file system is mounted, such as /host in a pod'
            cand --days 'How many days it is valid'
            cand --not-after 'Until when it is valid: a time such as 2027-06-01T00:00:00Z, a day, or a duration from now such as 90d'
            cand --secret 'Print a manifest of this Secret, with the entries tls.crt, tls.key and ca.crt, for kubectl apply -f -'
            cand --secret-file 'Write the manifest to this file, readable by you alone, and not to standard output'
            cand --endpoint 'The URL of etcd to ask; the usual one of the distribution otherwise'
            cand -o 'The format of the summary'
            cand --output 'The format of the summary'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --show-secret 'Print the manifest, which holds the private key, even to a terminal'
            cand --verify 'Ask etcd with the new certificate first, as an Agent would, and write nothing where it does not hold'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs;copy'= {
            cand --from 'The Secret that is read'
            cand --to 'The Secret that the manifest is for'
            cand --secret-file 'Write the manifest to this file, readable by you alone, and not to standard output'
            cand --kubeconfig 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise'
            cand --context 'The context of the kubeconfig; the current one otherwise'
            cand --cluster 'The cluster of the kubeconfig, in place of the context''s'
            cand --user 'The user of the kubeconfig, in place of the context''s'
            cand --as 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent'
            cand --as-group 'Ask as a member of this group too; repeatable'
            cand --as-uid 'Ask with this UID too'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --force 'Replace the file where it is there already'
            cand --show-secret 'Print the manifest, which holds private keys, even to a terminal'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs;inspect'= {
            cand --kubeconfig 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise'
            cand --context 'The context of the kubeconfig; the current one otherwise'
            cand --cluster 'The cluster of the kubeconfig, in place of the context''s'
            cand --user 'The user of the kubeconfig, in place of the context''s'
            cand --as 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent'
            cand --as-group 'Ask as a member of this group too; repeatable'
            cand --as-uid 'Ask with this UID too'
            cand --within 'End with exit code 1 where anything expires sooner than this, such as 30d'
            cand -o 'The format of the answer'
            cand --output 'The format of the answer'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;certs;help'= {
            cand issue 'Issue a client certificate for etcd, and say first what it opens and what would be safer'
            cand verify 'Say whether etcd takes a client certificate, and if not, why and what to do'
            cand sign 'Sign a request where the CA''s key is'
            cand renew 'Put a new certificate and key in place of old ones, with the same subject and kind of key'
            cand copy 'Print a Secret as a manifest for another namespace'
            cand inspect 'Say what certificates are, who signed them, how long they last, and what is wrong with them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ctlmon;certs;help;issue'= {
        }
        &'ctlmon;certs;help;verify'= {
        }
        &'ctlmon;certs;help;sign'= {
        }
        &'ctlmon;certs;help;renew'= {
        }
        &'ctlmon;certs;help;copy'= {
        }
        &'ctlmon;certs;help;inspect'= {
        }
        &'ctlmon;certs;help;help'= {
        }
        &'ctlmon;explain'= {
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;gen-values'= {
            cand --distribution 'The distribution, as detect -o name says it; detected where it is not named'
            cand --format 'How to spell it'
            cand --for 'On which nodes the agents run; control-plane where components can be reached from there alone, else all'
            cand --etcd-source 'Where etcd''s metrics come from; auto takes the way that needs the least power'
            cand --etcd-pki-dir 'The folder of etcd''s certificates on the nodes, where it is not the distribution''s usual one'
            cand --checks-by 'How agents are told of checks for which no container of the component''s own stands'
            cand --exposed 'Components that listen on their node''s address, or will before this is applied; repeatable'
            cand --kubelet-tls 'How agents take kubelets'' certificates: verify, skip, or ca=PATH of a file on the nodes'
            cand --runners 'Runners of cluster checks; node agents run these otherwise'
            cand --sidecar-account 'The service account of pods that get an agent beside them; repeatable'
            cand --target-system 'The operating system of the nodes'
            cand -n 'The namespace of the agents'
            cand --namespace 'The namespace of the agents'
            cand --release 'The name of the Helm release or of the DatadogAgent'
            cand --cluster-agent-release 'The release or DatadogAgent whose Cluster Agent the agents on workers join'
            cand --cluster-name 'The name of the cluster in Datadog'
            cand --site 'Datadog''s site, such as datadoghq.eu'
            cand --tag 'A tag of everything that is sent; repeatable'
            cand --api-key-secret 'The Secret with the API key, under the key api-key'
            cand --app-key-secret 'The Secret with the application key, under the key app-key'
            cand --token-secret 'The Secret with the Cluster Agent''s token, under the key token'
            cand --etcd-secret 'The Secret with a client certificate for etcd: ca.crt, tls.crt and tls.key'
            cand --image-pull-secret 'The Secret with which images are pulled'
            cand --secret-store 'The SecretStore that an ExternalSecret reads, with --format argocd'
            cand --log-level 'How much the agents log'
            cand --chart-version 'The chart that this is for; the deployed one where a cluster was looked at and has one, else the newest known'
            cand --operator-version 'The operator that this is for; found out in the same way'
            cand --kubernetes-version 'The release of Kubernetes that this is for; the cluster''s where it was looked at, else the newest'
            cand --registry 'The registry of all images'
            cand --kubeconfig 'The kubeconfig file; KUBECONFIG and ~/.kube/config otherwise'
            cand --cluster 'The cluster of the kubeconfig, in place of the context''s'
            cand --user 'The user of the kubeconfig, in place of the context''s'
            cand --as 'Ask the API server in the name of this user, such as system:serviceaccount:datadog:datadog-agent'
            cand --as-group 'Ask as a member of this group too; repeatable'
            cand --as-uid 'Ask with this UID too'
            cand -f 'Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin'
            cand --filename 'Judge what kubectl printed (nodes, pods, any list, version, /apis, api-versions); repeatable, - is stdin'
            cand --save 'Write everything that was seen to a file, without any secret; readable by you alone'
            cand --from 'Judge a file written by --save, and look at nothing'
            cand --out 'Write a folder with everything that belongs to the setup; without it the main document alone is printed'
            cand -o 'The format of what is printed'
            cand --output 'The format of what is printed'
            cand --timeout 'How long the whole run may take, such as 90s or 2m'
            cand --request-timeout 'How long one request or probe may take'
            cand --concurrency 'How many requests and probes are under way at once'
            cand --max-body 'How many bytes of one body are read, such as 32Mi'
            cand --context 'The context of the kubeconfig; the current one otherwise; repeatable, for a folder of each cluster below --out'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --sidecars 'Let agents run beside pods too, where some nodes are Fargate''s'
            cand --logs 'Collect the logs of all containers'
            cand --apm 'Collect traces'
            cand --processes 'Collect processes'
            cand --external-metrics 'Serve the external metrics API; only one can in a cluster'
            cand --no-events 'Collect no Kubernetes events'
            cand --no-kube-state-metrics 'Run no check of kube-state-metrics'
            cand --no-leader-election 'Elect no leader among agents'
            cand --force 'Replace the folder where it is there already'
            cand --diff 'Write nothing: say what differs from what is deployed, and what would start, stop or be collected twice'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;lab'= {
            cand --distribution 'The distribution'
            cand --fault 'Plant this fault; repeatable'
            cand --control-planes 'How many control-plane nodes there are'
            cand -o 'The format of the list'
            cand --output 'The format of the list'
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand --list-faults 'List the faults and serve nothing'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;completion'= {
            cand --color 'When to use colour; NO_COLOR switches it off too'
            cand -v 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand --verbose 'Say more on stderr: -v waves, requests, bytes and connections; -vvv everything that ctlmon itself logs'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ctlmon;help'= {
            cand detect 'Say which distribution this is and where its control plane runs, with the evidence'
            cand doctor 'Probe every component''s metrics endpoint and say what is wrong, why, and how to mend it'
            cand permissions 'Print the least rights for a command as a manifest, with the reason for each rule'
            cand certs 'Issue, inspect, verify, renew and copy the certificates that open etcd'
            cand explain 'Print the page of a check: what was seen, what it means, how to confirm and how to fix it'
            cand gen-values 'Write the configuration that collects the control plane, for Helm, the operator or Argo CD'
            cand lab 'Serve the embedded practice cluster on loopback until interrupted'
            cand completion 'Print the completion script of a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ctlmon;help;detect'= {
        }
        &'ctlmon;help;doctor'= {
        }
        &'ctlmon;help;permissions'= {
        }
        &'ctlmon;help;certs'= {
            cand issue 'Issue a client certificate for etcd, and say first what it opens and what would be safer'
            cand verify 'Say whether etcd takes a client certificate, and if not, why and what to do'
            cand sign 'Sign a request where the CA''s key is'
            cand renew 'Put a new certificate and key in place of old ones, with the same subject and kind of key'
            cand copy 'Print a Secret as a manifest for another namespace'
            cand inspect 'Say what certificates are, who signed them, how long they last, and what is wrong with them'
        }
        &'ctlmon;help;certs;issue'= {
        }
        &'ctlmon;help;certs;verify'= {
        }
        &'ctlmon;help;certs;sign'= {
        }
        &'ctlmon;help;certs;renew'= {
        }
        &'ctlmon;help;certs;copy'= {
        }
        &'ctlmon;help;certs;inspect'= {
        }
        &'ctlmon;help;explain'= {
        }
        &'ctlmon;help;gen-values'= {
        }
        &'ctlmon;help;lab'= {
        }
        &'ctlmon;help;completion'= {
        }
        &'ctlmon;help;help'= {
        }
    ]
    $completions[$command]
}
