//! The TCP sockets of a node that listen, out of the kernel's tables. It opens none.

use super::{
    processes,
    root::{HostRoot, kernel_file, kernel_link, names_in},
};
use crate::model::{answer::Listed, host::HostSocket};
use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// How much of a table is read: 50,000 sockets at 150 bytes.
const MAX_TABLE_BYTES: u64 = 8 * 1024 * 1024;

/// How many sockets are kept.
const MAX_SOCKETS: usize = 2000;

/// The state of a socket that listens.
const LISTENS: &str = "0A";

/// The sockets that listen, sorted by port.
///
/// # Errors
/// Where there are no such tables, or they cannot be read.
pub(super) fn read(host: &HostRoot) -> io::Result<Listed<HostSocket>> {
    // Those of the first process are the node's, also where ctlmon itself runs in a container.
    let first = table(host, "1/net");
    let rows = first.or_else(|_| table(host, "net"))?;
    let owners = owners(host);
    let mut items: Vec<HostSocket> = rows
        .into_iter()
        .map(|(address, port, inode)| HostSocket { port, address, pid: owners.get(&inode).copied() })
        .collect();
    items.sort_unstable();
    items.dedup();
    let complete = items.len() <= MAX_SOCKETS;
    items.truncate(MAX_SOCKETS);
    Ok(Listed { items, complete })
}

type Row = (IpAddr, u16, u64);

fn table(host: &HostRoot, folder: &str) -> io::Result<Vec<Row>> {
    let read = |name: &str| kernel_file(&host.proc().join(folder).join(name), MAX_TABLE_BYTES);
    let mut rows = parsed(&read("tcp")?);
    // A kernel without IPv6 has no second table.
    rows.extend(read("tcp6").map(|text| parsed(&text)).unwrap_or_default());
    Ok(rows)
}

fn parsed(table: &[u8]) -> Vec<Row> {
    String::from_utf8_lossy(table).lines().skip(1).filter_map(row).collect()
}

/// One line: number, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode.
fn row(line: &str) -> Option<Row> {
    let mut columns = line.split_whitespace().skip(1);
    let (address, port) = columns.next()?.split_once(':')?;
    (columns.nth(1)? == LISTENS).then_some(())?;
    let inode = columns.nth(5)?.parse().ok()?;
    Some((address_of(address)?, u16::from_str_radix(port, 16).ok()?, inode))
}

/// The kernel prints each four bytes of an address as a number in the byte order of the machine.
fn address_of(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| u32::from_str_radix(hex.get(at..at + 8)?, 16).ok().map(u32::to_ne_bytes);
    match hex.len() {
        8 => Some(IpAddr::V4(Ipv4Addr::from(word(0)?))),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            Some(IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical())
        }
        _ => None,
    }
}

/// Which known process holds which socket, by inode; empty where that may not be seen.
fn owners(host: &HostRoot) -> BTreeMap<u64, u32> {
    let mut owners = BTreeMap::new();
    for process in processes::read(host).map(|listed| listed.items).unwrap_or_default() {
        let folder = host.proc().join(process.pid.to_string()).join("fd");
        for name in names_in(&folder).map(|(names, _)| names).unwrap_or_default() {
            let link = kernel_link(&folder.join(name)).unwrap_or_default();
            let inode = link.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
            owners.extend(inode.map(|inode: u64| (inode, process.pid)));
        }
    }
    owners
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out the node that is read")]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    #[test]
    fn reads_what_listens_and_whose_it_is() {
        let folder = TempDir::new().unwrap();
        let proc = folder.path().join("proc");
        fs::create_dir_all(proc.join("1/net")).unwrap();
        fs::create_dir_all(proc.join("20/fd")).unwrap();
        fs::write(proc.join("20/cmdline"), "etcd\0").unwrap();
        std::os::unix::fs::symlink("socket:[77]", proc.join("20/fd/3")).unwrap();
        let tail = "00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0";
        let gone = "0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0";
        let tcp = format!(
            "{HEAD}   0: 0100007F:094B {tail} 77 1\n   1: 0100007F:094C {gone} 78 1\n   2: garbage\n"
        );
        fs::write(proc.join("1/net/tcp"), tcp).unwrap();
        let six = "00000000000000000000000000000000";
        let tail = format!("{six}:0000 0A 00000000:00000000 00:00000000 00000000     0        0");
        let tcp6 = format!(
            "{HEAD}   0: {six}:192B {tail} 79 1\n   1: 00000000000000000000000001000000:0050 {tail} 80 1\n"
        );
        fs::write(proc.join("1/net/tcp6"), tcp6).unwrap();
        let seen: Vec<String> = read(&HostRoot::at(folder.path()))
            .unwrap()
            .items
            .iter()
            .map(|it| format!("{} {} {:?}", it.address, it.port, it.pid))
            .collect();
        assert_eq!(seen, ["::1 80 None", "127.0.0.1 2379 Some(20)", ":: 6443 None"]);
    }

    #[test]
    fn sees_a_real_listener_of_this_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let folder = TempDir::new().unwrap();
        std::os::unix::fs::symlink("/proc/self/net", folder.path().join("net")).unwrap();
        let sockets = read(&HostRoot::at("/").with_processes(folder.path())).unwrap();
        assert!(sockets.items.iter().any(|it| it.address == address.ip() && it.port == address.port()));
    }
}
