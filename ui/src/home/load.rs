//! The start page asked for; workspaces opened and made; files looked at, read as a whole, made into pipelines.

use std::collections::BTreeMap;

use touchstone_protocol::{
    CancelJob, DataQuery, DataRef, DocumentView, ErrorCode, ForgetWorkspace, Home, JobResult, JobState,
    JobStatus, JobView, NewWorkspace, OpenFile, OpenSampleWorkspace, OpenWorkspace, PickFiles, RpcError,
    StartProfile,
};
use touchstone_spec::{Document, apply, edits, snake_case};

use super::{Command, Naming};
use crate::App;
use crate::command::Place;
use crate::remote::Ticket;
use crate::state::Job;

impl App {
    pub(crate) fn apply_home(&mut self, command: Command) {
        match command {
            Command::NeedHome => self.fetch(Home {}, |state| Some(&mut state.home.view)),
            Command::OpenRecent(path) => self.open_by(OpenWorkspace { path }),
            Command::OpenSample => self.open_by(OpenSampleWorkspace {}),
            Command::Forget(path) => {
                self.fetch(ForgetWorkspace { path }, |state| Some(&mut state.home.view));
            }
            Command::New => {
                let has_dialogs = self.state.home.view.value().is_some_and(|view| view.has_dialogs);
                if has_dialogs {
                    self.make_workspace(None);
                    return;
                }
                // Who makes a pipeline types the path where they are asked for a workspace.
                if self.state.home.naming.is_none() {
                    self.go(Place::Home);
                }
                self.state.home.new_path.get_or_insert_default();
            }
            Command::EditNewPath(path) => self.state.home.new_path = Some(path),
            Command::Create => {
                let path = self.state.home.new_path.clone().map(|path| path.trim().to_owned());
                self.make_workspace(path);
            }
            Command::LeaveNew => self.state.home.new_path = None,
            Command::LookAt if self.state.home.view.value().is_some_and(|view| !view.has_dialogs) => {
                self.state.home.look_path.get_or_insert_default();
            }
            Command::EditLookPath(path) => self.state.home.look_path = Some(path),
            Command::LookAtPath => {
                if let Some(path) = self.state.home.look_path.take() {
                    self.go(Place::File(path.trim().to_owned()));
                }
            }
            Command::LeaveLooking => self.state.home.look_path = None,
            Command::LookAt => self.call(PickFiles {}, |app, result| match result {
                Ok(files) => files.into_iter().for_each(|file| app.go(Place::File(file))),
                // As it turns out, there are no dialogs here.
                Err(error) if error.code == ErrorCode::Unsupported => {
                    app.state.home.look_path.get_or_insert_default();
                }
                Err(error) => app.notice("No file could be chosen", error, None),
            }),
            Command::NeedFile(path) => self.open_file(path),
            Command::ReadWhole(data) => self.read_whole(data),
            Command::StopReading(data) => self.stop_reading(&data),
            Command::NamePipeline(path) => {
                let name = path.rsplit(['/', '\\']).next().unwrap_or(&path);
                let name = snake_case(name.split('.').next().unwrap_or(name));
                self.state.home.naming = Some(Naming { path, name, key: None });
            }
            Command::EditName(name) => {
                if let Some(naming) = &mut self.state.home.naming {
                    naming.name = name;
                }
            }
            Command::ChooseKey(key) => {
                if let Some(naming) = &mut self.state.home.naming {
                    naming.key = (!key.is_empty()).then_some(key);
                }
            }
            Command::MakePipeline => {
                if let Some(naming) = &self.state.home.naming {
                    let (name, path) = (naming.name.trim().to_owned(), naming.path.clone());
                    let key = naming.key.clone();
                    self.start_draft(name, vec![path], key, None);
                }
            }
            Command::StopMaking => self.stop_making(),
            Command::LeaveNaming | Command::WorkOn => self.state.home.naming = None,
        }
    }

    pub(crate) fn open_by<C>(&mut self, call: C)
    where
        C: touchstone_protocol::Call<Reply = touchstone_protocol::WorkspaceView> + Send + 'static,
    {
        let ticket = self.ticket();
        self.state.opening.begin(ticket);
        self.leave(move |app| app.call(call, move |app, result| app.opened(ticket, result)));
    }

    fn make_workspace(&mut self, path: Option<String>) {
        let ticket = self.ticket();
        self.state.opening.begin(ticket);
        self.leave(move |app| {
            app.call(NewWorkspace { path, name: None }, move |app, result| match result {
                // The person chose no folder.
                Ok(None) => {
                    app.state.opening.finish(ticket, Ok(()));
                }
                Ok(Some(workspace)) => {
                    app.state.home.new_path = None;
                    app.opened(ticket, Ok(workspace));
                }
                Err(error) => app.opened(ticket, Err(error)),
            });
        });
    }

    /// At once what the first part of a file shows; then all of it, in the background.
    fn open_file(&mut self, path: String) {
        self.state.home.files.entry(path.clone()).or_default();
        let ticket = self.ticket();
        if let Some(file) = self.state.home.files.get_mut(&path) {
            file.begin(ticket);
        }
        self.call(OpenFile { file: path.clone() }, move |app, result| {
            let is_part = result.as_ref().is_ok_and(|file| !file.profile.complete);
            if let Ok(file) = &result {
                let data = DataRef::File { path: path.clone() };
                if app.state.data.reading_of(&data) == DataQuery::default() {
                    app.state.data.profiles.entry(data).or_default().set(file.profile.clone());
                } else {
                    // As a session before had it read.
                    app.load_profile(data);
                }
            }
            let is_awaited =
                app.state.home.files.get_mut(&path).is_some_and(|file| file.finish(ticket, result));
            if is_awaited && is_part {
                app.read_whole(DataRef::File { path });
            }
        });
    }

    pub(crate) fn read_whole(&mut self, data: DataRef) {
        let ticket = self.ticket();
        let query = self.state.data.reading_of(&data);
        let mut job = Job { read_as: query.clone(), ..Job::default() };
        job.progress.begin(ticket);
        self.state.home.reading.insert(data.clone(), job);
        let call = StartProfile { data: data.clone(), query };
        self.call(call, move |app, result| match result {
            Ok(view) => app.follow_reading(&data, ticket, view),
            Err(error) => app.end_reading(&data, Some(error)),
        });
    }

    fn stop_reading(&mut self, data: &DataRef) {
        let Some(job) = self.state.home.reading.get_mut(data) else { return };
        job.cancelling = true;
        let Some(id) = job.progress.value().map(|view| view.id.clone()) else { return };
        self.cancel_reading(data.clone(), id);
    }

    fn cancel_reading(&mut self, data: DataRef, job: String) {
        self.call(CancelJob { job }, move |app, result| {
            if let Err(error) = result {
                if let Some(job) = app.state.home.reading.get_mut(&data) {
                    job.cancelling = false;
                }
                app.notice("The reading could not be stopped", error, None);
            }
        });
    }

    /// Asks how far the files are that are being read.
    pub(crate) fn poll_reading(&mut self) {
        let running: Vec<(DataRef, String)> = self
            .state
            .home
            .reading
            .iter()
            .filter(|(_, job)| !job.progress.is_pending())
            .filter_map(|(data, job)| Some((data.clone(), job.progress.value()?.id.clone())))
            .collect();
        for (data, job) in running {
            let ticket = self.ticket();
            if let Some(job) = self.state.home.reading.get_mut(&data) {
                job.progress.begin(ticket);
            }
            self.call(JobStatus { job }, move |app, result| match result {
                Ok(view) => app.follow_reading(&data, ticket, view),
                Err(error) if error.code == ErrorCode::Unavailable => {
                    if let Some(job) = app.state.home.reading.get_mut(&data) {
                        job.progress.finish(ticket, Err(error));
                        app.poll_later();
                    }
                }
                Err(error) => app.end_reading(&data, Some(error)),
            });
        }
    }

    fn follow_reading(&mut self, data: &DataRef, ticket: Ticket, view: JobView) {
        let Some(job) = self.state.home.reading.get_mut(data) else { return };
        if Job::has_ended(&view) {
            // What was edited meanwhile has it read in another way.
            let is_moot = !job.cancelling && job.read_as != self.state.data.reading_of(data);
            if let Some(JobResult::Profile(profile)) = view.result.filter(|_| !is_moot) {
                self.state.data.profiles.entry(data.clone()).or_default().set(profile);
            }
            let no_reason =
                || RpcError::new(ErrorCode::Failed, "The file could not be read, and no reason was given");
            let error = (view.state == JobState::Failed).then(|| view.error.unwrap_or_else(no_reason));
            self.end_reading(data, error);
            if is_moot {
                self.load_profile(data.clone());
            }
            return;
        }
        let late_cancel = job.cancelling && job.progress.value().is_none();
        let id = view.id.clone();
        if job.progress.finish(ticket, Ok(view)) {
            self.poll_later();
        }
        if late_cancel {
            self.cancel_reading(data.clone(), id);
        }
    }

    /// What was known of a part may be another for the whole.
    fn end_reading(&mut self, data: &DataRef, error: Option<RpcError>) {
        self.state.home.reading.remove(data);
        for (of, rows) in &mut self.state.data.rows {
            if of.data == *data {
                rows.make_stale();
            }
        }
        self.state.data.columns.retain(|of, _| of.data != *data);
        if let Some(error) = error {
            let command = crate::command::Command::Home(Command::ReadWhole(data.clone()));
            self.notice("The file could not be read to its end", error, Some(command));
        }
    }

    /// The draft with the types that the person chose for the file's columns.
    pub(super) fn with_chosen_types(
        &self,
        mut draft: DocumentView,
        path: &str,
    ) -> Result<DocumentView, RpcError> {
        let none = BTreeMap::new();
        let chosen = self.state.data.chosen.get(path).unwrap_or(&none);
        let format = self.state.data.reading_of(&DataRef::File { path: path.to_owned() }).format;
        if chosen.is_empty() && format.is_none() {
            return Ok(draft);
        }
        let document = Document::read(draft.file.clone(), draft.text.clone());
        let before = document
            .pipeline
            .ok_or_else(|| RpcError::new(ErrorCode::Failed, "The drafted document could not be read back"))?;
        let mut after = before.clone();
        for source in after.sources.values_mut() {
            let touchstone_spec::Source::File(source) = source;
            if let Some(format) = &format {
                // The rest of what is shown was found in the file's beginning; the draft knows all of it.
                let touchstone_spec::FileFormat::Csv(drafted) = &mut source.format;
                for text in &format.null_values {
                    crate::data::add_null(drafted, text);
                }
            }
            for field in &mut source.contract {
                if let Some(alternative) = chosen.get(&field.name) {
                    alternative.give_to(field);
                }
            }
        }
        draft.text = apply(&draft.text, &edits::between(&before, &after)).map_err(|error| {
            RpcError::new(ErrorCode::Failed, format!("The chosen types could not be written: {error}"))
        })?;
        Ok(draft)
    }
}
