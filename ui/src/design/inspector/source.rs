//! A source: what it is, its sample, how its files are written, where they arrive, what they promise.

use egui::{Id, Ui};
use touchstone_compiler::RenameTarget;
use touchstone_spec::{CsvFormat, FileFormat, FileSource, Source, edits};

use super::contract;
use super::evidence::Evidence;
use super::fields::{TextField, heading, labelled_choice, problems, texts, tick};
use crate::design::renaming::rename;
use crate::design::view::Desk;
use crate::design::{Change, Node};
use crate::icon;
use crate::state::LOCAL;
use crate::widgets::Button;

const DELIMITERS: [(&str, char); 4] = [("Comma", ','), ("Semicolon", ';'), ("Tab", '\t'), ("Pipe", '|')];
/// Any other delimiter.
const OTHER: &str = "Another…";
const ENCODINGS: [&str; 6] = ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be"];

pub(super) fn source(desk: &Desk<'_>, name: &str, ui: &mut Ui) {
    let Some(Source::File(file)) = desk.pipeline.sources.get(name) else { return };
    let path = edits::source_path(name);
    TextField::new("Name", path.clone(), name).mono().whole(desk, ui, |to| {
        touchstone_spec::check_name(to)?;
        if desk.pipeline.sources.contains_key(to) {
            return Err(format!("There is a source {to} already"));
        }
        let edits = edits::rename_source(desk.pipeline, name, to);
        let here = Change::new(desk.file, format!("Rename source {name} to {to}"), edits);
        let target = RenameTarget::Source { pipeline: desk.name().to_owned(), source: name.to_owned() };
        Ok(rename(target, to, here.then_node(Node::Source(to.to_owned()))))
    });
    let about = file.description.as_deref().unwrap_or_default();
    TextField::new("Description", path.key("description"), about.trim_end())
        .hint("What it is and where it comes from")
        .rows(2)
        .show(desk, ui, |text| edits::set_description(&path, text));
    let sample = file.sample.as_deref().unwrap_or_default();
    TextField::new("Sample file", path.key("sample"), sample).hint("e.g. samples/trades.csv").mono().show(
        desk,
        ui,
        |text| edits::set_sample(name, text),
    );
    format(desk, name, file, ui);
    landing(desk, name, file, ui);
    contract::contract(desk, name, ui);
}

fn format(desk: &Desk<'_>, name: &str, file: &FileSource, ui: &mut Ui) {
    heading(ui, "Format");
    let FileFormat::Csv(csv) = &file.format;
    let path = edits::source_path(name).key("format").key("csv");
    let change = |label: &str, after: &CsvFormat| {
        desk.change(format!("{label} of {name}"), edits::set_csv_format(name, csv, after));
    };
    let evidence = Evidence::of(desk, name, file);
    if let Some(found) = evidence.inferred() {
        let FileFormat::Csv(shown) = &found.source.format;
        if shown != csv {
            let text = "Take the format that the sample shows";
            if Button::new(text).icon(icon::SUGGESTION).show(ui).clicked() {
                change("Take the sample's format", shown);
            }
            ui.add_space(4.0);
        }
    }
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        delimiter(desk, name, csv, left);
        let now = labelled_choice(right, "Encoding", &csv.encoding, "", &ENCODINGS);
        if let Some(one) = now.and_then(|at| ENCODINGS.get(at)) {
            change("Change the encoding", &CsvFormat { encoding: (*one).to_owned(), ..csv.clone() });
        }
        problems(desk, right, &path.key("encoding").to_string());
    });
    let number = |text: &str| {
        text.trim().parse::<u64>().map_err(|_| format!("`{}` is not a whole number", text.trim()))
    };
    let set = |after: CsvFormat| Ok(edits::set_csv_format(name, csv, &after));
    let (header, footer) = (csv.header_row.to_string(), csv.footer_rows.to_string());
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        TextField::new("Header in line (0: none)", path.key("header_row"), &header)
            .name("Header row".to_owned())
            .undo("Change the header row".to_owned())
            .mono()
            .parsed(desk, left, |text| set(CsvFormat { header_row: number(text)?, ..csv.clone() }));
        TextField::new("Footer records", path.key("footer_rows"), &footer)
            .undo("Change the footer records".to_owned())
            .mono()
            .parsed(desk, right, |text| set(CsvFormat { footer_rows: number(text)?, ..csv.clone() }));
    });
    let sign = |text: &str| match text.chars().collect::<Vec<_>>().as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(format!("`{text}` is more than one character")),
    };
    let text = |sign: Option<char>| sign.map(String::from).unwrap_or_default();
    let (quote, escape) = (text(csv.quote), text(csv.escape));
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        TextField::new("Quote", path.key("quote"), &quote).hint("no quoting").mono().parsed(
            desk,
            left,
            |text| set(CsvFormat { quote: sign(text)?, ..csv.clone() }),
        );
        TextField::new("Escape", path.key("escape"), &escape).hint("quotes doubled").mono().parsed(
            desk,
            right,
            |text| set(CsvFormat { escape: sign(text)?, ..csv.clone() }),
        );
    });
    let nulls = path.key("null_values");
    if let Some(null_values) = texts(desk, ui, "Texts that mean no value", &nulls, &csv.null_values) {
        change("Change the texts that mean no value", &CsvFormat { null_values, ..csv.clone() });
    }
    if let Some(trim) = tick(ui, "Drop blanks around values", csv.trim) {
        change("Drop blanks around values", &CsvFormat { trim, ..csv.clone() });
    }
}

/// One of the usual signs, or any other that is typed.
fn delimiter(desk: &Desk<'_>, name: &str, csv: &CsvFormat, ui: &mut Ui) {
    let path = edits::source_path(name).key("format").key("csv").key("delimiter");
    let set = |delimiter| edits::set_csv_format(name, csv, &CsvFormat { delimiter, ..csv.clone() });
    let chosen = DELIMITERS.iter().position(|(_, sign)| *sign == csv.delimiter);
    let is_typed = Id::unique(("delimiter typed", desk.file, name));
    let other = chosen.is_none() || ui.data(|data| data.get_temp(is_typed)).unwrap_or(false);
    let shown = chosen.filter(|_| !other).and_then(|at| DELIMITERS.get(at)).map_or(OTHER, |(text, _)| text);
    let names: Vec<&str> = DELIMITERS.iter().map(|(text, _)| *text).chain([OTHER]).collect();
    if let Some(at) = labelled_choice(ui, "Delimiter", shown, "", &names) {
        ui.data_mut(|data| data.insert_temp(is_typed, DELIMITERS.get(at).is_none()));
        if let Some((_, sign)) = DELIMITERS.get(at).filter(|(_, sign)| *sign != csv.delimiter) {
            desk.change(format!("Change the delimiter of {name}"), set(*sign));
        }
    }
    if !other {
        problems(desk, ui, &path.to_string());
        return;
    }
    let sign = csv.delimiter.to_string();
    TextField::new("Character between fields", path, &sign)
        .undo(format!("Change the delimiter of {name}"))
        .hint("one character")
        .mono()
        .parsed(desk, ui, |text| Ok(set(delimiter_of(text, csv)?)));
}

/// The sign that is typed, or why it can't be one.
fn delimiter_of(text: &str, csv: &CsvFormat) -> Result<char, String> {
    let sign = match text.chars().collect::<Vec<_>>().as_slice() {
        [] => return Err("Type the character that stands between fields".to_owned()),
        ['\\', 't'] => '\t',
        [one] => *one,
        _ => return Err(format!("`{text}` is more than one character")),
    };
    if !sign.is_ascii() {
        return Err(format!("`{sign}` is no ASCII character"));
    }
    if matches!(sign, '\n' | '\r' | '\0') {
        return Err("A line break ends the record".to_owned());
    }
    if csv.quote == Some(sign) {
        return Err(format!("`{sign}` is the quote already"));
    }
    if csv.escape == Some(sign) {
        return Err(format!("`{sign}` is the escape already"));
    }
    Ok(sign)
}

fn landing(desk: &Desk<'_>, name: &str, file: &FileSource, ui: &mut Ui) {
    heading(ui, "Landing: where files arrive");
    let path = edits::source_path(name).key("landing").key("environments");
    let given = file.landing.as_ref().map(|landing| &landing.environments);
    let of_workspace = desk.state.open_workspace().map(|one| one.environments.as_slice());
    let mut names: Vec<&str> = of_workspace.unwrap_or_default().iter().map(|one| one.name.as_str()).collect();
    // Files arrive nowhere on this computer: there is the sample.
    names.retain(|one| *one != LOCAL);
    for one in given.iter().flat_map(|given| given.keys()) {
        if !names.contains(&one.as_str()) {
            names.push(one);
        }
    }
    if names.is_empty() {
        ui.weak("No environment but this computer; the settings add one");
    }
    for environment in names {
        let address = given.and_then(|given| given.get(environment)).map(String::as_str).unwrap_or_default();
        TextField::new(environment, path.key(environment), address)
            .name(format!("Landing in {environment}"))
            .undo(format!("Edit the landing in {environment}"))
            .hint("s3://bucket/folder/")
            .mono()
            .show(desk, ui, |text| edits::set_landing(name, environment, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_single_sign_can_be_the_delimiter_but_those_that_mean_something_else() {
        let csv = CsvFormat { escape: Some('^'), ..CsvFormat::default() };
        for (text, sign) in [("~", '~'), (" ", ' '), ("\t", '\t'), ("\\t", '\t'), ("a", 'a')] {
            assert_eq!(delimiter_of(text, &csv), Ok(sign));
        }
        for (text, reason) in [
            ("", "Type the character"),
            ("::", "more than one"),
            ("§", "no ASCII"),
            ("\n", "line break"),
            ("\"", "the quote already"),
            ("^", "the escape already"),
        ] {
            assert!(delimiter_of(text, &csv).is_err_and(|told| told.contains(reason)), "{text}");
        }
    }
}
