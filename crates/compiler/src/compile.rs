//! The whole workspace at once: tables put in order, each typed, pipelines put together, everything wrong reported.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use indexmap::IndexMap;
use touchstone_spec::{
    Diagnostic, Diagnostics, DocPath, Document, FileFormat, Layer, Pipeline, Place, Source, TableName,
};

use crate::{
    Column, CompiledPipeline, CompiledSource, Expr, GoldPlan, SilverPlan,
    catalog::{Catalog, DeclaredTables, Tables, View},
    document_checks,
    finding::{At, Finding, Reporter, broken_at},
    gold,
    lineage::Lineage,
    names::DocumentNames,
    order::{self, Dependencies},
    reuse::{Memory, Reuse},
    rules, silver, spark,
    syntax::parse_expression,
    typing::{Typer, scope::Scope},
};

/// What compiling a workspace gives.
#[derive(Debug, Clone, Default)]
pub struct Compilation {
    /// Every pipeline without errors of its own, by name.
    pub pipelines: IndexMap<String, CompiledPipeline>,
    /// Pipelines that have no error of their own but read a table that has one, and that table.
    pub blocked: IndexMap<String, TableName>,
    /// What is wrong, the readers' findings included, by place.
    pub diagnostics: Diagnostics,
    /// Where every column of the compiled pipelines comes from.
    pub lineage: Lineage,
    /// Every silver and gold table as far as it is understood, those with errors too.
    pub tables: Tables,
    /// Pipelines that were not looked at yet; see [`recompile_part`].
    pub waiting: BTreeSet<String>,
    /// What the next compilation needs to know of this one.
    pub(crate) memory: Memory,
}

/// Compiles the documents of a workspace.
pub fn compile(documents: &[Document]) -> Compilation {
    Workspace::new(documents).compile(Reuse::default(), Part::All).0
}

/// Compiles the documents of a workspace, and says what the names in each mean.
pub(crate) fn compile_names(documents: &[Document]) -> (Compilation, Vec<DocumentNames>) {
    Workspace::new(documents).compile(Reuse::default(), Part::All)
}

/// Compiles the documents of a workspace anew after an edit: only what changed since `previous`, and the pipelines that
/// read it, is looked at. Gives what [`compile`] gives.
pub fn recompile(previous: Compilation, documents: &[Document]) -> Compilation {
    recompile_of(previous, documents, Part::All)
}

/// As [`recompile`], but leaves most of what is to be done for the next calls: of the pipelines to be compiled, `count`
/// are, those in `first` before the others, each with the pipelines that it reads. The rest is `waiting` in what is
/// given, and nothing is said of it; called until nothing waits, it gives what [`compile`] gives.
pub fn recompile_part(
    previous: Compilation,
    documents: &[Document],
    first: &[&str],
    count: usize,
) -> Compilation {
    recompile_of(previous, documents, Part::Some { first, count })
}

fn recompile_of(previous: Compilation, documents: &[Document], part: Part<'_>) -> Compilation {
    let workspace = Workspace::new(documents);
    if workspace.members.iter().any(|member| member.is_duplicate) {
        // Names mean less than usual: all at once.
        return workspace.compile(Reuse::default(), Part::All).0;
    }
    let reuse = Reuse::of(previous, documents, &workspace.catalog);
    workspace.compile(reuse, part).0
}

/// How much is compiled at once.
#[derive(Debug, Clone, Copy)]
enum Part<'names> {
    All,
    Some { first: &'names [&'names str], count: usize },
}

/// Types one expression over `columns`, for a preview while it is written. Lookups have no tables here.
///
/// # Errors
/// All that is wrong with the text; places are line and column in it.
pub fn compile_expression(text: &str, columns: &[Column]) -> Result<Expr, Vec<Diagnostic>> {
    let scope = Scope::of_columns(columns);
    let (typed, findings) = match parse_expression(text) {
        Ok(node) => {
            let mut checker = Typer::new(&scope, None);
            let typed = checker.expr(&node);
            (typed, checker.findings)
        }
        Err(finding) => (None, vec![finding]),
    };
    let has_errors = findings.iter().any(|finding| finding.severity == touchstone_spec::Severity::Error);
    match typed {
        Some(expr) if !has_errors => Ok(expr),
        _ => Err(findings
            .into_iter()
            .map(|finding| {
                let place = Place { line: finding.at.line, column: finding.at.column, ..Place::default() };
                finding.into_diagnostic(place)
            })
            .collect()),
    }
}

/// One document with a pipeline.
struct Member<'documents> {
    pipeline: &'documents Pipeline,
    reporter: Reporter<'documents>,
    silver: BTreeMap<String, SilverPlan>,
    gold: BTreeMap<String, GoldPlan>,
    /// Rules as parsed, by table, bound when all tables are known.
    rules: BTreeMap<TableName, rules::ParsedRules>,
    /// A name that another document has already: none of its tables count.
    is_duplicate: bool,
}

impl Member<'_> {
    /// Finds what can be said without the other documents.
    fn look_at_itself(&mut self) {
        document_checks::check(self.pipeline, &mut self.reporter);
        self.rules = rules::parse_all(self.pipeline, &mut self.reporter);
    }
}

struct Workspace<'documents> {
    documents: &'documents [Document],
    members: Vec<Member<'documents>>,
    diagnostics: Diagnostics,
    catalog: Catalog,
}

impl<'documents> Workspace<'documents> {
    fn new(documents: &'documents [Document]) -> Self {
        let mut workspace = Self {
            documents,
            members: Vec::new(),
            diagnostics: Diagnostics::default(),
            catalog: Catalog::default(),
        };
        for document in documents {
            workspace.diagnostics.extend(document.diagnostics.clone());
            let Some(pipeline) = &document.pipeline else {
                let file = document.file.rsplit(['/', '\\']).next().unwrap_or_default();
                let stem = file.split('.').next().unwrap_or_default();
                workspace.catalog.unreadable.push(stem.to_lowercase());
                continue;
            };
            let mut member = Member {
                pipeline,
                reporter: Reporter::new(document),
                silver: BTreeMap::new(),
                gold: BTreeMap::new(),
                rules: BTreeMap::new(),
                is_duplicate: false,
            };
            let earlier = workspace
                .members
                .iter()
                .find(|other| other.pipeline.pipeline.eq_ignore_ascii_case(&pipeline.pipeline));
            if let Some(earlier) = earlier {
                member.is_duplicate = true;
                member.reporter.at_value(
                    &DocPath::root().key("pipeline"),
                    Finding::error(
                        At::START,
                        "duplicate-name",
                        format!(
                            "pipeline `{}` is already in {}",
                            pipeline.pipeline, earlier.reporter.document.file
                        ),
                    )
                    .help("rename one of the two"),
                );
            } else {
                workspace
                    .catalog
                    .pipelines
                    .insert(pipeline.pipeline.to_lowercase(), declared(document, pipeline));
            }
            workspace.members.push(member);
        }
        workspace
    }

    fn compile(mut self, reuse: Reuse, part: Part<'_>) -> (Compilation, Vec<DocumentNames>) {
        for member in self.members.iter_mut().filter(|member| !reuse.knows_reads(&member.pipeline.pipeline)) {
            member.look_at_itself();
        }
        let dependencies = self.dependencies(&reuse);
        let waiting = self.waiting(&reuse, &dependencies, part);
        for member in &mut self.members {
            let name = &member.pipeline.pipeline;
            if waiting.contains(name) {
                member.rules.clear();
            } else if reuse.knows_reads(name) && !reuse.has(name) {
                member.look_at_itself();
            }
        }
        let order = order::sort(&dependencies);
        for cycle in &order.cycles {
            self.report_cycle(cycle, &dependencies);
        }
        let in_cycle: BTreeSet<&TableName> = order.cycles.iter().flatten().collect();
        for table in &order.tables {
            if reuse.has(&table.pipeline) {
                let known = reuse.known(table).map(|known| (table.clone(), known));
                self.catalog.known.extend(known);
            } else if !waiting.contains(&table.pipeline) && !in_cycle.contains(table) {
                self.table(table);
            }
        }
        self.bind_rules();
        self.assemble(&order.tables, dependencies, reuse, waiting)
    }

    /// The pipelines that are left for later.
    fn waiting(&self, reuse: &Reuse, dependencies: &Dependencies, part: Part<'_>) -> BTreeSet<String> {
        let Part::Some { first, count } = part else { return BTreeSet::new() };
        let mut to_do: Vec<&str> = self
            .members
            .iter()
            .map(|member| member.pipeline.pipeline.as_str())
            .filter(|name| !reuse.has(name))
            .collect();
        to_do.sort_by_key(|name| !first.contains(name));
        let now = to_do.iter().take(count).map(|name| (*name).to_owned()).collect();
        let needed = dependencies.needed_by(&now);
        to_do.into_iter().filter(|name| !needed.contains(*name)).map(str::to_owned).collect()
    }

    fn dependencies(&self, reuse: &Reuse) -> Dependencies {
        let mut dependencies = Dependencies::default();
        for member in self.members.iter().filter(|member| !member.is_duplicate) {
            let pipeline = &member.pipeline.pipeline;
            if reuse.knows_reads(pipeline) {
                dependencies.copy(reuse.dependencies(), pipeline);
            } else {
                let view = View { catalog: &self.catalog, pipeline };
                order::collect(member.pipeline, view, &member.rules, &mut dependencies);
            }
        }
        dependencies
    }

    fn report_cycle(&mut self, cycle: &[TableName], dependencies: &Dependencies) {
        let Some(first) = cycle.first() else { return };
        let path: Vec<String> = cycle.iter().chain(std::iter::once(first)).map(ToString::to_string).collect();
        let Some(member) = self.members.iter_mut().find(|member| member.pipeline.pipeline == first.pipeline)
        else {
            return;
        };
        let next = cycle.get(1).unwrap_or(first);
        let document_path = dependencies.place(first, next).unwrap_or_else(|| table_path(first));
        let finding = Finding::error(
            At::START,
            "cycle",
            format!("these tables read each other in a circle: {}", path.join(" → ")),
        )
        .help("take one of these reads out; what two tables need of each other belongs into a third");
        member.reporter.at_value(&document_path, finding);
    }

    fn table(&mut self, name: &TableName) {
        let Some(member) = self
            .members
            .iter_mut()
            .find(|member| !member.is_duplicate && member.pipeline.pipeline == name.pipeline)
        else {
            return;
        };
        let view = View { catalog: &self.catalog, pipeline: &member.pipeline.pipeline };
        let unique = member.rules.get(name).map(rules::ParsedRules::unique_columns).unwrap_or_default();
        let (mut known, on_failure) = if name.layer == Layer::Gold {
            let Some(table) = member.pipeline.gold.get(&name.table) else { return };
            let typed = gold::compile(member.pipeline, &name.table, table, view, &mut member.reporter);
            member.gold.extend(typed.plan.map(|plan| (name.table.clone(), plan)));
            (typed.known, table.on_failure)
        } else {
            let Some(table) = member.pipeline.silver.get(&name.table) else { return };
            let typed = silver::compile(member.pipeline, &name.table, table, view, &mut member.reporter);
            member.silver.extend(typed.plan.map(|plan| (name.table.clone(), plan)));
            (typed.known, table.on_failure)
        };
        // A rule that only warns lets rows through.
        if on_failure != touchstone_spec::OnFailure::Warn {
            known.unique = unique;
        }
        self.catalog.known.insert(name.clone(), Arc::new(known));
    }

    fn bind_rules(&mut self) {
        for member in self.members.iter_mut().filter(|member| !member.is_duplicate) {
            let view = View { catalog: &self.catalog, pipeline: &member.pipeline.pipeline };
            for (name, parsed) in &member.rules {
                let halting = member.pipeline.silver.get(&name.table).filter(|table| {
                    name.layer == Layer::Silver && table.on_failure == touchstone_spec::OnFailure::Halt
                });
                let halting_key = halting.map(|table| table.key.as_slice()).unwrap_or_default();
                let ruleset = rules::bind(name, parsed, view, halting_key, &mut member.reporter);
                match name.layer {
                    Layer::Gold => {
                        if let Some(plan) = member.gold.get_mut(&name.table) {
                            plan.rules = ruleset;
                        }
                    }
                    _ => {
                        if let Some(plan) = member.silver.get_mut(&name.table) {
                            plan.rules = ruleset;
                        }
                    }
                }
            }
        }
    }

    fn assemble(
        self,
        order: &[TableName],
        dependencies: Dependencies,
        mut reuse: Reuse,
        waiting: BTreeSet<String>,
    ) -> (Compilation, Vec<DocumentNames>) {
        let mut names: Vec<DocumentNames> = Vec::new();
        let mut compilation = Compilation {
            diagnostics: self.diagnostics,
            tables: Tables::of(self.catalog),
            ..Compilation::default()
        };
        let mut anew: Vec<String> = Vec::new();
        for member in self.members {
            let name = &member.pipeline.pipeline;
            if reuse.has(name) {
                let file = &member.reporter.document.file;
                compilation.diagnostics.extend(reuse.diagnostics(file));
                if let Some(compiled) = reuse.pipeline(name, order) {
                    compilation.pipelines.insert(name.clone(), compiled);
                } else if let Some(culprit) = reuse.blocked(name) {
                    compilation.blocked.insert(name.clone(), culprit);
                }
                continue;
            }
            if waiting.contains(name) {
                continue;
            }
            let own_errors =
                member.reporter.has_errors() || member.reporter.document.diagnostics.has_errors();
            let Member { pipeline, mut reporter, silver, gold, .. } = member;
            names.push(DocumentNames {
                file: reporter.document.file.clone(),
                pipeline: pipeline.pipeline.clone(),
                uses: std::mem::take(&mut reporter.names),
                outputs: std::mem::take(&mut reporter.outputs),
            });
            for diagnostic in reporter.diagnostics {
                compilation.diagnostics.push(diagnostic);
            }
            if own_errors {
                continue;
            }
            let missing = |name: &TableName| match name.layer {
                Layer::Gold => !gold.contains_key(&name.table),
                _ => !silver.contains_key(&name.table),
            };
            let hidden = order.iter().find(|name| name.pipeline == pipeline.pipeline && missing(name));
            if let Some(hidden) = hidden {
                let culprit = dependencies.read_by(hidden).next().unwrap_or(hidden).clone();
                compilation.blocked.insert(pipeline.pipeline.clone(), culprit);
                continue;
            }
            anew.push(pipeline.pipeline.clone());
            compilation
                .pipelines
                .insert(pipeline.pipeline.clone(), put_together(pipeline, silver, gold, order));
        }
        compilation.diagnostics = compilation.diagnostics.sorted();
        let drawn = Lineage::of(anew.iter().filter_map(|name| compilation.pipelines.get(name)));
        compilation.lineage = reuse.lineage(drawn);
        compilation.memory = reuse.memory(self.documents, dependencies);
        compilation.waiting = waiting;
        (compilation, names)
    }
}

fn declared(document: &Document, pipeline: &Pipeline) -> DeclaredTables {
    let root = DocPath::root();
    DeclaredTables {
        silver: pipeline.silver.keys().cloned().collect(),
        gold: pipeline.gold.keys().cloned().collect(),
        incomplete: broken_at(document, &root.key("silver")) || broken_at(document, &root.key("gold")),
    }
}

pub(crate) fn table_path(name: &TableName) -> DocPath {
    let layer = if name.layer == Layer::Gold { "gold" } else { "silver" };
    DocPath::root().key(layer).key(&name.table)
}

fn put_together(
    pipeline: &Pipeline,
    mut silver: BTreeMap<String, SilverPlan>,
    mut gold: BTreeMap<String, GoldPlan>,
    order: &[TableName],
) -> CompiledPipeline {
    let sources: IndexMap<String, CompiledSource> = pipeline
        .sources
        .iter()
        .map(|(name, source)| {
            let Source::File(file) = source;
            let FileFormat::Csv(format) = &file.format;
            let compiled = CompiledSource {
                name: name.clone(),
                format: format.clone(),
                sample: file.sample.clone(),
                contract: file.contract.clone(),
            };
            (name.clone(), compiled)
        })
        .collect();
    let mut compiled = CompiledPipeline {
        name: pipeline.pipeline.clone(),
        sources,
        silver: IndexMap::new(),
        gold: IndexMap::new(),
        reads: Vec::new(),
    };
    let mut reads = BTreeSet::new();
    for name in order.iter().filter(|name| name.pipeline == pipeline.pipeline) {
        if name.layer == Layer::Gold {
            if let Some(mut plan) = gold.remove(&name.table) {
                plan.spark_sql = spark::gold(&plan);
                reads.extend(plan.reads.iter().cloned());
                reads.extend(rules::tables_of(&plan.rules));
                compiled.gold.insert(name.table.clone(), plan);
            }
        } else if let Some(mut plan) = silver.remove(&name.table) {
            plan.spark_sql = spark::silver(&plan);
            reads.extend(plan.lookups.iter().cloned());
            reads.extend(rules::tables_of(&plan.rules));
            compiled.silver.insert(name.table.clone(), plan);
        }
    }
    compiled.reads = reads.into_iter().filter(|table| table.pipeline != pipeline.pipeline).collect();
    compiled
}
