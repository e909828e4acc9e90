//! A limit to what is read for one object, so that no input can make ctlmon hold more. It knows nothing of what is read.

use std::{
    cell::Cell,
    io::{self, Read},
};

/// How many bytes one object may have as text. etcd takes no more than 1.5 MiB, and JSON for people is longer.
pub(super) const MAX_OBJECT_BYTES: u64 = 16 << 20;

/// How many bytes were read since an object began.
#[derive(Debug, Default)]
pub(super) struct Meter {
    bytes: Cell<u64>,
}

impl Meter {
    /// Another object begins.
    pub(super) fn begin(&self) {
        self.bytes.set(0);
    }

    /// Whether an object was too large.
    pub(super) fn is_over(&self) -> bool {
        self.bytes.get() > MAX_OBJECT_BYTES
    }
}

/// A reader that fails where an object becomes too large. What is read ahead counts, so the limit is not exact.
pub(super) struct Metered<'a, R> {
    inner: R,
    meter: &'a Meter,
}

impl<'a, R> Metered<'a, R> {
    pub(super) const fn new(inner: R, meter: &'a Meter) -> Self {
        Self { inner, meter }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.is_over() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let read = self.inner.read(buffer)?;
        self.meter.bytes.set(self.meter.bytes.get() + read as u64);
        Ok(read)
    }
}
