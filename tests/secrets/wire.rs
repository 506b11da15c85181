//! What stands between the processes: a recorder, through which each token is known that was given out, a broker that
//! refuses, and a subscriber that answers the challenge and then fails, telling everybody what it was told.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was said, each connection in each direction by itself.
type Heard = Arc<Mutex<Vec<Vec<u8>>>>;

/// Hands every connection on, and keeps what was said on it.
pub struct Recorder {
    pub address: String,
    heard: Heard,
}

impl Recorder {
    pub fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = Heard::default();
        let (keeping, upstream) = (Arc::clone(&heard), upstream.to_owned());
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(&upstream) else { continue };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let mut all = keeping.lock().unwrap();
                    all.push(Vec::new());
                    let (heard, number) = (Arc::clone(&keeping), all.len() - 1);
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || pass(from, to, &heard, number));
                }
            }
        });
        Self { address, heard }
    }

    /// The access tokens that were given out, each once.
    pub fn tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        for said in self.heard.lock().unwrap().iter() {
            let said = String::from_utf8_lossy(said);
            let given = said.split("\"access_token\":\"").skip(1);
            tokens.extend(given.filter_map(|rest| rest.split_once('"')).map(|(token, _)| token.to_owned()));
        }
        tokens.sort();
        tokens.dedup();
        tokens
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, heard: &Heard, number: usize) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        heard.lock().unwrap()[number].extend(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// An MQTT broker that lets nobody in: "bad user name or password" of MQTT 3.1.1.
pub fn refusing_broker() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut asked = [0; 4096];
            let _ = connection.read(&mut asked);
            let _ = connection.write_all(&[0x20, 2, 0, 4]);
        }
    });
    format!("mqtt://{address}")
}

/// Answers the challenge, and every notification by an error that repeats the whole request.
pub fn loud_subscriber() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut asked = vec![0; 64 * 1024];
            let count = connection.read(&mut asked).unwrap_or(0);
            let asked = String::from_utf8_lossy(&asked[..count]).into_owned();
            let line = asked.lines().next().unwrap_or_default();
            let echo =
                line.split_once("echo=").map(|(_, rest)| rest.split([' ', '&']).next().unwrap_or_default());
            let (status, body) = match echo {
                Some(echo) => ("200 OK", echo.to_owned()),
                None => ("500 Internal Server Error", asked),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}/notifications")
}
