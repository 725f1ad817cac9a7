//! A post office on loopback: takes mails over SMTP (RFC 5321) as a school's mail server would, and keeps them in memory to
//! be looked at. For demo and tests.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;

/// A mail as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// For whom, by the envelope.
    pub to: String,
    /// Headers and text, as sent.
    pub text: String,
}

impl Mail {
    /// A header's value, as sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.text
            .lines()
            .take_while(|line| !line.is_empty())
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// What comes after the headers, as sent.
    pub fn body(&self) -> &str {
        self.text.split_once("\n\n").map_or("", |(_, body)| body)
    }
}

#[derive(Debug, Default)]
struct Room {
    mails: Mutex<Vec<Mail>>,
    shut: AtomicBool,
    refuses: AtomicBool,
}

/// A post office. It closes when it is dropped.
#[derive(Debug)]
pub struct PostOffice {
    address: SocketAddr,
    room: Arc<Room>,
}

impl PostOffice {
    /// Opens one on a free port.
    pub fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no free port for the post office")?;
        let address = listener.local_addr()?;
        let room = Arc::new(Room::default());
        let inside = Arc::clone(&room);
        std::thread::spawn(move || {
            for caller in listener.incoming() {
                if inside.shut.load(Ordering::Acquire) {
                    return;
                }
                let room = Arc::clone(&inside);
                if let Ok(caller) = caller {
                    // A caller that breaks off brings nothing; it will call again.
                    std::thread::spawn(move || serve(&room, &caller));
                }
            }
        });
        Ok(Self { address, room })
    }

    /// Where it takes mails.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that came in, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.room
            .mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What came in for one address.
    pub fn mails_for(&self, address: &str) -> Vec<Mail> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to == address);
        mails
    }

    /// Takes no mails for now, as a server whose disk is full; or takes them again.
    pub fn refuse(&self, refuses: bool) {
        self.room.refuses.store(refuses, Ordering::Release);
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.room.shut.store(true, Ordering::Release);
        // Wakes the thread that waits for callers.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(200));
    }
}

/// One caller's conversation, command by command.
fn serve(room: &Room, caller: &TcpStream) -> std::io::Result<()> {
    caller.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut answers = caller.try_clone()?;
    let mut answer = |said: &str| answers.write_all(format!("{said}\r\n").as_bytes());
    let mut lines = BufReader::new(caller).lines();
    let mut to = Vec::new();
    answer("220 post office")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let command = line.to_ascii_uppercase();
        if command.starts_with("EHLO") || command.starts_with("HELO") {
            answer("250 post office")?;
        } else if command.starts_with("MAIL FROM:") && room.refuses.load(Ordering::Acquire) {
            answer("451 come back later")?;
        } else if command.starts_with("RCPT TO:") {
            let address = line.split(['<', '>']).nth(1).unwrap_or_default();
            to.push(address.to_owned());
            answer("250 yes")?;
        } else if command == "DATA" {
            answer("354 go on")?;
            let mut text = String::new();
            for line in lines.by_ref() {
                let line = line?;
                if line == "." {
                    break;
                }
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
            }
            let mut mails = room.mails.lock().unwrap_or_else(PoisonError::into_inner);
            mails.extend(to.drain(..).map(|to| Mail {
                to,
                text: text.clone(),
            }));
            drop(mails);
            answer("250 taken")?;
        } else if command == "QUIT" {
            return answer("221 bye");
        } else {
            // MAIL, RSET, NOOP.
            answer("250 yes")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_brought_is_kept_and_dots_are_not_doubled() {
        let office = PostOffice::open().expect("opens");
        let caller = TcpStream::connect(office.address()).expect("answers");
        let mut said = BufReader::new(caller.try_clone().expect("two ends")).lines();
        let mut say = |command: &str| {
            (&caller).write_all(command.as_bytes()).expect("writes");
            said.next().expect("an answer").expect("text")
        };
        assert_eq!(say("EHLO here\r\n"), "220 post office");
        for command in [
            "MAIL FROM:<a@b.example>\r\n",
            "RCPT TO:<c@d.example>\r\n",
            "DATA\r\n",
        ] {
            say(command);
        }
        assert_eq!(say("Subject: x\r\n\r\nhello\r\n..dot\r\n.\r\n"), "354 go on");
        assert_eq!(say("QUIT\r\n"), "250 taken");
        let mails = office.mails_for("c@d.example");
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].header("Subject"), Some("x"));
        assert_eq!(mails[0].body(), "hello\n.dot\n");
        assert!(office.mails_for("a@b.example").is_empty());
    }
}
