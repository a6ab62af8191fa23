//! `serve`: the studio in a browser, on this computer alone.

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use tempfile::NamedTempFile;
use touchstone_keychain::SystemKeychain;
use touchstone_serve::{Door, DoorError, DoorOptions};
use touchstone_studio::{
    ErrorCode, PersonFolders, RequestLog, RpcError, Studio, StudioOptions, dispatch,
    protocol::{Call as _, OpenWorkspace},
};

use super::nearest;
use crate::{Outcome, arguments::ServeOptions, output};

/// Shows the studio until it is told to stop.
pub(crate) async fn serve(folder: Option<PathBuf>, options: ServeOptions) -> Outcome {
    let own = StudioOptions { folders: PersonFolders::find(), has_dialogs: false };
    let studio = Studio::start_with(own, Arc::new(SystemKeychain));
    if let Some(folder) = folder.or_else(nearest) {
        let path = folder.to_string_lossy().into_owned();
        dispatch(&*studio, OpenWorkspace { path }.into_request()).await?;
    }
    let first = Arc::new(std::sync::OnceLock::new());
    let announce = {
        let first = Arc::clone(&first);
        move |link: &str| {
            output::note(match first.set(link.to_owned()) {
                Ok(()) => "The studio, for a browser on this computer. The link works once; Ctrl+C ends it.",
                Err(_) => "The link was used. The next one, for another browser:",
            });
            output::line(link);
        }
    };
    let door = Door::open(
        Arc::clone(&studio),
        DoorOptions {
            address: options.address,
            port: options.port,
            announce: Box::new(announce),
            log: RequestLog::from_environment(),
        },
    )
    .await
    .map_err(|error| refused(&error))?;
    // Removed when this ends.
    let _way = match first.get().filter(|_| options.open) {
        Some(link) => open_browser(link),
        None => None,
    };
    let ended = door.serve(told_to_stop()).await;
    studio.stop_jobs();
    ended.map_err(|error| RpcError::new(ErrorCode::Failed, format!("the address was lost: {error}")))?;
    output::note("Ended. What was saved and published stays.");
    Ok(ExitCode::SUCCESS)
}

/// Comes with the first Ctrl+C; the second one ends this at once.
async fn told_to_stop() {
    signal().await;
    output::note("Ending…");
    tokio::spawn(async {
        signal().await;
        std::process::exit(130);
    });
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt() => {}
        () = terminate => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    interrupt().await;
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Then only the system ends this.
        std::future::pending::<()>().await;
    }
}

/// Opens the browser with a file that leads to the link: what stands on a command line, everybody on this computer can
/// read. Gives the file.
fn open_browser(link: &str) -> Option<NamedTempFile> {
    let way = || {
        let mut file = tempfile::Builder::new().prefix("touchstone-").suffix(".html").tempfile()?;
        writeln!(
            file,
            "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url={link}\"><title>Touchstone</title>"
        )?;
        file.flush()?;
        open::that_detached(file.path())?;
        Ok::<_, std::io::Error>(file)
    };
    match way() {
        Ok(file) => {
            output::note("Opening the browser. If it shows nothing, open the link yourself.");
            Some(file)
        }
        Err(error) => {
            output::note(format!("No browser could be opened ({error}): open the link yourself."));
            None
        }
    }
}

fn refused(error: &DoorError) -> RpcError {
    match error {
        DoorError::NotLoopback(address) => RpcError::new(
            ErrorCode::Failed,
            format!("{address} can be reached from other computers, and the studio is for this one alone"),
        )
        .with_help(
            "leave `--address` out; from elsewhere, come through a tunnel: ssh -L 8000:127.0.0.1:PORT HOST",
        ),
        DoorError::Address(address, error) => {
            RpcError::new(ErrorCode::Failed, format!("{address} can't be listened on: {error}"))
                .with_help("leave `--port` out for a port that is free, or name another one")
        }
        DoorError::Random => {
            RpcError::new(ErrorCode::Failed, "this computer gives no random bytes for a link")
        }
    }
}
