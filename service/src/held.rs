//! Bodies of calls that have a [`Place`]: what arrives counts before it is held, and what leaves does so in pieces, so that
//! the place is kept until a slow reader has nearly all of it.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use crate::load::Place;

/// What is handed to HTTP/2 at a time: it would keep whatever it was given, for as long as the peer does not read.
const PIECE: usize = 64 * 1024;

/// Marks an answer that goes on for as long as its reader likes: it keeps no place, and whoever serves it bounds how many
/// there are. Goes into the response's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Lasting;

/// A request's body whose bytes count.
pub(crate) fn arriving(inner: Body, place: Place) -> Body {
    Body::new(Arriving { inner, place })
}

struct Arriving {
    inner: Body,
    place: Place,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
            && let Err(busy) = self.place.hold(bytes.len())
        {
            return Poll::Ready(Some(Err(busy)));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A response's body that keeps its call's place.
pub(crate) fn leaving(inner: Body, place: Place) -> Body {
    Body::new(Leaving {
        inner,
        rest: Bytes::new(),
        _place: place,
    })
}

struct Leaving {
    inner: Body,
    rest: Bytes,
    _place: Place,
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) if frame.data_ref().is_some_and(|data| data.len() > PIECE) => {
                    self.rest = frame.into_data().unwrap_or_default();
                }
                other => return other,
            }
        }
        let piece = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }
}
