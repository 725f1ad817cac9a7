//! The wire of Handdruk: handdruk.v1 .proto files, generated code, conversions between wire and domain.
