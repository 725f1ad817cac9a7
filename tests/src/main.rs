//! The `handdruk` binary under test: the same entry point as the one that users run.

fn main() -> std::process::ExitCode {
    handdruk_cli::main()
}
