//! The practice cluster seen from outside: it must answer as a real kubeadm cluster was seen to answer.

mod api;
mod client;
mod components;
mod etcd;
mod forward;
mod life;
mod nodes;
mod proxy;
