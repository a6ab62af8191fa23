"""Renders touchstone.svg into the files that Tauri wants. Needs rsvg-convert."""

import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def png(size, name):
    path = HERE / name
    subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size), HERE / "touchstone.svg", "-o", path], check=True)
    return path.read_bytes()


def main():
    sizes = {32: "32x32.png", 128: "128x128.png", 256: "128x128@2x.png", 512: "icon.png"}
    images = {size: png(size, name) for size, name in sizes.items()}
    # An .icns file is a header and one block for each size, each with its own PNG.
    kinds = {32: b"ic11", 128: b"ic07", 256: b"ic08", 512: b"ic09"}
    blocks = b"".join(kind + struct.pack(">I", len(images[size]) + 8) + images[size] for size, kind in kinds.items())
    (HERE / "icon.icns").write_bytes(b"icns" + struct.pack(">I", len(blocks) + 8) + blocks)
    # And an .ico file a directory of such blocks.
    small = {size: png(size, f".{size}.png") for size in (16, 24, 32, 48, 256)}
    for size in small:
        (HERE / f".{size}.png").unlink()
    offset = 6 + 16 * len(small)
    directory, data = b"", b""
    for size, image in small.items():
        edge = size % 256
        directory += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(image), offset + len(data))
        data += image
    (HERE / "icon.ico").write_bytes(struct.pack("<HHH", 0, 1, len(small)) + directory + data)


main()
