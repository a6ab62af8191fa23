//! The browser's front door: the page that the desktop window shows, over the same requests, on this computer alone.
//!
//! Who has the link that was printed may enter, once: the link's token becomes a cookie that no script can read. All
//! that comes is held to the names of this computer and to the page's own origin, so that no other page in the same
//! browser, and no name that was made to point here, reaches the studio.

mod door;
mod guard;
mod page;
mod random;
mod rpc;
mod session;

pub use door::{Door, DoorError, DoorOptions};
