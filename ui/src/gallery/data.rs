//! Code, rows and distributions.

use egui::{Id, Ui, vec2};
use touchstone_compiler::TextFinding;
use touchstone_protocol::BinView;
use touchstone_spec::Severity;

use super::{Typed, caption, heading};
use crate::icon;
use crate::theme::{Tokens, Tone};
use crate::widgets::editor::{Editor, Language};
use crate::widgets::grid::{Cell, Grid, GridColumn, Listed, Sorted};
use crate::widgets::{Pose, bars, histogram, posed, progress};

pub(super) fn editors(ui: &mut Ui, typed: &mut Typed) {
    heading(ui, "Code");
    let wrong = typed.expression.find("prise").map(|start| TextFinding {
        range: start..start + "prise".len(),
        severity: Severity::Error,
        code: "unknown-column".to_owned(),
        message: "there is no column prise".to_owned(),
        help: Some("did you mean price?".to_owned()),
    });
    let findings: Vec<TextFinding> = wrong.into_iter().collect();
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            caption(left, "expression, with an error");
            let id = Id::unique("gallery expression");
            let editor = Editor::new(id, "Expression", &typed.expression, Language::Sql).findings(&findings);
            if let Some(changed) = editor.show(left).changed {
                typed.expression = changed;
            }
            caption(left, "focused");
            let id = Id::unique("gallery focused");
            posed(left, Some(Pose::Focused), |ui| {
                Editor::new(id, "Focused expression", "upper(trim(ISIN))", Language::Sql).show(ui)
            });
            caption(left, "empty");
            let id = Id::unique("gallery empty");
            Editor::new(id, "Empty expression", "", Language::Sql).hint("quantity * price").show(left);
            caption(right, "rules, numbered");
            let id = Id::unique("gallery rules");
            let editor =
                Editor::new(id, "Rules as text", &typed.rules, Language::Dqdl).multiline(6).numbered();
            if let Some(changed) = editor.show(right).changed {
                typed.rules = changed;
            }
        }
    });
}

pub(super) fn grid(ui: &mut Ui) {
    heading(ui, "Rows");
    let tokens = Tokens::of(ui.visuals());
    let shares = vec![0.1, 0.3, 0.7, 1.0, 0.8, 0.4, 0.2, 0.0, 0.05];
    let header = |name: &str, detail: &str, numeric: bool, sort: Sorted| GridColumn {
        name: name.to_owned(),
        numeric,
        data: true,
        icon: Some(if numeric { icon::NUMBER } else { icon::TEXT }),
        detail: Some(detail.to_owned()),
        promised: None,
        bars: shares.clone(),
        nulls: Some((if numeric { 0.0 } else { 0.12 }, if numeric { "0 %" } else { "12 %" }.to_owned())),
        sort: Some(sort),
        filter: Some(numeric),
        tooltip: String::new(),
        stretch: false,
        shared: false,
        sentences: false,
    };
    let by = Sorted::By { descending: true, place: None };
    let promised = Some(("decimal(18,2)".to_owned(), Tone::Warning));
    let text = |text: &'static str| Cell::Text(text.into());
    let listed = Listed {
        columns: vec![
            header("trade_id", "string", false, Sorted::Not),
            header("isin", "string", false, Sorted::Not),
            GridColumn { promised, ..header("price", "decimal(18,6)", true, by) },
            header("remarks", "string", false, Sorted::Not),
            GridColumn::words("Result"),
            GridColumn::numbers("Failing rows").stretched(),
        ],
        rows: vec![
            vec![
                text("0004200"),
                text("DE0007164600"),
                text("84.250000"),
                text(""),
                Cell::Icon(icon::PASSED, tokens.success, "Passed".into()),
                Cell::Toned("0".into(), Tone::Neutral),
            ],
            vec![
                text("0004201"),
                Cell::Null,
                Cell::Bad("n/a".into(), "it is no number".into()),
                text("  "),
                Cell::Icon(icon::FAILED, tokens.error, "Failed".into()),
                Cell::Toned("12".into(), Tone::Warning),
            ],
            vec![
                Cell::Pending,
                Cell::Pending,
                Cell::Pending,
                text("two\nlines"),
                Cell::Failed,
                Cell::Toned("1 204".into(), Tone::Error),
            ],
        ],
    };
    let height = Grid::full_height(&listed) + 16.0;
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        Grid::new("gallery grid", "Rows in every state", &listed).select_rows(Some(1)).show(ui)
    });
}

pub(super) fn charts(ui: &mut Ui) {
    heading(ui, "Distributions and progress");
    let tokens = Tokens::of(ui.visuals());
    ui.columns(3, |columns| {
        if let [left, middle, right] = columns {
            let counts = [2_u64, 9, 31, 64, 48, 22, 9, 4, 0, 1];
            let bins: Vec<BinView> = counts
                .iter()
                .enumerate()
                .map(|(at, count)| BinView {
                    low: format!("{}", at * 10),
                    high: format!("{}", at * 10 + 10),
                    count: *count,
                })
                .collect();
            histogram(left, "price", &bins, "values");
            let (rect, _) = middle.allocate_exact_size(vec2(160.0, 32.0), egui::Sense::hover());
            bars(middle.painter(), rect, &[0.1, 0.3, 0.7, 1.0, 0.8, 0.4, 0.2, 0.0, 0.05], tokens.bar);
            for fraction in [0.0, 0.4, 1.0] {
                let width = right.available_width();
                progress(right, "Simulation", fraction, width);
                right.add_space(8.0);
            }
        }
    });
}
