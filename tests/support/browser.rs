//! Chromium without a screen, driven as assistive technology would: widgets are found by role and name in the tree
//! that the browser gives to screen readers, and pressed through it.
//!
//! It speaks the `DevTools` protocol over one socket. `WebDriver` can't list the accessibility tree, and the clients that
//! wrap the whole protocol take minutes to compile.

use std::io;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket, client::client};

/// WebGL without a graphics card.
pub const DRAWS: [&str; 2] = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser with one page.
pub struct Browser {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    last_id: u64,
    events: Vec<Value>,
    // Removed after the browser has ended.
    _profile: TempDir,
}

/// An element as a screen reader is told of it.
#[derive(Debug, Clone)]
pub struct Widget {
    /// Its role, as the page writes it.
    pub role: String,
    /// Its name.
    pub name: String,
    /// Its value, where it has one.
    pub value: String,
    /// What more is said of it.
    pub description: String,
    states: Value,
    dom_node: u64,
}

impl Widget {
    /// A state that it has, such as `disabled` or `checked`.
    pub fn state(&self, name: &str) -> Option<&Value> {
        let states = self.states.as_array()?;
        states.iter().find(|state| state["name"] == name).map(|state| &state["value"]["value"])
    }
}

/// Where Chromium is: the variable that `cargo xtask test` sets, else by its usual names.
pub fn chromium() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("TOUCHSTONE_CHROMIUM") {
        return Some(path.into());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

impl Browser {
    /// Starts it on an empty page; `arguments` add to what it needs to run anywhere.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn start(program: &Path, arguments: &[&str]) -> Self {
        let profile = TempDir::new().expect("a folder for the browser's profile");
        let mut command = Command::new(program);
        command
            .args(["--headless=new", "--no-sandbox", "--no-first-run", "--remote-debugging-port=0"])
            // Nothing leaves this computer.
            .args(["--disable-quic", "--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-default-apps", "--window-size=1280,800", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(arguments)
            .arg("about:blank");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("Chromium starts");
        let told = profile.path().join("DevToolsActivePort");
        let told = wait(|| {
            let text = std::fs::read_to_string(&told).ok()?;
            let (port, path) = text.split_once('\n')?;
            Some((port.parse::<u16>().ok()?, path.trim().to_owned())).filter(|(_, path)| !path.is_empty())
        });
        let (port, path) = told.expect("Chromium says where it listens");
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("Chromium listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        let (socket, _) =
            client(format!("ws://127.0.0.1:{port}{path}"), stream).expect("Chromium speaks its protocol");
        let mut browser =
            Self { process, socket, session: None, last_id: 0, events: Vec::new(), _profile: profile };
        let target =
            browser.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let session = browser.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "DOM", "Accessibility"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Sends a command of the protocol and waits for its answer.
    ///
    /// # Panics
    /// When it fails.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.try_call(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, parameters: &Value) -> Result<Value, String> {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string())).map_err(|error| error.to_string())?;
        loop {
            let read = self.socket.read().map_err(|error| error.to_string())?;
            let Message::Text(text) = read else { continue };
            let mut answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            if answer["id"] == id {
                let error = answer.get("error").map(|error| error["message"].to_string());
                return error.map_or(Ok(answer["result"].take()), Err);
            }
            if answer.get("method").is_some() {
                self.events.push(answer);
            }
        }
    }

    /// Opens an address.
    ///
    /// # Panics
    /// When it can't be opened.
    pub fn open(&mut self, address: &str) {
        let opened = self.call("Page.navigate", &json!({ "url": address }));
        assert!(opened.get("errorText").is_none(), "{address}: {opened}");
    }

    /// What a script of the page's gives.
    ///
    /// # Panics
    /// When it throws.
    pub fn evaluate(&mut self, script: &str) -> Value {
        let arguments = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let answer = match self.try_call("Runtime.evaluate", &arguments) {
            // The page was replaced meanwhile, as by the link's redirect.
            Err(error) if error.contains("navigated") => return Value::Null,
            answer => answer.unwrap_or_else(|error| panic!("{script}: {error}")),
        };
        assert!(answer.get("exceptionDetails").is_none(), "{script}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Everything that a screen reader is told of.
    pub fn widgets(&mut self) -> Vec<Widget> {
        // A page that is being replaced has no tree for a moment.
        let tree = self.try_call("Accessibility.getFullAXTree", &json!({})).unwrap_or_default();
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let shown = nodes.into_iter().filter(|node| node["ignored"] != true);
        let text = |node: &Value, name: &str| match &node[name]["value"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        shown
            .filter_map(|node| {
                Some(Widget {
                    role: text(&node, "role"),
                    name: text(&node, "name"),
                    value: text(&node, "value"),
                    description: text(&node, "description"),
                    dom_node: node["backendDOMNodeId"].as_u64()?,
                    states: node["properties"].clone(),
                })
            })
            .collect()
    }

    /// The widget of this role whose name begins so, now.
    pub fn query(&mut self, role: &str, name: &str) -> Option<Widget> {
        let widgets = self.widgets();
        let is_it = |widget: &&Widget| widget.role == role && widget.name.starts_with(name);
        let exact = widgets.iter().find(|widget| is_it(widget) && widget.name == name);
        exact.or_else(|| widgets.iter().find(is_it)).cloned()
    }

    /// The widget of this role whose name begins so, once it's there.
    ///
    /// # Panics
    /// When it doesn't come.
    pub fn find(&mut self, role: &str, name: &str) -> Widget {
        let found = wait(|| self.query(role, name));
        found.unwrap_or_else(|| {
            let seen: Vec<String> = self
                .widgets()
                .iter()
                .map(|one| format!("{} {:?} {:?}", one.role, one.name, one.value))
                .collect();
            panic!("no {role} {name:?} among\n{}\n{:#?}", seen.join("\n"), self.errors())
        })
    }

    /// Waits until a screen reader is told this text, anywhere.
    ///
    /// # Panics
    /// When it doesn't come.
    pub fn sees(&mut self, text: &str) {
        let seen = wait(|| {
            let widgets = self.widgets();
            widgets.iter().any(|one| one.name.contains(text) || one.value.contains(text)).then_some(())
        });
        if seen.is_none() {
            self.find("text", text);
        }
    }

    /// Waits until a script of the page's gives this text.
    ///
    /// # Panics
    /// When it doesn't come.
    pub fn until(&mut self, what: &str, script: &str, wanted: &str) {
        let come = wait(|| (self.evaluate(script) == wanted).then_some(()));
        assert!(come.is_some(), "{what}: {:?}", self.evaluate(script));
    }

    /// Waits until something has happened outside of the page.
    ///
    /// # Panics
    /// When it doesn't.
    pub fn until_true(&mut self, what: &str, is_so: impl Fn() -> bool) {
        let come = wait(|| is_so().then_some(()));
        assert!(come.is_some(), "{what}: {:#?}", self.errors());
    }

    /// Presses a widget once it's there and can be pressed, as a screen reader does.
    ///
    /// # Panics
    /// When it doesn't come, or stays disabled.
    pub fn press(&mut self, role: &str, name: &str) {
        self.find(role, name);
        let pressed = wait(|| {
            let widget = self.query(role, name)?;
            (widget.state("disabled") != Some(&Value::Bool(true))
                && self.on(&widget, "function() { this.click(); }", None).is_ok())
            .then_some(())
        });
        assert!(pressed.is_some(), "{role} {name:?} can't be pressed");
    }

    /// Gives a widget the focus, as a screen reader does.
    ///
    /// # Panics
    /// When it doesn't come.
    pub fn focus(&mut self, role: &str, name: &str) {
        let widget = self.find(role, name);
        let done = self.on(&widget, "function() { this.focus(); }", None);
        assert!(done.is_ok(), "{role} {name:?}: {done:?}");
    }

    /// Sets what stands in a text field, as dictation does.
    ///
    /// # Panics
    /// When the field doesn't come.
    pub fn fill(&mut self, name: &str, text: &str) {
        let widget = self.find("textbox", name);
        let script = "function(text) { \
                      this.value = text; \
                      this.dispatchEvent(new InputEvent('input', { bubbles: true })); }";
        let done = self.on(&widget, script, Some(text));
        assert!(done.is_ok(), "{name:?}: {done:?}");
    }

    fn on(&mut self, widget: &Widget, function: &str, argument: Option<&str>) -> Result<Value, String> {
        let object = self.try_call("DOM.resolveNode", &json!({ "backendNodeId": widget.dom_node }))?;
        let arguments: Vec<Value> = argument.iter().map(|text| json!({ "value": text })).collect();
        let called = self.try_call(
            "Runtime.callFunctionOn",
            &json!({
                "objectId": object["object"]["objectId"],
                "functionDeclaration": function,
                "arguments": arguments,
                "returnByValue": true,
            }),
        )?;
        Ok(called["result"]["value"].clone())
    }

    /// What `function` gives for a widget's element.
    ///
    /// # Panics
    /// When it throws.
    pub fn of(&mut self, widget: &Widget, function: &str) -> Value {
        self.on(widget, function, None).unwrap_or_else(|error| panic!("{function}: {error}"))
    }

    /// Types a text where the keyboard is.
    pub fn type_text(&mut self, text: &str) {
        for one in text.chars() {
            let text = one.to_string();
            self.call("Input.dispatchKeyEvent", &json!({ "type": "keyDown", "key": text, "text": text }));
            self.call("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": text }));
        }
    }

    /// Presses a key by its name; `modifiers` are 1 for Alt, 2 for Ctrl, 8 for Shift, added.
    pub fn key(&mut self, key: &str, modifiers: u8) {
        let code = if key.len() == 1 { format!("Key{}", key.to_uppercase()) } else { key.to_owned() };
        // Without its number a key counts as one of an input method.
        let number = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            "F5" => 116,
            other => other.to_uppercase().bytes().next().unwrap_or_default(),
        };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({
                "type": kind,
                "key": key,
                "code": code,
                "modifiers": modifiers,
                "windowsVirtualKeyCode": number,
            });
            self.call("Input.dispatchKeyEvent", &event);
        }
    }

    /// Begins to note what the page does, of these categories of the browser's own trace.
    ///
    /// # Panics
    /// When the browser refuses.
    pub fn trace(&mut self, categories: &[&str]) {
        self.call("Tracing.start", &json!({ "traceConfig": { "includedCategories": categories } }));
    }

    /// What was noted since: events of the trace format, in no order.
    ///
    /// # Panics
    /// When nothing was begun.
    pub fn traced(&mut self) -> Vec<Value> {
        self.call("Tracing.end", &json!({}));
        let is_over =
            |events: &[Value]| events.iter().any(|event| event["method"] == "Tracing.tracingComplete");
        let end = Instant::now() + PATIENCE;
        while !is_over(&self.events) && Instant::now() < end {
            self.evaluate("0");
        }
        let (told, others) = std::mem::take(&mut self.events).into_iter().partition::<Vec<_>, _>(|event| {
            event["method"].as_str().is_some_and(|name| name.starts_with("Tracing."))
        });
        self.events = others;
        let lists = told.into_iter().filter_map(|mut event| match event["params"]["value"].take() {
            Value::Array(list) => Some(list),
            _ => None,
        });
        lists.flatten().collect()
    }

    /// What the page complained of: errors on the console, exceptions, and what its security policy refused.
    pub fn errors(&mut self) -> Vec<String> {
        // An answer comes after all that happened before it.
        drop(self.try_call("Runtime.evaluate", &json!({ "expression": "0" })));
        let is_error = |event: &&Value| {
            let parameters = &event["params"];
            match event["method"].as_str() {
                Some("Runtime.exceptionThrown") => true,
                Some("Runtime.consoleAPICalled") => {
                    parameters["type"] == "error" || parameters["type"] == "assert"
                }
                Some("Log.entryAdded") => parameters["entry"]["level"] == "error",
                _ => false,
            }
        };
        self.events.iter().filter(is_error).map(|event| event["params"].to_string()).collect()
    }

    /// Makes sure that the page complained of nothing.
    ///
    /// # Panics
    /// When it did.
    pub fn has_no_errors(&mut self) {
        let errors = self.errors();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    /// Takes a picture of the page.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn picture(&mut self, path: &Path) {
        use base64::Engine as _;
        let picture = self.call("Page.captureScreenshot", &json!({}));
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        std::fs::write(path, bytes.expect("the picture is base64")).expect("the picture is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = None;
        // It ends its own processes; killed, it would leave them.
        drop(self.try_call("Browser.close", &json!({})));
        let ended = wait_for(Duration::from_secs(10), || self.process.try_wait().ok().flatten());
        if ended.is_none() {
            drop::<io::Result<()>>(self.process.kill());
            drop(self.process.wait());
        }
    }
}

/// Asks again and again until there is an answer.
fn wait<T>(ask: impl FnMut() -> Option<T>) -> Option<T> {
    wait_for(PATIENCE, ask)
}

fn wait_for<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        let answer = ask();
        if answer.is_some() || Instant::now() > end {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
