//! Data asked for, sorted, filtered and looked through.

use std::ops::Range;

use touchstone_protocol::{
    ColumnProfile, DataQuery, DataRef, DataView, Find as FindCall, Profile, Rows as RowsCall, RpcError,
};
use touchstone_spec::{CsvFormat, FileFormat, Source, edits};

use super::{Command, Find, Jump, PAGE_ROWS, RowsOf, View, query, shown};
use crate::App;
use crate::design::{self, Change};
use crate::remote::Ticket;

/// The format with one more text that stands for 'no value'.
fn with_null(format: &CsvFormat, text: &str) -> CsvFormat {
    let mut format = format.clone();
    add_null(&mut format, text);
    format
}

/// A text comes to stand for 'no value', if it doesn't yet.
pub(crate) fn add_null(format: &mut CsvFormat, text: &str) {
    if !format.null_values.iter().any(|one| one == text) {
        format.null_values.push(text.to_owned());
    }
}

impl App {
    pub(crate) fn apply_data(&mut self, command: Command) {
        match command {
            Command::NeedRows(of, visible) => self.load_rows(&of, &visible),
            Command::NeedProfile(data) => self.load_profile(data),
            Command::NeedColumn(of) => {
                self.state.data.columns.entry(of.clone()).or_default();
                let call = ColumnProfile {
                    data: of.data.clone(),
                    query: of.query.clone(),
                    column: of.column.clone(),
                };
                self.fetch(call, move |state| state.data.columns.get_mut(&of));
            }
            Command::Sort(data, column, descending, add) => {
                self.change_query(&data, |asked| query::sort(asked, &column, descending, add));
            }
            Command::Filter(data, column, test) => {
                self.change_query(&data, |asked| query::filter(asked, &column, test));
            }
            Command::Search(data, text) => self.change_query(&data, |asked| asked.search = text),
            Command::Clear(data) => self.change_query(&data, |asked| *asked = asked.reading()),
            Command::Cursor(data, cursor) => {
                let column = cursor.and_then(|(_, place)| self.column_shown(&data, place));
                let view = self.view_of(&data);
                view.cursor = cursor;
                view.column = column.or(view.column.take());
            }
            Command::Explain(data, column) => {
                let view = self.view_of(&data);
                view.column = Some(column);
                view.panel = true;
            }
            Command::Panel(data, is_shown) => {
                let first = self.column_shown(&data, 0);
                let view = self.view_of(&data);
                view.panel = is_shown;
                view.column = view.column.take().or(first);
            }
            Command::Resize(data, column, width) => {
                self.view_of(&data).widths.insert(column, width);
            }
            Command::Hide(data, column, true) => {
                self.view_of(&data).hidden.insert(column);
            }
            Command::Hide(data, column, false) => {
                self.view_of(&data).hidden.remove(&column);
            }
            Command::ListRejects(listed) => self.state.data.rejects = Some(listed),
            Command::ShowAll(data) => self.view_of(&data).hidden.clear(),
            Command::EditFind(data, text) => {
                self.view_of(&data).find.get_or_insert_with(Find::default).text = text;
            }
            Command::FindNext(data, backward) => self.find_next(&data, backward),
            Command::CloseFind(data) => self.view_of(&data).find = None,
            Command::EditGoTo(data, text) => self.view_of(&data).go_to = Some(text),
            Command::GoToRow(data) => self.go_to_row(&data),
            Command::CloseGoTo(data) => self.view_of(&data).go_to = None,
            Command::AskFilter(data, column) => self.view_of(&data).asks_filter = Some(column),
            Command::FilterShown(data) => self.view_of(&data).asks_filter = None,
            Command::CopyCells(of, rows, columns, header) => self.copy_cells(of, rows, columns, header),
            Command::ReadAsNull(data, text) => self.read_as_null(data, &text),
            Command::UseType(data, column, alternative) => match data.clone() {
                DataRef::File { path } => {
                    let field = (!alternative.chosen).then(|| query::as_type(&column, &alternative));
                    self.change_query(&data, |asked| {
                        asked.types.retain(|one| one.name != column);
                        asked.types.extend(field);
                    });
                    self.state.data.chosen.entry(path).or_default().insert(column, *alternative);
                }
                DataRef::Sample { pipeline, source } => {
                    self.promise_type(&pipeline, &source, &column, &alternative);
                }
                DataRef::Table { .. } => {}
            },
            Command::Find
            | Command::FindAgain(_)
            | Command::GoTo
            | Command::TogglePanel
            | Command::SortThis(_)
            | Command::FilterThis
            | Command::ClearThis => {
                if let Some(data) = shown(&self.state) {
                    self.apply_to_shown(&command, data);
                }
            }
        }
    }

    /// A text comes to stand for 'no value': in the document of a sample, and for a file in what is made of it.
    fn read_as_null(&mut self, data: DataRef, text: &str) {
        match &data {
            DataRef::Sample { pipeline, source } => {
                let documents = &self.state.design.documents;
                let file = documents.file_of(pipeline).map(str::to_owned);
                let known =
                    file.as_ref().and_then(|file| documents.get(file)?.pipeline()?.sources.get(source));
                let (Some(file), Some(Source::File(known))) = (&file, known) else { return };
                let FileFormat::Csv(before) = &known.format;
                let after = with_null(before, text);
                let edits = edits::set_csv_format(source, before, &after);
                let change = Change::new(file, format!("Read {text} as no value"), edits);
                self.apply_design(design::Command::Edit(Box::new(change)));
            }
            DataRef::File { path } => {
                let inferred = self.state.home.files.get(path).and_then(|file| file.value()?.csv.clone());
                let Some(before) = self.state.data.reading_of(&data).format.or(inferred) else { return };
                self.change_query(&data, |asked| asked.format = Some(with_null(&before, text)));
                self.load_profile(data);
            }
            DataRef::Table { .. } => {}
        }
    }

    fn apply_to_shown(&mut self, command: &Command, data: DataRef) {
        let cursor = self.state.data.views.get(&data).and_then(|view| view.cursor);
        let column = cursor.and_then(|(_, place)| self.column_shown(&data, place));
        match command {
            Command::Find => {
                self.view_of(&data).find.get_or_insert_with(Find::default);
                self.ctx.memory_mut(|memory| memory.request_focus(super::find::field()));
            }
            Command::FindAgain(backward) => self.find_next(&data, *backward),
            Command::GoTo => {
                self.view_of(&data).go_to.get_or_insert_default();
                self.ctx.memory_mut(|memory| memory.request_focus(super::find::row_field()));
            }
            Command::TogglePanel => {
                let is_shown = self.state.data.views.get(&data).is_some_and(|view| view.panel);
                self.apply_data(Command::Panel(data, !is_shown));
            }
            Command::SortThis(descending) => {
                if let Some(column) = column {
                    self.apply_data(Command::Sort(data, column, Some(*descending), false));
                }
            }
            Command::FilterThis => self.view_of(&data).asks_filter = column,
            Command::ClearThis => self.apply_data(Command::Clear(data)),
            _ => {}
        }
    }

    /// A sample is read as the contract has it that is edited, saved or not.
    pub(crate) fn data_frame(&mut self) {
        let Some(data) = shown(&self.state) else { return };
        let DataRef::Sample { pipeline, source } = &data else { return };
        let documents = &self.state.design.documents;
        let document = documents.file_of(pipeline).and_then(|file| documents.get(file));
        let edited = document.filter(|document| document.is_dirty());
        let read = (data.clone(), documents.revision(), edited.is_some());
        if self.state.data.read.as_ref() == Some(&read) {
            return;
        }
        let source = edited.and_then(|document| document.pipeline()?.sources.get(source));
        let types = source.map(|source| source.contract().to_vec()).unwrap_or_default();
        let format = source.map(|Source::File(file)| {
            let FileFormat::Csv(format) = &file.format;
            format.clone()
        });
        self.state.data.read = Some(read);
        let reading = DataQuery { types, format, ..DataQuery::default() };
        if self.state.data.reading_of(&data) != reading {
            self.change_query(&data, |asked| {
                asked.types.clone_from(&reading.types);
                asked.format.clone_from(&reading.format);
            });
            // What the header says is of the same reading.
            self.load_profile(data);
        }
    }

    fn view_of(&mut self, data: &DataRef) -> &mut View {
        self.state.data.views.entry(data.clone()).or_default()
    }

    /// Name of the column at a place among those that are shown.
    fn column_shown(&self, data: &DataRef, place: usize) -> Option<String> {
        let (_, rows) = self.state.data.shown_rows(data)?;
        let view = self.state.data.views.get(data);
        let hidden = view.map(|view| view.hidden.clone()).unwrap_or_default();
        let shown = super::paged::in_order(rows.columns(), &hidden);
        shown.get(place).map(|(_, column)| column.name.clone())
    }

    fn change_query(&mut self, data: &DataRef, change: impl FnOnce(&mut DataQuery)) {
        let view = self.view_of(data);
        let before = view.query.clone();
        change(&mut view.query);
        if view.query == before {
            return;
        }
        view.answered = view.answered.take().or_else(|| Some(before.clone()));
        // The rows of before are other rows now.
        view.cursor = None;
        if let Some(find) = &mut view.find {
            find.asked.clear();
        }
        let plain = view.query.reading();
        let kept = [view.query.clone(), view.answered.clone().unwrap_or_default(), plain];
        self.state.data.rows.retain(|of, _| of.data != *data || kept.contains(&of.query));
        let kept = kept.map(|query| query::unsorted(&query));
        self.state.data.columns.retain(|of, _| of.data != *data || kept.contains(&of.query));
        let of = RowsOf { data: data.clone(), query: self.view_of(data).query.clone() };
        self.load_rows(&of, &(0..1));
    }

    fn load_rows(&mut self, of: &RowsOf, visible: &Range<u64>) {
        let rows = self.state.data.rows.entry(of.clone()).or_default();
        for page in rows.missing(visible) {
            let ticket = self.ticket();
            self.state.data.rows.entry(of.clone()).or_default().begin(page, ticket);
            let (data, query) = (of.data.clone(), of.query.clone());
            let of = of.clone();
            let call = RowsCall { data, query, offset: page * PAGE_ROWS, limit: PAGE_ROWS };
            self.call(call, move |app, result| app.rows_came(&of, page, ticket, result));
        }
    }

    fn rows_came(&mut self, of: &RowsOf, page: u64, ticket: Ticket, result: Result<DataView, RpcError>) {
        let Some(rows) = self.state.data.rows.get_mut(of) else { return };
        let is_good = result.is_ok();
        rows.finish(page, ticket, result);
        let view = self.view_of(&of.data);
        if is_good && view.query == of.query {
            view.answered = Some(of.query.clone());
        }
    }

    pub(crate) fn load_profile(&mut self, data: DataRef) {
        let query = self.state.data.reading_of(&data);
        let is_pending = self.state.data.profiles.entry(data.clone()).or_default().is_pending();
        let before = self.state.data.profiled.insert(data.clone(), query.clone());
        if is_pending && before.as_ref() == Some(&query) {
            return;
        }
        let ticket = self.ticket();
        self.state.data.profiles.entry(data.clone()).or_default().begin(ticket);
        self.call(Profile { data: data.clone(), query }, move |app, result| {
            let is_part = result.as_ref().is_ok_and(|profile| !profile.complete);
            let profile = app.state.data.profiles.get_mut(&data);
            let is_awaited = profile.is_some_and(|profile| profile.finish(ticket, result));
            // At once what the beginning of a large sample shows; then all of it, in the background.
            let is_sample = matches!(data, DataRef::Sample { .. });
            if is_awaited && is_part && is_sample && !app.state.home.reading.contains_key(&data) {
                app.read_whole(data);
            }
        });
    }

    /// Asks again what is known of the columns of data that may be others now; what is shown stays until the answer.
    pub(crate) fn ask_columns_anew(&mut self, is_meant: impl Fn(&DataRef) -> bool) {
        let known = &self.state.data;
        let profiles = known.profiles.keys().filter(|data| is_meant(data)).cloned().map(Command::NeedProfile);
        let columns = known.columns.keys().filter(|of| is_meant(&of.data)).cloned().map(Command::NeedColumn);
        for one in profiles.chain(columns).collect::<Vec<_>>() {
            self.apply_data(one);
        }
    }

    /// The next cell that holds the text, from the cursor on; from the other end when there is none.
    fn find_next(&mut self, data: &DataRef, backward: bool) {
        let ticket = self.ticket();
        let view = self.view_of(data);
        let (asked, cursor) = (view.query.clone(), view.cursor);
        let Some(find) = view.find.as_mut().filter(|find| !find.text.is_empty()) else { return };
        let is_new = find.asked != find.text;
        let text = find.text.clone();
        find.asked.clone_from(&text);
        find.found.begin(ticket);
        let row = cursor.map(|(row, _)| row);
        // A new text may stand in the cursor's own row.
        let from = match (is_new, backward) {
            (true, false) => row.and_then(|row| row.checked_sub(1)),
            (true, true) => row.map(|row| row + 1),
            (false, _) => row,
        };
        self.ask_find(data.clone(), asked.clone(), text.clone(), from, backward, ticket);
        if is_new {
            let counted = DataQuery { search: Some(text), ..asked };
            let call = RowsCall { data: data.clone(), query: counted, offset: 0, limit: 1 };
            let ticket = self.ticket();
            if let Some(find) = &mut self.view_of(data).find {
                find.hits = crate::remote::Remote::default();
                find.hits.begin(ticket);
            }
            let data = data.clone();
            self.call(call, move |app, result| {
                if let Some(find) = &mut app.view_of(&data).find {
                    find.hits.finish(ticket, result.map(|rows| rows.total));
                }
            });
        }
    }

    fn ask_find(
        &mut self,
        data: DataRef,
        asked: DataQuery,
        text: String,
        from: Option<u64>,
        backward: bool,
        ticket: Ticket,
    ) {
        let call = FindCall { data: data.clone(), query: asked.clone(), text: text.clone(), from, backward };
        self.call(call, move |app, result| {
            if let (Ok(None), Some(_)) = (&result, from) {
                return app.ask_find(data, asked, text, None, backward, ticket);
            }
            let found = result.as_ref().ok().copied().flatten();
            let Some(find) = &mut app.view_of(&data).find else { return };
            if find.found.finish(ticket, result)
                && let Some(found) = found
            {
                app.jump(&data, found.row, found.column);
            }
        });
    }

    /// Brings a cell into sight: a row after sorting and filtering, a place among all columns.
    pub(crate) fn jump(&mut self, data: &DataRef, row: u64, column: usize) {
        let serial = self.ticket().0;
        let name = self.state.data.shown_rows(data).and_then(|(_, rows)| rows.columns().get(column));
        let name = name.map(|column| column.name.clone());
        let view = self.view_of(data);
        if let Some(name) = name {
            view.hidden.remove(&name);
        }
        view.jump = Some(Jump { serial, row, column });
    }

    /// Rows are named by their numbers where they are stored; sorted or filtered, by their places.
    fn go_to_row(&mut self, data: &DataRef) {
        let Some((_, rows)) = self.state.data.shown_rows(data) else { return };
        let total = rows.total().unwrap_or_default();
        let view = self.state.data.views.get(data);
        let digits: String = view
            .and_then(|view| view.go_to.as_ref())
            .into_iter()
            .flat_map(|text| text.chars())
            .filter(char::is_ascii_digit)
            .collect();
        let Ok(number) = digits.parse::<u64>() else { return };
        let row = number.saturating_sub(1).min(total.saturating_sub(1));

        self.view_of(data).go_to = None;
        if total > 0 {
            self.jump(data, row, 0);
        }
    }
}
