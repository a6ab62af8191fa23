//! DynamoDB Local for tests: started on first use, ended with the last test that uses it.

use std::env;
use std::error::Error;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::sleep;
use std::time::{Duration, Instant};

const FOLDER: &str = "TOUCHSTONE_DYNAMODB_LOCAL";
const LONGEST_START: Duration = Duration::from_mins(1);

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The running server; it ends when this is dropped, also when a test panics.
pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("DynamoDB Local (process {}) could not be ended: {error}", self.process.id());
        }
    }
}

impl Server {
    /// The server that other tests use right now, or a new one.
    pub(crate) fn shared() -> Outcome<Arc<Self>> {
        static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = running.upgrade() {
            return Ok(server);
        }
        let server = Arc::new(Self::start()?);
        *running = Arc::downgrade(&server);
        Ok(server)
    }

    fn start() -> Outcome<Self> {
        let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
            return Err(format!(
                "{FOLDER} does not name the folder of DynamoDBLocal.jar: run `cargo xtask test`, which sets it up"
            )
            .into());
        };
        let jar = folder.join("DynamoDBLocal.jar");
        if !jar.is_file() {
            let jar = jar.display();
            return Err(format!("there is no {jar}: run `cargo xtask test`, which sets it up").into());
        }
        let port = free_port()?;
        let process = Command::new("java")
            .arg(format!("-Djava.library.path={}", folder.join("DynamoDBLocal_lib").display()))
            .arg("-jar")
            .arg(jar)
            .args(["-inMemory", "-disableTelemetry", "-port"])
            .arg(port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("java could not be started: {error}; run `cargo xtask test`, which sets it up")
            })?;
        let mut server = Self { process, port };
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = server.process.try_wait()? {
                return Err(
                    format!("DynamoDB Local ended at once ({status}); it needs Java 17 or newer").into()
                );
            }
            if began.elapsed() > LONGEST_START {
                return Err("DynamoDB Local did not come up within a minute".into());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

/// A port nobody listens on.
fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
