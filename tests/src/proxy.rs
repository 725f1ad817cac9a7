//! A line between two processes that can be cut, slowed down, or swallow everything, while both processes go on.
//!
//! A [`Proxy`] listens on loopback and passes bytes on to one address, unread. What it does with them can be changed at any moment,
//! for the connections that are open as well as for new ones. It runs on a thread of its own, so that it can be used from tests with or
//! without a runtime.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// How many pieces a slow line holds before it stops reading.
const HELD: usize = 1024;

/// How a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Bytes pass.
    Whole,
    /// Bytes pass so much later, in each direction, in order.
    Slow(Duration),
    /// Connections stay open, and new ones are accepted, and nothing passes: as with a firewall that forgot a connection. What was
    /// sent meanwhile passes once the line is whole again, as TCP would send it again.
    Swallowing,
    /// Open connections are closed, and new ones at once: as with a process that died and one that is not there.
    Cut,
    /// Bytes pass until a piece with these (not none) goes by from whoever connected: that ends the connection, and no answer comes.
    /// For a line that is not encrypted.
    Breaking {
        /// What ends it.
        at: &'static [u8],
        /// Whether that piece still arrives.
        arrives: bool,
    },
}

/// See the module. Dropping it closes everything.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    to: watch::Sender<SocketAddr>,
    line: watch::Sender<Line>,
    counts: Arc<Counts>,
    runtime: Option<Runtime>,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicUsize,
    open: AtomicUsize,
    passed: AtomicUsize,
    broken: AtomicUsize,
}

impl Proxy {
    /// A whole line to `to`, on a free port of loopback.
    pub fn to(to: SocketAddr) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("proxy")
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (line, watched) = watch::channel(Line::Whole);
        let (to, leads) = watch::channel(to);
        let counts = Arc::new(Counts::default());
        runtime.spawn(accept(listener, leads, watched, counts.clone()));
        Ok(Self {
            address,
            to,
            line,
            counts,
            runtime: Some(runtime),
        })
    }

    /// Where to connect to instead.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the line, at once.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// Leads new connections to another address. Those that are open stay where they are.
    pub fn lead_to(&self, to: SocketAddr) {
        self.to.send_replace(to);
    }

    /// How many connections were accepted so far.
    pub fn accepted(&self) -> usize {
        self.counts.accepted.load(Ordering::Relaxed)
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.counts.open.load(Ordering::Relaxed)
    }

    /// How many bytes have passed, both ways.
    pub fn passed(&self) -> usize {
        self.counts.passed.load(Ordering::Relaxed)
    }

    /// How many connections ended because of what went by.
    pub fn broken(&self) -> usize {
        self.counts.broken.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Without waiting: it may be dropped inside another runtime.
            runtime.shutdown_background();
        }
    }
}

async fn accept(
    listener: TcpListener,
    to: watch::Receiver<SocketAddr>,
    line: watch::Receiver<Line>,
    counts: Arc<Counts>,
) {
    while let Ok((from, _)) = listener.accept().await {
        counts.accepted.fetch_add(1, Ordering::Relaxed);
        if *line.borrow() == Line::Cut {
            continue;
        }
        let (to, line, counts) = (*to.borrow(), line.clone(), counts.clone());
        #[expect(clippy::disallowed_methods, reason = "ends with the proxy's own runtime")]
        tokio::spawn(async move {
            counts.open.fetch_add(1, Ordering::Relaxed);
            join(from, to, line, &counts).await;
            counts.open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Passes bytes both ways until either side ends or the line is cut.
async fn join(from: TcpStream, to: SocketAddr, mut line: watch::Receiver<Line>, counts: &Counts) {
    let Ok(to) = TcpStream::connect(to).await else {
        return;
    };
    // Small pieces must not wait for larger ones: the delay is ours to make.
    let _ = (from.set_nodelay(true), to.set_nodelay(true));
    let ((from_read, from_write), (to_read, to_write)) = (from.into_split(), to.into_split());
    let there = pass(from_read, to_write, line.clone(), counts, true);
    let back = pass(to_read, from_write, line.clone(), counts, false);
    tokio::select! {
        _ = line.wait_for(|line| *line == Line::Cut) => {}
        () = there => {}
        () = back => {}
    }
}

/// Passes bytes one way until their source ends, and what was read until then.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut line: watch::Receiver<Line>,
    counts: &Counts,
    is_there: bool,
) {
    let (hold, mut on_the_way) = mpsc::channel::<(Instant, Vec<u8>)>(HELD);
    let now = line.clone();
    let reading = async move {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut piece).await {
            let late = match *now.borrow() {
                Line::Slow(late) => late,
                Line::Whole | Line::Swallowing | Line::Cut | Line::Breaking { .. } => Duration::ZERO,
            };
            if hold
                .send((Instant::now() + late, piece[..read].to_vec()))
                .await
                .is_err()
            {
                break;
            }
        }
        drop(hold);
        // Writing ends by itself once everything has passed.
        core::future::pending::<()>().await;
    };
    let writing = async {
        while let Some((at, bytes)) = on_the_way.recv().await {
            sleep_until(at).await;
            let Ok(now) = line
                .wait_for(|line| *line != Line::Swallowing)
                .await
                .map(|now| *now)
            else {
                return;
            };
            let (arrives, breaks) = match now {
                Line::Breaking { at, arrives } if is_there && contains(&bytes, at) => (arrives, true),
                _ => (true, false),
            };
            if arrives && to.write_all(&bytes).await.is_err() {
                return;
            }
            if breaks {
                counts.broken.fetch_add(1, Ordering::Relaxed);
                return;
            }
            counts.passed.fetch_add(bytes.len(), Ordering::Relaxed);
        }
    };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    !what.is_empty() && bytes.windows(what.len()).any(|some| some == what)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};

    use super::*;

    const SOON: Duration = Duration::from_millis(200);

    /// Somebody who says back what is said.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let address = listener.local_addr().expect("bound");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                std::thread::spawn(move || {
                    let mut copy = stream.try_clone().expect("clones");
                    let _ = io::copy(&mut copy, &mut stream);
                });
            }
        });
        address
    }

    fn connected(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect(proxy.address()).expect("connects");
        stream.set_read_timeout(Some(SOON)).expect("sets");
        stream
    }

    fn says(stream: &mut TcpStream, word: &[u8]) -> io::Result<Vec<u8>> {
        stream.write_all(word)?;
        hears(stream, word.len())
    }

    fn hears(stream: &mut TcpStream, length: usize) -> io::Result<Vec<u8>> {
        let mut heard = vec![0; length];
        stream.read_exact(&mut heard)?;
        Ok(heard)
    }

    #[test]
    fn what_is_swallowed_passes_later_and_what_is_cut_never_does() {
        let proxy = Proxy::to(echo()).expect("a proxy");
        let mut stream = connected(&proxy);
        assert_eq!(says(&mut stream, b"one").expect("an echo"), b"one");
        assert_eq!((proxy.passed(), proxy.open(), proxy.accepted()), (6, 1, 1));

        proxy.set(Line::Swallowing);
        let silence = says(&mut stream, b"two").expect_err("silence");
        assert!(
            matches!(
                silence.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
            ),
            "{silence}"
        );
        proxy.set(Line::Whole);
        assert_eq!(hears(&mut stream, 3).expect("it passes after all"), b"two");

        proxy.set(Line::Cut);
        assert!(says(&mut stream, b"three").is_err());
        assert!(
            says(&mut connected(&proxy), b"four").is_err(),
            "nor does a new one live"
        );
        proxy.set(Line::Whole);
        assert_eq!(says(&mut connected(&proxy), b"five").expect("a new one"), b"five");
    }

    #[test]
    fn what_a_line_breaks_at_ends_its_connection_before_an_answer_and_may_have_arrived() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let proxy = Proxy::to(listener.local_addr().expect("bound")).expect("a proxy");
        for arrives in [true, false] {
            proxy.set(Line::Breaking {
                at: b"COMMIT",
                arrives,
            });
            let mut stream = connected(&proxy);
            let (mut server, _) = listener.accept().expect("a connection");
            stream.write_all(b"one").expect("passes");
            assert_eq!(hears(&mut server, 3).expect("it came"), b"one");
            stream.write_all(b"COMMIT;").expect("writes");
            let mut came = Vec::new();
            server.read_to_end(&mut came).expect("ends");
            assert_eq!(came, if arrives { &b"COMMIT;"[..] } else { b"" });
            assert!(hears(&mut stream, 1).is_err(), "no answer comes");
        }
        assert_eq!(proxy.broken(), 2);
    }

    #[test]
    fn new_connections_go_where_the_line_leads_now() {
        let proxy = Proxy::to(echo()).expect("a proxy");
        let mut before = connected(&proxy);
        assert_eq!(says(&mut before, b"one").expect("an echo"), b"one");
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        proxy.lead_to(listener.local_addr().expect("bound"));
        assert_eq!(says(&mut before, b"two").expect("still an echo"), b"two");
        let mut after = connected(&proxy);
        let (mut server, _) = listener.accept().expect("it came here");
        after.write_all(b"three").expect("writes");
        assert_eq!(hears(&mut server, 5).expect("passes"), b"three");
    }

    #[test]
    fn a_slow_line_keeps_the_order_and_loses_nothing_at_the_end() {
        let proxy = Proxy::to(echo()).expect("a proxy");
        let late = Duration::from_millis(50);
        proxy.set(Line::Slow(late));
        let mut stream = connected(&proxy);
        let began = std::time::Instant::now();
        assert_eq!(says(&mut stream, b"slow").expect("an echo"), b"slow");
        assert!(began.elapsed() >= 2 * late, "there and back");
        let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_be_bytes).collect();
        stream.set_read_timeout(None).expect("sets");
        let mut heard = vec![0; long.len()];
        std::thread::scope(|scope| {
            let mut writer = stream.try_clone().expect("clones");
            scope.spawn({
                let long = &long;
                move || writer.write_all(long).expect("writes")
            });
            stream.read_exact(&mut heard).expect("reads");
        });
        assert!(heard == long, "the same bytes in the same order");
        stream.shutdown(Shutdown::Both).expect("closes");
    }
}
