//! The `handdruk` binary. Everything is in the library, so that tests run the very same code.

fn main() -> std::process::ExitCode {
    handdruk_cli::main()
}
