//! egui's accessibility tree as elements of a page: what each node becomes, and what has changed since the frame before.
//!
//! A canvas is a blank to a screen reader, and egui has no way to tell a page what it draws. `web::accessibility` puts
//! these elements beside the canvas and hands back what is done to them; everything that can be decided without a page
//! is decided, and tested, here.

mod caret;
mod element;
mod mirror;
mod pace;

pub use caret::caret;
pub use element::{Element, Tag};
pub use mirror::{Change, Key, Mirror, Place, Transforms};
pub use pace::Pace;

#[cfg(test)]
mod tests;
