//! The gallery in a native window: `cargo xtask dev --gallery`.

use std::error::Error;

use eframe::{CreationContext, NativeOptions, Renderer};
use egui::{Ui, ViewportBuilder};
use touchstone_ui::gallery::Gallery;

struct Window(Gallery);

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.0.show(ui);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let viewport = ViewportBuilder::default().with_inner_size([1296.0, 900.0]);
    let options = NativeOptions { viewport, renderer: Renderer::Glow, ..NativeOptions::default() };
    let creator = |context: &CreationContext<'_>| {
        Ok(Box::new(Window(Gallery::new(&context.egui_ctx))) as Box<dyn eframe::App>)
    };
    eframe::run_native("Touchstone gallery", options, Box::new(creator))?;
    Ok(())
}
