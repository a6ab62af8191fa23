//! The studio in a native window with its back end in the same process: a changed panel is on screen in seconds.
//!
//! `cargo run -p touchstone-tests --example dev -- WORKSPACE`, or `cargo xtask dev`.

use std::error::Error;

use eframe::{CreationContext, NativeOptions, Renderer};
use egui::{Ui, ViewportBuilder};
use touchstone_protocol::{Call as _, OpenWorkspace, dispatch};
use touchstone_studio::Studio;
use touchstone_ui::App;
use touchstone_ui::backend::InProcess;

struct Window(App);

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.0.frame(ui);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let studio = Studio::new();
    if let Some(path) = std::env::args().nth(1) {
        let request = OpenWorkspace { path }.into_request();
        if let Err(error) = runtime.block_on(dispatch(&*studio, request)) {
            eprintln!("{error}{}", error.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default());
        }
    }
    let handle = runtime.handle().clone();
    let backend = InProcess::new(move |request, reply| {
        let studio = studio.clone();
        handle.spawn(async move { reply(dispatch(&*studio, request).await) });
    });
    let viewport =
        ViewportBuilder::default().with_inner_size([1280.0, 800.0]).with_min_inner_size([960.0, 600.0]);
    let options = NativeOptions { viewport, renderer: Renderer::Glow, ..NativeOptions::default() };
    let creator = move |context: &CreationContext<'_>| {
        Ok(Box::new(Window(App::new(&context.egui_ctx, backend))) as Box<dyn eframe::App>)
    };
    eframe::run_native("Touchstone", options, Box::new(creator))?;
    Ok(())
}
