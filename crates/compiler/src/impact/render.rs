//! An impact as text for the command line.

use std::fmt::{self, Display, Write};

use super::{AffectedColumn, Impact, ImpactChange, ImpactSeverity};
use crate::{ColumnEdge, LineageNode};

impl Display for ImpactSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breaks => "breaks",
            Self::ChangesRows => "can have other rows",
            Self::ChangesValues => "can have other values",
        })
    }
}

impl Impact {
    /// The impact in one sentence without a full stop.
    pub fn summary(&self) -> String {
        let what = match &self.change {
            ImpactChange::Drop => format!("dropping {}", self.target),
            ImpactChange::Rename(name) => format!("renaming {} to {name}", self.target),
            ImpactChange::Retype(to) => format!("making {} {to}", self.target),
        };
        if self.tables.is_empty() {
            return format!("{what} touches nothing");
        }
        let count = |severity| self.tables.iter().filter(|table| table.severity == severity).count();
        let mut parts = Vec::new();
        for (severity, verb) in [
            (ImpactSeverity::Breaks, "breaks"),
            (ImpactSeverity::ChangesRows, "can change the rows of"),
            (ImpactSeverity::ChangesValues, "can change values in"),
        ] {
            let tables = count(severity);
            if tables > 0 {
                parts.push(format!("{verb} {tables} {}", if tables == 1 { "table" } else { "tables" }));
            }
        }
        let pipelines = self.pipelines.len();
        let noun = if pipelines == 1 { "pipeline" } else { "pipelines" };
        format!("{what} {}, in {pipelines} {noun}", parts.join(", "))
    }

    /// All of it, for a terminal.
    pub fn to_text(&self) -> String {
        let mut page = format!("{}\n", self.summary());
        // Writing into a String can't fail.
        self.write(&mut page).unwrap_or_default();
        page
    }

    fn write(&self, page: &mut String) -> fmt::Result {
        for table in &self.tables {
            writeln!(page, "\n{} {}", table.node, table.severity)?;
            for reason in &table.reasons {
                writeln!(page, "  {}", one_line(reason))?;
            }
            for column in
                self.columns.iter().filter(|column| column.column.node == table.node && column.path.len() > 1)
            {
                writeln!(page, "  path: {}", path(column))?;
            }
        }
        if !self.pipelines.is_empty() {
            writeln!(page, "\npipelines")?;
        }
        for pipeline in &self.pipelines {
            let owner = pipeline.owner.as_deref().unwrap_or("no owner");
            writeln!(page, "  {} ({owner}) {}", pipeline.name, pipeline.severity)?;
        }
        Ok(())
    }
}

impl LineageNode {
    /// The pipeline that it belongs to.
    pub fn pipeline(&self) -> &str {
        match self {
            Self::File { pipeline, .. } => pipeline,
            Self::Table { name } => &name.pipeline,
        }
    }
}

fn path(column: &AffectedColumn) -> String {
    let step = |edge: &ColumnEdge| edge.from.to_string();
    let mut steps: Vec<String> = column.path.iter().map(step).collect();
    steps.push(column.column.to_string());
    steps.join(" → ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
