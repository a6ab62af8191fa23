//! What a person does to the page, before the app sees it: counted, and kept from the browser where it is the studio's.

use std::cell::Cell;

use egui::{Key, Modifiers};
use wasm_bindgen::prelude::{Closure, JsCast as _, JsValue};
use web_sys::{AddEventListenerOptions, BeforeUnloadEvent, Event, KeyboardEvent, Window};

use super::with_page;

/// By what a person writes or chooses something.
const DONE: [&str; 11] = [
    "keydown",
    "keyup",
    "beforeinput",
    "input",
    "compositionend",
    "paste",
    "cut",
    "drop",
    "pointerdown",
    "pointerup",
    "click",
];

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// How many things have been done to the page so far.
pub(super) fn done() -> u64 {
    COUNT.get()
}

/// Counts from now on, and keeps the studio's own keys.
pub(super) fn listen(window: &Window) -> Result<(), JsValue> {
    for name in DONE {
        on(window, name, |_| COUNT.set(COUNT.get() + 1))?;
    }
    on(window, "keydown", |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>()
            && is_ours(event)
        {
            event.prevent_default();
        }
    })
}

/// Has the browser ask before a tab is closed with something in it that isn't remembered yet.
pub(super) fn ask_before_closing(window: &Window) -> Result<(), JsValue> {
    on(window, "beforeunload", |event| {
        let is_kept = with_page(|page| page.app.is_kept()).unwrap_or(true);
        if !is_kept {
            event.prevent_default();
            // Older browsers ask only for this.
            if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                event.set_return_value("unsaved");
            }
        }
    })
}

/// Listens before the canvas does, which hands nothing on.
fn on(window: &Window, name: &str, handle: impl Fn(Event) + 'static) -> Result<(), JsValue> {
    let closure = Closure::<dyn Fn(Event)>::new(handle);
    let options = AddEventListenerOptions::new();
    options.set_capture(true);
    window.add_event_listener_with_callback_and_add_event_listener_options(
        name,
        closure.as_ref().unchecked_ref(),
        &options,
    )?;
    // For as long as the page lives.
    closure.forget();
    Ok(())
}

/// Whether the studio does something at these keys; the browser then doesn't, as far as it can be kept from it.
fn is_ours(event: &KeyboardEvent) -> bool {
    // What types a character on some keyboards is no command.
    if event.get_modifier_state("AltGraph") {
        return false;
    }
    let Some(key) = Key::from_name(&event.key()).or_else(|| Key::from_name(&event.code())) else {
        return false;
    };
    let modifiers = Modifiers {
        alt: event.alt_key(),
        ctrl: event.ctrl_key(),
        shift: event.shift_key(),
        mac_cmd: event.meta_key(),
        command: event.ctrl_key() || event.meta_key(),
    };
    // Else the browser marks all that is told to screen readers.
    if modifiers.command && key == Key::A {
        return true;
    }
    with_page(|page| page.app.has_keys(modifiers, key)).unwrap_or(false)
}
