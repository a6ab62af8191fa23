//! The use cases: one async method per request, jobs with progress and cancel; what every front door calls.
//!
//! [`Studio`] answers the protocol's requests (it is a [`touchstone_protocol::Handler`]); the functions it is made of are
//! public, so that the command line calls the same ones.

mod changes;
mod checklist;
mod config;
mod connection;
mod data;
mod document;
mod draft;
mod drafting;
mod environment;
mod file;
mod handler;
mod home;
mod inspect;
mod job;
mod keys;
mod log;
mod opened;
mod prove;
pub mod release;
mod rename;
mod restore;
mod seat;
mod settings;
pub mod simulation;
mod source;
mod state;
mod studio;
mod touches;
pub mod trail;
mod upload;
mod workspace;

pub use chrono::SecondsFormat;
pub use config::{CONFIG_FILE, Config, EnvironmentConfig, LOCAL};
pub use draft::{NewPipeline, new_pipeline};
pub use environment::{actor, environment_error};
pub use file::write_whole;
pub use home::{PersonFolders, last_workspace};
pub use keys::{KeyPair, KeyPlace, KeyStore, KeyStoreError, MemoryKeys};
pub use log::RequestLog;
pub use rename::{rename_error, write_rename};
pub use restore::{Restored, restore};
pub use simulation::runs;
pub use source::{ingest_error, sample_columns, source_format};
pub use studio::{Studio, StudioOptions, last_run};
pub use touchstone_compiler as compiler;
pub use touchstone_engine as engine;
pub use touchstone_engine::RunObserver;
pub use touchstone_ingest as ingest;
pub use touchstone_protocol as protocol;
pub use touchstone_protocol::{ErrorCode, PublishPlan, RpcError, dispatch};
pub use touchstone_registry::{AuditQuery, Registry};
pub use touchstone_spec as spec;
pub use workspace::{Workspace, pipeline_name};
