"""Makes the fonts in this folder from their originals; see README.md.

    python make.py INTER_DIR JETBRAINS_MONO_DIR PHOSPHOR_TTF

Needs fonttools. The same input gives the same bytes.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
TEXT = (
    "U+0020-007E,U+00A0-024F,U+02B0-02FF,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070-209F,"
    "U+20A0-20BF,U+2100-214F,U+2190-21BB,U+2200-22FF,U+2318,U+2325,U+25A0-25FF,U+2713,U+2717,U+FFFD"
)
ICONS = [
    0xE094, 0xE3D0, 0xE46C, 0xE182, 0xE184, 0xE4F8, 0xE4F6, 0xE4E2, 0xE4E0, 0xE13A, 0xE136, 0xE1AE, 0xE4C0,
    0xE27A, 0xE1A0, 0xE40C, 0xE412, 0xE330, 0xE472, 0xE2F0, 0xE476, 0xE23A, 0xE1CA, 0xE18A, 0xE602, 0xE1DE,
    0xE30C, 0xE06C, 0xE466, 0xE266, 0xE3DE, 0xE2B2, 0xE2CE, 0xE24A, 0xE256, 0xE18C, 0xEB1C, 0xE6EC, 0xE32A,
]


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
    inter, mono, phosphor = sys.argv[1:]
    text = subset.parse_unicodes(TEXT.replace("U+", ""))
    for weight in ["Regular", "SemiBold"]:
        cut(f"{inter}/Inter-{weight}.otf", f"Inter-{weight}.otf", text, tabular, ["kern", "calt", "ccmp", "mark"])
    cut(f"{mono}/JetBrainsMono-Regular.ttf", "JetBrainsMono-Regular.ttf", text, features=["ccmp", "mark"])
    cut(phosphor, "Phosphor.ttf", ICONS)


main()
