//! `ctlmon certs`, against what judges certificates elsewhere: openssl, a real etcd, and etcdctl, which is Go.

mod api;
mod atomicity;
mod authorities;
mod inspection;
mod issuing;
mod mutation;
mod renewal;
mod secrecy;
mod shell;
mod verification;
