//! `touchstone`: everything the studio can do, from a terminal or a script.

mod arguments;
mod command;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use touchstone_studio::{RpcError, protocol::AuditFilter};

use crate::arguments::{Arguments, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}

/// What a command ends with: 0 when all is well, 1 when what it looked at is not.
type Outcome = Result<ExitCode, RpcError>;

async fn run(arguments: Arguments) -> Outcome {
    let folder = arguments.workspace;
    match arguments.command {
        Command::Init { folder: target, name } => command::workspace::init(&target, name),
        Command::New { name, from, key } => command::workspace::new(folder, &name, &from, &key),
        Command::Check { json } => command::workspace::check(folder, json),
        Command::Schema => command::reference::schema(),
        Command::Functions => Ok(command::reference::functions()),
        Command::Infer { file, column, json } => command::data::infer(&file, column.as_deref(), json),
        Command::Ingest(options) => command::data::ingest(folder, &options),
        Command::Simulate { pipeline, rows, json } => {
            command::simulate::simulate(folder, pipeline, rows, json).await
        }
        Command::Publish(options) => command::release::publish(folder, options).await,
        Command::History { pipeline, env, json } => {
            command::release::history(folder, &pipeline, &env.env, json).await
        }
        Command::Diff { pipeline, before, after, env, json } => {
            command::release::diff(folder, &pipeline, before, after, &env.env, json).await
        }
        Command::Rollback { pipeline, version, message, env, json } => {
            command::release::rollback(folder, &pipeline, version, &message, &env.env, json).await
        }
        Command::Restore { pipeline, version, force, env, json } => {
            command::release::restore(folder, &pipeline, version, force, &env.env, json).await
        }
        Command::Audit { action, env, pipeline, actor, from, to, limit, export, json } => {
            let filter = AuditFilter { pipeline, actor, from, to };
            let shown = match export {
                Some(format) => command::audit::Shown::Export(format),
                None => command::audit::Shown::Events { limit, json },
            };
            command::audit::audit(folder, action, &env.env, &filter, shown).await
        }
        Command::Env { action } => command::environment::environment(folder, action).await,
        Command::Lineage(options) => command::lineage::lineage(folder, &options),
        Command::Runs { pipeline, limit, json } => command::prove::runs(folder, &pipeline, limit, json).await,
        Command::Compare(options) => command::prove::compare(folder, options).await,
        Command::Trace(options) => command::prove::trace(folder, options).await,
        Command::Impact(options) => command::design::impact_of(folder, &options),
        Command::Rename(options) => command::rename::rename_to(folder, &options),
        Command::Serve(options) => command::serve::serve(folder, options).await,
        Command::Suggest { table, json } => command::design::suggest(folder, &table, json),
    }
}
