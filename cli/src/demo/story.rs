//! How the demo speaks: a heading per story, what happens in plain words, and one line per expectation.

/// The telling, and the count of expectations.
#[derive(Debug, Default)]
pub(super) struct Story {
    passed: u32,
    failed: u32,
}

impl Story {
    /// A new story begins.
    #[expect(clippy::unused_self, reason = "the telling has one voice")]
    pub(super) fn begin(&self, title: &str) {
        println!("\n{title}\n{}", "-".repeat(title.chars().count()));
    }

    /// Something happened.
    #[expect(clippy::unused_self, reason = "the telling has one voice")]
    pub(super) fn tell(&self, what: impl AsRef<str>) {
        for (at, line) in wrap(what.as_ref(), 100).iter().enumerate() {
            println!("{} {line}", if at == 0 { "  *" } else { "   " });
        }
    }

    /// What must hold now, as read back from another process than the one that acted.
    pub(super) fn expect(&mut self, what: &str, holds: bool) {
        if holds {
            self.passed += 1;
            println!("    ok      {what}");
        } else {
            self.failed += 1;
            println!("    FAILED  {what}");
        }
    }

    /// A story that broke off: counts as one failed expectation.
    pub(super) fn broke_off(&mut self, error: &anyhow::Error) {
        self.failed += 1;
        println!("    FAILED  the story broke off: {error:#}");
    }

    /// The verdict; true when every expectation held, and there were some.
    pub(super) fn verdict(&self) -> bool {
        println!("\n{} passed, {} failed", self.passed, self.failed);
        self.failed == 0 && self.passed > 0
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
