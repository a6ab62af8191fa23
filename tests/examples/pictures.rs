//! Pictures of every view on a copy of the sample workspace, drawn off screen, for those who judge the look and for the
//! documents: `cargo xtask pictures FOLDER`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use egui::{Theme, Vec2, vec2};
use egui_kittest::Harness;
use image::imageops::crop_imm;
use tokio::runtime::Handle;
use touchstone_protocol::{DataRef, Request, dispatch};
use touchstone_spec::{Layer, TableName};
use touchstone_studio::{PersonFolders, Studio, StudioOptions};
use touchstone_ui::App;
use touchstone_ui::backend::{InProcess, Reply};
use touchstone_ui::command::{Command, Place, Section, TablePart};
use touchstone_ui::{data, design, lineage, palette, prove, release};

/// What the harness leaves free around the page.
const EDGE: u32 = 8;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(samples), Some(folder)) = (words.next(), words.next()) else {
        return Err("pictures SAMPLES FOLDER [NAME]: which workspace, and where to put the pictures?".into());
    };
    let only = words.next().map(|name| name.to_string_lossy().into_owned());
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Runtime::new()?;
    for (size_name, size) in [("1280", vec2(1280.0, 800.0)), ("1920", vec2(1920.0, 1080.0))] {
        for (theme_name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
            let desk = tempfile::Builder::new().prefix("firm-").tempdir()?;
            let workspace = desk.path().join("harbour-lane");
            copy_folder(&samples, &workspace)?;
            let mut camera = Camera {
                window: Window::open(runtime.handle(), size, theme)?,
                folder: folder.clone(),
                suffix: format!("{theme_name}-{size_name}"),
                only: only.clone(),
            };
            take(&mut camera, &workspace)?;
        }
    }
    Ok(())
}

/// The main way, with a picture wherever a steward would stop.
fn take(camera: &mut Camera, workspace: &Path) -> Outcome {
    camera.take("home")?;
    camera.send([Command::EditPath(workspace.display().to_string()), Command::OpenPath]);
    camera.send([Command::Go(Place::Home)]);
    camera.take("home-open")?;
    let file = workspace.join("samples/trades_20260302.csv").display().to_string();
    camera.send([Command::Go(Place::File(file.clone()))]);
    camera.take("file")?;
    camera.send([Command::CloseTab(Place::File(file)), Command::Select("trades".to_owned())]);

    camera.send([Command::ShowSection(Section::Data)]);
    camera.take("data")?;
    let sample = DataRef::Sample { pipeline: "trades".to_owned(), source: "trades".to_owned() };
    camera.send([Command::Data(data::Command::Explain(sample, "Px".to_owned()))]);
    camera.take("data-column")?;

    camera.send([Command::ShowSection(Section::Prove)]);
    camera.take("prove-before")?;
    camera.send([Command::Simulate]);
    camera.wait_while(|state| state.running_job().is_some());
    camera.take("prove")?;
    let silver = TableName::new("trades", Layer::Silver, "trades");
    camera.send([Command::ShowTable(silver.clone())]);
    camera.take("prove-table")?;
    for (part, name) in [
        (TablePart::Quarantine, "prove-quarantine"),
        (TablePart::Deduplicated, "prove-deduplicated"),
        (TablePart::Rules, "prove-rules"),
        (TablePart::Changes, "prove-changes"),
    ] {
        camera.send([Command::ShowPart(part)]);
        camera.take(name)?;
    }
    camera.send([Command::ShowPart(TablePart::Rows), Command::Prove(prove::Command::ToggleTrace)]);
    let cell = prove::TracedCell { table: silver, row: 0, column: Some("sector".to_owned()) };
    camera.send([Command::Prove(prove::Command::Trace(cell))]);
    camera.take("prove-trace")?;

    camera.send([Command::ShowSection(Section::Design)]);
    for (pane, name) in [
        (design::Pane::Canvas, "design-canvas"),
        (design::Pane::Mappings, "design-mappings"),
        (design::Pane::Rules, "design-rules"),
        (design::Pane::Yaml, "design-yaml"),
    ] {
        let silver = design::Node::Silver("trades".to_owned());
        camera.send([design::Command::Select(silver), design::Command::ShowPane(pane)].map(Command::Design));
        let field = design::Command::SelectField(Some("notional".to_owned()));
        camera.send([Command::Design(field)]);
        camera.take(name)?;
    }
    let gold = design::Node::Gold("sector_exposure".to_owned());
    camera.send(
        [design::Command::Select(gold), design::Command::ShowPane(design::Pane::Mappings)]
            .map(Command::Design),
    );
    camera.take("design-gold")?;

    camera.send([Command::ShowSection(Section::Publish)]);
    camera.take("publish")?;
    camera.send([Command::EditMessage("First version, reviewed with the desk".to_owned()), Command::Publish]);
    camera.take("published")?;
    camera.send([Command::Release(release::Command::Compare { before: None, after: Some(1) })]);
    camera.take("publish-compare")?;
    camera.send([Command::Go(Place::Audit)]);
    camera.take("audit")?;
    camera.send([Command::Go(Place::Lineage)]);
    camera.take("lineage-all")?;
    let find = lineage::Command::EditFind("notional".to_owned());
    camera.send([lineage::Command::Find, find, lineage::Command::FindAgain(false)].map(Command::Lineage));
    camera.take("lineage")?;
    camera.send([Command::Go(Place::Settings)]);
    camera.take("settings")?;
    camera.send([Command::Select("trades".to_owned()), Command::ToggleProblems]);
    camera.take("problems")?;
    camera.send([Command::Palette(palette::Command::Open("notional".to_owned()))]);
    camera.take("palette")?;
    Ok(())
}

/// A window and where its pictures go.
struct Camera {
    window: Window,
    folder: PathBuf,
    suffix: String,
    only: Option<String>,
}

impl Camera {
    fn send<const N: usize>(&mut self, commands: [Command; N]) {
        for command in commands {
            if let Some(app) = self.window.harness.state_mut() {
                app.command(command);
            }
            self.window.settle();
        }
    }

    fn wait_while(&mut self, holds: impl Fn(&touchstone_ui::state::State) -> bool) {
        while self.window.harness.state().as_ref().is_some_and(|app| holds(app.state())) {
            self.window.settle();
        }
    }

    fn take(&mut self, name: &str) -> Outcome {
        if self.only.as_ref().is_some_and(|only| !name.starts_with(only.as_str())) {
            return Ok(());
        }
        self.window.settle();
        let path = self.folder.join(format!("{name}-{}.png", self.suffix));
        let image = self.window.harness.render()?;
        let (width, height) = (image.width() - 2 * EDGE, image.height() - 2 * EDGE);
        crop_imm(&image, EDGE, EDGE, width, height).to_image().save(&path)?;
        println!("{}", path.display());
        Ok(())
    }
}

/// The real studio behind the real page, without a screen.
struct Window {
    harness: Harness<'static, Option<App>>,
    /// Requests that are not answered yet, those apart that wait for a change.
    asked: Arc<AtomicUsize>,
    _person: tempfile::TempDir,
}

impl Window {
    fn open(runtime: &Handle, size: Vec2, theme: Theme) -> std::io::Result<Self> {
        let asked = Arc::new(AtomicUsize::new(0));
        // A person who opens the studio for the first time.
        let person = tempfile::tempdir()?;
        let folders = PersonFolders { config: person.path().join("config"), documents: person.path().into() };
        let studio = Studio::start(StudioOptions { folders: Some(folders), has_dialogs: true });
        let (runtime, counter) = (runtime.clone(), Arc::clone(&asked));
        let answer = move |request: Request, reply: Reply| {
            let (studio, counter) = (studio.clone(), Arc::clone(&counter));
            let counts = !matches!(request, Request::AwaitChanges(_));
            if counts {
                counter.fetch_add(1, Ordering::SeqCst);
            }
            runtime.spawn(async move {
                reply(dispatch(&*studio, request).await);
                if counts {
                    counter.fetch_sub(1, Ordering::SeqCst);
                }
            });
        };
        let size = size + Vec2::splat(2.0 * EDGE as f32);
        let harness = Harness::builder().with_size(size).with_step_dt(0.1).build_ui_state(
            move |ui, app: &mut Option<App>| {
                let start = || {
                    ui.ctx().set_theme(theme);
                    App::new(ui.ctx(), InProcess::new(answer.clone()))
                };
                app.get_or_insert_with(start).frame(ui);
            },
            None,
        );
        let mut window = Self { harness, asked, _person: person };
        window.settle();
        Ok(window)
    }

    /// Draws frames until nothing is asked any more, and a few beyond, so that what fades has faded.
    fn settle(&mut self) {
        let until = Instant::now() + Duration::from_mins(1);
        let mut quiet = 0;
        while quiet < 12 && Instant::now() < until {
            self.harness.run_steps(1);
            quiet = if self.asked.load(Ordering::SeqCst) == 0 { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(4));
        }
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if path.ends_with(".touchstone") {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
