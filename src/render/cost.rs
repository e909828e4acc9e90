//! What a run cost, in words: the waves, their requests and bytes. It measures nothing.

use super::text::count;
use crate::model::snapshot::Wave;

/// One line for each wave and one for all together; `connections` are those to endpoints.
#[must_use]
pub fn lines(waves: &[Wave], connections: u32) -> Vec<String> {
    let spelled = |wave: &Wave| {
        [
            count(wave.questions as usize, "question", "questions"),
            count(wave.requests as usize, "API request", "API requests"),
            count(wave.round_trips as usize, "round trip", "round trips"),
            format!("{} bytes", wave.bytes),
        ]
        .join(", ")
    };
    let total = waves.iter().fold(Wave::default(), |sum, wave| Wave {
        questions: sum.questions + wave.questions,
        requests: sum.requests + wave.requests,
        round_trips: sum.round_trips + wave.round_trips,
        bytes: sum.bytes + wave.bytes,
    });
    let each = waves.iter().enumerate().map(|(at, wave)| format!("wave {}: {}", at + 1, spelled(wave)));
    let connections = count(connections as usize, "connection", "connections");
    each.chain([format!("in all: {}, {connections} opened to endpoints", spelled(&total))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_what_the_waves_cost() {
        let wave = |questions, requests, round_trips, bytes| Wave { questions, requests, round_trips, bytes };
        assert_eq!(
            lines(&[wave(18, 18, 1, 48_405), wave(1, 1, 2, 7)], 1),
            [
                "wave 1: 18 questions, 18 API requests, 1 round trip, 48405 bytes",
                "wave 2: 1 question, 1 API request, 2 round trips, 7 bytes",
                "in all: 19 questions, 19 API requests, 3 round trips, 48412 bytes, 1 connection opened to endpoints",
            ]
        );
    }
}
