//! The light theme: raw ramps first, then what each of their steps is used for.

use super::{Tokens, hex};

/// Neutral, from the lightest to the darkest.
const STONE: [u32; 12] = [
    0xff_ffff, 0xfa_fbfc, 0xf3_f4f7, 0xea_edf1, 0xdf_e3e9, 0xcf_d4dc, 0xaf_b6c1, 0x84_8c99, 0x5b_636f,
    0x3f_4650, 0x1d_2127, 0x0b_0d10,
];
/// Blue, for selection, focus and what can be done next.
const BLUE: [u32; 5] = [0xe3_ecfd, 0xb8_d0fb, 0x2f_5fc4, 0x24_4fae, 0x1f_4aa8];
const RED: [u32; 3] = [0xfd_ebea, 0xcb_4a4a, 0xa9_2a2a];
const AMBER: [u32; 3] = [0xfd_f3dd, 0xb9_7d1c, 0x82_5306];
const GREEN: [u32; 3] = [0xe2_f5ea, 0x2f_8f5b, 0x1a_6a40];

/// What the steps are used for.
pub(crate) const TOKENS: Tokens = Tokens {
    dark: false,

    panel: hex(STONE[2]),
    content: hex(STONE[0]),
    raised: hex(STONE[0]),
    field: hex(STONE[0]),
    header: hex(STONE[2]),
    button: hex(STONE[0]),
    button_hovered: hex(STONE[3]),
    button_pressed: hex(STONE[4]),
    row_hovered: hex(STONE[3]),
    row_selected: hex(BLUE[0]),
    line: hex(STONE[4]),
    line_strong: hex(STONE[5]),
    grid_line: hex(STONE[3]),
    scroll_handle: hex(STONE[6]),

    text: hex(STONE[10]),
    text_strong: hex(STONE[11]),
    text_subdued: hex(STONE[8]),
    text_disabled: hex(STONE[7]),

    accent: hex(BLUE[2]),
    accent_hovered: hex(BLUE[3]),
    on_accent: hex(0xff_ffff),
    focus: hex(BLUE[2]),
    link: hex(BLUE[4]),
    text_selection: hex(BLUE[1]),

    error: hex(RED[2]),
    error_fill: hex(RED[0]),
    error_line: hex(RED[1]),
    warning: hex(AMBER[2]),
    warning_fill: hex(AMBER[0]),
    warning_line: hex(AMBER[1]),
    success: hex(GREEN[2]),
    success_fill: hex(GREEN[0]),
    success_line: hex(GREEN[1]),

    bronze: hex(0x9a_5b2b),
    silver: hex(0x5f_6b7d),
    gold: hex(0x86_6000),

    bar: hex(BLUE[2]),
    bar_faint: hex(BLUE[0]),
    bar_hovered: hex(BLUE[4]),
    code_keyword: hex(0x24_4fae),
    code_function: hex(0x86_2fa8),
    code_type: hex(0x0b_646c),
    code_text: hex(0x2f_6a1c),
    code_number: hex(0x9a_4605),

    edge: hex(STONE[6]),
    edge_lit: hex(BLUE[2]),
    edge_rows: hex(0x86_2fa8),
    edge_rule: hex(0x9a_640c),

    null: hex(0x61_6975),
    shadow: hex(0x0b_0d10),
    shadow_opacity: 40,
    backdrop_opacity: 90,
};
