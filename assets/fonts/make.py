"""Makes the fonts in this folder from their originals; see README.md.

    python make.py INTER_DIR JETBRAINS_MONO_DIR PHOSPHOR_TTF NOTO_EMOJI

Needs fonttools, and brotli for a font that is packed. The same input gives the same bytes.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

HERE = Path(__file__).parent
TEXT = (
    "U+0020-007E,U+00A0-024F,U+02B0-02FF,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070-209F,"
    "U+20A0-20BF,U+2100-214F,U+2190-21BB,U+2200-22FF,U+2318,U+2325,U+25A0-25FF,U+2713,U+2717,U+FFFD"
)
# By the names they have at phosphoricons.com; `icon.rs` names those that are shown.
ICONS = {
    "archive": 0xE00C,
    "arrow-clockwise": 0xE036,
    "arrow-counter-clockwise": 0xE038,
    "arrow-down": 0xE03E,
    "arrow-left": 0xE058,
    "arrow-right": 0xE06C,
    "arrow-square-out": 0xE5DE,
    "arrow-u-up-left": 0xE08A,
    "arrow-u-up-right": 0xE08C,
    "arrow-up": 0xE08E,
    "arrows-clockwise": 0xE094,
    "arrows-in": 0xE09A,
    "arrows-merge": 0xED3E,
    "arrows-out": 0xE0A2,
    "arrows-split": 0xED3C,
    "bell": 0xE0CE,
    "binary": 0xEE60,
    "bookmark-simple": 0xE0EA,
    "brackets-curly": 0xE860,
    "broom": 0xEC54,
    "browser": 0xE0F4,
    "calendar": 0xE108,
    "calendar-blank": 0xE10A,
    "calendar-check": 0xE712,
    "caret-double-right": 0xE12A,
    "caret-down": 0xE136,
    "caret-left": 0xE138,
    "caret-right": 0xE13A,
    "caret-up": 0xE13C,
    "certificate": 0xE766,
    "chart-bar": 0xE150,
    "chart-bar-horizontal": 0xE152,
    "chart-line": 0xE154,
    "check": 0xE182,
    "check-circle": 0xE184,
    "check-square": 0xE186,
    "circle": 0xE18A,
    "circle-dashed": 0xE602,
    "circle-half": 0xE18C,
    "circle-notch": 0xEB44,
    "clipboard-text": 0xE198,
    "clock": 0xE19A,
    "clock-counter-clockwise": 0xE1A0,
    "cloud": 0xE1AA,
    "cloud-arrow-up": 0xE1AE,
    "cloud-check": 0xE1B0,
    "code": 0xE1BC,
    "coins": 0xE78E,
    "columns": 0xE546,
    "command": 0xE1C4,
    "copy": 0xE1CA,
    "corners-out": 0xE1D0,
    "crosshair": 0xE1D6,
    "crosshair-simple": 0xE1D8,
    "cube": 0xE1DA,
    "cursor-click": 0xE7C8,
    "cylinder": 0xE8FC,
    "database": 0xE1DE,
    "diamond": 0xE1EC,
    "dot": 0xECDE,
    "dot-outline": 0xECE0,
    "dots-six-vertical": 0xEAE2,
    "dots-three": 0xE1FE,
    "dots-three-vertical": 0xE208,
    "download": 0xE20A,
    "download-simple": 0xE20C,
    "drop": 0xE210,
    "envelope": 0xE214,
    "equals": 0xE21C,
    "export": 0xEAF0,
    "eye": 0xE220,
    "eye-slash": 0xE224,
    "file-arrow-down": 0xE232,
    "file-csv": 0xEB1C,
    "file-plus": 0xE236,
    "file-text": 0xE23A,
    "fingerprint": 0xE23E,
    "flask": 0xE79E,
    "floppy-disk": 0xE248,
    "flow-arrow": 0xE6EC,
    "folder": 0xE24A,
    "folder-open": 0xE256,
    "folder-plus": 0xE258,
    "frame-corners": 0xE626,
    "function": 0xEBE4,
    "funnel": 0xE266,
    "funnel-simple": 0xE268,
    "funnel-simple-x": 0xE26A,
    "funnel-x": 0xE26C,
    "gear": 0xE270,
    "gear-six": 0xE272,
    "git-branch": 0xE278,
    "git-commit": 0xE27A,
    "git-diff": 0xE27C,
    "git-merge": 0xE280,
    "graph": 0xEB58,
    "hand-pointing": 0xE29A,
    "hard-drives": 0xE2A0,
    "hash": 0xE2A2,
    "hourglass": 0xE2B2,
    "house": 0xE2C2,
    "identification-card": 0xE2C8,
    "info": 0xE2CE,
    "intersect-three": 0xECC4,
    "key": 0xE2D6,
    "keyboard": 0xE2D8,
    "lightbulb": 0xE2DC,
    "lightning": 0xE2DE,
    "link": 0xE2E2,
    "link-break": 0xE2E4,
    "list": 0xE2F0,
    "list-bullets": 0xE2F2,
    "list-numbers": 0xE2F6,
    "lock": 0xE2FA,
    "lock-open": 0xE306,
    "magic-wand": 0xE6B6,
    "magnifying-glass": 0xE30C,
    "magnifying-glass-minus": 0xE30E,
    "magnifying-glass-plus": 0xE310,
    "map-trifold": 0xE31A,
    "math-operations": 0xE31E,
    "medal": 0xE320,
    "minus": 0xE32A,
    "minus-square": 0xED4C,
    "monitor": 0xE32E,
    "moon": 0xE330,
    "not-equals": 0xEDA6,
    "note": 0xE348,
    "note-pencil": 0xE34C,
    "package": 0xE390,
    "palette": 0xE6C8,
    "path": 0xE39C,
    "pause": 0xE39E,
    "pencil": 0xE3AE,
    "pencil-simple": 0xE3B4,
    "percent": 0xE3B6,
    "play": 0xE3D0,
    "play-circle": 0xE3D2,
    "plugs": 0xEB56,
    "plugs-connected": 0xEB5A,
    "plus": 0xE3D4,
    "plus-circle": 0xE3D6,
    "prohibit": 0xE3DE,
    "push-pin": 0xE3E2,
    "question": 0xE3E8,
    "radio-button": 0xEB08,
    "recycle": 0xE75A,
    "rocket-launch": 0xE3FE,
    "rows": 0xE5A2,
    "ruler": 0xE6B8,
    "scales": 0xE750,
    "scissors": 0xEAE0,
    "seal-check": 0xE606,
    "selection-all": 0xE746,
    "share-network": 0xE408,
    "shield-check": 0xE40C,
    "shield-warning": 0xE412,
    "sidebar": 0xEAB6,
    "sidebar-simple": 0xEC24,
    "sigma": 0xEAB8,
    "skip-forward": 0xE5A6,
    "sliders-horizontal": 0xE434,
    "snowflake": 0xE5AA,
    "sort-ascending": 0xE444,
    "sort-descending": 0xE446,
    "sparkle": 0xE6A2,
    "spinner": 0xE66A,
    "square": 0xE45E,
    "square-split-horizontal": 0xE870,
    "stack": 0xE466,
    "star": 0xE46A,
    "steps": 0xECBE,
    "stop": 0xE46C,
    "stop-circle": 0xE46E,
    "sun": 0xE472,
    "swap": 0xE83C,
    "table": 0xE476,
    "tag": 0xE478,
    "target": 0xE47C,
    "text-aa": 0xE6EE,
    "text-t": 0xE48A,
    "textbox": 0xEB0A,
    "toggle-left": 0xE674,
    "traffic-signal": 0xE9AA,
    "trash": 0xE4A6,
    "tree-structure": 0xE67C,
    "upload": 0xE4BE,
    "upload-simple": 0xE4C0,
    "user": 0xE4C2,
    "users": 0xE4D6,
    "warning": 0xE4E0,
    "warning-circle": 0xE4E2,
    "x": 0xE4F6,
    "x-circle": 0xE4F8,
}


def tabular(font):
    """Points the digits at their tabular forms: figures in columns stand below each other without a font feature."""
    wanted = {}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for sub in table.LookupList.Lookup[index].SubTable:
                    wanted.update(getattr(getattr(sub, "ExtSubTable", sub), "mapping", {}))
    for cmap in font["cmap"].tables:
        for code in [*range(0x30, 0x3A), 0x2B, 0x2D, 0x2212]:
            if cmap.cmap.get(code) in wanted:
                cmap.cmap[code] = wanted[cmap.cmap[code]]


def coarse(font):
    """A finer grid than 512 to the em is not seen at the sizes of data, and takes more room."""
    for table in ["STAT", "gasp", "vhea", "vmtx"]:
        del font[table]
    scale_upem(font, 512)
    font.flavor = None


def cut(source, target, unicodes, change=lambda font: None, features=()):
    options = subset.Options()
    options.layout_features = [*features]
    options.hinting = target.endswith(".ttf")
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    font = TTFont(source, recalcTimestamp=False)
    change(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    font.save(HERE / target)
    print(target, (HERE / target).stat().st_size)


def main():
    inter, mono, phosphor, emoji = sys.argv[1:]
    text = subset.parse_unicodes(TEXT.replace("U+", ""))
    for weight in ["Regular", "SemiBold"]:
        cut(f"{inter}/Inter-{weight}.otf", f"Inter-{weight}.otf", text, tabular, ["kern", "calt", "ccmp", "mark"])
    cut(f"{mono}/JetBrainsMono-Regular.ttf", "JetBrainsMono-Regular.ttf", text, features=["ccmp", "mark"])
    cut(phosphor, "Phosphor.ttf", ICONS.values())
    # Letters and figures are those of the fonts before it; flags and families are the signs that they are made of.
    cut(emoji, "NotoEmoji-Regular.ttf", range(0x2000, 0x20000), coarse)


main()
