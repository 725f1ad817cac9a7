//! Bodies of calls that have a [`Place`]: a message counts from the moment that it says how long it is, and an answer leaves in
//! pieces, so that the place is kept until its reader has nearly all of it, or has taken nothing for too long.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::time::Instant;
use tonic::Status;
use tonic::body::Body;

use crate::load::{Load, Place, UNREAD};
use crate::serve::MAX_MESSAGE;

/// What is handed to HTTP/2 at a time: it keeps whatever it was given, for as long as the peer does not read.
const PIECE: usize = 4 * 1024;
/// What stands before each message: whether it is compressed, and its length (gRPC over HTTP/2, Length-Prefixed-Message).
const PREFIX: usize = 5;
/// No message that is read is longer: compartments and what comes with them. A longer one is refused by whoever reads it.
const LONGEST: usize = 2 * MAX_MESSAGE;

/// Marks an answer that goes on for as long as its reader likes: it keeps no place, and whoever serves it bounds how many
/// there are. Goes into the response's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Lasting;

/// A request's body whose bytes count.
pub(crate) fn arriving(inner: Body, place: Place) -> Body {
    Body::new(Arriving {
        inner,
        place,
        prefix: Vec::with_capacity(PREFIX),
        counted: 0,
        arrived: 0,
    })
}

struct Arriving {
    inner: Body,
    place: Place,
    prefix: Vec<u8>,
    counted: usize,
    arrived: usize,
}

impl Arriving {
    /// Counts a message as a whole when it begins: one that is refused only when half of it is there was held for nothing.
    fn count(&mut self, bytes: &[u8]) -> Result<(), Status> {
        self.arrived += bytes.len();
        let missing = PREFIX - self.prefix.len();
        self.prefix.extend_from_slice(&bytes[..missing.min(bytes.len())]);
        let announced = match self.prefix[..] {
            [_, a, b, c, d] => {
                PREFIX.saturating_add(usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX))
            }
            _ => return Ok(()),
        };
        let wanted = if announced > LONGEST {
            self.arrived
        } else {
            announced.max(self.arrived)
        };
        if wanted > self.counted {
            self.place.hold(wanted - self.counted)?;
            self.counted = wanted;
        }
        Ok(())
    }
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
            && let Err(busy) = self.count(bytes)
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
    let load = place.load().clone();
    let answer = Arc::new(Answer(Mutex::new(Some(Unsent {
        inner,
        rest: Bytes::new(),
        place,
        moved: Instant::now(),
        is_awaited: false,
    }))));
    let number = load.leaves(answer.clone());
    Body::new(Leaving { answer, number, load })
}

/// An answer on its way out.
#[derive(Debug)]
pub(crate) struct Answer(Mutex<Option<Unsent>>);

#[derive(Debug)]
struct Unsent {
    inner: Body,
    rest: Bytes,
    place: Place,
    /// When its reader last took something.
    moved: Instant,
    /// Whether its reader has all there is, and waits for more.
    is_awaited: bool,
}

impl Answer {
    fn unsent(&self) -> MutexGuard<'_, Option<Unsent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of it if nobody has read of it for too long; whether it did.
    pub(crate) fn let_go(&self, now: Instant) -> bool {
        self.unsent()
            .take_if(|unsent| !unsent.is_awaited && now.saturating_duration_since(unsent.moved) > UNREAD)
            .is_some()
    }
}

impl Unsent {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.moved = Instant::now();
        if self.rest.is_empty() {
            let polled = Pin::new(&mut self.inner).poll_frame(cx);
            self.is_awaited = polled.is_pending();
            match polled {
                Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                    self.rest = frame.into_data().unwrap_or_default();
                    self.place.note(self.rest.len());
                }
                other => return other,
            }
        }
        let piece = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }
}

struct Leaving {
    answer: Arc<Answer>,
    number: u64,
    load: Arc<Load>,
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match &mut *self.answer.unsent() {
            Some(unsent) => unsent.poll_piece(cx),
            None => Poll::Ready(Some(Err(Status::deadline_exceeded(
                "the answer was not read in time",
            )))),
        }
    }

    fn is_end_stream(&self) -> bool {
        let unsent = self.answer.unsent();
        unsent
            .as_ref()
            .is_some_and(|unsent| unsent.rest.is_empty() && unsent.inner.is_end_stream())
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.load.left(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body_util::{BodyExt as _, Full, StreamBody};
    use prometheus_client::registry::Registry;

    use super::*;
    use crate::edge::RpcMetrics;
    use crate::load::Caller;
    use crate::refusal::Failure;
    use crate::serve::Limits;

    fn load(call_megabytes: usize) -> Arc<Load> {
        let limits = Limits {
            call_megabytes,
            ..Limits::default()
        };
        Arc::new(Load::new(
            &limits,
            RpcMetrics::register(&mut Registry::default()).load,
        ))
    }

    fn place(load: &Arc<Load>) -> Place {
        load.enter(Caller::of(None)).expect("free")
    }

    /// A message of `announced` bytes, of which these arrive, in frames of this size.
    fn message(announced: u32, bytes: usize, frames: usize) -> Body {
        let mut all = vec![0];
        all.extend(announced.to_be_bytes());
        all.resize(PREFIX + bytes, 7);
        let frames: Vec<_> = all
            .chunks(frames)
            .map(|part| Ok::<_, Status>(Frame::data(Bytes::copy_from_slice(part))))
            .collect();
        Body::new(StreamBody::new(tokio_stream::iter(frames)))
    }

    #[tokio::test]
    async fn a_message_counts_as_a_whole_when_it_begins_and_is_refused_before_it_is_held() {
        let load = load(1);
        let (first, second) = (place(&load), place(&load));
        let mut large = arriving(message(900_000, 900_000, 3), first);
        // The prefix comes in two frames.
        for _ in 0..2 {
            large.frame().await.expect("a frame").expect("fits");
        }
        assert_eq!(load.bytes_held(), PREFIX + 900_000);
        let refused = arriving(message(900_000, 900_000, 16_384), second)
            .collect()
            .await;
        let refused = refused.expect_err("there is no room for it");
        assert!(matches!(Failure::of(&refused), Failure::Busy { .. }));
        assert_eq!(load.bytes_held(), PREFIX + 900_000, "nothing of it is held");
        large.collect().await.expect("all of it");
        assert_eq!(load.bytes_held(), 0, "and both gave back what they had");
    }

    #[tokio::test]
    async fn a_message_that_lies_about_its_length_counts_what_arrives() {
        for announced in [10, u32::MAX] {
            let load = load(1);
            let mut body = arriving(message(announced, 50_000, 1000), place(&load));
            for _ in 0..20 {
                body.frame().await.expect("a frame").expect("fits");
            }
            assert_eq!(load.bytes_held(), 20_000);
        }
    }

    fn answer(bytes: usize) -> Body {
        Body::new(Full::new(Bytes::from(vec![7; bytes])).map_err(|never| match never {}))
    }

    #[tokio::test]
    async fn an_answer_leaves_whole_in_pieces_and_counts_until_its_end() {
        let load = load(1);
        let mut body = leaving(answer(3 * PIECE + 1), place(&load));
        let mut lengths = Vec::new();
        while let Some(frame) = body.frame().await {
            lengths.push(frame.expect("read in time").into_data().expect("data").len());
            assert_eq!(load.bytes_held(), 3 * PIECE + 1);
        }
        assert_eq!(lengths, [PIECE, PIECE, PIECE, 1]);
        drop(body);
        assert_eq!(load.bytes_held(), 0);
        assert!(load.is_idle());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_reads_gives_its_place_back() {
        let load = load(1);
        let mut unread = leaving(answer(10), place(&load));
        let mut half = leaving(answer(4 * PIECE), place(&load));
        tokio::time::advance(UNREAD / 2).await;
        half.frame().await.expect("a frame").expect("in time");
        tokio::time::advance(UNREAD * 3 / 4).await;
        load.let_go(Instant::now());
        assert_eq!(load.bytes_held(), 4 * PIECE, "one is still read");
        let ended = unread.frame().await.expect("an end").expect_err("too late");
        assert_eq!(ended.code(), tonic::Code::DeadlineExceeded);
        half.frame().await.expect("a frame").expect("in time");
        tokio::time::advance(UNREAD * 2).await;
        load.let_go(Instant::now());
        assert!(load.is_idle());
        poll_fn(|cx| Pin::new(&mut half).poll_frame(cx))
            .await
            .expect("an end")
            .expect_err("too late");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_has_nothing_to_say_is_not_taken_for_one_that_nobody_reads() {
        let load = load(1);
        let (say, said) = tokio::sync::mpsc::channel(1);
        let said = tokio_stream::wrappers::ReceiverStream::new(said);
        let mut stream = leaving(Body::new(StreamBody::new(said)), place(&load));
        assert!(poll_fn(|cx| Poll::Ready(Pin::new(&mut stream).poll_frame(cx).is_pending())).await);
        tokio::time::advance(UNREAD * 10).await;
        load.let_go(Instant::now());
        let event = Frame::data(Bytes::from_static(b"an event"));
        say.send(Ok::<_, Status>(event)).await.expect("somebody listens");
        let frame = stream.frame().await.expect("a frame").expect("in time");
        assert_eq!(frame.into_data().expect("data").as_ref(), b"an event");
        tokio::time::advance(UNREAD * 2).await;
        load.let_go(Instant::now());
        assert!(load.is_idle(), "and now it was not read");
    }
}
