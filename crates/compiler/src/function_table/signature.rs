//! The small language of signatures: `(text string, start int, length int literal = 1) -> string`.

use touchstone_spec::DataType;

use crate::typing::convert::widens;

/// A signature as read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Parameter>,
    /// Whether the last parameter may be repeated.
    pub(crate) repeats: bool,
    /// Type of the result; none where the entry computes it.
    pub(crate) result: Option<ParameterType>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: ParameterType,
    pub(crate) literal: bool,
    pub(crate) default: Option<&'static str>,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterType {
    String,
    Int,
    Long,
    Double,
    Boolean,
    Date,
    /// date, timestamp or timestamptz
    DateTime,
    /// Any type, of its own.
    Any,
    /// Any ordered type, of its own.
    AnyOrdered,
    /// One type for all parameters so marked.
    Same,
    /// The same, with an order.
    SameOrdered,
    /// One number type for all parameters so marked.
    SameNumber,
}

impl ParameterType {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "int" => Self::Int,
            "long" => Self::Long,
            "double" => Self::Double,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "datetime" => Self::DateTime,
            "any" => Self::Any,
            "ordered" => Self::AnyOrdered,
            "T" => Self::Same,
            "O" => Self::SameOrdered,
            "N" => Self::SameNumber,
            _ => return None,
        })
    }

    /// The one type that it stands for.
    pub(crate) fn data_type(self) -> Option<DataType> {
        Some(match self {
            Self::String => DataType::String,
            Self::Int => DataType::Int,
            Self::Long => DataType::Long,
            Self::Double => DataType::Double,
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date,
            _ => return None,
        })
    }

    /// Whether all parameters so marked have one type.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Self::Same | Self::SameOrdered | Self::SameNumber)
    }

    /// Whether an argument of this type may stand here; none where any type may.
    pub(crate) fn takes(self, data_type: &DataType) -> Option<bool> {
        match self {
            Self::Any | Self::Same => None,
            Self::DateTime => Some(data_type.is_temporal()),
            Self::SameNumber => Some(data_type.is_numeric()),
            Self::AnyOrdered | Self::SameOrdered => (!data_type.is_ordered()).then_some(false),
            _ => self.data_type().map(|wanted| widens(data_type, &wanted)),
        }
    }

    /// The type in words, for a message about an argument that doesn't fit.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Long => "long",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "a date or a timestamp",
            Self::Any | Self::Same => "any type",
            Self::AnyOrdered | Self::SameOrdered => "a type with an order",
            Self::SameNumber => "a number",
        }
    }
}

impl Signature {
    /// Reads a signature; none when it isn't one (a test reads them all).
    pub(crate) fn read(text: &'static str) -> Option<Self> {
        let (parameters, result) = text.strip_prefix('(')?.split_once(") -> ")?;
        let mut read = Vec::new();
        let mut repeats = false;
        for part in parameters.split(", ").filter(|part| !part.is_empty()) {
            if part == "…" {
                repeats = true;
            } else {
                read.push(Parameter::read(part)?);
            }
        }
        Some(Self { parameters: read, repeats, result: ParameterType::read(result) })
    }

    /// How many arguments it takes, in words.
    pub(crate) fn count(&self) -> String {
        let least = self.least();
        let most = self.parameters.len();
        let noun = |count| if count == 1 { "argument" } else { "arguments" };
        if self.repeats {
            format!("at least {least} {}", noun(least))
        } else if least == most {
            format!("{most} {}", noun(most))
        } else {
            format!("{least} to {most} arguments")
        }
    }

    /// Whether it takes so many arguments.
    pub(crate) fn takes(&self, count: usize) -> bool {
        count >= self.least() && (self.repeats || count <= self.parameters.len())
    }

    /// The parameter that the argument at `index` is for.
    pub(crate) fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or_else(|| self.parameters.last().filter(|_| self.repeats))
    }

    fn least(&self) -> usize {
        self.parameters.iter().filter(|parameter| parameter.default.is_none()).count()
    }
}

impl Parameter {
    fn read(text: &'static str) -> Option<Self> {
        let (declaration, default) = match text.split_once(" = ") {
            Some((declaration, default)) => (declaration, Some(default)),
            None => (text, None),
        };
        let mut words = declaration.split(' ');
        let (name, kind) = (words.next()?, ParameterType::read(words.next()?)?);
        let literal = match words.next() {
            None => false,
            Some("literal") => true,
            Some(_) => return None,
        };
        Some(Self { name, kind, literal, default })
    }
}
