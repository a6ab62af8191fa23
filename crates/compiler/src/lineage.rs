//! Lineage.
use crate::CompiledPipeline;
/// Lineage.
#[derive(Debug, Clone, Default)]
pub struct Lineage {}
impl Lineage {
    /// Of pipelines.
    pub fn of<'p>(_: impl Iterator<Item = &'p CompiledPipeline>) -> Self {
        Self {}
    }
}
