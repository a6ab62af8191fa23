//! Shows egui's accessibility tree to the page as elements beside the canvas, and hands back what is done to them.
//!
//! The keyboard stays with the canvas, which says by `aria-activedescendant` which element it is at: so every key
//! reaches egui, input methods work as before, and nothing has to keep two ideas of focus in step. An element that
//! assistive technology gives the focus to passes it on.

use std::cell::RefCell;

use ahash::HashMap;
use egui::accesskit::{Action, ActionData, ActionRequest, NodeId, Role, TreeId, TreeUpdate};
use egui::emath::TSTransform;
use egui::{Context, FullOutput, Plugin, RawInput};
use wasm_bindgen::prelude::{Closure, JsCast as _, JsValue};
use web_sys::{
    Document, Element, Event, FocusOptions, HtmlCanvasElement, HtmlElement, HtmlInputElement,
    HtmlTextAreaElement,
};

use crate::accessibility::{self, Change, Key, Mirror, Pace, Place, Tag};

thread_local! {
    /// The page's elements are no Rust values: they can't stand in what egui keeps.
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
    /// What was done to the elements since the last frame.
    static REQUESTS: RefCell<Vec<ActionRequest>> = const { RefCell::new(Vec::new()) };
}

/// Shows the tree from now on, unless the page's address says `accessibility=off`.
pub(super) fn start(ctx: &Context, canvas: &HtmlCanvasElement) -> Result<(), JsValue> {
    let search = web_sys::window().map(|window| window.location().search()).transpose()?.unwrap_or_default();
    let is_off = search.trim_start_matches('?').split('&').any(|one| one == "accessibility=off");
    if is_off {
        return Ok(());
    }
    let page = Page::new(ctx, canvas)?;
    PAGE.with(|it| it.replace(Some(page)));
    ctx.add_plugin(Accessibility);
    ctx.enable_accesskit();
    Ok(())
}

/// Takes the tree from each frame, and gives to each what was done to the elements.
struct Accessibility;

impl Plugin for Accessibility {
    fn debug_name(&self) -> &'static str {
        "accessibility"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        let requests = REQUESTS.with(RefCell::take);
        input.events.extend(requests.into_iter().map(egui::Event::AccessKitActionRequest));
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let Some(update) = output.platform_output.accesskit_update.take() else { return };
        let caret = accessibility::caret(ctx);
        // Borrowed only while an event of the page is handled, and none is within a frame.
        with_page(|page| page.wait(Tree { update, caret }));
    }
}

fn with_page<T>(work: impl FnOnce(&mut Page) -> T) -> Option<T> {
    PAGE.with(|page| page.try_borrow_mut().ok()?.as_mut().map(work))
}

/// What a frame said of itself.
struct Tree {
    update: TreeUpdate,
    caret: Option<[usize; 2]>,
}

/// Where widgets are drawn that are on a layer which is panned or zoomed.
fn transforms(ctx: &Context) -> HashMap<NodeId, TSTransform> {
    let layers: Vec<_> =
        ctx.memory(|memory| memory.to_global.iter().map(|(layer, to_global)| (*layer, *to_global)).collect());
    ctx.viewport(|viewport| {
        let widgets = &viewport.prev_pass.widgets;
        layers
            .iter()
            .flat_map(|(layer, transform)| {
                widgets.get_layer(*layer).map(|widget| (widget.id.accesskit_id(), *transform))
            })
            .collect()
    })
}

struct Page {
    mirror: Mirror,
    ctx: Context,
    /// The newest tree, until the page shows it.
    waiting: Option<Tree>,
    pace: Pace,
    /// Shows what waits.
    show: Closure<dyn Fn()>,
    timer: Option<i32>,
    document: Document,
    canvas: HtmlCanvasElement,
    /// The element that eframe takes typed text from; a screen reader is there while a text is edited.
    agent: Option<HtmlElement>,
    container: HtmlElement,
    /// What stands here is read aloud.
    said: HtmlElement,
    elements: HashMap<Key, HtmlElement>,
    zoom: f32,
}

impl Page {
    fn new(ctx: &Context, canvas: &HtmlCanvasElement) -> Result<Self, JsValue> {
        let document = canvas.owner_document().ok_or("the canvas is in no document")?;
        let agent = canvas.next_element_sibling().and_then(|next| next.dyn_into::<HtmlInputElement>().ok());
        let block = || document.create_element("div")?.dyn_into::<HtmlElement>().map_err(JsValue::from);
        let (container, said) = (block()?, block()?);
        container.set_id(&Key::Root.to_string());
        said.set_id("said");
        said.set_attribute("role", "status")?;
        said.set_attribute("aria-live", "assertive")?;
        let parent = canvas.parent_element().ok_or("the canvas is nowhere")?;
        parent.append_child(&container)?;
        parent.append_child(&said)?;
        canvas.set_attribute("role", "group")?;
        canvas.set_attribute("aria-owns", &container.id())?;
        if let Some(agent) = &agent {
            agent.set_attribute("aria-label", "Text")?;
        }
        listen(ctx, canvas, &container)?;
        let show = Closure::wrap(Box::new(|| {
            if !super::has_stopped() {
                with_page(Self::show);
            }
        }) as Box<dyn Fn()>);
        Ok(Self {
            mirror: Mirror::default(),
            ctx: ctx.clone(),
            waiting: None,
            pace: Pace::default(),
            show,
            timer: None,
            document,
            canvas: canvas.clone(),
            agent: agent.map(HtmlElement::from),
            container,
            said,
            elements: HashMap::default(),
            zoom: 0.0,
        })
    }

    /// Has the page show the tree, not within the frame, and not each one while frame follows frame.
    fn wait(&mut self, tree: Tree) {
        let moves_focus = self.mirror.moves_focus(&tree.update);
        self.waiting = Some(tree);
        let (Some(delay), Some(window)) = (self.pace.frame(now(), moves_focus), web_sys::window()) else {
            return;
        };
        if let Some(timer) = self.timer.take() {
            window.clear_timeout_with_handle(timer);
        }
        let show = self.show.as_ref().unchecked_ref();
        match window.set_timeout_with_callback_and_timeout_and_arguments_0(show, delay) {
            Ok(timer) => self.timer = Some(timer),
            Err(error) => told(Err(error)),
        }
    }

    fn show(&mut self) {
        self.timer = None;
        let Some(Tree { update, caret }) = self.waiting.take() else { return };
        let zoom = self.ctx.zoom_factor();
        if (zoom - self.zoom).abs() > f32::EPSILON {
            self.zoom = zoom;
            // The elements are placed in points, of which the page has one per pixel only without zoom.
            let style = self.container.style();
            told(style.set_property("transform", &format!("scale({zoom})")));
        }
        self.mirror.caret_is_at(caret);
        for change in self.mirror.update(update, transforms(&self.ctx)) {
            told(self.apply(change));
        }
        self.pace.shown(now());
    }

    fn apply(&mut self, change: Change) -> Result<(), JsValue> {
        match change {
            Change::Remove(key) => {
                if let Some(element) = self.elements.remove(&key) {
                    element.remove();
                }
            }
            Change::Create(key, tag) => {
                let (name, kind) = tag.name();
                let element = self.document.create_element(name)?.dyn_into::<HtmlElement>()?;
                element.set_id(&key.to_string());
                if let Some(kind) = kind {
                    element.set_attribute("type", kind)?;
                }
                self.elements.insert(key, element);
            }
            Change::Attribute(key, name, value) => {
                if let Some(element) = self.element(key) {
                    match value {
                        Some(value) => element.set_attribute(name, &value)?,
                        None => element.remove_attribute(name)?,
                    }
                }
            }
            Change::Text(key, text) => {
                if let Some(element) = self.element(key) {
                    element.set_text_content(Some(&text));
                }
            }
            Change::Value(key, value) => {
                if let Some(element) = self.element(key) {
                    set_value(element, &value);
                }
            }
            Change::Place(key, place) => {
                if let Some(element) = self.element(key) {
                    put(element, place);
                }
            }
            Change::Children(key, children) => {
                if let Some(parent) = self.element(key) {
                    self.arrange(parent, &children)?;
                }
            }
            Change::Focus(key) => self.focus(key)?,
            Change::Say(text) => self.said.set_text_content(Some(&text)),
        }
        Ok(())
    }

    fn element(&self, key: Key) -> Option<&HtmlElement> {
        if key == Key::Root { Some(&self.container) } else { self.elements.get(&key) }
    }

    /// Puts the children in order; those that are in their place already aren't touched.
    fn arrange(&self, parent: &HtmlElement, children: &[Key]) -> Result<(), JsValue> {
        let mut at = parent.first_child();
        for child in children.iter().filter_map(|key| self.elements.get(key)) {
            if at.as_ref().is_some_and(|at| at.is_same_node(Some(child))) {
                at = child.next_sibling();
            } else {
                parent.insert_before(child, at.as_ref())?;
            }
        }
        Ok(())
    }

    fn focus(&self, key: Option<Key>) -> Result<(), JsValue> {
        let holders = [Some(self.canvas.as_ref() as &Element), self.agent.as_deref()];
        for holder in holders.into_iter().flatten() {
            match key {
                Some(key) => holder.set_attribute("aria-activedescendant", &key.to_string())?,
                None => holder.remove_attribute("aria-activedescendant")?,
            }
        }
        // Where a screen reader doesn't follow from one text field into another, the first still says which it is.
        let Some(agent) = &self.agent else { return Ok(()) };
        let element = key.and_then(|key| self.mirror.get(key)).map(|(element, _)| element);
        let said = |name: &str| element.and_then(|element| element.attribute(name));
        agent.set_attribute("aria-label", said("aria-label").unwrap_or("Text"))?;
        match said("aria-labelledby") {
            Some(labels) => agent.set_attribute("aria-labelledby", labels),
            None => agent.remove_attribute("aria-labelledby"),
        }
    }
}

/// A page that refuses an attribute still shows the rest; where it refuses all, the console says why.
fn told(result: Result<(), JsValue>) {
    if let Err(error) = result {
        web_sys::console::error_2(&"The accessibility tree could not be shown:".into(), &error);
    }
}

fn put(element: &HtmlElement, Place { left, top, width, height }: Place) {
    // In one go: each call takes its words from one world into the other.
    let place = format!("left:{left}px;top:{top}px;width:{width}px;height:{height}px");
    element.style().set_css_text(&place);
}

/// Milliseconds since the page began.
fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

fn set_value(element: &HtmlElement, value: &str) {
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.set_value(value);
    } else if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(value);
    }
}

fn value_of(element: &Element) -> Option<String> {
    let input = element.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
    input.or_else(|| element.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value))
}

/// Listens for what is done to the elements.
fn listen(ctx: &Context, canvas: &HtmlCanvasElement, container: &HtmlElement) -> Result<(), JsValue> {
    let on = |name: &str, handle: Box<dyn Fn(Event)>| {
        let closure = Closure::wrap(handle);
        let result = container.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        // For as long as the page lives.
        closure.forget();
        result
    };
    on("click", {
        let ctx = ctx.clone();
        Box::new(move |event| {
            if let Some((key, _)) = target(&event) {
                let is_text = role(key).is_some_and(|role| {
                    matches!(role, Role::TextInput | Role::MultilineTextInput | Role::PasswordInput)
                });
                request(&ctx, key, if is_text { Action::Focus } else { Action::Click }, None);
            }
        })
    })?;
    on("focusin", {
        let (ctx, canvas) = (ctx.clone(), canvas.clone());
        Box::new(move |event| {
            if let Some((key, _)) = target(&event) {
                request(&ctx, key, Action::ScrollIntoView, None);
                request(&ctx, key, Action::Focus, None);
            }
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            told(canvas.focus_with_options(&options));
        })
    })?;
    on("input", {
        let ctx = ctx.clone();
        Box::new(move |event| {
            let Some((key, element)) = target(&event) else { return };
            let Some(value) = value_of(&element) else { return };
            let is_range = element.get_attribute("type").as_deref() == Tag::Range.name().1;
            let data = if is_range {
                value.parse().ok().map(ActionData::NumericValue)
            } else {
                Some(ActionData::Value(value.into()))
            };
            if data.is_some() {
                touch(key);
                request(&ctx, key, Action::SetValue, data);
            }
        })
    })?;
    on("keydown", {
        let ctx = ctx.clone();
        Box::new(move |event| {
            // Assistive technology moves a splitter or a bar by the keys that a page would move it with.
            let key_name = event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::key);
            let action = match key_name.as_deref() {
                Some("ArrowUp" | "ArrowRight") => Action::Increment,
                Some("ArrowDown" | "ArrowLeft") => Action::Decrement,
                _ => return,
            };
            if let Some((key, _)) = target(&event) {
                request(&ctx, key, action, None);
            }
        })
    })
}

/// The element that an event is for.
fn target(event: &Event) -> Option<(Key, Element)> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    Some((element.id().parse().ok()?, element))
}

fn role(key: Key) -> Option<Role> {
    PAGE.with(|page| page.try_borrow().ok()?.as_ref()?.mirror.role(key))
}

fn touch(key: Key) {
    with_page(|page| page.mirror.touch(key));
}

fn request(ctx: &Context, key: Key, action: Action, data: Option<ActionData>) {
    let Some(node) = key.node() else { return };
    let request = ActionRequest { action, target_tree: TreeId::ROOT, target_node: node, data };
    REQUESTS.with(|requests| requests.borrow_mut().push(request));
    ctx.request_repaint();
}
