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

WIDTH, HEIGHT = 23, 15
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
                pixels.append((value ^ 0xff if x > 12 and y > 6 else value) & 0xff)
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
    small = saved(picture(width=8, height=8), "JPEG", progressive=True)
    scan = small.index(b"\xff\xda")
    end = small.index(b"\xff", scan + 2)
    keep("jpeg-many-scans.jpg", small[:scan] + small[scan:end] * 101 + small[end:], "more than 100 scans")
    keep("jpeg-12-bit.jpg", base[:size - 1] + b"\x0c" + base[size:], "the JPEG file is broken")


def chunk(kind, content, crc=None):
    sum = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum)


def png(depth, colours, pixels, extra=b"", width=WIDTH, height=HEIGHT):
    """A PNG file of rows without filters."""
    rows = b"".join(b"\0" + pixels[y * len(pixels) // height:(y + 1) * len(pixels) // height] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)) +
            extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def rows_of(bits, samples, height=HEIGHT, width=WIDTH):
    """Pixels of so many bits and samples: noise, in rows of whole bytes."""
    row = (width * bits * samples + 7) // 8
    return (picture("L", row, height)).tobytes()


# The Adam7 passes: first column and row, then the steps.
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def interlaced(pixels, bytes_a_pixel, width=WIDTH, height=HEIGHT):
    """The zlib stream of an interlaced PNG."""
    rows = b""
    for x0, y0, step_x, step_y in ADAM7:
        for y in range(y0, height, step_y):
            rows += b"\0" + b"".join(pixels[(y * width + x) * bytes_a_pixel:][:bytes_a_pixel]
                                     for x in range(x0, width, step_x))
    return zlib.compress(rows)


def pngs():
    palette = chunk(b"PLTE", picture("RGB", 256, 1).tobytes())
    for depth in (1, 2, 4, 8, 16):
        keep("png-grey-%d.png" % depth, png(depth, 0, rows_of(depth, 1)))
    for depth in (1, 2, 4, 8):
        small = chunk(b"PLTE", picture("RGB", 1 << depth, 1).tobytes())
        keep("png-palette-%d.png" % depth, png(depth, 3, rows_of(depth, 1), small))
    keep("png-palette-short.png", png(8, 3, rows_of(8, 1), chunk(b"PLTE", picture("RGB", 100, 1).tobytes())))
    keep("png-palette-alpha.png", png(8, 3, rows_of(8, 1), palette + chunk(b"tRNS", bytes(range(200)))))
    keep("png-grey-dark-16.png", png(16, 0, b"".join(struct.pack(">H", i % 400) for i in range(WIDTH * HEIGHT))))
    for name, colours, samples in (("rgb", 2, 3), ("grey-alpha", 4, 2), ("rgba", 6, 4)):
        for depth in (8, 16):
            keep("png-%s-%d.png" % (name, depth), png(depth, colours, rows_of(depth, samples)))
    keep("png-grey-transparent.png", png(8, 0, rows_of(8, 1), chunk(b"tRNS", b"\0\x40")))
    keep("png-rgb-transparent.png", png(8, 2, rows_of(8, 3), chunk(b"tRNS", b"\0\x40\0\x41\0\x42")))
    keep("png-gamma.png", png(8, 2, rows_of(8, 3), chunk(b"gAMA", struct.pack(">I", 100000))))
    keep("png-filters.png", saved(picture(), "PNG"))
    for name, depth, colours, size in (("rgb", 8, 2, 3), ("grey-16", 16, 0, 2), ("palette", 8, 3, 1),
                                       ("rgba", 8, 6, 4)):
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colours, 0, 0, 1)
        keep("png-interlaced-%s.png" % name,
             b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (palette if colours == 3 else b"") +
             chunk(b"IDAT", interlaced(rows_of(8, size), size)) + chunk(b"IEND", b""))

    good = png(8, 2, rows_of(8, 3))
    keep("png-no-end.png", good[:-12])
    keep("png-bad-data-sum.png", good[:-14] + b"!!" + good[-12:], "CRC error")
    keep("png-bad-header-sum.png", good[:30] + b"!" + good[31:], "CRC error")
    keep("png-cut.png", good[:len(good) // 2], "the PNG file is cut short")
    keep("png-cut-in-header.png", good[:20], "the PNG file is cut short")
    keep("png-bad-stream.png", good[:60] + b"!!!!" + good[64:], "the PNG file is broken")
    keep("png-too-few-rows.png", png(8, 2, rows_of(8, 3, 10), height=10)[:16] + good[16:33] +
         chunk(b"IDAT", zlib.compress(b"\0" * 500)) + chunk(b"IEND", b""), "the PNG file is broken")
    for name, width, height in (("2-31", 1 << 31, 1), ("most", 0x7fffffff, 0x7fffffff), ("bomb", 13378, 13378)):
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        keep("png-huge-%s.png" % name, good[:8] + chunk(b"IHDR", header) + good[33:], "the limit is 178956970")
    keep("png-no-pixels.png", good[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 7, 8, 2, 0, 0, 0)) + good[33:],
         "the PNG file")
    keep("png-no-palette.png", png(8, 3, rows_of(8, 1)), "the PNG file is broken")


def bmp(bits, rows, width=WIDTH, height=HEIGHT, compression=0, palette=b"", masks=b"", size=40, offset=None):
    colours = len(palette) // 4
    info = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(rows), 0, 0, colours, 0)
    info += masks + b"\0" * (size - 40 - len(masks) if size > 40 else 0) + palette
    at = 14 + len(info) if offset is None else offset
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(rows), 0, 0, at) + info + rows


def bmp_rows(bits, width=WIDTH, height=HEIGHT):
    return picture("L", (width * bits + 31) // 32 * 4, height).tobytes()


def bmps():
    colours = picture("CMYK", 256, 1).tobytes()
    for bits in (1, 4, 8):
        keep("bmp-palette-%d.bmp" % bits, bmp(bits, bmp_rows(bits), palette=colours[:4 << bits]))
    keep("bmp-palette-short.bmp", bmp(8, bmp_rows(8), palette=colours[:400]))
    greys = b"".join(bytes((i, i, i, 0)) for i in range(256))
    keep("bmp-grey.bmp", bmp(8, bmp_rows(8), palette=greys))
    keep("bmp-grey-short.bmp", bmp(8, bmp_rows(8), palette=greys[:400]))
    keep("bmp-black-white.bmp", bmp(1, bmp_rows(1), palette=b"\0\0\0\0\xff\xff\xff\0"))
    keep("bmp-white-black.bmp", bmp(1, bmp_rows(1), palette=b"\xff\xff\xff\0\0\0\0\0"))
    for bits in (16, 24, 32):
        keep("bmp-%d.bmp" % bits, bmp(bits, bmp_rows(bits)))
    keep("bmp-top-down.bmp", bmp(24, bmp_rows(24), height=-HEIGHT))
    for number, (bits, masks) in enumerate([
            (32, (0xff0000, 0xff00, 0xff)), (32, (0xff000000, 0xff0000, 0xff00)), (32, (0xff000000, 0xff00, 0xff)),
            (24, (0xff0000, 0xff00, 0xff)), (16, (0xf800, 0x7e0, 0x1f)), (16, (0x7c00, 0x3e0, 0x1f))]):
        keep("bmp-fields-%d.bmp" % number, bmp(bits, bmp_rows(bits), compression=3, masks=struct.pack("<3I", *masks)))
    for number, masks in enumerate([(0xff, 0xff00, 0xff0000, 0xff000000), (0xff0000, 0xff00, 0xff, 0xff000000),
                                    (0xff000000, 0xff0000, 0xff00, 0xff), (0xff000000, 0xff00, 0xff, 0xff0000),
                                    (0, 0, 0, 0)]):
        keep("bmp-fields-alpha-%d.bmp" % number,
             bmp(32, bmp_rows(32), compression=3, masks=struct.pack("<4I", *masks), size=124))
    keep("bmp-other-fields.bmp", bmp(16, bmp_rows(16), compression=3, masks=struct.pack("<3I", 0xf00, 0xf0, 0xf)),
         "the BMP file has bit fields")
    os2 = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 8) + picture("RGB", 256, 1).tobytes()
    keep("bmp-os2.bmp", b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + len(os2)) + os2 + bmp_rows(8))

    runs = bytes((5, 1, 0, 3, 7, 8, 9, 0, 3, 2, 0, 0, 11, 4, 0, 0, 0, 2, 4, 1, 6, 3, 0, 0, 200, 5, 0, 4, 1, 2, 3, 4, 0,
                  0, 2, 9, 0, 0, 2, 1, 9, 9, 0, 0))
    keep("bmp-rle8.bmp", bmp(8, runs, 11, 6, compression=1, palette=colours[:64]))
    keep("bmp-rle4.bmp", bmp(4, runs, 11, 6, compression=2, palette=colours[:64]))
    keep("bmp-rle8-cut.bmp", bmp(8, runs[:20], 11, 6, compression=1, palette=colours[:64]), "the BMP file is cut short")
    keep("bmp-rle8-ends.bmp", bmp(8, runs[:10] + b"\0\1", 11, 6, compression=1, palette=colours[:64]),
         "the BMP file is cut short")
    keep("bmp-cut.bmp", bmp(24, bmp_rows(24))[:-9], "the BMP file is cut short")
    keep("bmp-cut-in-header.bmp", bmp(24, b"")[:40], "the BMP file is cut short")
    keep("bmp-huge.bmp", bmp(24, b"", 1 << 30, 1 << 30), "the limit is 178956970")
    keep("bmp-depth.bmp", bmp(5, b""), "the BMP file has a depth of 5")
    keep("bmp-jpeg.bmp", bmp(24, bmp_rows(24), compression=4), "the BMP file has the compression 4")


def pnms():
    colours, greys = picture(), picture("L")
    keep("pnm-p6.ppm", saved(colours, "PPM"))
    keep("pnm-p5.pgm", saved(greys, "PPM"))
    keep("pnm-p4.pbm", saved(greys.convert("1"), "PPM"))
    keep("pnm-p4-odd.pbm", b"P4 # comment\n#another\n13\t3\n" + bytes((1, 2, 250, 131, 77, 12)))
    keep("pnm-p1.pbm", b"P1\n5 3\n01101 # comment\n1 0 0\n1 1\n00110")
    values = [(i * 7) % 101 for i in range(60)]
    text = b" ".join(b"%d" % v for v in values)
    keep("pnm-p2.pgm", b"P2 12 5 100\n# comment\n" + text + b"\n")
    keep("pnm-p3.ppm", b"P3\n4 5\n100\n" + text)
    keep("pnm-p2-255.pgm", b"P2 12 5 255\n" + text)
    keep("pnm-p2-wide.pgm", b"P2 4 2 1000\n0 1 2 3 4 5 999 1000\n")
    keep("pnm-p5-100.pgm", b"P5 12 5 100\n" + bytes(values))
    keep("pnm-p5-over.pgm", b"P5 12 5 70\n" + bytes(values))
    keep("pnm-p6-31.ppm", b"P6 4 5 31\n" + bytes(v % 32 for v in values))
    wide = b"".join(struct.pack(">H", v * 5) for v in values)
    keep("pnm-p5-wide.pgm", b"P5 12 5 65535\n" + wide)
    keep("pnm-p5-1000.pgm", b"P5 12 5 30000\n" + wide)
    keep("pnm-p6-wide.ppm", b"P6 4 5 65535\n" + wide[::-1])
    keep("pnm-p6-1000.ppm", b"P6 4 5 1000\n" + wide)
    keep("pnm-cut.ppm", saved(colours, "PPM")[:-1], "the PPM file is cut short")
    keep("pnm-p3-cut.ppm", b"P3\n4 5\n100\n" + text[:-3], "the PPM file is cut short")
    keep("pnm-p3-over.ppm", b"P3 1 1 100\n1 2 101\n", "the value 101 is over 100")
    keep("pnm-p1-wrong.pbm", b"P1 2 2\n0 1 2 0", "a bit is not 0 or 1")
    keep("pnm-letter.ppm", b"P6 4 x 255\n", "a number is wrong")
    keep("pnm-most.ppm", b"P6 4 4 65536\n" + wide, "its largest value")
    keep("pnm-huge.ppm", b"P6 99999999 99999999 255\n", "the limit is 178956970")


def webps():
    keep("webp-lossy.webp", saved(picture(), "WEBP", quality=80))
    keep("webp-low.webp", saved(picture(), "WEBP", quality=10))
    keep("webp-lossless.webp", saved(picture(), "WEBP", lossless=True))
    keep("webp-alpha.webp", saved(picture("RGBA"), "WEBP", quality=80))
    keep("webp-lossless-alpha.webp", saved(picture("RGBA"), "WEBP", lossless=True, exact=True))
    moving = saved(picture(), "WEBP", save_all=True, append_images=[picture().transpose(0)], lossless=True)
    keep("webp-animated.webp", moving)
    good = saved(picture(), "WEBP", lossless=True)
    keep("webp-cut.webp", good[:len(good) // 2], "the WebP file is broken or cut short")
    keep("webp-cut-in-header.webp", good[:18], "the WebP file is cut short")
    keep("webp-broken.webp", good[:20] + b"\xff" * 9 + good[29:], "the WebP file is broken")


def tiff(entries, data, order="<", width=WIDTH, height=HEIGHT):
    """A TIFF file of one strip (or what `entries` say) at byte 8; entries: tag -> number or list of 16-bit numbers."""
    at = 8 + len(data) + len(data) % 2
    tags = {256: width, 257: height, 259: 1, 262: 1, 273: 8, 278: height, 279: len(data), **entries}
    count = len([value for value in tags.values() if value is not None])
    table, extra, behind = b"", b"", at + 2 + count * 12 + 4
    for tag, value in sorted(tags.items()):
        if value is None:
            continue
        if isinstance(value, list):
            packed = struct.pack(order + "%dH" % len(value), *value)
            if len(packed) > 4:
                table += struct.pack(order + "HHII", tag, 3, len(value), behind + len(extra))
                extra += packed + b"\0" * (len(packed) % 2)
            else:
                table += struct.pack(order + "HHI", tag, 3, len(value)) + packed.ljust(4, b"\0")
        else:
            table += struct.pack(order + "HHII", tag, 4, 1, value)
    return ((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, at) + data + b"\0" * (len(data) % 2) +
            struct.pack(order + "H", count) + table + struct.pack(order + "I", 0) + extra)


def tiffs():
    rgb = picture()
    for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        keep("tiff-rgb-%s.tif" % name.replace("tiff_", ""), saved(rgb, "TIFF", compression=name))
    keep("tiff-strips.tif", saved(rgb, "TIFF", compression="tiff_lzw", strip_size=600))
    keep("tiff-fax.tif", saved(picture("L").convert("1"), "TIFF", compression="group4"))
    keep("tiff-palette.tif", saved(rgb.quantize(50), "TIFF"))
    for mode in ("1", "L", "LA", "RGBA", "CMYK", "I;16", "I", "F"):
        image = picture(mode) if mode in ("L", "LA", "RGBA", "CMYK") else picture("L").convert("I").point(
            lambda v: v * 2 - 60).convert(mode) if mode in ("I", "F") else picture("L").convert(mode)
        keep("tiff-%s.tif" % mode.lower().replace(";", "-"), saved(image, "TIFF", compression="tiff_lzw"))
    for bits in (1, 2, 4, 8):
        for light in (0, 1):
            keep("tiff-grey-%d-%s.tif" % (bits, "white black".split()[light]),
                 tiff({258: [bits], 262: light}, rows_of(bits, 1)))
        colours = [v * 257 for v in picture("L", 3 << bits, 1).tobytes()]
        keep("tiff-palette-%d.tif" % bits, tiff({258: [bits], 262: 3, 320: colours}, rows_of(bits, 1)))
    keep("tiff-fill-order.tif", tiff({258: [1], 266: 2}, rows_of(1, 1)))
    for order, name in (("<", "little"), (">", "big")):
        keep("tiff-grey-16-%s.tif" % name, tiff({258: [16]}, rows_of(16, 1, 23), order))
        keep("tiff-rgb-16-%s.tif" % name, tiff({258: [16] * 3, 262: 2, 277: 3}, rows_of(16, 3), order))
        keep("tiff-signed-16-%s.tif" % name, tiff({258: [16], 339: [2]}, rows_of(16, 1), order))
        floats = struct.pack(order + "%df" % (WIDTH * HEIGHT), *[i * 0.7 - 100 for i in range(WIDTH * HEIGHT)])
        keep("tiff-float-%s.tif" % name, tiff({258: [32], 339: [3]}, floats, order))
    keep("tiff-grey-dark-16.tif", tiff({258: [16]}, struct.pack("<%dH" % (WIDTH * HEIGHT), *range(WIDTH * HEIGHT))))
    for name, extra in (("unknown", 0), ("premultiplied", 1), ("alpha", 2)):
        for bits in (8, 16):
            keep("tiff-rgb-%s-%d.tif" % (name, bits),
                 tiff({258: [bits] * 4, 262: 2, 277: 4, 338: [extra]}, rows_of(bits, 4)))
    keep("tiff-cmyk-16.tif", tiff({258: [16] * 4, 262: 5, 277: 4}, rows_of(16, 4)))
    keep("tiff-cmyk-extra.tif", tiff({258: [8] * 5, 262: 5, 277: 5, 338: [0]}, rows_of(8, 5)))
    planes = tiff({258: [8] * 3, 262: 2, 277: 3, 284: 2}, rows_of(8, 3))
    plane, table = WIDTH * HEIGHT, []
    table = b"".join(struct.pack("<I", 8 + i * plane) for i in range(3)) + struct.pack("<3I", plane, plane, plane)
    offset = len(planes)
    planes = bytearray(planes + table)
    for tag, at in ((273, offset), (279, offset + 12)):
        entry = planes.index(struct.pack("<HHI", tag, 4, 1))
        planes[entry:entry + 12] = struct.pack("<HHII", tag, 4, 3, at)
    keep("tiff-planes.tif", bytes(planes))
    tile = picture("L", 48 * 3, 32).tobytes()
    tiles = b"".join(tile[y * 144 + x * 48:][:48] for ty in (0, 16) for x in (0, 1, 2) for y in range(ty, ty + 16))
    tiled = bytearray(tiff({258: [8] * 3, 262: 2, 273: None, 277: 3, 278: None, 279: None, 322: 16, 323: 16, 324: 0,
                            325: 0}, tiles, "<", 37, 23))
    offset = len(tiled)
    tiled += b"".join(struct.pack("<I", 8 + i * 768) for i in range(6)) + struct.pack("<6I", *[768] * 6)
    for tag, at in ((324, offset), (325, offset + 24)):
        entry = tiled.index(struct.pack("<HHI", tag, 4, 1))
        tiled[entry:entry + 12] = struct.pack("<HHII", tag, 4, 6, at)
    keep("tiff-tiles.tif", bytes(tiled))
    for turned in range(1, 9):
        keep("tiff-turned-%d.tif" % turned, tiff({258: [8], 274: turned}, rows_of(8, 1, 4, 7), "<", 7, 4))
    two = io.BytesIO()
    rgb.save(two, "TIFF", save_all=True, append_images=[picture("L")])
    keep("tiff-two-pages.tif", two.getvalue())

    good = tiff({258: [8] * 3, 262: 2, 277: 3}, rows_of(8, 3))
    keep("tiff-cut.tif", good[:300], "the TIFF file is broken")
    keep("tiff-cut-strip.tif", tiff({258: [8] * 3, 262: 2, 277: 3}, rows_of(8, 3)[:900]), "the TIFF file")
    packed = saved(rgb, "TIFF", compression="tiff_adobe_deflate")
    keep("tiff-bad-stream.tif", packed.replace(b"\x78\x9c", b"\x01\x02", 1).replace(b"\x78\xda", b"\x01\x02", 1),
         "the TIFF file is broken")
    keep("tiff-lab.tif", tiff({258: [8] * 3, 262: 8, 277: 3}, rows_of(8, 3)), "colours of a kind that is not read")
    keep("tiff-huge.tif", tiff({258: [8] * 3, 262: 2, 277: 3, 256: 1 << 31, 257: 1 << 31}, b""), "the TIFF file")
    keep("tiff-strip-missing.tif", tiff({258: [8], 257: HEIGHT + 9}, rows_of(8, 1)), "a strip or tile is missing")
    keep("tiff-no-directory.tif", b"II*\0\xff\xff\xff\x7f", "the TIFF file is broken")


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
    for make in (jpegs, pngs, bmps, pnms, webps, tiffs, others):
        make()
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
