//! How fast waiting commands are worked off, and so how long whoever is turned away should stay away.

use std::time::Duration;

/// What is assumed before anything was measured.
const AT_FIRST: Duration = Duration::from_millis(1);
/// How much the newest group counts: one part in so many.
const MEMORY: u32 = 16;
/// Coming back sooner only costs a round trip.
const SHORTEST: Duration = Duration::from_millis(50);
/// Staying away for longer would leave a gateway idle that has recovered.
const LONGEST: Duration = Duration::from_secs(10);

/// Time that a command takes of the writer, measured over the latest groups.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    per_command: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            per_command: AT_FIRST,
        }
    }
}

impl Pace {
    /// A group of so many took so long.
    pub(super) fn observe(&mut self, commands: usize, took: Duration) {
        let commands = u32::try_from(commands.max(1)).unwrap_or(u32::MAX);
        self.per_command = (self.per_command * (MEMORY - 1) + took / commands) / MEMORY;
    }

    /// Until so many commands are worked off.
    pub(super) fn until(self, commands: usize) -> Duration {
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        self.per_command.saturating_mul(commands).clamp(SHORTEST, LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_follows_what_groups_took() {
        let mut pace = Pace::default();
        for _ in 0..200 {
            pace.observe(64, Duration::from_millis(16));
        }
        let wait = pace.until(1024);
        assert!(
            (Duration::from_millis(250)..Duration::from_millis(270)).contains(&wait),
            "{wait:?}"
        );
        for _ in 0..200 {
            pace.observe(64, Duration::from_secs(2));
        }
        assert_eq!(pace.until(1024), LONGEST);
        assert_eq!(pace.until(0), SHORTEST);
    }
}
