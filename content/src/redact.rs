//! Debug for types that hold something about a person: the type's name and nothing else. Such a value may end up in a
//! log line or a panic message, and must not speak there. None of these types has a `Display`.

macro_rules! redacted {
    ($($name:ident),+ $(,)?) => {
        $(impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}
pub(crate) use redacted;
