//! Releases: what a pipeline would publish, how it differs from what is published, and publishing it.

use serde_json::{Value, json};
use touchstone_compiler::{CompiledPipeline, Lineage, TableSchema, schema_changes, spark_sql_typed_source};
use touchstone_protocol::{ComparisonView, ErrorCode, PublishPlan, PublishedView, RpcError, VersionView};
use touchstone_registry::{
    AuditQuery, Node, NodeKind, PublishInput, Registry, RollbackInput, Version, VersionContent, canonical,
};
use touchstone_spec::{Change, Document, Pipeline, SpecDiff, diff};

use crate::{
    environment::{actor, store_error},
    touches::{compile_with, touches},
    workspace::Workspace,
};

/// What a pipeline publishes.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The header, the sources and the tables, each with its spec and its compiled form.
    pub nodes: Vec<Node>,
    /// SHA-256 of the nodes' canonical JSON.
    pub content_hash: String,
    /// The document as the steward wrote it.
    pub spec_text: String,
}

/// What the pipeline `name` would publish now.
///
/// # Errors
/// When there is no such pipeline or it has errors.
pub fn content(workspace: &Workspace, name: &str) -> Result<Content, RpcError> {
    let compiled = workspace.compiled(name)?;
    let document = workspace.document(name)?;
    let Some(pipeline) = &document.pipeline else {
        return Err(RpcError::new(ErrorCode::InvalidSpec, format!("{} holds no pipeline", document.file)));
    };
    let nodes = nodes(pipeline, compiled)?;
    let content_hash = canonical::hash(&encode(&nodes)?);
    Ok(Content { nodes, content_hash, spec_text: document.text.clone() })
}

fn nodes(pipeline: &Pipeline, compiled: &CompiledPipeline) -> Result<Vec<Node>, RpcError> {
    let mut header = encode(pipeline)?;
    if let Some(object) = header.as_object_mut() {
        object.retain(|key, _| !matches!(key.as_str(), "sources" | "silver" | "gold"));
    }
    let order: Vec<String> = compiled.schemas().map(|schema| schema.name.to_string()).collect();
    let mut nodes = vec![Node {
        kind: NodeKind::Pipeline,
        name: compiled.name.clone(),
        spec: header,
        compiled: json!({ "tables": order, "reads": encode(&compiled.reads)? }),
    }];
    for (name, source) in &compiled.sources {
        let mut body = encode(source)?;
        body["spark_sql"] = Value::String(spark_sql_typed_source(source));
        nodes.push(Node {
            kind: NodeKind::Source,
            name: name.clone(),
            spec: encode(&pipeline.sources.get(name))?,
            compiled: body,
        });
    }
    for (name, plan) in &compiled.silver {
        nodes.push(Node {
            kind: NodeKind::Silver,
            name: name.clone(),
            spec: encode(&pipeline.silver.get(name))?,
            compiled: encode(plan)?,
        });
    }
    for (name, plan) in &compiled.gold {
        nodes.push(Node {
            kind: NodeKind::Gold,
            name: name.clone(),
            spec: encode(&pipeline.gold.get(name))?,
            compiled: encode(plan)?,
        });
    }
    Ok(nodes)
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Value, RpcError> {
    serde_json::to_value(value).map_err(|error| {
        RpcError::new(ErrorCode::Failed, format!("the pipeline can't be written as JSON: {error}"))
    })
}

/// The difference of two contents: of the documents field by field, and of the tables' compiled schemas where the
/// document doesn't show it (a type that follows from an expression, a column that follows from SQL).
///
/// `before` is none for a first version.
pub fn difference(before: Option<(&str, &[Node])>, after: (&str, &[Node])) -> SpecDiff {
    let read = |text: &str| Document::read("", text).pipeline;
    let old = before.and_then(|(text, _)| read(text));
    let mut difference = read(after.0).map(|new| diff(old.as_ref(), &new)).unwrap_or_default();
    if let Some((_, old_nodes)) = before {
        for change in schema_changes(&schemas(old_nodes), &schemas(after.1)) {
            match difference.changes.iter_mut().find(|known| is_told_by(&change.path, known)) {
                Some(known) => known.class = known.class.max(change.class),
                None => difference.changes.push(change),
            }
        }
    }
    difference
}

/// Whether the change of a compiled column `trades.silver.trades.notional` is what the document's change
/// `silver.trades.fields.notional.type` already tells. A renamed field tells of both its names.
fn is_told_by(compiled: &str, document: &Change) -> bool {
    let parts: Vec<&str> = compiled.split('.').collect();
    let [_pipeline, layer, table, rest @ ..] = parts.as_slice() else { return false };
    let field = rest.join(".");
    let told = [format!("{layer}.{table}.fields.{field}"), format!("{layer}.{table}.{field}")];
    let is_of = |path: &str| {
        path == format!("{layer}.{table}")
            || told.iter().any(|told| path == told || path.starts_with(&format!("{told}.")))
    };
    is_of(&document.path) || document.path_before().is_some_and(|path| is_of(&path))
}

fn schemas(nodes: &[Node]) -> Vec<TableSchema> {
    nodes
        .iter()
        .filter(|node| matches!(node.kind, NodeKind::Silver | NodeKind::Gold))
        .filter_map(|node| serde_json::from_value(node.compiled.get("schema")?.clone()).ok())
        .collect()
}

/// What publishing the pipeline `name` would change in the environment whose registry this is.
///
/// # Errors
/// When there is no such pipeline or the registry can't be read. Errors in the document are the plan's problems.
pub async fn plan(
    workspace: &Workspace,
    registry: &Registry,
    name: &str,
    environment: &str,
) -> Result<PublishPlan, RpcError> {
    let document = workspace.document(name)?;
    let problems = workspace.errors_of(&document.file);
    let failed = |error| store_error(&error, Some(environment));
    let current = registry.current(name).await.map_err(failed)?;
    let published = match &current {
        Some(current) => registry.version(name, current.version).await.map_err(failed)?,
        None => None,
    };
    let (nodes, content_hash) = match content(workspace, name) {
        Ok(content) => (content.nodes, content.content_hash),
        Err(_) => (Vec::new(), String::new()),
    };
    let before =
        published.as_ref().map(|published| (published.spec_text.as_str(), published.nodes.as_slice()));
    let mut difference = difference(before.filter(|_| !nodes.is_empty()), (&document.text, &nodes));
    if nodes.is_empty() {
        // Without compiled tables only the documents can be compared.
        let old = before.and_then(|(text, _)| Document::read("", text).pipeline);
        difference = document.pipeline.as_ref().map(|new| diff(old.as_ref(), new)).unwrap_or_default();
    }
    let old = published.as_ref().map(|published| compile_with(workspace, name, &published.spec_text));
    let lineages: Vec<&Lineage> =
        old.iter().map(|old| &old.lineage).chain([&workspace.compilation.lineage]).collect();
    Ok(PublishPlan {
        touches: if published.is_some() {
            touches(workspace, name, &difference, &lineages)
        } else {
            // Nobody reads what was never published.
            Vec::new()
        },
        pipeline: name.to_owned(),
        environment: environment.to_owned(),
        next_version: current.as_ref().map_or(1, |current| current.version + 1),
        current: published.as_ref().map(|published| version_view(&published.version)),
        class: difference.class(),
        diff: difference,
        content_hash,
        problems,
        checklist: Vec::new(),
    })
}

/// Publishes what [`plan`] showed: the same content over the same version, else it is a conflict.
///
/// # Errors
/// A conflict, a document with errors, or whatever keeps the registry from writing. Nothing is published then.
pub async fn publish(
    workspace: &Workspace,
    registry: &Registry,
    plan: &PublishPlan,
    message: &str,
) -> Result<PublishedView, RpcError> {
    let content = content(workspace, &plan.pipeline)?;
    if content.content_hash != plan.content_hash {
        return Err(RpcError::new(
            ErrorCode::Conflict,
            format!("{} changed since you looked at the difference", plan.pipeline),
        )
        .with_help("look at the new difference and publish again"));
    }
    let input = PublishInput {
        pipeline: plan.pipeline.clone(),
        nodes: content.nodes,
        spec_text: content.spec_text,
        content_hash: content.content_hash,
        change_class: plan.class,
        message: required_message(message)?,
        actor: actor(),
        expected_version: plan.current.as_ref().map(|current| current.version),
    };
    let failed = |error| store_error(&error, Some(&plan.environment));
    let version = registry.publish(input).await.map_err(failed)?;
    published(registry, &version, &plan.environment).await
}

/// Publishes an old version's content anew. `seen` is the version that the person saw as current, where they saw one.
///
/// # Errors
/// When the pipeline was never published, there is no such version, it is the current one, or as [`publish`].
pub async fn rollback(
    registry: &Registry,
    environment: &str,
    name: &str,
    to_version: u64,
    message: &str,
    seen: Option<u64>,
) -> Result<PublishedView, RpcError> {
    let failed = |error| store_error(&error, Some(environment));
    let Some(current) = registry.current(name).await.map_err(failed)? else {
        return Err(not_published(name, environment));
    };
    if seen.is_some_and(|seen| seen != current.version) {
        return Err(RpcError::new(
            ErrorCode::Conflict,
            format!(
                "since you looked, {} published version {} (“{}”)",
                current.actor, current.version, current.message
            ),
        )
        .with_help("look at the new history and roll back again"));
    }
    if current.version == to_version {
        return Err(RpcError::new(
            ErrorCode::Failed,
            format!("version {to_version} of `{name}` is the current one already"),
        )
        .with_help(format!("choose an older version that `touchstone history {name}` lists")));
    }
    let before = version(registry, environment, name, current.version).await?;
    let after = version(registry, environment, name, to_version).await?;
    if before.version.content_hash == after.version.content_hash && before.spec_text == after.spec_text {
        return Err(RpcError::new(
            ErrorCode::Failed,
            format!(
                "version {to_version} of `{name}` is the same as the current version {}; nothing was published",
                current.version
            ),
        )
        .with_help(format!("choose a version that differs: `touchstone history {name}` lists them")));
    }
    let change_class =
        difference(Some((&before.spec_text, &before.nodes)), (&after.spec_text, &after.nodes)).class();
    let input = RollbackInput {
        pipeline: name.to_owned(),
        to_version,
        change_class,
        message: required_message(message)?,
        actor: actor(),
        expected_version: current.version,
    };
    let version = registry.rollback(input).await.map_err(failed)?;
    published(registry, &version, environment).await
}

/// What two versions differ in: `before` none is before the first version, `after` none the workspace's document.
///
/// # Errors
/// When there is no such version or pipeline, or the document has errors.
pub async fn compare(
    workspace: &Workspace,
    registry: &Registry,
    environment: &str,
    name: &str,
    before: Option<u64>,
    after: Option<u64>,
) -> Result<ComparisonView, RpcError> {
    let old = match before {
        Some(number) => Some(version(registry, environment, name, number).await?),
        None => None,
    };
    let (text, nodes) = if let Some(number) = after {
        let new = version(registry, environment, name, number).await?;
        (new.spec_text, new.nodes)
    } else {
        let content = content(workspace, name)?;
        (content.spec_text, content.nodes)
    };
    let diff =
        difference(old.as_ref().map(|old| (old.spec_text.as_str(), old.nodes.as_slice())), (&text, &nodes));
    let compiled = [
        old.as_ref().map(|old| compile_with(workspace, name, &old.spec_text)),
        Some(compile_with(workspace, name, &text)),
    ];
    let lineages: Vec<&Lineage> = compiled.iter().flatten().map(|compiled| &compiled.lineage).collect();
    Ok(ComparisonView {
        class: diff.class(),
        touches: if old.is_some() { touches(workspace, name, &diff, &lineages) } else { Vec::new() },
        diff,
        before_text: old.map(|old| old.spec_text),
        after_text: Some(text),
    })
}

/// One published version with its content.
///
/// # Errors
/// When there is none.
pub async fn version(
    registry: &Registry,
    environment: &str,
    name: &str,
    number: u64,
) -> Result<VersionContent, RpcError> {
    registry.version(name, number).await.map_err(|error| store_error(&error, Some(environment)))?.ok_or_else(
        || {
            RpcError::new(ErrorCode::NotFound, format!("`{name}` has no version {number} in `{environment}`"))
                .with_help(format!("see its versions with `touchstone history {name} --env {environment}`"))
        },
    )
}

/// Published versions of a pipeline, newest first.
///
/// # Errors
/// When it was never published there, or the registry can't be read.
pub async fn history(
    registry: &Registry,
    environment: &str,
    name: &str,
) -> Result<Vec<VersionView>, RpcError> {
    let mut versions = Vec::new();
    let mut before = None;
    loop {
        let page = registry
            .history(name, 100, before)
            .await
            .map_err(|error| store_error(&error, Some(environment)))?;
        versions.extend(page.versions.iter().map(version_view));
        match page.next {
            Some(next) => before = Some(next),
            None => return Ok(versions),
        }
    }
}

/// The error for a pipeline that has no version in an environment.
pub fn not_published(name: &str, environment: &str) -> RpcError {
    RpcError::new(ErrorCode::NotFound, format!("`{name}` was never published to `{environment}`"))
        .with_help(format!("publish it with `touchstone publish {name} --env {environment} -m MESSAGE`"))
}

fn required_message(message: &str) -> Result<String, RpcError> {
    let message = message.trim();
    if message.is_empty() {
        return Err(RpcError::new(ErrorCode::Failed, "publishing needs a message")
            .with_help("say in a few words why, for history and audit trail (`-m MESSAGE`)"));
    }
    Ok(message.to_owned())
}

async fn published(
    registry: &Registry,
    version: &Version,
    environment: &str,
) -> Result<PublishedView, RpcError> {
    let query = AuditQuery { limit: 20, ..AuditQuery::default() };
    let page = registry.audit(&query).await.map_err(|error| store_error(&error, Some(environment)))?;
    let event = page
        .events
        .iter()
        .find(|event| event.pipeline == version.pipeline && event.version == version.version);
    Ok(PublishedView {
        version: version_view(version),
        audit_sequence: event.map_or(0, |event| event.sequence),
    })
}

pub(crate) fn version_view(version: &Version) -> VersionView {
    VersionView {
        version: version.version,
        published_at: version.published_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        author: version.actor.clone(),
        message: version.message.clone(),
        class: version.change_class,
        rollback_of: version.rolled_back_to,
    }
}
