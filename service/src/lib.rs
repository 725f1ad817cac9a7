//! What every long-running process shares: clock, lifecycle, mutual-TLS gRPC serving, refusals on the wire.
