//! What a test needs and this machine may lack. A test without its subject proves nothing: where everything should be there
//! it fails, elsewhere it says on the terminal that it was skipped, past the harness, which keeps a passing test's words to itself.

use std::io::Write as _;

/// Says that `what` is missing and `how` to mend it. Fails where the environment says `CI`.
pub(crate) fn skipped(what: &str, how: &str) {
    let named = std::thread::current();
    let test = named.name().unwrap_or("a test");
    assert!(std::env::var_os("CI").is_none(), "{what}: {how}");
    let said = writeln!(std::io::stderr(), "\nSKIPPED, NOT PASSED: {test}: {what}: {how}");
    said.expect("a terminal, or what stands in for one");
}
