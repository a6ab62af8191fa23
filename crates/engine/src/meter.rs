//! Steps of a run: announced before it begins, timed, and stopped when the caller asks.

use std::time::Instant;

use touchstone_compiler::CompiledPipeline;
use touchstone_spec::{Layer, TableName};

use crate::{EngineError, PlannedStep, RunEvent, RunObserver, Step, StepReport};

/// All steps of pipelines, in order.
pub(crate) fn plan(pipelines: &[&CompiledPipeline]) -> Vec<PlannedStep> {
    let mut steps = Vec::new();
    let mut add = |table: &TableName, kinds: &[Step]| {
        steps.extend(kinds.iter().map(|step| PlannedStep { table: table.clone(), step: *step }));
    };
    for pipeline in pipelines {
        for source in pipeline.sources.keys() {
            add(&TableName::new(&pipeline.name, Layer::Bronze, source), &[Step::Read, Step::Write]);
        }
        for silver in pipeline.silver.values() {
            add(
                &silver.schema.name,
                &[Step::Contract, Step::Filter, Step::Map, Step::Deduplicate, Step::Rules, Step::Write],
            );
        }
        for gold in pipeline.gold.values() {
            add(&gold.schema.name, &[Step::Query, Step::Rules, Step::Write]);
        }
    }
    steps
}

/// Watches over the steps of a run.
pub(crate) struct Meter<'run> {
    observer: &'run dyn RunObserver,
    steps: Vec<PlannedStep>,
    next: usize,
}

/// A step that is under way.
pub(crate) struct Running<'run> {
    observer: &'run dyn RunObserver,
    index: usize,
    place: String,
    step: Step,
    since: Instant,
}

impl<'run> Meter<'run> {
    pub(crate) fn new(observer: &'run dyn RunObserver, steps: Vec<PlannedStep>) -> Self {
        observer.progress(RunEvent::Planned { steps: steps.clone() });
        Self { observer, steps, next: 0 }
    }

    /// Begins a step, unless the caller wants to stop.
    pub(crate) fn begin(&mut self, table: &TableName, step: Step) -> Result<Running<'run>, EngineError> {
        if self.observer.cancelled() {
            return Err(EngineError::cancelled(table.to_string()));
        }
        let index = self
            .steps
            .iter()
            .enumerate()
            .skip(self.next)
            .find(|(_, planned)| planned.table == *table && planned.step == step)
            .map_or(self.next, |(index, _)| index);
        self.next = index + 1;
        self.observer.progress(RunEvent::Started { step: index });
        Ok(Running { observer: self.observer, index, place: table.to_string(), step, since: Instant::now() })
    }

    /// An error when the caller wants to stop.
    pub(crate) fn go_on(&self, table: &TableName) -> Result<(), EngineError> {
        if self.cancelled() { Err(EngineError::cancelled(table.to_string())) } else { Ok(()) }
    }

    /// Whether the caller wants to stop.
    pub(crate) fn cancelled(&self) -> bool {
        self.observer.cancelled()
    }
}

impl Running<'_> {
    /// Tells how far the step is; an error when the caller wants to stop.
    pub(crate) fn advance(&self, done: u64, total: Option<u64>) -> Result<(), EngineError> {
        if self.observer.cancelled() {
            return Err(EngineError::cancelled(self.place.clone()));
        }
        self.observer.progress(RunEvent::Advanced { step: self.index, done, total });
        Ok(())
    }

    /// Ends the step.
    pub(crate) fn end(self, rows: u64) -> StepReport {
        self.observer.progress(RunEvent::Finished { step: self.index, rows });
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        StepReport { step: self.step, rows, millis }
    }
}
