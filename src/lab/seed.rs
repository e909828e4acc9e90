//! Numbers that look drawn and are not: serial numbers, object ids, keys. Nothing here is secret, because the cluster is for practice.

/// What everything in a practice cluster that would be drawn elsewhere is derived from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed(pub(super) u64);

impl Seed {
    /// Bytes for a purpose: the same for the same seed and purpose, unrelated for others.
    ///
    /// FNV-1a spreads the purpose's name over the state, splitmix64 makes the bytes.
    pub(super) fn bytes<const N: usize>(self, purpose: &str) -> [u8; N] {
        let mut state = purpose.bytes().fold(0xcbf2_9ce4_8422_2325 ^ self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            chunk.copy_from_slice(&mixed.to_be_bytes()[..chunk.len()]);
        }
        bytes
    }

    /// A positive number of eight bytes, as Go's `rand.Int` over the non-negative 64-bit range gives serial numbers.
    pub(super) fn serial(self, purpose: &str) -> [u8; 8] {
        let mut bytes = self.bytes(purpose);
        bytes[0] = (bytes[0] & 0x7f) | 0x01;
        bytes
    }

    /// A random UUID.
    pub(super) fn uuid(self, purpose: &str) -> String {
        let mut bytes: [u8; 16] = self.bytes(purpose);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let text = hex(&bytes);
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }

    /// Hexadecimal digits, two for each of `N` bytes.
    pub(super) fn hex<const N: usize>(self, purpose: &str) -> String {
        hex(&self.bytes::<N>(purpose))
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xf)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_seeds_keep_apart() {
        let one = Seed(1).uuid("a");
        assert_eq!(one, Seed(1).uuid("a"));
        assert_ne!(one, Seed(1).uuid("b"));
        assert_ne!(one, Seed(2).uuid("a"));
        assert_eq!(one.len(), 36);
        assert!(Seed(1).serial("a")[0] < 0x80);
        assert_eq!(Seed(1).hex::<3>("a").len(), 6);
    }
}
