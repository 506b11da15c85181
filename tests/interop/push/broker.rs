//! A mosquitto of its own for a test, by the configuration that `packaging/mosquitto` ships, on a free port.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rampdesk::certificate::{Authority, Validity};
use rampdesk::time::Clock;

/// The password of the user `vtn` of the loopback configuration.
pub const PASSWORD: &str = "a-password-for-this-test";

/// A broker that can be killed and started again. Dropping it ends it.
pub struct Mosquitto {
    configuration: PathBuf,
    child: Option<Child>,
    pub port: u16,
    pub folder: tempfile::TempDir,
}

fn shipped(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/mosquitto");
    fs::read_to_string(folder.join(file)).unwrap()
}

impl Mosquitto {
    /// For one machine, clients without a name.
    pub async fn loopback() -> Self {
        let broker = Self::of("loopback.conf", "listener 1883 127.0.0.1", &["loopback.acl"]);
        let password = broker.folder.path().join("vtn.password");
        let made = Command::new("mosquitto_passwd")
            .args(["-c", "-b"])
            .arg(&password)
            .args(["vtn", PASSWORD])
            .status();
        assert!(made.unwrap().success());
        broker.started().await
    }

    /// With TLS and a certificate for each of these users.
    pub async fn tls(users: &[&str]) -> Self {
        let broker = Self::of("tls.conf", "listener 8883", &["rules.acl"]);
        let validity = Validity::days(Clock::real().now(), 1);
        let authority = Authority::new("Test authority", validity).unwrap();
        let write = |file: String, text: &str| fs::write(broker.folder.path().join(file), text).unwrap();
        write("ca.crt".to_owned(), authority.certificate());
        let server = authority.server(&["localhost", "127.0.0.1"], validity).unwrap();
        write("broker.crt".to_owned(), &server.certificate);
        write("broker.key".to_owned(), server.key.reveal());
        for user in users {
            let issued = authority.client(user, validity).unwrap();
            write(format!("{user}.crt"), &issued.certificate);
            write(format!("{user}.key"), issued.key.reveal());
        }
        broker.started().await
    }

    /// The shipped configuration in a folder of its own, with a free port of loopback in place of its own.
    fn of(configuration: &str, listener: &str, others: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let text = shipped(configuration);
        assert!(text.contains(listener), "{configuration} has no line `{listener}`");
        // Started by root it would give up the right to read this folder.
        let text = text.replace(listener, &format!("user root\nlistener {port} 127.0.0.1"));
        let path = folder.path().join(configuration);
        fs::write(&path, text).unwrap();
        for other in others {
            fs::write(folder.path().join(other), shipped(other)).unwrap();
        }
        Self { configuration: path, child: None, port, folder }
    }

    pub fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    async fn started(mut self) -> Self {
        self.start().await;
        self
    }

    pub async fn start(&mut self) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new("mosquitto")
            .arg("-c")
            .arg(&self.configuration)
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.child = Some(child.unwrap());
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("mosquitto does not listen: {}", self.file("log"));
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
