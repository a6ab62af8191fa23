//! How well a type fits the place at the cursor.

use touchstone_spec::DataType;

use super::{
    call::{Frame, Open},
    tokens::{Kind, Token},
};
use crate::{
    FunctionEntry,
    function_table::{ParameterType, Signature, function_named},
    typing::convert::widens,
};

/// What the place at the cursor takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Not known.
    Anything,
    /// Any number.
    Number,
    /// A condition: something boolean, or the left side of a comparison.
    Condition,
    /// This type, or what widens to it.
    Type(DataType),
    /// What a parameter takes.
    Parameter(ParameterType),
}

impl From<Option<DataType>> for Wanted {
    fn from(data_type: Option<DataType>) -> Self {
        data_type.map_or(Self::Anything, Self::Type)
    }
}

/// What fits is shown before what doesn't; less than what a better match of the letters is worth.
const FITS: i32 = 90;
const MISFITS: i32 = -90;

impl Wanted {
    /// Whether a value of this type can stand here; none where that isn't known.
    fn takes(&self, data_type: &DataType) -> Option<bool> {
        match self {
            Self::Anything => None,
            Self::Condition => (*data_type == DataType::Boolean).then_some(true),
            Self::Number => Some(data_type.is_numeric()),
            Self::Type(wanted) => Some(widens(data_type, wanted) || widens(wanted, data_type)),
            Self::Parameter(kind) => kind.takes(data_type),
        }
    }

    pub(crate) fn bonus_of(&self, data_type: Option<&DataType>) -> i32 {
        match data_type.and_then(|data_type| self.takes(data_type)) {
            None => 0,
            Some(true) if *self == Self::Condition => 30,
            Some(true) => FITS,
            Some(false) => MISFITS,
        }
    }

    /// The same for what a function gives; functions whose result depends on their arguments may fit or not.
    pub(crate) fn bonus_of_function(&self, entry: &FunctionEntry) -> i32 {
        let result = Signature::read(entry.signature).and_then(|signature| signature.result);
        let result = result.and_then(ParameterType::data_type);
        self.bonus_of(result.as_ref())
    }
}

/// Signs behind which a value of the same type stands.
const COMPARISONS: [&str; 7] = ["=", "<>", "!=", "<", "<=", ">", ">="];

/// A place in an expression: what stands before it, and what is open there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'text> {
    pub(crate) text: &'text str,
    pub(crate) before: &'text [Token],
    pub(crate) frames: &'text [Frame],
}

impl Place<'_> {
    fn ends_in(&self, words: &[&str]) -> bool {
        self.before.last().is_some_and(|last| words.iter().any(|word| last.is(self.text, word)))
    }

    fn name_at(&self, index: Option<usize>) -> Option<String> {
        let token = self.before.get(index?)?;
        matches!(token.kind, Kind::Word | Kind::Name).then(|| token.content(self.text))
    }

    /// The column that the value here is compared with: `side = |`, `side in ('BUY', |`.
    pub(crate) fn compared(&self) -> Option<String> {
        let last = self.before.len().checked_sub(1)?;
        if self.ends_in(&COMPARISONS) {
            return self.name_at(last.checked_sub(1));
        }
        if let Some(Frame::Bracket(open)) = self.frames.last()
            && open.word.as_deref() == Some("in")
            && self.ends_in(&["(", ","])
        {
            let word = open.bracket.checked_sub(2)?;
            let is_negated = self.before.get(word).is_some_and(|token| token.is(self.text, "not"));
            return self.name_at(if is_negated { word.checked_sub(1) } else { Some(word) });
        }
        None
    }

    /// What an operand here should be. `expected` is the type of the whole text, `type_of` that of a column.
    pub(crate) fn wanted(
        &self,
        expected: Option<&DataType>,
        type_of: &dyn Fn(&str) -> Option<DataType>,
    ) -> Wanted {
        if let Some(column) = self.compared() {
            return type_of(&column).into();
        }
        if self.ends_in(&["and", "or", "not", "when", "where", "on", "having"]) {
            return Wanted::Condition;
        }
        if self.ends_in(&["+", "-", "*", "/", "%"]) {
            return Wanted::Number;
        }
        if self.ends_in(&["||"]) {
            return Wanted::Type(DataType::String);
        }
        match self.frames.last() {
            Some(Frame::Bracket(open)) => self.wanted_argument(open, type_of),
            None => expected.cloned().into(),
            Some(_) => Wanted::Anything,
        }
    }

    fn wanted_argument(&self, open: &Open, type_of: &dyn Fn(&str) -> Option<DataType>) -> Wanted {
        let entry = open.word.as_deref().and_then(function_named);
        let Some(signature) = entry.and_then(|entry| Signature::read(entry.signature)) else {
            return Wanted::Anything;
        };
        let Some(parameter) = signature.parameter(open.argument()) else { return Wanted::Anything };
        // One type for all: what the first of them is, where it is one column.
        let first = signature.parameters.iter().position(|other| other.kind == parameter.kind);
        let first = first.filter(|first| *first < open.argument() && parameter.kind.is_shared());
        let known = first.and_then(|first| {
            let start = open.start_of(first);
            let is_alone = self.before.get(start + 1)?.is(self.text, ",");
            self.name_at(Some(start)).filter(|_| is_alone).and_then(|name| type_of(&name))
        });
        known.map_or(Wanted::Parameter(parameter.kind), Wanted::Type)
    }
}
