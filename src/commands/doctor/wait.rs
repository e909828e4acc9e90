//! `--wait`: looks again until all is well, or until the time for that is over. It judges nothing itself.

use super::Seen;
use crate::{
    commands::limits,
    error::CommandError,
    model::snapshot::CutShort,
    render::{Console, progress::Pause},
};
use clap::Args;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// The pause after the first look; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause: components take up to half a minute to notice a new right, and asking more often shows nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub(super) struct WaitArgs {
    /// Look again until the exit code would be 0, for at most so long, then report what was seen last
    ///
    /// No look begins after that time, and one that has begun is not cut short by it: --timeout limits each.
    #[arg(
        long, value_name = "DURATION", num_args = 0..=1, default_missing_value = "5m",
        value_parser = limits::duration, conflicts_with_all = ["from", "all_contexts"]
    )]
    wait: Option<Duration>,
}

/// What one look came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is nothing to wait for.
    Well,
    /// Why there is, in a few words.
    Unwell(String),
}

impl WaitArgs {
    /// Whether there is more than one look to be had.
    pub(super) const fn is_wanted(&self) -> bool {
        self.wait.is_some()
    }

    /// Looks once, or again and again, and hands back what was seen last.
    ///
    /// Who interrupts gets the last whole look, if there is one: what a new one has barely begun to see tells less.
    pub(super) async fn look(
        &self,
        console: &Console,
        look: impl AsyncFn() -> Result<Seen, CommandError>,
        standing: impl Fn(&Seen) -> Standing,
    ) -> Result<Seen, CommandError> {
        let Some(time) = self.wait else { return look().await };
        // From here on an interruption is noticed, whatever is under way.
        let mut interrupts = signal(SignalKind::interrupt())
            .map_err(|error| CommandError::system("cannot wait for signals", &error))?;
        let deadline = tokio::time::sleep(time);
        tokio::pin!(deadline);
        let mut is_over = false;
        let mut last: Option<Seen> = None;
        let (mut number, mut pause) = (1_u32, FIRST_PAUSE);
        loop {
            let seen = look().await?;
            if seen.snapshot.cut_short == Some(CutShort::Interrupted) {
                return Ok(last.map_or(seen, interrupted));
            }
            let Standing::Unwell(why) = standing(&seen) else {
                console.say_at(1, &format!("look {number}: all is well"));
                return Ok(seen);
            };
            if is_over || futures::poll!(deadline.as_mut()).is_ready() {
                console.say_at(1, &format!("look {number}: {why}; the time to wait is over"));
                return Ok(seen);
            }
            let line = format!("look {number}: {why}; the next one follows in {} s", pause.as_secs());
            console.say_at(1, &line);
            let shown = Pause::new(console, line);
            tokio::select! {
                biased;
                _ = interrupts.recv() => return Ok(interrupted(seen)),
                // The last look is had when the time is over, and not a pause before.
                () = &mut deadline => is_over = true,
                () = tokio::time::sleep(pause) => {}
            }
            drop(shown);
            last = Some(seen);
            (number, pause) = (number.saturating_add(1), (pause * 2).min(LONGEST_PAUSE));
        }
    }
}

/// What was seen before somebody had enough of waiting: the report says that the run was interrupted.
fn interrupted(mut seen: Seen) -> Seen {
    seen.snapshot.cut_short = Some(CutShort::Interrupted);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::snapshot::{Snapshot, Wanted};
    use jiff::Timestamp;
    use std::cell::Cell;

    /// Waits for so long for the second of these looks to be well, each of which takes so long; how many there were.
    fn looks(wait: Option<Duration>, takes: Duration, well_at: u32) -> u32 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let had = Cell::new(0);
        let look = async || {
            tokio::time::sleep(takes).await;
            had.set(had.get() + 1);
            Ok(Seen::elsewhere(Snapshot::empty(Timestamp::UNIX_EPOCH, Wanted::default())))
        };
        let standing = |_: &Seen| {
            if had.get() >= well_at { Standing::Well } else { Standing::Unwell("1 error".to_owned()) }
        };
        let waiting = WaitArgs { wait };
        runtime.block_on(waiting.look(&Console::plain(80), look, standing)).unwrap();
        had.get()
    }

    const MOMENT: Duration = Duration::from_millis(1);

    #[test]
    fn looks_once_where_nobody_waits_or_all_is_well() {
        assert_eq!(looks(None, MOMENT, 2), 1);
        assert_eq!(looks(Some(Duration::from_secs(60)), MOMENT, 1), 1);
    }

    #[test]
    fn looks_again_until_all_is_well() {
        assert_eq!(looks(Some(Duration::from_secs(60)), MOMENT, 2), 2);
    }

    #[test]
    fn looks_for_the_last_time_when_the_time_is_over() {
        assert_eq!(looks(Some(Duration::from_millis(500)), MOMENT, 99), 2, "and not after the whole pause");
        assert_eq!(looks(Some(MOMENT), Duration::from_millis(50), 99), 1, "what took longer was the last");
    }
}
