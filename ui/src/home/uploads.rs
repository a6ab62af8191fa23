//! Files dropped onto the window: looked at where their path is known, sent to the back end in pieces where only their
//! bytes are.

use std::sync::Arc;

use base64::Engine as _;
use egui::{Align2, Context, Id, LayerId, Order, Role, Sense, WidgetInfo};
use touchstone_protocol::{ErrorCode, RpcError, Upload};

use crate::App;
use crate::command::Place;
use crate::state::State;
use crate::theme::{self, Tokens};

/// Bytes of one piece.
const PIECE: usize = 512 * 1024;

impl App {
    /// Takes what was dropped since the last frame.
    pub(crate) fn take_drops(&mut self) {
        let dropped = self.ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
        for file in dropped {
            let path = file.path().to_string_lossy().into_owned();
            if file.path().is_absolute() {
                self.go(Place::File(path));
                continue;
            }
            #[cfg(target_arch = "wasm32")]
            {
                let (answered, ctx) = (self.answered.clone(), self.ctx.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let bytes = file.bytes_async().await;
                    // Nobody listens any more when the page is closing.
                    if answered.send(Box::new(move |app: &mut App| app.upload(&path, bytes))).is_ok() {
                        crate::outside::wake(&ctx);
                    }
                });
            }
            #[cfg(not(target_arch = "wasm32"))]
            self.upload(&path, file.bytes());
        }
    }

    fn upload(&mut self, path: &str, bytes: Result<Vec<u8>, String>) {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        match bytes {
            Err(reason) => {
                let error = RpcError::new(ErrorCode::Failed, reason);
                self.notice(format!("{name} could not be read"), error, None);
            }
            Ok(bytes) => {
                let id = self.ticket().0;
                self.state.home.uploads.insert(id, (name.clone(), 0.0));
                self.send_piece(id, name, bytes.into(), 0);
            }
        }
    }

    fn send_piece(&mut self, id: u64, name: String, bytes: Arc<[u8]>, from: usize) {
        let to = (from + PIECE).min(bytes.len());
        let piece = bytes.get(from..to).unwrap_or_default();
        let call = Upload {
            name: name.clone(),
            id: format!("{id}-{}", bytes.len()),
            offset: from as u64,
            data: base64::engine::general_purpose::STANDARD.encode(piece),
            done: to == bytes.len(),
        };
        self.call(call, move |app, result| match result {
            Err(error) => {
                app.state.home.uploads.remove(&id);
                app.notice(format!("{name} could not be taken"), error, None);
            }
            Ok(Some(path)) => {
                app.state.home.uploads.remove(&id);
                app.go(Place::File(path));
            }
            Ok(None) => {
                if let Some((_, share)) = app.state.home.uploads.get_mut(&id) {
                    *share = to as f32 / bytes.len().max(1) as f32;
                    app.send_piece(id, name, bytes, to);
                }
            }
        });
    }
}

/// While files are held over the window: what dropping them does. While they are on their way: how far they are.
pub(crate) fn overlay(state: &State, ctx: &Context) {
    let hovering = ctx.input(|input| !input.raw.hovered_files.is_empty());
    let words = if hovering {
        "Drop to look at it".to_owned()
    } else if let Some((name, share)) = state.home.uploads.values().next() {
        format!("Taking {name}: {:.0} %", share * 100.0)
    } else {
        return;
    };
    let tokens = Tokens::of(&ctx.global_style().visuals);
    let screen = ctx.content_rect();
    // The start page has a place for it, which lights up: it stays in sight.
    let is_told = hovering && super::view::is_shown(state);
    let area = egui::Area::new(Id::unique("drop")).order(Order::Foreground).fixed_pos(screen.min);
    area.interactable(false).show(ctx, |ui| {
        let response = ui.allocate_rect(screen, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
        let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop")));
        if !is_told {
            painter.rect_filled(screen, 0, tokens.backdrop());
        }
        let frame = screen.shrink(if is_told { 4.0 } else { 16.0 });
        let stroke = egui::Stroke::new(2.0, tokens.focus);
        painter.rect_stroke(frame, 8, stroke, egui::StrokeKind::Inside);
        if !is_told {
            let (at, font) = (frame.center(), theme::title());
            painter.text(at, Align2::CENTER_CENTER, &words, font, tokens.text_strong);
        }
    });
}
