//! Changes: tells that a file of the workspace became another one, by whomever.
//!
//! While somebody waits, the operating system tells of changes, and nothing is done until it does. On network drives and
//! shared folders it often tells nothing; so files are looked at now and then all the same.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use touchstone_protocol::{ChangesView, RpcError};
use touchstone_spec::{Document, Source};

use crate::{
    config::CONFIG_FILE,
    file::{blocking, hash},
    seat::Seats,
    workspace::{DOCUMENT_LIMIT, MACHINE_MADE, PIPELINES, document_files},
};

/// Folder of the workspace in which samples are.
const SAMPLES: &str = "samples";
/// Sample files that are listed at most.
const LISTED: usize = 500;
/// How often files are looked at although nothing was told, and whether other studios came or went, which is never told.
const NOW_AND_THEN: Duration = Duration::from_secs(3);
/// How often files are looked at where the operating system refuses to tell.
const UNTOLD: Duration = Duration::from_millis(500);
/// Who writes a file does so in several steps, each of which is told.
const CALM: Duration = Duration::from_millis(50);
/// A file written so recently may be written again without another time or length: only its bytes tell.
pub(crate) const SETTLED: Duration = Duration::from_secs(3);

/// What is known of a file: its time and length, and the hash of its bytes then.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
    hash: String,
    /// Sample files that the document names.
    samples: Vec<String>,
}

/// The files of a workspace when they were last looked at, by path.
#[derive(Debug, Default)]
struct Files(Vec<Known>);

impl Files {
    fn look(self, root: &Path) -> Result<Self, RpcError> {
        let mut paths = document_files(root)?;
        paths.push(root.join(CONFIG_FILE));
        paths.sort();
        let now = SystemTime::now();
        Ok(Self(paths.into_iter().filter_map(|path| self.look_at(path, now)).collect()))
    }

    fn look_at(&self, path: PathBuf, now: SystemTime) -> Option<Known> {
        let metadata = std::fs::metadata(&path).ok()?;
        let (modified, length) = (metadata.modified().ok(), metadata.len());
        let age = modified.and_then(|modified| now.duration_since(modified).ok());
        let known = self.0.binary_search_by(|known| known.path.cmp(&path)).ok().and_then(|at| self.0.get(at));
        let same = known
            .filter(|known| known.modified == modified && known.length == length)
            .filter(|_| age.is_some_and(|age| age > SETTLED));
        let (hash, samples) = match same {
            Some(known) => (known.hash.clone(), known.samples.clone()),
            None => match std::fs::read(&path) {
                Ok(bytes) => (hash(&bytes), named_samples(&bytes)),
                // What can't be read is told apart from what can, and changes when it can be read again.
                Err(_) => ("unreadable".to_owned(), Vec::new()),
            },
        };
        Some(Known { path, modified, length, hash, samples })
    }

    fn view(&self, root: &Path, others: usize) -> ChangesView {
        let mut files: Vec<(String, String)> = self
            .0
            .iter()
            .map(|known| {
                let file = known.path.strip_prefix(root).unwrap_or(&known.path);
                (file.to_string_lossy().replace('\\', "/"), known.hash.clone())
            })
            .collect();
        files.sort();
        let named = self.0.iter().flat_map(|known| &known.samples);
        let missing: BTreeSet<String> = named.filter(|sample| !root.join(sample).exists()).cloned().collect();
        let mut view = ChangesView {
            revision: 0,
            files,
            others,
            samples: sample_files(root),
            missing: missing.into_iter().collect(),
        };
        view.revision = revision(&view);
        view
    }
}

/// The sample files that a document names; none of a text that is no document.
fn named_samples(bytes: &[u8]) -> Vec<String> {
    if bytes.len() as u64 > DOCUMENT_LIMIT {
        return Vec::new();
    }
    let pipeline =
        Document::read("", String::from_utf8_lossy(bytes).into_owned()).pipeline.unwrap_or_default();
    pipeline.sources.into_values().filter_map(|Source::File(file)| file.sample).collect()
}

/// The files in the folder of the samples, by their paths in the workspace. None where there is no such folder.
fn sample_files(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root.join(SAMPLES)).into_iter().flatten().flatten();
    let is_shown = |name: &String| !name.starts_with('.');
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(is_shown);
    let mut paths: Vec<String> = names.map(|name| format!("{SAMPLES}/{name}")).collect();
    paths.sort();
    paths.truncate(LISTED);
    paths
}

/// A number that is another one when the files are others, or who has them open; 0 is none.
fn revision(view: &ChangesView) -> u64 {
    let text: Vec<String> = view.files.iter().map(|(file, hash)| format!("{file}\0{hash}\0")).collect();
    let samples = [view.samples.join("\0"), view.missing.join("\0")].join("\0\0");
    let digest = hash(format!("{}{}\0{samples}", text.concat(), view.others).as_bytes());
    // 53 bits: pages written in JavaScript carry it unharmed.
    u64::from_str_radix(digest.get(..13).unwrap_or_default(), 16).unwrap_or_default().max(1)
}

/// What the operating system tells of the folders of a workspace, for as long as this is kept.
struct Watch {
    told: Arc<Notify>,
    /// None where it refuses.
    watcher: Option<RecommendedWatcher>,
}

impl Watch {
    fn start(root: &Path) -> Self {
        let told = Arc::new(Notify::new());
        let tell = Arc::clone(&told);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // An error may stand for changes that got lost.
            if event.is_ok_and(|event| is_read(event.kind)) {
                return;
            }
            tell.notify_one();
        });
        let started = watcher.and_then(|mut watcher| {
            watcher.watch(root, RecursiveMode::NonRecursive)?;
            for folder in [root.join(PIPELINES), root.join(SAMPLES)] {
                if folder.is_dir() {
                    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
                }
            }
            Ok(watcher)
        });
        Self { told, watcher: started.ok() }
    }

    /// Until something is told, or it is time to look.
    async fn next(&self, until: Instant) {
        let interval = if self.watcher.is_some() { NOW_AND_THEN } else { UNTOLD };
        let interval = interval.min(until.saturating_duration_since(Instant::now()));
        if tokio::time::timeout(interval, self.told.notified()).await.is_ok() {
            tokio::time::sleep(CALM).await;
        }
    }
}

/// Looking at files is told too, and is no change.
fn is_read(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}

/// Answers as soon as the files of the workspace in `root` have another revision than `known`, or as many other studios
/// have it open, or after `patience`. `page` is who waits.
///
/// # Errors
/// When the folder of the documents can't be listed.
pub(crate) async fn wait(
    root: PathBuf,
    seats: Arc<Seats>,
    (page, known): (u64, u64),
    patience: Duration,
) -> Result<ChangesView, RpcError> {
    let until = Instant::now() + patience;
    let there = Arc::clone(&seats);
    let waiting = there.wait(page);
    let mut files = Files::default();
    let folder = root.clone();
    // Before the files are looked at: nothing gets lost in between.
    let watch = blocking(move || Ok(Watch::start(&folder))).await?;
    loop {
        let (folder, seats) = (root.clone(), Arc::clone(&seats));
        let (looked, view) = blocking(move || {
            let looked = files.look(&folder)?;
            let view = looked.view(&folder, seats.others(&folder.join(MACHINE_MADE), page));
            Ok((looked, view))
        })
        .await?;
        if view.revision != known || Instant::now() >= until {
            waiting.answered();
            return Ok(view);
        }
        files = looked;
        watch.next(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_is_told_and_quiet_is_too() {
        let folder = tempfile::tempdir().unwrap();
        let pipelines = folder.path().join("pipelines");
        std::fs::create_dir(&pipelines).unwrap();
        std::fs::write(folder.path().join(CONFIG_FILE), "name = \"x\"\n").unwrap();
        std::fs::write(pipelines.join("a.yaml"), "pipeline: a\n").unwrap();
        let root = folder.path().to_path_buf();
        let first = wait(root.clone(), Arc::default(), (0, 0), Duration::from_secs(30)).await.unwrap();
        let names: Vec<&str> = first.files.iter().map(|(file, _)| file.as_str()).collect();
        assert_eq!(names, ["pipelines/a.yaml", "touchstone.toml"]);

        let quiet = wait(root.clone(), Arc::default(), (0, first.revision), Duration::ZERO).await.unwrap();
        assert_eq!(quiet, first);

        let waiting =
            tokio::spawn(wait(root.clone(), Arc::default(), (0, first.revision), Duration::from_secs(30)));
        // The same length and perhaps the same time: only the bytes are others.
        std::fs::write(pipelines.join("a.yaml"), "pipeline: b\n").unwrap();
        let second = waiting.await.unwrap().unwrap();
        assert_ne!(second.revision, first.revision);
        assert_eq!(second.files[1], first.files[1], "the other file is the same");

        std::fs::remove_file(pipelines.join("a.yaml")).unwrap();
        let third = wait(root, Arc::default(), (0, second.revision), Duration::from_secs(30)).await.unwrap();
        assert_eq!(third.files.len(), 1);
    }

    #[tokio::test]
    async fn a_sample_that_goes_is_told_of_and_one_that_comes_too() {
        let folder = tempfile::tempdir().unwrap();
        let (pipelines, samples) = (folder.path().join("pipelines"), folder.path().join("samples"));
        std::fs::create_dir(&pipelines).unwrap();
        std::fs::create_dir(&samples).unwrap();
        std::fs::write(folder.path().join(CONFIG_FILE), "name = \"x\"\n").unwrap();
        let text = "pipeline: a\nsources:\n  a: { kind: file, format: { csv: {} }, sample: samples/a.csv, contract: [] }\n";
        std::fs::write(pipelines.join("a.yaml"), text).unwrap();
        std::fs::write(samples.join("a.csv"), "id\n1\n").unwrap();
        std::fs::write(samples.join("b.csv"), "id\n1\n").unwrap();
        let root = folder.path().to_path_buf();
        let long = Duration::from_secs(30);
        let first = wait(root.clone(), Arc::default(), (0, 0), long).await.unwrap();
        assert_eq!(first.samples, ["samples/a.csv", "samples/b.csv"]);
        assert_eq!(first.missing, Vec::<String>::new());

        std::fs::remove_file(samples.join("a.csv")).unwrap();
        let second = wait(root.clone(), Arc::default(), (0, first.revision), long).await.unwrap();
        assert_eq!((second.missing, second.files == first.files), (vec!["samples/a.csv".to_owned()], true));
        assert_eq!(second.samples, ["samples/b.csv"]);

        std::fs::write(samples.join("a.csv"), "id\n2\n").unwrap();
        let third = wait(root, Arc::default(), (0, second.revision), long).await.unwrap();
        assert_eq!((third.missing, third.revision), (Vec::new(), first.revision));
    }

    #[tokio::test]
    async fn another_studio_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pipelines")).unwrap();
        std::fs::write(folder.path().join(CONFIG_FILE), "name = \"x\"\n").unwrap();
        let root = folder.path().to_path_buf();
        let alone = wait(root.clone(), Arc::default(), (0, 0), Duration::from_secs(30)).await.unwrap();
        assert_eq!(alone.others, 0);
        let waiting =
            tokio::spawn(wait(root.clone(), Arc::default(), (0, alone.revision), Duration::from_secs(30)));
        let other = Seats::default();
        other.load(&root.join(MACHINE_MADE), 0).unwrap();
        assert_eq!(waiting.await.unwrap().unwrap().others, 1);
    }

    #[test]
    fn a_file_that_settled_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, "one").unwrap();
        let later = SystemTime::now() + Duration::from_mins(1);
        let known = Files::default().look_at(path.clone(), later).unwrap();
        let known = Known { hash: "remembered".to_owned(), ..known };
        let files = Files(vec![known.clone()]);
        assert_eq!(files.look_at(path.clone(), later).unwrap(), known);
        assert_ne!(files.look_at(path, SystemTime::now()).unwrap(), known);
    }
}
