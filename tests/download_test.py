#!/usr/bin/env python3
"""Downloads, from a server in this very process: whole, gone on with, broken off, wrong, and packed with malice."""
import gzip
import hashlib
import http.server
import io
import os
import random
import shutil
import struct
import subprocess
import tarfile
import threading

from support import NETC, Skip, folder as new_folder, main, netc, run

TOOL = os.path.join(os.path.dirname(NETC), "..", "tests", "unit", "download_file")
CONTENT = random.Random(0).randbytes(300000)


class Server:
    """Gives the files of a dictionary. `ranges`: it can begin in the middle; `most`: it breaks off behind so many
    bytes; `requests`: the path and the Range of each request."""

    def __init__(self, files, ranges=True, most=None):
        self.files, self.ranges, self.most, self.requests = files, ranges, most, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "http://127.0.0.1:%d/" % self.server.server_port

    def answer(self, handler):
        begin = handler.headers.get("Range")
        self.requests.append((handler.path, begin))
        content = self.files.get(handler.path.lstrip("/"))
        if content is None:
            handler.send_error(404)
            return
        first = int(begin.split("=")[1].split("-")[0]) if begin and self.ranges else 0
        if first >= len(content):
            handler.send_error(416)
            return
        handler.send_response(206 if first else 200)
        if first:
            handler.send_header("Content-Range", "bytes %d-%d/%d" % (first, len(content) - 1, len(content)))
        handler.send_header("Content-Length", str(len(content) - first))
        handler.end_headers()
        handler.wfile.write(content[first:first + self.most] if self.most else content[first:])

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *what):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def md5(content):
    return hashlib.md5(content).hexdigest()


def packed(files, extra=()):
    """A .tar.gz of files in the folder "set", and of more entries."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        folder = tarfile.TarInfo("set")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            entry = tarfile.TarInfo("set/" + name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for entry in extra:
            archive.addfile(entry, io.BytesIO(b"x" * entry.size))
    return out.getvalue()


def fetch(folder, name, content, *addresses, unpacked="-", **options):
    """Runs the tool for a file whose right content is `content`."""
    if not shutil.which("curl"):
        raise Skip("there is no curl")
    return run(TOOL, "SET", folder, name, md5(content), unpacked, *addresses, **options)


def check(result, folder, *names):
    assert result.code == 0, result.err
    assert sorted(os.listdir(folder)) == sorted(names), os.listdir(folder)


def check_refused(result, words, folder, *names):
    assert result.code == 1 and words in result.err, (result.code, result.err)
    assert sorted(os.listdir(folder)) == sorted(names), os.listdir(folder)


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def read(*names):
    with open(os.path.join(*names), "rb") as file:
        return file.read()


def test_a_file_comes_is_unpacked_and_stays():
    content = gzip.compress(CONTENT)
    with new_folder() as base, Server({"a.gz": content}) as server:
        folder = os.path.join(base, "not", "there", "yet")
        for _ in range(2):
            check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
            assert read(folder, "a") == CONTENT
        assert server.requests == [("/a.gz", None)]
        os.remove(os.path.join(folder, "a"))
        check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
        assert len(server.requests) == 1


def test_many_files_come_in_a_tar():
    files = {"one": CONTENT, "empty": b"", "block": b"b" * 512, "odd": b"c" * 513}
    content = packed(files)
    with new_folder() as folder, Server({"a.tar.gz": content}) as server:
        check(fetch(folder, "a.tar.gz", content, server.address, unpacked="set"), folder, "a.tar.gz", "set")
        assert {name: read(folder, "set", name) for name in os.listdir(os.path.join(folder, "set"))} == files


def test_gzip_files_in_a_row_are_one():
    content = gzip.compress(b"first ") + gzip.compress(CONTENT)
    with new_folder() as folder, Server({"a.gz": content}) as server:
        check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
        assert read(folder, "a") == b"first " + CONTENT


def test_it_goes_on_where_it_broke_off():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"a.gz": content}, most=20000) as server:
        check_refused(fetch(folder, "a.gz", content, server.address), "curl ends with the status 18", folder,
                      "a.gz.part")
        assert read(folder, "a.gz.part") == content[:20000]
        server.most = None
        check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
        assert server.requests[1:] == [("/a.gz", "bytes=20000-")]
        assert read(folder, "a") == CONTENT


def test_a_part_that_is_whole_is_not_fetched():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"a.gz": content}) as server:
        write(folder, "a.gz.part", content)
        check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
        assert not server.requests


def test_a_server_that_cannot_go_on_begins_again():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"a.gz": content}, ranges=False) as server:
        write(folder, "a.gz.part", content[:20000])
        check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
        assert [begin for _, begin in server.requests] == ["bytes=20000-", None]


def test_a_wrong_part_is_thrown_away():
    content = gzip.compress(CONTENT)
    for part in (b"wrong" * 1000, content + b"too much"):
        with new_folder() as folder, Server({"a.gz": content}) as server:
            write(folder, "a.gz.part", part)
            check(fetch(folder, "a.gz", content, server.address), folder, "a", "a.gz")
            assert len(server.requests) == 2, server.requests


def test_another_file_is_refused():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"a.gz": gzip.compress(b"other")}) as server:
        check_refused(fetch(folder, "a.gz", content, server.address), "its MD5 sum is", folder)
        write(folder, "a.gz", b"an old file")
        check_refused(fetch(folder, "a.gz", content, server.address), "its MD5 sum is", folder, "a.gz")


def test_the_second_address_is_tried():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"b/a.gz": content}) as server:
        check_refused(fetch(folder, "a.gz", content, server.address), "curl ends with the status 22", folder)
        check(fetch(folder, "a.gz", content, server.address, server.address + "b/"), folder, "a", "a.gz")


def test_a_mirror_takes_the_place_of_all():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"SET/a.gz": content}) as server:
        check(fetch(folder, "a.gz", content, "http://127.0.0.1:1/", env={"NETC_MIRROR": server.address.rstrip("/")}),
              folder, "a", "a.gz")


def test_without_curl_it_says_what_to_do():
    content = gzip.compress(CONTENT)
    with new_folder() as folder:
        check_refused(fetch(folder, "a.gz", content, "http://127.0.0.1:1/", env={"PATH": folder}),
                      "the program curl is needed", folder)


def test_two_at_once_fetch_it_once():
    content = gzip.compress(CONTENT)
    with new_folder() as folder, Server({"a.gz": content}) as server:
        words = [TOOL, "SET", folder, "a.gz", md5(content), "-", server.address]
        if not shutil.which("curl"):
            raise Skip("there is no curl")
        both = [subprocess.Popen(words, stderr=subprocess.DEVNULL) for _ in range(2)]
        assert [one.wait(60) for one in both] == [0, 0]
        assert len(server.requests) == 1 and read(folder, "a") == CONTENT


def entry(name, kind=tarfile.REGTYPE, link=""):
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, 3 if kind == tarfile.REGTYPE else 0
    return made


def test_a_tar_writes_nowhere_else():
    for wrong in (entry("../evil"), entry("set/../evil"), entry("/evil"), entry("evil"), entry("set/../../evil"),
                  entry("settled"), entry("set/in/folder"), entry("set/.."),
                  entry("set/link", tarfile.SYMTYPE, "../.."), entry("set/hard", tarfile.LNKTYPE, "../evil"),
                  entry("set/pipe", tarfile.FIFOTYPE), entry("set/" + "long" * 60)):
        content = packed({"good": b"good"}, [wrong])
        with new_folder() as base, Server({"a.tar.gz": content}) as server:
            folder = os.path.join(base, "data")
            check_refused(fetch(folder, "a.tar.gz", content, server.address, unpacked="set"), "refused: ", folder,
                          "a.tar.gz")
            assert os.listdir(base) == ["data"], (wrong.name, os.listdir(base))


def test_what_is_cut_or_damaged_is_refused():
    whole, many = gzip.compress(CONTENT), packed({"one": CONTENT})
    short = gzip.compress(gzip.decompress(many)[:100000])
    for name, unpacked, content in (("a.gz", "-", whole[:5000]), ("a.gz", "-", b""), ("a.gz", "-", b"no gzip" * 9),
                                    ("a.gz", "-", whole[:-1]), ("a.gz", "-", whole[:60] + b"!" + whole[61:]),
                                    ("a.tar.gz", "set", many[:5000]), ("a.tar.gz", "set", short),
                                    ("a.tar.gz", "set", gzip.compress(b"no tar" * 1000)),
                                    ("a.tar.gz", "set", gzip.compress(b""))):
        with new_folder() as folder:
            write(folder, name, content)
            check_refused(fetch(folder, name, content, "http://127.0.0.1:1/", unpacked=unpacked), "refused: ", folder,
                          name)


MODEL = """model A(1, 28, 28) {
    Flatten()
    Linear(_, 10)
}
data train_data = %s { ToTensor() }
train A {
    seed 1
    epochs 1
    data train_data, batch_size=4
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
}
"""


def test_a_set_that_is_missing_is_fetched():
    content = gzip.compress(b"not the official file")
    files = {"MNIST/train-images-idx3-ubyte.gz": content, "QMNIST/qmnist-test-images-idx3-ubyte.gz": content}
    for call, folder in (('MNIST("data", download=True)', "MNIST"),
                         ('QMNIST("data", train=False, download=True)', "QMNIST")):
        with new_folder() as base, Server(files) as server:
            fetch(base, "none", b"", "http://127.0.0.1:1/")  # skips without curl
            write(base, "a.net", (MODEL % call).encode())
            result = netc("run", os.path.join(base, "a.net"), env={"NETC_MIRROR": server.address.rstrip("/")})
            assert result.code == 1 and "train_data: " in result.err and "its MD5 sum is" in result.err, result.err
            assert [path for path, _ in server.requests] == ["/" + name for name in files if name.startswith(folder)]
            assert os.listdir(os.path.join(base, "data", folder, "raw")) == []


def idx(axes, content):
    return bytes((0, 0, 8, len(axes))) + struct.pack(">%dI" % len(axes), *axes) + content


def test_a_set_that_is_there_is_not_fetched():
    with new_folder() as base, Server({}) as server:
        raw = os.path.join(base, "data", "MNIST", "raw")
        os.makedirs(raw)
        write(raw, "train-images-idx3-ubyte", idx((8, 28, 28), bytes(8 * 28 * 28)))
        write(raw, "train-labels-idx1-ubyte", idx((8,), bytes(8)))
        write(base, "a.net", (MODEL % 'MNIST("data", download=True)').encode())
        result = netc("run", os.path.join(base, "a.net"), env={"NETC_MIRROR": server.address.rstrip("/")})
        assert result.code == 0 and not server.requests, (result.err, server.requests)


def test_what_the_system_cannot_look_for_is_not_fetched():
    """`stat` refused once: no set that is there is fetched again, and no file of it written anew, for that."""
    shim = os.environ.get("FAULT", "")
    if not os.path.exists(shim):
        raise Skip("fault.c is for x86-64, and for what is built without sanitizers")
    with new_folder() as base, Server({}) as server:
        write(base, "a", CONTENT)
        told = set()
        for number in range(1, 10):
            result = fetch(base, "a.gz", b"", server.address, env={
                "LD_PRELOAD": shim, "FAULT_CALL": "stat", "FAULT_AT": str(number), "FAULT_ERRNO": "5"})
            told.add((result.code, "cannot look for " + os.path.join(base, "a") in result.err))
            assert result.code in (0, 1) and not server.requests and read(base, "a") == CONTENT, result.err
        assert (1, True) in told, told


main(globals())
