//! The `handdruk` command line: parsing and wiring only. A library, so that tests run the very binary that users run.
