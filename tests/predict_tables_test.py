#!/usr/bin/env python3
"""`netc predict` of the rows of tables, of arrays and of rows of tokens: outputs against the model's definition,
computed here; whichever columns a file has beside those that samples are made of, and in whatever order they stand."""
import json
import math
import os
import random
import struct
import zipfile

from support import done, folder, main, netc, tensors

HOUSES = """
model Houses(6) { Linear(_, 2) }
data houses = CSV("houses.csv", target=["price", "rent"], missing="median") { Standardize() }
train Houses {
    seed 1
    data houses, batch_size=8, shuffle=True
    loss MSELoss()
    optimizer SGD(lr=0.01)
    epochs 2
    save "houses.pth"
}
"""
DISTRICTS = ("north", "old, town", "port")


def draw_houses(count):
    draw = random.Random(5)
    rows = []
    for i in range(count):
        area, rooms = draw.randint(300, 2000) / 10, draw.randint(1, 8)
        rows.append((area, rooms, draw.choice(DISTRICTS) if i > 2 else DISTRICTS[i], draw.randint(0, 90),
                     area * 3 + rooms, area / 10))
    return rows


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def cell(value):
    return '"%s"' % value if isinstance(value, str) else str(value)


NAMES = ("area", "rooms", "district", "age", "price", "rent")


def table(path, rows, columns, header=True):
    lines = [",".join(NAMES[c] for c in columns)] if header else []
    write(path, "\n".join(lines + [",".join(cell(row[c]) for c in columns) for row in rows]) + "\n")


def floats(raw):
    return struct.unpack("<%df" % (len(raw) // 4), raw)


def linear(path, row, outputs):
    records = tensors(path)
    weight, bias = floats(records["data/0"]), floats(records["data/1"])
    return [sum(a * b for a, b in zip(row, weight[o * len(row):(o + 1) * len(row)])) + bias[o] for o in range(outputs)]


def houses(path):
    """The trained program, its training rows gone; expected(row) gives its outputs."""
    rows = draw_houses(40)
    table(os.path.join(path, "houses.csv"), rows, range(6))
    write(os.path.join(path, "houses.net"), HOUSES)
    done(netc("run", "houses.net", "--quiet", cwd=path))
    os.remove(os.path.join(path, "houses.csv"))
    mean = [sum(row[c] for row in rows) / 40 for c in (0, 1, 3)]
    std = [math.sqrt(sum((row[c] - m) ** 2 for row in rows) / 40) for c, m in zip((0, 1, 3), mean)]

    def expected(row):
        scaled = [(row[c] - m) / s for c, m, s in zip((0, 1, 3), mean, std)]
        return linear(os.path.join(path, "houses.pth"),
                      scaled[:2] + [float(row[2] == d) for d in DISTRICTS] + scaled[2:], 2)
    return expected


def answers(path, *words):
    return json.loads(done(netc("predict", *words, "--json", cwd=path)).out)


def close(got, want):
    assert len(got) == len(want), (got, want)
    assert all(abs(a - b) < 1e-4 * max(1, abs(b)) for a, b in zip(got, want)), (got, want)


def test_columns_go_by_their_names():
    with folder() as path:
        expected = houses(path)
        rows = draw_houses(47)[40:]
        for columns in ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3), (5, 3, 2, 0, 1), (2, 4, 0, 3, 1)):
            table(os.path.join(path, "new.csv"), rows, columns)
            found = answers(path, "houses.net", "new.csv")
            assert [answer["file"] for answer in found] == ["new.csv:%d" % (i + 2) for i in range(7)], found
            for row, answer in zip(rows, found):
                close(answer["outputs"], expected(row))


def test_files_without_names_go_by_the_number_of_columns():
    with folder() as path:
        expected = houses(path)
        rows = draw_houses(44)[40:]
        table(os.path.join(path, "bare.csv"), rows, (0, 1, 2, 3), header=False)
        table(os.path.join(path, "more.csv"), rows[:2], (3, 2, 1, 0))
        found = answers(path, "houses.net", "bare.csv", "more.csv")
        assert [a["file"] for a in found] == ["bare.csv:1", "bare.csv:2", "bare.csv:3", "bare.csv:4", "more.csv:2",
                                              "more.csv:3"], found
        for row, answer in zip(rows + rows[:2], found):
            close(answer["outputs"], expected(row))
        table(os.path.join(path, "bare.csv"), rows, range(6), header=False)
        result = netc("predict", "houses.net", "bare.csv", cwd=path)
        assert result.code == 1 and "no header and 6 columns" in result.err, result.err


def test_columns_by_number_are_never_taken_for_others():
    """Without a header, a target in front, and one column that nobody wants: samples are columns 3 and 1 of 0 to 4."""
    program = """
        model M(2) { Linear(2, 1) }
        data rows = CSV("rows.csv", columns=%s, target=0) { Standardize() }
        train M {
            seed 0
            data rows, batch_size=2
            loss MSELoss()
            optimizer SGD(lr=0.01)
            epochs 1
            save "m.pth"
        }
    """
    rows = [[i % 3, i * i % 7, 10 * i, i * 5 % 11, -i] for i in range(8)]

    def rewrite(columns):
        write(os.path.join(path, "new.csv"), "".join(",".join(str(row[c]) for c in columns) + "\n" for row in rows))

    with folder() as path:
        for columns in ([1, 3], [3, 1]):
            write(os.path.join(path, "m.net"), program % columns)
            write(os.path.join(path, "rows.csv"), "".join(",".join(map(str, row)) + "\n" for row in rows))
            done(netc("run", "m.net", "--quiet", cwd=path))
            rewrite(range(5))
            found = [a["outputs"] for a in answers(path, "m.net", "new.csv")]
            for alike in ([1, 2, 3, 4],) + (([1, 3],) if columns == [1, 3] else ()):
                rewrite(alike)
                assert found == [a["outputs"] for a in answers(path, "m.net", "new.csv")], (columns, alike)
            for unlike in ([1, 3, 4], [0, 1, 2, 3, 4, 4]) + (([3, 1],) if columns == [3, 1] else ()):
                rewrite(unlike)
                result = netc("predict", "m.net", "new.csv", cwd=path)
                assert result.code == 1 and "which of them are here cannot be told" in result.err, result.err


def test_files_of_other_kinds_are_named():
    with folder() as path:
        houses(path)
        for begin, said in ((b"\xff\xd8\xff\xe0", "is a JPEG picture and no table"),
                            (b"\x89PNG\r\n\x1a\n", "is a PNG picture and no table"),
                            (b"\x93NUMPY", "is an array of numpy's and no table"),
                            (b"PK\3\4", "is a zip file and no table")):
            save(os.path.join(path, "new.csv"), begin + bytes(20))
            result = netc("predict", "houses.net", "new.csv", cwd=path)
            assert result.code == 1 and said in result.err, (said, result.err)
            assert "CSV takes text files" in result.err, result.err


def test_what_training_filled_in_is_filled_in():
    with folder() as path:
        expected = houses(path)
        ages = sorted(row[3] for row in draw_houses(40))
        write(os.path.join(path, "new.csv"), "district,area,rooms,age\nport,50.5,3,\n,50.5,3,7\n")
        found = answers(path, "houses.net", "new.csv")
        close(found[0]["outputs"], expected((50.5, 3, "port", (ages[19] + ages[20]) / 2)))
        close(found[1]["outputs"], expected((50.5, 3, None, 7)))


def test_what_does_not_fit_is_named():
    with folder() as path:
        houses(path)
        for text, said in (("area,rooms,district,age\n50,3,harbour,7\n", "new.csv:2:6: 'harbour' is none of the 3 cat"),
                           ("area,rooms,district,age\n50,3,port,7\n50,three,port,7\n", "new.csv:3:4: 'three' is no n"),
                           ("area,rooms,district\n50,3,port\n", "no column is called 'age'"),
                           ("area,rooms,district,age,age\n50,3,port,7,8\n", "two columns are called 'age'"),
                           ("area,rooms,district,age\n50,3,port\n", "new.csv:2:10: the row ends"),
                           ("area,rooms,district,age\n", "has no rows")):
            write(os.path.join(path, "new.csv"), text)
            result = netc("predict", "houses.net", "new.csv", cwd=path)
            assert result.code == 1 and said in result.err and not result.out, (said, result.err)
        write(os.path.join(path, "new.csv"), "area,rooms,district,age\n50,3,port,7\n")
        result = netc("predict", "houses.net", "none.csv", "new.csv", ".", cwd=path)
        assert result.code == 1 and result.out.startswith("new.csv:2\n"), result.out
        assert "none.csv is left out: it cannot be opened" in result.err and ". is left out" in result.err, result.err
        result = netc("predict", "houses.net", "--json", "none.csv", cwd=path)
        assert result.code == 1 and json.loads(result.out) == [], result.out


def test_rows_with_holes_are_told_where_training_dropped_them():
    with folder() as path:
        write(os.path.join(path, "x.csv"), "a,b,y\n1,2,3\n2,,4\n5,6,7\n")
        write(os.path.join(path, "x.net"), HOUSES.replace("Houses(6)", "Houses(2)")
              .replace("Linear(_, 2)", "Linear(_, 1)").replace("houses.csv", "x.csv")
              .replace('["price", "rent"]', '"y"').replace("median", "drop"))
        done(netc("run", "x.net", "--quiet", cwd=path))
        write(os.path.join(path, "new.csv"), "a,b\n1,2\n,7\n8,9\n")
        result = netc("predict", "x.net", "new.csv", "--csv", cwd=path)
        assert result.code == 1 and "new.csv:3:1: the value of column a is missing: the row is left out" in result.err
        names = [line.split(",")[0] for line in result.out.splitlines()]
        assert names == ["file", "new.csv:2", "new.csv:4"], result.out


def test_targets_are_called_by_their_names():
    program = """
        model Two(2) { Linear(_, %d) }
        data rows = CSV("x.csv", target=%s)
        train Two {
            seed 1
            data rows, batch_size=4
            loss %s
            optimizer SGD(lr=0.1)
            epochs 1
            save "x.pth"
        }
    """
    with folder() as path:
        write(os.path.join(path, "x.csv"), "a,b,smoker,tall,sum\n1,2,yes,0,1\n3,4,no,1,0\n-1,2,yes,1,0\n0,0,no,0,1\n")
        write(os.path.join(path, "x.net"),
              program % (2, '["smoker", "tall"], columns=["a", "b"]', "BCEWithLogitsLoss()"))
        done(netc("run", "x.net", "--quiet", cwd=path))
        write(os.path.join(path, "new.csv"), "b,a\n2,5\n")
        answer = answers(path, "x.net", "new.csv", "--outputs")[0]
        chance = [1 / (1 + math.exp(-x)) for x in linear(os.path.join(path, "x.pth"), (5, 2), 2)]
        close(answer["probabilities"], chance)
        word = "yes" if chance[0] >= 0.5 else "no"
        assert answer["targets"] == ["smoker", "tall"] and answer["answers"] == [word, None], answer
        text = done(netc("predict", "x.net", "new.csv", cwd=path)).out
        assert text == "new.csv:2\n  smoker  %-3s  %.4f\n  tall    %s  %.4f\n" % (
            word, max(chance[0], 1 - chance[0]), " " * len(word), chance[1]), text
        text = done(netc("predict", "x.net", "new.csv", "--csv", cwd=path)).out
        assert text.startswith("file,smoker,probability_smoker_yes,probability_tall\nnew.csv:2,%s,0." % word), text

        # Probabilities of the classes: the columns are these.
        write(os.path.join(path, "x.net"), program % (2, '["tall", "sum"], columns=["a", "b"]', "CrossEntropyLoss()"))
        done(netc("run", "x.net", "--quiet", cwd=path))
        answer = answers(path, "x.net", "new.csv")[0]
        powers = [math.exp(x) for x in linear(os.path.join(path, "x.pth"), (5, 2), 2)]
        for top in answer["top"]:
            assert top["class"] == ("tall", "sum")[top["index"]], answer
            assert abs(top["probability"] - powers[top["index"]] / sum(powers)) < 1e-6, (answer, powers)


def test_answers_do_not_depend_on_each_other():
    program = """
        model M(2) {
            Linear(2, 6), Unflatten(1, (3, 2)), BatchNorm1d(3, track_running_stats=False), Flatten(), Linear(_, 2)
        }
        data rows = CSV("x.csv")
        train M {
            seed 1
            data rows, batch_size=2
            loss CrossEntropyLoss()
            optimizer SGD(lr=0.1)
            epochs 1
            save "x.pth"
        }
    """
    with folder() as path:
        write(os.path.join(path, "x.csv"), "a,b,c\n1,2,0\n3,-4,1\n5,1,0\n2,2,1\n")
        write(os.path.join(path, "x.net"), program)
        done(netc("run", "x.net", "--quiet", cwd=path))
        whole = answers(path, "x.net", "x.csv")
        write(os.path.join(path, "y.csv"), "a,b\n3,-4\n")
        assert answers(path, "x.net", "y.csv")[0]["top"] == whole[1]["top"], whole
        write(os.path.join(path, "x.net"), program.replace("Unflatten(1, (3, 2)), BatchNorm1d(3,", "BatchNorm1d(6,"))
        done(netc("run", "x.net", "--quiet", cwd=path))
        result = netc("predict", "x.net", "x.csv", cwd=path)
        assert result.code == 1 and "expects more than 1 value per channel" in result.err, (result.out, result.err)


def test_instance_norms_by_running_statistics():
    """They are in effect where the train block has no test data too, and so no pass of its own for these."""
    text = ("model M(2, 5) { InstanceNorm1d(2, track_running_stats=True), Flatten(), Linear(10, 1) }\n"
            "data rows = NPY(\"x.npy\", target=\"y.npy\")\ntrain M {\n    seed 1\n    data rows, batch_size=4\n%s"
            "    loss MSELoss()\n    optimizer SGD(lr=0.1)\n    epochs 1\n    save \"m.pth\"\n}\n")
    with folder() as path:
        save(os.path.join(path, "x.npy"), npy((4, 2, 5), [math.sin(7 * i) for i in range(40)]))
        save(os.path.join(path, "y.npy"), npy((4, 1), [1, 2, 3, 4]))
        write(os.path.join(path, "m.net"), text % "")
        write(os.path.join(path, "tested.net"), text % "    test rows\n")
        done(netc("run", "m.net", cwd=path))
        found = [done(netc("predict", name, "x.npy", "--load", "m.pth", "--outputs", cwd=path)).out
                 for name in ("m.net", "tested.net")]
        assert found[0] == found[1] and found[0].count("[") == 4, found


# ---- Arrays ----------------------------------------------------------------------------------------------------------

def npy(shape, values, kind="<f4"):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (kind, "".join("%d," % n for n in shape))
    head += " " * (-(len(head) + 11) % 64) + "\n"
    code = {"<f4": "f", "<f8": "d", "<i8": "q"}[kind]
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + \
        struct.pack("<%d%s" % (len(values), code), *values)


def save(path, data):
    with open(path, "wb") as file:
        file.write(data)


ARRAYS = """
model Three(3) { Linear(_, 2) }
data rows = NPY("x.npy", target=%s)%s
train Three {
    seed 2
    data rows, batch_size=4
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
    epochs 1
    save "x.pth"
}
"""


def test_arrays_with_targets_or_without():
    draw = random.Random(7)
    rows = [[draw.uniform(-2, 2) for _ in range(3)] for _ in range(12)]
    for target, steps in (("0", ""), ("-1", " { Standardize() }"), ("0", " { Standardize() }")):
        def whole(row, label):
            return [label] + row if target == "0" else row + [label]
        with folder() as path:
            numbers = sum((whole(row, i % 2) for i, row in enumerate(rows[:8])), [])
            save(os.path.join(path, "x.npy"), npy((8, 4), numbers, "<f8"))
            write(os.path.join(path, "x.net"), ARRAYS % (target, steps))
            done(netc("run", "x.net", "--quiet", cwd=path))
            os.remove(os.path.join(path, "x.npy"))
            mean, std = [0, 0, 0], [1, 1, 1]
            if steps:
                mean = [sum(row[c] for row in rows[:8]) / 8 for c in range(3)]
                std = [math.sqrt(sum((row[c] - m) ** 2 for row in rows[:8]) / 8) for c, m in enumerate(mean)]
            save(os.path.join(path, "bare.npy"), npy((2, 3), rows[8] + rows[9]))
            save(os.path.join(path, "whole.npy"), npy((2, 4), whole(rows[10], 1) + whole(rows[11], 7), "<f8"))
            save(os.path.join(path, "one.npy"), npy((3,), rows[8]))
            with zipfile.ZipFile(os.path.join(path, "set.npz"), "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr("only.npy", npy((1, 3), rows[9]))
            found = answers(path, "x.net", "bare.npy", "whole.npy", "one.npy", "set.npz", "--outputs")
            assert [answer["file"] for answer in found] == \
                ["bare.npy[0]", "bare.npy[1]", "whole.npy[0]", "whole.npy[1]", "one.npy[0]", "set.npz: only[0]"], found
            for row, answer in zip(rows[8:] + [rows[8], rows[9]], found):
                close(answer["outputs"], linear(os.path.join(path, "x.pth"),
                                                [(x - m) / s for x, m, s in zip(row, mean, std)], 2))
            for data, said in ((npy((2, 5), [0] * 10), "wrong.npy is 2x5"), (npy((1, 3), [0, math.nan, 0]), "is nan"),
                               (b"\x93NUMPY", "no file of numpy"), (b"PK\3\4", "no readable zip")):
                save(os.path.join(path, "wrong.npy"), data)
                result = netc("predict", "x.net", "wrong.npy", cwd=path)
                assert result.code == 1 and said in result.err and not result.out, (said, result.err)


def test_rows_of_tokens():
    program = """
        model Words(4) { Embedding(9, 2), Flatten(), Linear(_, 3) }
        data rows = %s
        train Words {
            seed 2
            data rows, batch_size=2
            loss CrossEntropyLoss()
            optimizer SGD(lr=0.1)
            epochs 1
            save "x.pth"
        }
    """
    with folder() as path:
        write(os.path.join(path, "x.csv"), "a,b,c,d,kind\n1,2,3,4,red\n5,6,7,8,green\n0,0,1,1,blue\n1,2,1,2,red\n")
        write(os.path.join(path, "new.csv"), "d,c,b,a\n4,8,1,0\n")
        save(os.path.join(path, "new.npy"), npy((2, 4), (0, 1, 8, 4, 1, 1, 1, 1), "<i8"))
        write(os.path.join(path, "x.net"), program % 'CSV("x.csv")')
        done(netc("run", "x.net", "--quiet", cwd=path))
        found = answers(path, "x.net", "new.csv", "--outputs")[0]
        records = tensors(os.path.join(path, "x.pth"))
        words, weight, bias = (floats(records["data/%d" % i]) for i in range(3))
        row = sum((list(words[2 * t:2 * t + 2]) for t in (0, 1, 8, 4)), [])
        close(found["outputs"], [sum(a * b for a, b in zip(row, weight[o * 8:o * 8 + 8])) + bias[o] for o in range(3)])
        assert sorted(top["class"] for top in found["top"]) == ["blue", "green", "red"], found
        write(os.path.join(path, "y.net"), program % 'NPZ("none.npz")')
        same = answers(path, "y.net", "--load", "x.pth", "new.npy", "--outputs")
        assert same[0]["outputs"] == found["outputs"] and len(same) == 2, (same, found)
        write(os.path.join(path, "new.csv"), "a,b,c,d\n1,2,9,0\n")
        result = netc("predict", "x.net", "new.csv", cwd=path)
        assert result.code == 1 and "new.csv:2:5: 9 in column c is no token" in result.err, result.err


if __name__ == '__main__':
    main(globals())
