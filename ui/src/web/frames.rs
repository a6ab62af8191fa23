//! Tells the page in what time a frame is wanted; it asks the browser for none before.

use std::cell::OnceCell;

use egui::{Context, FullOutput, Plugin, ViewportId};
use js_sys::Function;
use wasm_bindgen::prelude::JsValue;

thread_local! {
    static WANT: OnceCell<Function> = const { OnceCell::new() };
}

/// Tells `want` from now on, after each frame and by [`now`]: in how many milliseconds.
pub(super) fn start(ctx: &Context, want: Function) {
    WANT.with(|it| drop(it.set(want)));
    ctx.add_plugin(Frames);
}

/// A frame is wanted at once.
pub(crate) fn now() {
    want(0.0);
}

fn want(milliseconds: f64) {
    WANT.with(|want| {
        if let Some(want) = want.get() {
            // It throws nothing.
            drop(want.call1(&JsValue::NULL, &JsValue::from_f64(milliseconds)));
        }
    });
}

struct Frames;

impl Plugin for Frames {
    fn debug_name(&self) -> &'static str {
        "frames"
    }

    fn output_hook(&mut self, _ctx: &Context, output: &mut FullOutput) {
        if let Some(viewport) = output.viewport_output.get(&ViewportId::ROOT) {
            want(viewport.repaint_delay.as_secs_f64() * 1e3);
        }
    }
}
