//! How to filter by a column: a comparison that suits its type, or values to tick.

use egui::{Id, RichText, ScrollArea, TextEdit, Ui};
use touchstone_protocol::{ColumnView, DataQuery, DataRef, FilterTest, ValueCount};
use touchstone_spec::DataType;

use super::command::Command as DataCommand;
use super::grid::send;
use super::{ColumnOf, View, query};
use crate::command::Commands;
use crate::state::State;
use crate::text;
use crate::theme::{self, ROW_HEIGHT, Tokens};
use crate::widgets::{Button, CheckRow};

/// A comparison with what the person types.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Comparison {
    #[default]
    Contains,
    Is,
    IsNot,
    StartsWith,
    Matches,
    Less,
    Greater,
    Between,
}

impl Comparison {
    const TEXT: [Self; 5] = [Self::Contains, Self::Is, Self::IsNot, Self::StartsWith, Self::Matches];
    const ORDERED: [Self; 5] = [Self::Is, Self::IsNot, Self::Less, Self::Greater, Self::Between];

    fn of(data_type: &DataType) -> &'static [Self] {
        match data_type {
            DataType::Boolean => &[],
            _ if is_ordered(data_type) => &Self::ORDERED,
            _ => &Self::TEXT,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::StartsWith => "starts with",
            Self::Matches => "matches",
            Self::Less => "less than",
            Self::Greater => "greater than",
            Self::Between => "between",
        }
    }

    fn test(self, low: &str, high: &str) -> FilterTest {
        let (low, high) = (low.to_owned(), high.to_owned());
        match self {
            Self::Contains => FilterTest::Contains(low),
            Self::Is => FilterTest::Is(low),
            Self::IsNot => FilterTest::IsNot(low),
            Self::StartsWith => FilterTest::StartsWith(low),
            Self::Matches => FilterTest::Matches(low),
            Self::Less => FilterTest::Less(low),
            Self::Greater => FilterTest::Greater(low),
            Self::Between => FilterTest::Between(low, high),
        }
    }
}

fn is_ordered(data_type: &DataType) -> bool {
    let is_time =
        matches!(data_type, DataType::Date | DataType::Time | DataType::Timestamp | DataType::Timestamptz);
    is_time || data_type.is_numeric()
}

/// Width of the form.
const WIDTH: f32 = 372.0;
/// Rows of values that are seen, at least and at most.
const LEAST_ROWS: f32 = 4.0;
const MOST_ROWS: f32 = 12.0;
/// Room below them: for taking the filter away, and to the edge of the window.
const BENEATH: f32 = 56.0;

/// What is being typed; forgotten when the form closes for another column.
#[derive(Debug, Clone, Default, PartialEq)]
struct Draft {
    comparison: Comparison,
    low: String,
    high: String,
    is_asked: bool,
}

impl Draft {
    fn of(now: Option<&FilterTest>, offered: &[Comparison]) -> Self {
        let first = offered.first().copied().unwrap_or_default();
        let draft = |comparison, low: &str, high: &str| Self {
            comparison,
            low: low.to_owned(),
            high: high.to_owned(),
            is_asked: false,
        };
        match now {
            Some(FilterTest::Contains(text)) => draft(Comparison::Contains, text, ""),
            Some(FilterTest::Is(text)) => draft(Comparison::Is, text, ""),
            Some(FilterTest::IsNot(text)) => draft(Comparison::IsNot, text, ""),
            Some(FilterTest::StartsWith(text)) => draft(Comparison::StartsWith, text, ""),
            Some(FilterTest::Matches(text)) => draft(Comparison::Matches, text, ""),
            Some(FilterTest::Less(text)) => draft(Comparison::Less, text, ""),
            Some(FilterTest::Greater(text)) => draft(Comparison::Greater, text, ""),
            Some(FilterTest::Between(low, high)) => draft(Comparison::Between, low, high),
            _ => draft(first, "", ""),
        }
    }
}

pub(super) fn form(
    state: &State,
    commands: &Commands,
    data: &DataRef,
    view: &View,
    column: &ColumnView,
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let name = &column.name;
    let now = query::test_of(&view.query, name);
    let set = |test| send(commands, DataCommand::Filter(data.clone(), name.clone(), test));
    // Wide enough for the comparisons of any type on one line.
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 48.0));
    ui.spacing_mut().item_spacing = egui::vec2(4.0, 6.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).font(theme::strong()).color(tokens.text_strong));
        ui.label(RichText::new(column.data_type.to_string()).font(theme::mono_small()).weak());
    });
    compare(ui, now, &column.data_type, name, &set);
    conditions(ui, now, &column.data_type, &set);
    // The values there are without this filter: what is not ticked stays to be ticked.
    let mut others = query::unsorted(&view.query);
    query::filter(&mut others, name, None);
    values(state, commands, data, &others, name, now, &set, ui);
    if now.is_some() && Button::new("Remove filter").quiet().show(ui).clicked() {
        set(None);
        ui.close();
    }
}

fn compare(
    ui: &mut Ui,
    now: Option<&FilterTest>,
    data_type: &DataType,
    name: &str,
    set: &dyn Fn(Option<FilterTest>),
) {
    let offered = Comparison::of(data_type);
    if offered.is_empty() {
        return;
    }
    let id = Id::unique("filter draft").with(name);
    let mut draft: Draft = ui.data(|data| data.get_temp(id)).unwrap_or_else(|| Draft::of(now, offered));
    let before = draft.clone();
    ui.horizontal_wrapped(|ui| {
        for comparison in offered {
            let is_chosen = draft.comparison == *comparison;
            if Button::new(comparison.text()).quiet().selected(is_chosen).show(ui).clicked() {
                draft.comparison = *comparison;
            }
        }
    });
    let is_between = draft.comparison == Comparison::Between;
    let mut entered = false;
    ui.horizontal(|ui| {
        let all = WIDTH - 72.0;
        let width = if is_between { (all - 4.0) / 2.0 } else { all };
        let fields = [(&mut draft.low, "value"), (&mut draft.high, "to")];
        let how_many = if is_between { 2 } else { 1 };
        for (place, (value, hint)) in fields.into_iter().take(how_many).enumerate() {
            let field_id = id.with(place);
            let edit = TextEdit::singleline(value).id(field_id).desired_width(width).font(theme::mono());
            let field = ui.add(edit.hint_text(crate::widgets::hint(hint)));
            field.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::TextInput, true, format!("{name} {hint}"))
            });
            entered |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if place == 0 && !draft.is_asked {
                field.request_focus();
            }
        }
        draft.is_asked = true;
        let is_whole = !draft.low.is_empty() && (!is_between || !draft.high.is_empty());
        let apply = Button::new("Apply").enabled(is_whole).show(ui).clicked();
        if is_whole && (apply || entered) {
            set(Some(draft.comparison.test(&draft.low, &draft.high)));
            ui.close();
        }
    });
    if draft != before {
        ui.data_mut(|data| data.insert_temp(id, draft));
    }
}

/// Conditions that need no value.
fn conditions(ui: &mut Ui, now: Option<&FilterTest>, data_type: &DataType, set: &dyn Fn(Option<FilterTest>)) {
    let mut all = vec![("null", FilterTest::IsNull), ("not null", FilterTest::IsNotNull)];
    if *data_type == DataType::String {
        all.extend([("empty", FilterTest::IsEmpty), ("blank", FilterTest::IsBlank)]);
    } else {
        all.push(("bad", FilterTest::IsBad));
    }
    ui.horizontal_wrapped(|ui| {
        for (text, test) in all {
            let is_set = now == Some(&test);
            if Button::new(text).selected(is_set).show(ui).clicked() {
                set((!is_set).then_some(test));
            }
        }
    });
}

#[expect(clippy::too_many_arguments, reason = "a part of one form")]
fn values(
    state: &State,
    commands: &Commands,
    data: &DataRef,
    others: &DataQuery,
    name: &str,
    now: Option<&FilterTest>,
    set: &dyn Fn(Option<FilterTest>),
    ui: &mut Ui,
) {
    let tokens = Tokens::of(ui.visuals());
    let of = ColumnOf { data: data.clone(), query: others.clone(), column: name.to_owned() };
    let known = state.data.columns.get(&of);
    if known.is_none() {
        send(commands, DataCommand::NeedColumn(of));
    }
    let subdued = |text: &str| RichText::new(text).font(theme::small()).color(tokens.text_subdued);
    let Some(profile) = known.and_then(|known| known.value()) else {
        let words = match known.and_then(|known| known.error()) {
            Some(error) => error.message.as_str(),
            None => "Counting values…",
        };
        ui.label(subdued(words));
        return;
    };
    if profile.top.is_empty() {
        return;
    }
    ui.separator();
    let more = profile.distinct > profile.top.len() as u64;
    let heading = if more { "Most frequent values" } else { "Values" };
    ui.label(subdued(heading));
    let ticked: Vec<String> = match now {
        Some(FilterTest::Is(value)) => vec![value.clone()],
        Some(FilterTest::OneOf(values)) => values.clone(),
        _ => Vec::new(),
    };
    // As many as there is room for beneath: a popup doesn't grow by itself.
    let free = ui.ctx().content_rect().bottom() - ui.cursor().top() - BENEATH;
    let height = free.clamp(LEAST_ROWS * ROW_HEIGHT, MOST_ROWS * ROW_HEIGHT);
    let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for ValueCount { value, count } in &profile.top {
            let is_ticked = ticked.contains(value);
            let row = CheckRow::new(value, is_ticked).detail(text::number(*count)).mono();
            if row.show(ui).clicked() {
                let mut wanted = ticked.clone();
                if is_ticked {
                    wanted.retain(|one| one != value);
                } else {
                    wanted.push(value.clone());
                }
                set((!wanted.is_empty()).then_some(FilterTest::OneOf(wanted)));
            }
        }
    });
}
