//! What is said of a panic: where it came about, and nothing of its text, which may hold what was seen. It ends nothing.

use crate::render::{Colour, Console};
use std::panic;

/// Says of every panic from now on that there is a bug, and where.
pub(crate) fn hide_texts() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let console = Console::of_process(Colour::Never, true, 0);
        console.say(&format!(
            "bug: ctlmon failed in itself at {place}; its words are not shown, since they may hold secrets"
        ));
    }));
}
