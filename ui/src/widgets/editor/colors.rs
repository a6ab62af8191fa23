//! Colours of code.

use std::ops::Range;

use egui::{
    Color32, Ui,
    cache::{ComputerMut, FrameCache},
    text::{LayoutJob, TextFormat},
};
use touchstone_compiler::{TokenKind, highlight, highlight_dqdl, highlight_yaml};

use crate::theme::{self, Tokens};

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// Expressions and queries.
    Sql,
    /// Rules.
    Dqdl,
    /// Documents.
    Yaml,
}

#[derive(Default)]
struct Highlighter;

impl ComputerMut<(&str, Language), Vec<(Range<usize>, TokenKind)>> for Highlighter {
    fn compute(&mut self, (text, language): (&str, Language)) -> Vec<(Range<usize>, TokenKind)> {
        match language {
            Language::Sql => highlight(text),
            Language::Dqdl => highlight_dqdl(text),
            Language::Yaml => highlight_yaml(text),
        }
    }
}

type Cache = FrameCache<Vec<(Range<usize>, TokenKind)>, Highlighter>;

/// The text with its colours, to be laid out.
pub(crate) fn colored(ui: &Ui, text: &str, language: Language) -> LayoutJob {
    let tokens = Tokens::of(ui.visuals());
    let spans = ui.memory_mut(|memory| memory.caches.cache::<Cache>().get((text, language)).clone());
    let mut job =
        LayoutJob { break_on_newline: true, keep_trailing_whitespace: true, ..LayoutJob::default() };
    let mut append = |range: Range<usize>, color: Color32| {
        if let Some(part) = text.get(range).filter(|part| !part.is_empty()) {
            let format = TextFormat { line_height: Some(18.0), ..TextFormat::simple(theme::mono(), color) };
            job.append(part, 0.0, format);
        }
    };
    let mut at = 0;
    for (range, kind) in spans {
        append(at..range.start, tokens.text);
        append(range.clone(), of_kind(tokens, kind));
        at = range.end;
    }
    append(at..text.len(), tokens.text);
    if text.is_empty() {
        let format = TextFormat { line_height: Some(18.0), ..TextFormat::simple(theme::mono(), tokens.text) };
        job.append("", 0.0, format);
    }
    job
}

fn of_kind(tokens: &Tokens, kind: TokenKind) -> Color32 {
    match kind {
        TokenKind::Keyword => tokens.code_keyword,
        TokenKind::Function => tokens.code_function,
        TokenKind::Type => tokens.code_type,
        TokenKind::Name => tokens.text_strong,
        TokenKind::Text => tokens.code_text,
        TokenKind::Number | TokenKind::Constant => tokens.code_number,
        TokenKind::Operator | TokenKind::Punctuation => tokens.text,
        TokenKind::Comment => tokens.text_subdued,
        TokenKind::Wrong => tokens.error,
    }
}
