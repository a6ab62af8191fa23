//! A workspace: a folder of text files, read and compiled as they are now.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use touchstone_compiler::{Compilation, CompiledPipeline, compile};
use touchstone_protocol::{ErrorCode, RpcError};
use touchstone_spec::{Diagnostic, Document, Severity};

use crate::{
    config::{CONFIG_FILE, Config},
    file::{io_error, write_new},
};

/// Folder of the pipeline documents.
pub(crate) const PIPELINES: &str = "pipelines";
/// Folder of what a machine made: registry, warehouse, run reports.
pub(crate) const MACHINE_MADE: &str = ".touchstone";
/// A pipeline document of more bytes is a mistake: somebody put data there.
pub(crate) const DOCUMENT_LIMIT: u64 = 8 * 1024 * 1024;

/// A workspace as its files are now.
#[derive(Debug)]
pub struct Workspace {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// What `touchstone.toml` says.
    pub config: Config,
    /// The pipeline documents, by file name.
    pub documents: Vec<Document>,
    /// What the compiler made of them.
    pub compilation: Compilation,
}

impl Workspace {
    /// Reads and compiles the workspace in `folder`.
    ///
    /// # Errors
    /// When the folder doesn't exist, is no workspace, or can't be read. Errors in documents are no errors here: they
    /// are the compilation's diagnostics.
    pub fn open(folder: &Path) -> Result<Self, RpcError> {
        let root = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let config_file = root.join(CONFIG_FILE);
        let text = std::fs::read_to_string(&config_file).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory if root.is_dir() => RpcError::new(
                ErrorCode::NoWorkspace,
                format!("{} is not a workspace: it has no {CONFIG_FILE}", root.display()),
            )
            .with_help(
                "choose the folder that holds touchstone.toml, or make one with `touchstone init FOLDER`",
            ),
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                RpcError::new(ErrorCode::NoWorkspace, format!("there is no folder {}", root.display()))
                    .with_help("check the path, or make a workspace with `touchstone init FOLDER`")
            }
            _ => io_error(&config_file, &error),
        })?;
        let config = Config::read(&text)?;
        let documents: Vec<Document> =
            document_files(&root)?.iter().map(|path| read_document(&root, path)).collect();
        let compilation = compile(&documents);
        Ok(Self { root, config, documents, compilation })
    }

    /// Whether its files, the same ones as before, still say what they said. False where that can't be known.
    pub(crate) fn is_as_its_files(&self) -> bool {
        let config = std::fs::read_to_string(self.root.join(CONFIG_FILE)).ok();
        config.is_some_and(|text| Config::read(&text).is_ok_and(|config| config == self.config))
            && self.documents.iter().all(|document| {
                document.pipeline.is_some()
                    && read_text(&self.root.join(&document.file)).is_ok_and(|text| text == document.text)
            })
    }

    /// Makes `folder` a workspace: writes `touchstone.toml`, the folders for pipelines and samples, and a `.gitignore`.
    ///
    /// # Errors
    /// When it is one already, or can't be written.
    pub fn init(folder: &Path, name: &str) -> Result<Self, RpcError> {
        let config_file = folder.join(CONFIG_FILE);
        for subfolder in [PIPELINES, "samples"] {
            let path = folder.join(subfolder);
            std::fs::create_dir_all(&path).map_err(|error| io_error(&path, &error))?;
        }
        let text = format!(
            "name = {}\n\n# Metadata is published to `local` (this computer) and to DynamoDB tables named here:\n# [environments.dev]\n# table = \"touchstone-dev\"\n# region = \"eu-west-1\"\n# profile = \"data-dev\"\n",
            toml::Value::String(name.to_owned())
        );
        write_new(&config_file, &text)?;
        write_ignore(folder)?;
        Self::open(folder)
    }

    /// The compiled pipeline of this name.
    ///
    /// # Errors
    /// When there is none, with the nearest name; when it has errors, with the first of them.
    pub fn compiled(&self, name: &str) -> Result<&CompiledPipeline, RpcError> {
        let document = self.document(name)?;
        if let Some(compiled) = self.compilation.pipelines.get(name) {
            return Ok(compiled);
        }
        if let Some(table) = self.compilation.blocked.get(name) {
            return Err(RpcError::new(
                ErrorCode::InvalidSpec,
                format!("`{name}` reads {table}, and the pipeline `{}` has errors", table.pipeline),
            )
            .with_help("mend that pipeline first; `touchstone check` shows its errors"));
        }
        let errors = self.errors_of(&document.file);
        let first = errors.first().map_or_else(String::new, |error| format!("\n{error}"));
        Err(RpcError::new(
            ErrorCode::InvalidSpec,
            format!("{} has {} to mend{first}", document.file, count(errors.len(), "error")),
        )
        .with_help("see all of them with `touchstone check`"))
    }

    /// The document of the pipeline of this name.
    ///
    /// # Errors
    /// When there is none, with the nearest name.
    pub fn document(&self, name: &str) -> Result<&Document, RpcError> {
        self.documents.iter().find(|document| pipeline_name(document) == name).ok_or_else(|| {
            let names = self.documents.iter().map(pipeline_name);
            let help = match touchstone_spec::nearest(name, self.documents.iter().map(pipeline_name)) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None if self.documents.is_empty() => {
                    "make one with `touchstone new NAME --from FILE`".to_owned()
                }
                None => format!("the pipelines are {}", names.collect::<Vec<_>>().join(", ")),
            };
            RpcError::new(
                ErrorCode::NotFound,
                format!("there is no pipeline `{name}` in {}", self.root.display()),
            )
            .with_help(help)
        })
    }

    /// What the compiler found in one file.
    pub fn diagnostics_of(&self, file: &str) -> Vec<Diagnostic> {
        self.compilation.diagnostics.0.iter().filter(|found| found.place.file == file).cloned().collect()
    }

    /// The errors among them.
    pub fn errors_of(&self, file: &str) -> Vec<Diagnostic> {
        let mut found = self.diagnostics_of(file);
        found.retain(|diagnostic| diagnostic.severity == Severity::Error);
        found
    }

    /// Where the local registry is.
    pub fn registry_file(&self) -> PathBuf {
        self.root.join(MACHINE_MADE).join("registry.db")
    }

    /// Where the local warehouse is.
    pub fn warehouse(&self) -> PathBuf {
        self.root.join(MACHINE_MADE).join("warehouse")
    }

    /// What a machine made of it.
    pub fn machine_made(&self) -> PathBuf {
        self.root.join(MACHINE_MADE)
    }

    /// Where the full reports of simulations are.
    pub fn runs(&self) -> PathBuf {
        self.root.join(MACHINE_MADE).join("runs")
    }

    /// Where a pipeline's document stands or will stand.
    pub fn pipeline_file(&self, name: &str) -> PathBuf {
        self.root.join(PIPELINES).join(format!("{name}.yaml"))
    }

    /// `path` as people know it: relative to the workspace where it is inside.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

/// Keeps what a machine made out of git.
pub(crate) fn write_ignore(folder: &Path) -> Result<(), RpcError> {
    let ignore = folder.join(".gitignore");
    if ignore.exists() { Ok(()) } else { write_new(&ignore, &format!("{MACHINE_MADE}/\n")) }
}

/// The name of a document's pipeline; the file's name where the document doesn't say one.
pub fn pipeline_name(document: &Document) -> &str {
    match &document.pipeline {
        Some(pipeline) if !pipeline.pipeline.is_empty() => &pipeline.pipeline,
        _ => Path::new(&document.file).file_stem().and_then(|stem| stem.to_str()).unwrap_or(&document.file),
    }
}

/// The files of the pipeline documents, by name.
///
/// # Errors
/// When their folder can't be listed.
pub(crate) fn document_files(root: &Path) -> Result<Vec<PathBuf>, RpcError> {
    let folder = root.join(PIPELINES);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_error(&folder, &error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| io_error(&folder, &error))?.path();
        // Editors and file managers leave hidden files beside the real ones.
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden && path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A document, or one that says why it can't be read: a broken file must not hold up the others.
fn read_document(root: &Path, path: &Path) -> Document {
    let file = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    match read_text(path) {
        Ok(text) => Document::read(file, text),
        Err((message, help)) => Document::unreadable(file, message, help),
    }
}

/// The text of a document, or why it can't be read and what to do.
pub(crate) fn read_text(path: &Path) -> Result<String, (String, String)> {
    let failed = |error: &std::io::Error| {
        let error = io_error(path, error);
        (error.message, error.help.unwrap_or_default())
    };
    let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
    if metadata.is_dir() {
        return Err((
            "this is a folder, not a pipeline document".to_owned(),
            "give it another name".to_owned(),
        ));
    }
    if metadata.len() > DOCUMENT_LIMIT {
        let message = format!("{} bytes are too many for a pipeline document", metadata.len());
        return Err((message, "move data files to `samples/`".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        (format!("byte {offset} is not UTF-8 text"), "save the file as UTF-8".to_owned())
    })
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_workspace_opens_and_is_not_made_twice() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::init(folder.path(), "Test \"firm\"").unwrap();
        assert_eq!(workspace.config.name, "Test \"firm\"");
        assert!(Workspace::init(folder.path(), "again").unwrap_err().message.contains("exists already"));
    }

    #[test]
    fn a_file_that_is_no_document_does_not_hold_up_the_others() {
        let folder = tempfile::tempdir().unwrap();
        Workspace::init(folder.path(), "x").unwrap();
        let pipelines = folder.path().join(PIPELINES);
        std::fs::write(pipelines.join("good.yaml"), "pipeline: good\n").unwrap();
        std::fs::write(pipelines.join("latin.yaml"), b"pipeline: caf\xe9\n").unwrap();
        std::fs::write(pipelines.join("._good.yaml"), b"\0\x05\x16\x07").unwrap();
        std::fs::create_dir(pipelines.join("folder.yaml")).unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        assert!(workspace.compilation.pipelines.contains_key("good"));
        let found: Vec<String> = workspace
            .compilation
            .diagnostics
            .0
            .iter()
            .map(|found| format!("{}: {}", found.place.file, found.message))
            .collect();
        assert_eq!(
            found,
            [
                "pipelines/folder.yaml: this is a folder, not a pipeline document",
                "pipelines/latin.yaml: byte 13 is not UTF-8 text",
            ]
        );
    }

    #[test]
    fn a_folder_that_is_no_workspace_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = Workspace::open(folder.path()).unwrap_err();
        assert_eq!(error.code, ErrorCode::NoWorkspace);
        assert!(error.help.unwrap().contains("touchstone init"));
        let missing = Workspace::open(&folder.path().join("nowhere")).unwrap_err();
        assert!(missing.message.contains("there is no folder"), "{}", missing.message);
    }
}
