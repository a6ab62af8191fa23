//! What a node of the accessibility tree is as an element of a page: its tag, role, name, states and value.

use std::borrow::Cow;

use egui::accesskit::{
    Action, AriaCurrent, HasPopup, Invalid, Live, Node, NodeId, Orientation, Role, SortDirection, Toggled,
};

use super::mirror::Key;

/// The tag of an element. Most are plain and have a role; what a person types into is what the page has for that, so
/// that assistive technology can read and set its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tag {
    /// `div`
    #[default]
    Block,
    /// `input`, for one line of text.
    Line,
    /// `input` for a text that isn't shown.
    Password,
    /// `textarea`
    Text,
    /// `input` for a number on a scale.
    Range,
}

impl Tag {
    /// Its name, and the `type` it has.
    pub fn name(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Block => ("div", None),
            Self::Line => ("input", Some("text")),
            Self::Password => ("input", Some("password")),
            Self::Text => ("textarea", None),
            Self::Range => ("input", Some("range")),
        }
    }

    /// Whether it has a value that is typed.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Line | Self::Password | Self::Text)
    }
}

/// An element, as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Its tag, which never changes.
    pub tag: Tag,
    /// Its attributes, each once.
    pub attributes: Vec<(&'static str, Cow<'static, str>)>,
    /// Its text, where it has no children.
    pub text: Option<String>,
    /// What stands in it, where something can be typed or set.
    pub value: Option<String>,
}

impl Element {
    /// The element of a role alone.
    pub(super) fn of_role(role: &'static str) -> Self {
        Self { attributes: vec![("role", role.into())], ..Self::default() }
    }

    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| *one == name).map(|(_, value)| value.as_ref())
    }

    fn set(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.attributes.push((name, value.into()));
    }

    fn set_some(&mut self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn set_if(&mut self, name: &'static str, is_so: bool) {
        if is_so {
            self.set(name, "true");
        }
    }
}

/// Whether a node says nothing by itself: what it holds belongs to what is around it.
pub(super) fn is_transparent(node: &Node) -> bool {
    let is_container = matches!(
        node.role(),
        Role::GenericContainer
            | Role::Unknown
            | Role::Pane
            | Role::ScrollView
            | Role::Window
            | Role::TitleBar
    );
    is_container
        && node.label().is_none()
        && node.live().is_none()
        && !node.supports_action(Action::Focus)
        && !node.supports_action(Action::Click)
}

/// Whether a node is nothing that a page should have.
pub(super) fn is_left_out(node: &Node) -> bool {
    match node.role() {
        Role::TextRun | Role::Caret | Role::ImeCandidate | Role::LineBreak => true,
        // Who reads scrolls by going on; egui's own bars would only be in the way.
        Role::ScrollBar => node.label().is_none(),
        Role::Label => node.value().or_else(|| node.label()).is_none_or(str::is_empty),
        _ => node.is_hidden(),
    }
}

/// What must stand around a node's element for its role to mean anything.
pub(super) fn group(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::ListItem => "list",
        Role::Tab => "tablist",
        Role::ListBoxOption => "listbox",
        Role::MenuItem | Role::MenuItemCheckBox | Role::MenuItemRadio => "menu",
        Role::RadioButton => "radiogroup",
        Role::TreeItem => "tree",
        _ => return None,
    })
}

/// Whether an element of this role is such a group already.
pub(super) fn is_group(role: Role, group: &str) -> bool {
    match group {
        "list" => role == Role::List,
        "tablist" => role == Role::TabList,
        "listbox" => matches!(role, Role::ListBox | Role::MenuListPopup),
        "menu" => matches!(role, Role::Menu | Role::MenuBar),
        "radiogroup" => role == Role::RadioGroup,
        "tree" => matches!(role, Role::Tree | Role::TreeItem),
        _ => false,
    }
}

pub(super) fn tag(role: Role) -> Tag {
    match role {
        Role::TextInput
        | Role::SearchInput
        | Role::EmailInput
        | Role::UrlInput
        | Role::PhoneNumberInput
        | Role::NumberInput
        | Role::DateInput
        | Role::DateTimeInput
        | Role::WeekInput
        | Role::MonthInput
        | Role::TimeInput => Tag::Line,
        Role::PasswordInput => Tag::Password,
        Role::MultilineTextInput => Tag::Text,
        Role::Slider => Tag::Range,
        _ => Tag::Block,
    }
}

/// The role as a page writes it; none where the tag says it, or where there is nothing to say.
fn role(node: &Node) -> Option<&'static str> {
    Some(match node.role() {
        Role::Button | Role::DefaultButton | Role::ColorWell | Role::DisclosureTriangle => "button",
        Role::CheckBox => "checkbox",
        Role::Switch => "switch",
        Role::RadioButton => "radio",
        Role::RadioGroup => "radiogroup",
        Role::Link => "link",
        Role::ComboBox | Role::EditableComboBox => "combobox",
        Role::SpinButton => "spinbutton",
        Role::SearchInput => "searchbox",
        Role::Splitter => "separator",
        Role::ScrollBar => "scrollbar",
        Role::ProgressIndicator => "progressbar",
        Role::Meter => "meter",
        Role::Tab => "tab",
        Role::TabList => "tablist",
        Role::TabPanel => "tabpanel",
        Role::List | Role::DescriptionList => "list",
        Role::ListItem => "listitem",
        Role::ListBox | Role::MenuListPopup => "listbox",
        Role::ListBoxOption | Role::MenuListOption => "option",
        Role::Menu => "menu",
        Role::MenuBar => "menubar",
        Role::MenuItem => "menuitem",
        Role::MenuItemCheckBox => "menuitemcheckbox",
        Role::MenuItemRadio => "menuitemradio",
        Role::Tree => "tree",
        Role::TreeItem => "treeitem",
        Role::Table => "table",
        Role::Grid | Role::ListGrid => "grid",
        Role::TreeGrid => "treegrid",
        Role::RowGroup => "rowgroup",
        Role::Row => "row",
        Role::Cell => "cell",
        Role::GridCell => "gridcell",
        Role::ColumnHeader => "columnheader",
        Role::RowHeader => "rowheader",
        Role::Heading | Role::DocSubtitle => "heading",
        Role::Paragraph => "paragraph",
        Role::Code => "code",
        Role::Image | Role::GraphicsSymbol | Role::GraphicsObject => "img",
        Role::Canvas | Role::GraphicsDocument | Role::Figure => "figure",
        Role::Dialog => "dialog",
        Role::AlertDialog => "alertdialog",
        Role::Alert => "alert",
        Role::Status => "status",
        Role::Log | Role::Terminal => "log",
        Role::Timer => "timer",
        Role::Tooltip => "tooltip",
        Role::Toolbar => "toolbar",
        Role::Navigation => "navigation",
        Role::Main => "main",
        Role::Search => "search",
        Role::Form => "form",
        Role::Banner | Role::Header => "banner",
        Role::Complementary => "complementary",
        Role::ContentInfo | Role::Footer => "contentinfo",
        Role::Region | Role::Section | Role::Pane => "region",
        Role::Article => "article",
        Role::Note => "note",
        Role::Label | Role::TextInput | Role::PasswordInput | Role::MultilineTextInput | Role::Slider => {
            return None;
        }
        _ => "group",
    })
}

/// Whether an element of this role is named by the text that stands in it.
fn is_named_by_text(role: &str) -> bool {
    matches!(
        role,
        "button"
            | "checkbox"
            | "switch"
            | "radio"
            | "link"
            | "tab"
            | "option"
            | "menuitem"
            | "menuitemcheckbox"
            | "menuitemradio"
            | "treeitem"
            | "cell"
            | "gridcell"
            | "columnheader"
            | "rowheader"
            | "heading"
            | "tooltip"
    )
}

/// Whether what stands in an element of this role is read when it changes, and so must stand there as text.
fn is_read_by_text(role: &str) -> bool {
    matches!(role, "alert" | "status" | "log" | "timer" | "note" | "paragraph" | "code" | "listitem")
}

/// The element of a node. `holds` says whether other elements stand in it.
pub(super) fn element(node: &Node, holds: bool) -> Element {
    let mut element = Element { tag: tag(node.role()), ..Element::default() };
    let role = role(node);
    element.set_some("role", role);
    name(&mut element, node, role, holds);
    states(&mut element, node, role);
    numbers(&mut element, node);
    relations(&mut element, node);
    if element.tag.is_text() {
        // What a password field shows are dots already, and they help nobody.
        element.value = (element.tag != Tag::Password).then(|| node.value().unwrap_or_default().to_owned());
        element.set_some("placeholder", node.placeholder().map(str::to_owned));
        element.set_if("aria-readonly", node.is_read_only());
    } else if element.tag == Tag::Range {
        element.value = node.numeric_value().map(|value| value.to_string());
    }
    if node.supports_action(Action::Focus) || element.tag != Tag::Block {
        // Tab goes through egui's own order, not the page's.
        element.set("tabindex", "-1");
    }
    element
}

fn name(element: &mut Element, node: &Node, role: Option<&str>, holds: bool) {
    let label = node.label().filter(|label| !label.is_empty());
    let value = node.value().filter(|value| !value.is_empty());
    if element.tag != Tag::Block {
        element.set_some("aria-label", label.map(str::to_owned));
    } else if node.role() == Role::Label {
        element.text = value.or(label).map(str::to_owned).filter(|_| !holds);
    } else {
        let role = role.unwrap_or_default();
        let is_text = !holds && value.is_none() && is_named_by_text(role);
        let is_read = !holds && is_read_by_text(role);
        if is_text || is_read {
            element.text = label.map(str::to_owned);
        } else if !holds {
            element.text = value.map(str::to_owned);
        }
        if !is_text || role == "listitem" {
            element.set_some("aria-label", label.map(str::to_owned));
        }
    }
    let description = node.description().or_else(|| node.tooltip());
    let description = description.filter(|text| !text.is_empty() && Some(*text) != label);
    element.set_some("aria-description", description.map(str::to_owned));
    element.set_some("aria-keyshortcuts", node.keyboard_shortcut().map(str::to_owned));
    element.set_some("aria-roledescription", node.role_description().map(str::to_owned));
}

fn states(element: &mut Element, node: &Node, role: Option<&str>) {
    let toggled = node.toggled().map(|toggled| match toggled {
        Toggled::True => "true",
        Toggled::False => "false",
        Toggled::Mixed => "mixed",
    });
    let selected = node.is_selected().map(|selected| if selected { "true" } else { "false" }).or(toggled);
    match role.unwrap_or_default() {
        "checkbox" | "radio" | "switch" | "menuitemcheckbox" | "menuitemradio" => {
            element.set("aria-checked", toggled.unwrap_or("false"));
        }
        "tab" | "option" | "row" | "gridcell" | "columnheader" | "rowheader" | "treeitem" => {
            element.set_some("aria-selected", selected);
        }
        "button" => element.set_some("aria-pressed", toggled),
        _ => element.set_if("aria-current", selected == Some("true") && node.aria_current().is_none()),
    }
    element.set_some(
        "aria-current",
        node.aria_current().map(|current| match current {
            AriaCurrent::Page => "page",
            AriaCurrent::Step => "step",
            AriaCurrent::Location => "location",
            AriaCurrent::Date => "date",
            AriaCurrent::Time => "time",
            AriaCurrent::False => "false",
            AriaCurrent::True => "true",
        }),
    );
    element.set_some("aria-expanded", node.is_expanded().map(|is| if is { "true" } else { "false" }));
    element.set_some(
        "aria-haspopup",
        node.has_popup().map(|popup| match popup {
            HasPopup::Menu => "menu",
            HasPopup::Listbox => "listbox",
            HasPopup::Tree => "tree",
            HasPopup::Grid => "grid",
            HasPopup::Dialog => "dialog",
        }),
    );
    element.set_some(
        "aria-invalid",
        node.invalid().map(|invalid| match invalid {
            Invalid::True => "true",
            Invalid::Grammar => "grammar",
            Invalid::Spelling => "spelling",
        }),
    );
    element.set_some(
        "aria-live",
        node.live().map(|live| match live {
            Live::Off => "off",
            Live::Polite => "polite",
            Live::Assertive => "assertive",
        }),
    );
    element.set_some(
        "aria-sort",
        node.sort_direction().map(|direction| match direction {
            SortDirection::Ascending => "ascending",
            SortDirection::Descending => "descending",
            SortDirection::Other => "other",
        }),
    );
    element.set_some(
        "aria-orientation",
        node.orientation().map(|orientation| match orientation {
            Orientation::Horizontal => "horizontal",
            Orientation::Vertical => "vertical",
        }),
    );
    element.set_if("aria-disabled", node.is_disabled());
    element.set_if("aria-required", node.is_required());
    element.set_if("aria-busy", node.is_busy());
    element.set_if("aria-modal", node.is_modal());
    element.set_if("aria-atomic", node.is_live_atomic());
    element.set_if("aria-multiselectable", node.is_multiselectable());
}

fn numbers(element: &mut Element, node: &Node) {
    if let Some(value) = node.numeric_value() {
        let range = (node.min_numeric_value(), node.max_numeric_value());
        let (least, most) = match range {
            // Whatever has no range of its own is a share of a whole.
            (None, None) if (0.0..=1.0).contains(&value) => (Some(0.0), Some(1.0)),
            range => range,
        };
        if element.tag == Tag::Range {
            element.set_some("min", least.map(|least| least.to_string()));
            element.set_some("max", most.map(|most| most.to_string()));
            element
                .set("step", node.numeric_value_step().map_or_else(|| "any".into(), |step| step.to_string()));
        } else {
            element.set("aria-valuenow", value.to_string());
            element.set_some("aria-valuemin", least.map(|least| least.to_string()));
            element.set_some("aria-valuemax", most.map(|most| most.to_string()));
        }
        let words = node.value().map(str::to_owned);
        let share = (least == Some(0.0) && most == Some(1.0)).then(|| format!("{:.0} %", value * 100.0));
        element.set_some("aria-valuetext", words.or(share));
    }
    let level = node.level().or_else(|| (node.role() == Role::Heading).then_some(2));
    let counts = [
        ("aria-level", level),
        ("aria-rowcount", node.row_count()),
        ("aria-colcount", node.column_count()),
        // A page counts from one, the tree from zero.
        ("aria-rowindex", node.row_index().map(|index| index + 1)),
        ("aria-colindex", node.column_index().map(|index| index + 1)),
        ("aria-setsize", node.size_of_set()),
        ("aria-posinset", node.position_in_set().map(|position| position + 1)),
    ];
    for (name, count) in counts {
        element.set_some(name, count.map(|count| count.to_string()));
    }
}

fn relations(element: &mut Element, node: &Node) {
    let ids = |nodes: &[NodeId]| {
        let ids: Vec<String> = nodes.iter().map(|id| Key::Node(id.0).to_string()).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    if node.label().is_none_or(str::is_empty) {
        element.set_some("aria-labelledby", ids(node.labelled_by()));
    }
    element.set_some("aria-describedby", ids(node.described_by()));
    element.set_some("aria-controls", ids(node.controls()));
    element.set_some("aria-details", ids(node.details()));
}
