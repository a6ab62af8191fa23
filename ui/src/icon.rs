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
pub(crate) const FILTER: char = '\u{e268}';
pub(crate) const UP: char = '\u{e08e}';
pub(crate) const DOWN: char = '\u{e03e}';
pub(crate) const BOOLEAN: char = '\u{e674}';
pub(crate) const NUMBER: char = '\u{e2a2}';
pub(crate) const DATE: char = '\u{e10a}';
pub(crate) const CLOCK: char = '\u{e19a}';
pub(crate) const TEXT: char = '\u{e6ee}';
pub(crate) const IDENTITY: char = '\u{e23e}';
pub(crate) const BINARY: char = '\u{ee60}';
pub(crate) const NESTED: char = '\u{e860}';
pub(crate) const FIND: char = '\u{e30c}';
pub(crate) const ROW: char = '\u{e1d8}';
pub(crate) const SIDE: char = '\u{ec24}';
pub(crate) const HIDDEN: char = '\u{e224}';
pub(crate) const ASCENDING: char = '\u{e444}';
pub(crate) const DESCENDING: char = '\u{e446}';
pub(crate) const TICKED: char = '\u{e186}';
pub(crate) const UNTICKED: char = '\u{e45e}';
pub(crate) const NEW_FOLDER: char = '\u{e258}';
pub(crate) const SAMPLE: char = '\u{e79e}';

pub(crate) const CARET: char = '\u{e136}';

// Of the design.
pub(crate) const ASIDE: char = '\u{e3de}';
pub(crate) const GOLD: char = '\u{e78e}';
pub(crate) const ADD: char = '\u{e3d4}';
pub(crate) const DELETE: char = '\u{e4a6}';
pub(crate) const UNDO: char = '\u{e08a}';
pub(crate) const REDO: char = '\u{e08c}';
pub(crate) const SAVE: char = '\u{e248}';
pub(crate) const CODE: char = '\u{e1bc}';
pub(crate) const MAPPING: char = '\u{e2e2}';
pub(crate) const RULES: char = '\u{e40c}';
pub(crate) const SUGGESTION: char = '\u{e6a2}';
pub(crate) const FIT: char = '\u{e1d0}';
pub(crate) const KEY: char = '\u{e2d6}';
pub(crate) const FUNCTION: char = '\u{ebe4}';
pub(crate) const BRONZE: char = '\u{e1de}';
pub(crate) const LAYERS: char = '\u{e466}';
pub(crate) const ZOOM_IN: char = '\u{e310}';
pub(crate) const ZOOM_OUT: char = '\u{e30e}';

// Of the lineage.
pub(crate) const LINEAGE: char = '\u{e67c}';
pub(crate) const TARGET: char = '\u{e47c}';
pub(crate) const COLUMN: char = '\u{e546}';
pub(crate) const UNFOLD: char = '\u{e0a2}';
pub(crate) const FOLD: char = '\u{e09a}';
pub(crate) const CARET_DOWN: char = '\u{e136}';
pub(crate) const CARET_RIGHT: char = '\u{e13a}';

// Of the window.
pub(crate) const HOME: char = '\u{e2c2}';
pub(crate) const SETTINGS: char = '\u{e272}';
pub(crate) const ENVIRONMENT: char = '\u{e1aa}';
pub(crate) const KEYBOARD: char = '\u{e2d8}';
pub(crate) const INFO: char = '\u{e2ce}';
pub(crate) const PALETTE: char = '\u{e6c8}';
pub(crate) const EDIT: char = '\u{e3b4}';
pub(crate) const CONNECT: char = '\u{eb5a}';
pub(crate) const VERSION: char = '\u{e27a}';
