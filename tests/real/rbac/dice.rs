//! Seeded choices. It knows nothing of what is chosen.

/// A sequence that depends on its seed alone (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % sides as u64).unwrap()
    }

    /// Whether something happens that happens `chances` times in ten.
    pub(super) fn in_ten(&mut self, chances: usize) -> bool {
        self.below(10) < chances
    }

    /// One of several.
    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Between `least` and `most` of several, repetitions among them.
    pub(super) fn some<T: Clone>(&mut self, of: &[T], least: usize, most: usize) -> Vec<T> {
        (0..least + self.below(most - least + 1)).map(|_| self.one(of)).collect()
    }
}
