//! `touchstone`: everything the studio can do, from a terminal or a script.

mod arguments;
mod command;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use touchstone_studio::RpcError;

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
        Command::New { name, from } => command::workspace::new(folder, &name, &from),
        Command::Check { json } => command::workspace::check(folder, json),
        Command::Schema => command::reference::schema(),
        Command::Functions => Ok(command::reference::functions()),
        Command::Infer { file, json } => command::data::infer(&file, json),
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
        Command::Audit { action, env, pipeline, actor, limit, json } => {
            let filter = command::audit::Filter { pipeline, actor, limit };
            command::audit::audit(folder, action, &env.env, filter, json).await
        }
        Command::Env { action } => command::environment::environment(folder, action).await,
        Command::Lineage(options) => command::lineage::lineage(folder, &options),
    }
}
