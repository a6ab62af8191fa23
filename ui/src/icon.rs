//! The icons: characters of the bundled icon font, to be drawn with any text font, never to be read aloud.

pub(crate) const RELOAD: char = '\u{e094}';
pub(crate) const PLAY: char = '\u{e3d0}';
pub(crate) const STOP: char = '\u{e46c}';
pub(crate) const CHECK: char = '\u{e182}';
pub(crate) const PASSED: char = '\u{e184}';
pub(crate) const FAILED: char = '\u{e4f8}';
pub(crate) const CLOSE: char = '\u{e4f6}';
pub(crate) const ERROR: char = '\u{e4e2}';
pub(crate) const WARNING: char = '\u{e4e0}';
pub(crate) const PUBLISH: char = '\u{e1ae}';
pub(crate) const HISTORY: char = '\u{e1a0}';
pub(crate) const CHAIN_HOLDS: char = '\u{e40c}';
pub(crate) const CHAIN_BROKEN: char = '\u{e412}';
pub(crate) const MOON: char = '\u{e330}';
pub(crate) const SUN: char = '\u{e472}';
pub(crate) const MENU: char = '\u{e2f0}';
pub(crate) const TABLE: char = '\u{e476}';
pub(crate) const COPY: char = '\u{e1ca}';
pub(crate) const CIRCLE: char = '\u{e18a}';
pub(crate) const NOT_YET: char = '\u{e602}';
pub(crate) const CANCELLED: char = '\u{e3de}';
pub(crate) const WAITING: char = '\u{e2b2}';
pub(crate) const OPEN: char = '\u{e256}';
pub(crate) const FILE: char = '\u{eb1c}';
pub(crate) const PIPELINE: char = '\u{e6ec}';
pub(crate) const NOTHING: char = '\u{e32a}';
