//! What the command line prints, in one place: `println!`, `print!` and `eprintln!` here stand in for the standard ones,
//! everywhere in this crate.
//!
//! The standard ones panic where nobody reads any more, as in `handdruk inbox list | head -1`. These end the program
//! quietly, as a program that was killed by SIGPIPE would end. (Resetting the signal itself would kill a node at the first
//! broken connection.)

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// The exit status that a shell shows for a program that was ended by SIGPIPE.
const NOBODY_READS: i32 = 128 + 13;

macro_rules! println {
    () => { $crate::out::standard(format_args!("\n")) };
    ($($said:tt)*) => { $crate::out::standard(format_args!("{}\n", format_args!($($said)*))) };
}

macro_rules! print {
    ($($said:tt)*) => { $crate::out::standard(format_args!($($said)*)) };
}

macro_rules! eprintln {
    ($($said:tt)*) => { $crate::out::error(format_args!("{}\n", format_args!($($said)*))) };
}

/// To standard output.
pub(crate) fn standard(said: Arguments<'_>) {
    if let Err(error) = std::io::stdout().lock().write_fmt(said) {
        if error.kind() != ErrorKind::BrokenPipe {
            self::error(format_args!(
                "handdruk: standard output cannot be written: {error}\n"
            ));
        }
        std::process::exit(NOBODY_READS);
    }
}

/// To standard error. Where nobody reads that either, there is nobody to tell.
pub(crate) fn error(said: Arguments<'_>) {
    let _ = std::io::stderr().lock().write_fmt(said);
}
