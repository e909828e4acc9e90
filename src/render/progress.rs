//! How far a run is, on stderr and only on a terminal; silent when piped and with -v, whose lines it would tear.

use super::console::Console;
use crate::model::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// What is over before this is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// A bar that counts the questions of a wave.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar for this console, which may be one that draws nothing.
    #[must_use]
    pub fn new(console: &Console) -> Self {
        Self { bar: bar(console, "{spinner} {msg} {pos}/{len}") }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A line that stands while nothing is asked, until it is dropped.
#[derive(Debug)]
pub struct Pause {
    bar: ProgressBar,
}

impl Pause {
    /// The line on this console, which may be one that draws nothing.
    #[must_use]
    pub fn new(console: &Console, line: String) -> Self {
        let bar = bar(console, "{spinner} {msg}");
        bar.set_message(line);
        bar.enable_steady_tick(PATIENCE);
        Self { bar }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn bar(console: &Console, template: &str) -> ProgressBar {
    let is_shown = console.is_interactive && console.verbosity == 0;
    let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

impl Progress for Bar {
    fn wave(&self, number: usize, questions: usize) {
        self.bar.set_length(questions as u64);
        self.bar.set_position(0);
        self.bar.set_message(format!("wave {number}"));
        self.bar.enable_steady_tick(PATIENCE);
    }

    fn answered(&self) {
        self.bar.inc(1);
    }
}
