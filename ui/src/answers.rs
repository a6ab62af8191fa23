//! Asking the back end, and taking its answers back onto the frame.

use touchstone_protocol::{Call, ErrorCode, RpcError};

use crate::App;
use crate::remote::Remote;
use crate::state::State;

impl App {
    /// Asks, and has `then` take the answer before a later frame.
    pub(crate) fn call<C: Call>(
        &self,
        call: C,
        then: impl FnOnce(&mut Self, Result<C::Reply, RpcError>) + Send + 'static,
    ) {
        let (answered, ctx) = (self.answered.clone(), self.ctx.clone());
        self.backend.send(
            call.into_request(),
            Box::new(move |result| {
                let result = result.and_then(|value| {
                    serde_json::from_value::<C::Reply>(value).map_err(|error| {
                        RpcError::new(
                            ErrorCode::Failed,
                            format!("The studio's answer could not be read: {error}"),
                        )
                    })
                });
                // Nobody listens any more when the window is closing.
                if answered.send(Box::new(move |app| then(app, result))).is_ok() {
                    crate::outside::wake(&ctx);
                }
            }),
        );
    }

    /// Asks for what `place` shows; the error, if any, is shown there too.
    pub(crate) fn fetch<C: Call>(
        &mut self,
        call: C,
        place: impl Fn(&mut State) -> Option<&mut Remote<C::Reply>> + Send + 'static,
    ) {
        let ticket = self.ticket();
        let Some(remote) = place(&mut self.state) else { return };
        remote.begin(ticket);
        self.call(call, move |app, result| {
            let lost = result.as_ref().err().is_some_and(|error| error.code == ErrorCode::NoWorkspace);
            if place(&mut app.state).is_some_and(|remote| remote.finish(ticket, result)) && lost {
                app.state.workspace.set(None);
            }
        });
    }
}
