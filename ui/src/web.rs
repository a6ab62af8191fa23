//! The page: starts the app on a canvas, in Tauri's window or in a browser.

mod accessibility;
pub(crate) mod frames;
mod input;

use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use eframe::{WebOptions, WebRunner};
use egui::{Context, HoveredFile, RawInput, Ui};
use js_sys::Function;
use wasm_bindgen::prelude::{JsCast as _, JsValue, wasm_bindgen};

use crate::App;
use crate::backend::{Backend, Http, Tauri};

struct Page {
    app: App,
    /// Whether files are held over the window, where the window tells.
    hovered: bool,
    /// What the window is called.
    title: String,
    /// How much had been done to the page before the last frame.
    drawn: u64,
}

impl eframe::App for Page {
    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        if self.hovered {
            input.hovered_files.push(HoveredFile::default());
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.app.frame(ui);
        self.drawn = input::done();
        let title = self.app.title();
        if title != self.title
            && let Some(document) = web_sys::window().and_then(|window| window.document())
        {
            document.set_title(&title);
            self.title = title;
        }
    }

    fn as_any_mut(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }
}

thread_local! {
    /// What draws the page, for what comes from outside of it.
    static RUNNER: WebRunner = WebRunner::new();
}

/// Does something with the page, if it has started and not stopped.
fn with_page<T>(work: impl FnOnce(&mut Page) -> T) -> Option<T> {
    if has_stopped() {
        return None;
    }
    RUNNER.with(|runner| runner.app_mut::<Page>().map(|mut page| work(&mut page)))
}

/// Files are held over the window, or not any more.
#[expect(unreachable_pub, reason = "JavaScript reaches it")]
#[wasm_bindgen]
pub fn hover(is_over: bool) {
    with_page(|page| {
        page.hovered = is_over;
        page.app.wake();
    });
}

/// Files with these paths were dropped onto the window.
#[expect(unreachable_pub, reason = "JavaScript reaches it")]
#[wasm_bindgen]
pub fn drop_files(paths: Vec<String>) {
    with_page(|page| {
        page.hovered = false;
        page.app.look_at(paths);
    });
}

/// The window is about to close, and asks until nothing would be lost with the page.
#[expect(unreachable_pub, reason = "JavaScript reaches it")]
#[wasm_bindgen]
pub fn leave(is_first: bool) -> bool {
    with_page(|page| page.app.may_go(is_first, input::done(), page.drawn)).unwrap_or(true)
}

/// Starts the studio on the canvas with this id; `want` is told in how many milliseconds a frame is wanted.
#[expect(unreachable_pub, reason = "JavaScript reaches it")]
#[wasm_bindgen]
pub async fn start(canvas_id: String, want: Function) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("there is no window")?;
    let document = window.document().ok_or("there is no document")?;
    let canvas = document.get_element_by_id(&canvas_id).ok_or_else(|| format!("there is no #{canvas_id}"))?;
    let canvas = canvas.dyn_into::<web_sys::HtmlCanvasElement>()?;
    let (backend, is_tab) =
        backend().ok_or("This page needs the studio: start touchstone-studio or `touchstone serve`")?;
    input::listen(&window)?;
    show_panics();
    reserve();
    let (app_canvas, ctx) = (canvas.clone(), Rc::new(OnceCell::new()));
    let app_ctx = ctx.clone();
    let creator = Box::new(move |context: &eframe::CreationContext<'_>| {
        // It can be asked for in no other way.
        drop(app_ctx.set(context.egui_ctx.clone()));
        let app = App::new(&context.egui_ctx, backend);
        let app = if is_tab { app.as_tab(random()) } else { app };
        Ok(Box::new(Page { app, hovered: false, title: String::new(), drawn: 0 }) as Box<dyn eframe::App>)
    });
    RUNNER.with(Clone::clone).start(canvas, WebOptions::default(), creator).await?;
    if is_tab {
        // The studio's own window asks in its own way.
        input::ask_before_closing(&window)?;
    }
    if let Some(ctx) = ctx.get() {
        keep_still(&window, ctx)?;
        frames::start(ctx, want);
        accessibility::start(ctx, &app_canvas)?;
    }
    Ok(())
}

/// Memory for the first workspace, at once: to grow by pages of 64 KB took WebKitGTK a fifth of the time that compiling fifty
/// pipelines did.
fn reserve() {
    const ENOUGH: usize = 64 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(ENOUGH)));
}

/// A number that no other tab has.
fn random() -> u64 {
    const ALL: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies from 0 to 2^53")]
    let number = (js_sys::Math::random() * ALL) as u64;
    number.max(1)
}

/// Nothing slides or fades for those who asked their system for that.
fn keep_still(window: &web_sys::Window, ctx: &egui::Context) -> Result<(), JsValue> {
    let asked = window.match_media("(prefers-reduced-motion: reduce)")?;
    if asked.is_some_and(|query| query.matches()) {
        ctx.all_styles_mut(|style| {
            style.animation_time = 0.0;
            style.scroll_animation = egui::style::ScrollAnimation::none();
        });
    }
    Ok(())
}

/// The way to the back end from where the page is, and whether that is a browser's tab.
fn backend() -> Option<(Box<dyn Backend>, bool)> {
    // Tauri's own pages come over http on some systems too.
    match Tauri::find() {
        Some(tauri) => Some((Box::new(tauri), false)),
        None => Http::find().map(|http| (Box::new(http) as Box<dyn Backend>, true)),
    }
}

/// Whether the page has stopped; what was going on when it did still holds its locks.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Whether the page has stopped: nothing may be done with the app any more.
pub(crate) fn has_stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// The page says that the studio stopped; this adds why, for the report of the person whom it happened to.
fn show_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        STOPPED.store(true, Ordering::Relaxed);
        before(panic);
        let document = web_sys::window().and_then(|window| window.document());
        if let Some((document, message)) =
            document.and_then(|it| it.get_element_by_id("message").map(|at| (it, at)))
            && let Ok(why) = document.create_element("pre")
        {
            why.set_text_content(Some(&panic.to_string()));
            // Where this fails too there is nobody left to tell.
            drop(message.append_child(&why));
        }
    }));
}
