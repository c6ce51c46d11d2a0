"""Makes tests/fixtures/pictures: small files of every kind of picture, and what PIL decodes them to.

    python make_pictures.py ../fixtures/pictures

sums.txt has a line a file: its name, then width, height and the CRC-32 of the bytes of
Image.open(file).convert("RGB"); or, for the files that are broken on purpose, "refused" and words of netc's sentence.
"""
import io
import os
import struct
import sys
import warnings
import zlib

from PIL import Image

WIDTH, HEIGHT = 37, 23
made = []  # (name, bytes, words of the refusal or None)


def picture(mode="RGB", width=WIDTH, height=HEIGHT):
    """Smooth colours, a hard edge and some noise; every byte differs from channel to channel."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    noise = 12345
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                noise = (noise * 1103515245 + 12345) & 0x7fffffff
                value = x * (5 + c) + y * (7 - 2 * c) + c * 40 + (noise >> 16) % 24
                pixels.append((value ^ 0xff if x > 20 and y > 9 else value) & 0xff)
    return Image.frombytes(mode, (width, height), bytes(pixels))


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def keep(name, content, refused=None):
    made.append((name, content, refused))


def jpegs():
    rgb = picture()
    for name, options in [("444", dict(subsampling=0)), ("422", dict(subsampling=1)), ("420", dict(subsampling=2)),
                          ("progressive", dict(progressive=True)), ("optimised", dict(optimize=True, quality=30)),
                          ("restarts", dict(restart_marker_rows=1)), ("rgb", dict(keep_rgb=True, quality=95))]:
        keep("jpeg-%s.jpg" % name, saved(rgb, "JPEG", **options))
    grey = saved(picture("L"), "JPEG")
    keep("jpeg-grey.jpg", grey)
    keep("jpeg-grey-progressive.jpg", saved(picture("L"), "JPEG", progressive=True))
    cmyk = saved(picture("CMYK"), "JPEG", quality=90)
    keep("jpeg-cmyk.jpg", cmyk)
    adobe = cmyk.index(b"Adobe") + 11
    keep("jpeg-ycck.jpg", cmyk[:adobe] + b"\2" + cmyk[adobe + 1:])
    without = cmyk.index(b"\xff\xee")
    keep("jpeg-cmyk-no-adobe.jpg", cmyk[:without] + cmyk[without + 2 + struct.unpack(">H", cmyk[without + 2:][:2])[0]:])
    turned = Image.Exif()
    turned[0x112] = 6
    keep("jpeg-exif-turned.jpg", saved(rgb, "JPEG", exif=turned))
    keep("jpeg-one-pixel.jpg", saved(picture(width=1, height=1), "JPEG"))

    base = saved(rgb, "JPEG")
    keep("jpeg-no-end.jpg", base[:-2], "the JPEG file is cut short")
    keep("jpeg-more-behind.jpg", base + b"behind the end")
    middle = base.index(b"\xff\xda") + 200
    keep("jpeg-corrupt-data.jpg", base[:middle] + bytes(b ^ 0x15 for b in base[middle:middle + 9]) + base[middle + 9:])
    size = base.index(b"\xff\xc0") + 5
    keep("jpeg-cut.jpg", base[:len(base) // 2], "the JPEG file is cut short")
    keep("jpeg-cut-in-header.jpg", base[:100], "the JPEG file is cut short")
    keep("jpeg-progressive-no-end.jpg", saved(rgb, "JPEG", progressive=True)[:-2], "the JPEG file is cut short")
    keep("jpeg-huge.jpg", base[:size] + struct.pack(">HH", 65000, 65000) + base[size + 4:], "the limit is 178956970")
    keep("jpeg-no-pixels.jpg", base[:size] + struct.pack(">HH", 0, 40) + base[size + 4:], "the JPEG file is broken")
    keep("jpeg-12-bit.jpg", base[:size - 1] + b"\x0c" + base[size:], "the JPEG file is broken")


def others():
    keep("empty.png", b"", "the file is empty")
    keep("text.jpg", b"this is no picture\n", "no picture of a known format")
    keep("gif.jpg", saved(picture("P", 5, 4), "GIF"), "it is a GIF file")


def decoded(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(content)).convert("RGB")
    return "%d %d %08x" % (image.width, image.height, zlib.crc32(image.tobytes()))


def main():
    folder = sys.argv[1]
    jpegs()
    others()
    lines = []
    for name, content, refused in made:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
        if refused:
            lines.append("%s refused %s" % (name, refused))
            try:
                print("%s: PIL takes it: %s" % (name, decoded(content)))
            except Exception as error:
                print("%s: PIL refuses it: %s" % (name, error))
        else:
            lines.append("%s %s" % (name, decoded(content)))
    with open(os.path.join(folder, "sums.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(sorted(lines)) + "\n")


main()
