//! What distributions of one family share: signs to be read and ways to reach components. Nothing here is a row of the table.

pub mod kubeadm;
