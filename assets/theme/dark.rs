//! The dark theme: raw ramps first, then what each of their steps is used for.

use super::{Tokens, hex};

/// Neutral, from the darkest to the lightest.
const STONE: [u32; 13] = [
    0x0b_0c0e, 0x11_1316, 0x16_181c, 0x1b_1e23, 0x21_252b, 0x29_2e35, 0x34_3a43, 0x47_4e59, 0x6b_7482,
    0x9a_a1ac, 0xb9_bfc9, 0xd7_dae0, 0xf4_f5f7,
];
/// Blue, for selection, focus and what can be done next.
const BLUE: [u32; 6] = [0x1d_2b45, 0x27_4378, 0x38_69cc, 0x41_70d0, 0x5b_8df0, 0x9c_bcff];
const RED: [u32; 3] = [0x2d_1a1d, 0xd6_5b5b, 0xf2_8b82];
const AMBER: [u32; 3] = [0x2e_2413, 0xcf_9236, 0xf0_b95c];
const GREEN: [u32; 3] = [0x14_2a20, 0x3f_a06b, 0x6c_cf98];

/// What the steps are used for.
pub(crate) const TOKENS: Tokens = Tokens {
    dark: true,

    panel: hex(STONE[2]),
    content: hex(STONE[1]),
    raised: hex(STONE[4]),
    field: hex(STONE[0]),
    header: hex(STONE[3]),
    button: hex(STONE[4]),
    button_hovered: hex(STONE[5]),
    button_pressed: hex(STONE[6]),
    row_hovered: hex(STONE[3]),
    row_selected: hex(BLUE[0]),
    line: hex(STONE[5]),
    line_strong: hex(STONE[6]),
    grid_line: hex(STONE[3]),
    scroll_handle: hex(STONE[7]),

    text: hex(STONE[11]),
    text_strong: hex(STONE[12]),
    text_subdued: hex(STONE[9]),
    text_disabled: hex(STONE[8]),

    accent: hex(BLUE[2]),
    accent_hovered: hex(BLUE[3]),
    on_accent: hex(0xff_ffff),
    focus: hex(BLUE[4]),
    link: hex(BLUE[5]),
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

    bronze: hex(0xc9_8a5b),
    silver: hex(0xb4_bfcf),
    gold: hex(0xe3_b341),

    bar: hex(BLUE[2]),
    bar_faint: hex(BLUE[0]),
    bar_hovered: hex(BLUE[4]),
    code_keyword: hex(0x9c_bcff),
    code_function: hex(0xd9_a8f0),
    code_type: hex(0x6f_cfd6),
    code_text: hex(0x9c_d48a),
    code_number: hex(0xf0_b07a),

    edge: hex(STONE[7]),
    edge_lit: hex(BLUE[4]),
    edge_rows: hex(0xc3_8be0),
    edge_rule: hex(0xd9_a04e),

    null: hex(0x8b_94a2),
    shadow: hex(0x00_0000),
    shadow_opacity: 110,
    backdrop_opacity: 130,
};
