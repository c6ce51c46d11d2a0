#!/usr/bin/env python3
"""Torch's own tables of what its modules and optimizers are tested with (torch.testing._internal: module_db, optim_db),
each entry that is about a name of netc's as a .net file: ten steps of training and an evaluation, compared with
PyTorch. A line for each name; what is refused is counted by its reason, and must be said where that name is explained.

    torch_tables.py [NAME...]

Live: NETC_ORACLE is a Python that has torch and numpy; without it the test is skipped. The tables give arguments and
shapes; the numbers are drawn here. A sample without a batch is a batch of one."""
import collections
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
from items import ORACLE, PER_RUN, Row, ask_torch, judge, size_of  # noqa: E402
from items_table import learner  # noqa: E402
from support import ROOT, done, folder, netc, run  # noqa: E402

# What netc says when it refuses an entry; why that is; and the words of `netc help NAME`, or of docs/language.md, that
# say so.
REFUSALS = [
    (r'gets "none", which is not one number', 'reduction="none" gives no number to learn by', 'reduction="none"'),
    (r"expects the shape of one sample, such as", "a sample of more than three dimensions",
     "No sample has more than three dimensions"),
    (r"gets dim=0", "dimension 0, which is the batch's", "dim is 1"),
    (r"return_indices is not supported", "return_indices=True", "return_indices=False only"),
]

with open(os.path.join(ROOT, "docs", "language.md"), encoding="utf-8") as page:
    LANGUAGE = page.read()

# What a model ends with so that its output suits the loss, and the kind of targets (items_table.targets_of).
ENDS = {"NLLLoss": ["LogSoftmax(dim=1)"], "KLDivLoss": ["LogSoftmax(dim=1)"], "BCELoss": ["Sigmoid()"]}
TARGETS = {"KLDivLoss": "shares", "BCELoss": "shares", "BCEWithLogitsLoss": "shares"}


def names_of(group):
    return [line.split()[0] for line in done(netc("help", group)).out.splitlines() if line[:1].strip()]


def has_batch(entry):
    """Samples of a layer over C,L or C,H,W have that many dimensions; otherwise the entry's description says it."""
    shape, name = entry["shape"], entry["name"]
    if name[-2:] in ("1d", "2d") and not name.startswith("BatchNorm"):
        return len(shape) > int(name[-2]) + 1
    return bool(shape) and "no_batch_dim" not in entry["description"]


def learned(shape):
    return learner(shape) if len(shape) <= 3 else "Identity()"


class Entry(Row):
    """A row of a table, ready to be trained; `ready`: its model has its last layer."""

    def __init__(self, entry, group):
        self.name = entry["name"]
        call = "%s(%s)" % (self.name, entry["arguments"])
        whole = entry.get("shape")
        if group == "optimizers":
            super().__init__(call, (6,), ["Linear(6, 20)", "Tanh()", "Flatten()"], optimizer=call)
        else:
            batch, shape = (whole[0], tuple(whole[1:])) if has_batch(entry) else (1, tuple(whole))
            shape = shape or (1,)
            key = "%s over %s, %d at once%s" % (call, "x".join(map(str, shape)), batch,
                                                ", of classes" if entry["classes"] else "")
            if group == "losses":
                self.of_loss(key, call, shape, entry)
            else:
                self.of_layer(key, call, shape, entry)
            self.batch = max(batch, 4) if "Norm" in self.name and "Group" not in self.name else batch
        self.ready = group == "losses"
        self.test = group == "layers"

    def of_layer(self, key, call, shape, entry):
        front = [] if entry["whole"] else [learned(shape)]
        super().__init__(key, shape, [*front, "item: " + call, "Flatten()"], tokens=4 if entry["whole"] else None,
                         optimizer="SGD(lr=0.001, momentum=0.9)")

    def of_loss(self, key, call, shape, entry):
        layers = [learned(shape), *ENDS.get(self.name, [])]
        classes = entry["classes"]
        super().__init__(key, shape, layers, targets="classes" if classes else TARGETS.get(self.name, "shares" if
                         "Entropy" in self.name else "numbers"), width=shape[0] if classes else size_of(shape),
                         loss=call, output=(shape[1:] if classes else shape) if len(shape) > 1 else None,
                         optimizer="SGD(lr=%g)" % (0.01 if "sum" in call else 0.1))


def refusal(text):
    """Netc's first message."""
    found = re.search(r"error: ([^\n]*)", text)
    return found[1] if found else text[-300:]


def reason_of(entry, message):
    """Why netc refuses an entry with this message, or None where nobody has said so."""
    for pattern, reason, said in REFUSALS:
        if re.search(pattern, message):
            return reason if said in done(netc("help", entry.name)).out or said in LANGUAGE else None
    return None


def compare(some, path):
    """Trains all; yields each with what is wrong, or why it was refused."""
    for first in range(0, len(some), PER_RUN):
        part = some[first:first + PER_RUN]
        failed = [entry.train(path) for entry in part]
        good = [entry for entry, wrong in zip(part, failed) if not wrong]
        answers = iter(ask_torch(good, path, "train") if good else [])
        for entry, wrong in zip(part, failed):
            if wrong:
                message = refusal(wrong)
                reason = reason_of(entry, message)
                yield entry, None if reason else "netc: " + message, reason
                continue
            answer = next(answers)
            yield entry, wrong_with(entry, answer), None


def wrong_with(entry, answer):
    if "error" in answer:
        return "PyTorch: " + answer["error"]
    if not answer["worst"][0] <= 2e-3:
        return "weights of %s are apart by %.1e of what training changed" % tuple(reversed(answer["worst"]))
    apart = judge(entry.losses, answer["losses"])
    return apart or (judge(entry.tested, answer["tested"]) if entry.test else None)


def finish(entries, path):
    """Gives layers and optimizers their last layer; those over which PyTorch itself fails are left out."""
    open_ended = [entry for entry in entries if not entry.ready]
    widths = dict(zip(map(id, open_ended), ask_torch(open_ended, path, "width") if open_ended else []))
    for entry in open_ended:
        answer = widths[id(entry)]
        entry.finish(answer.get("width", 1))


def read_tables():
    text = done(run(ORACLE, os.path.join(HERE, "torch_tables_torch.py"), timeout=600)).out
    return [json.loads(line) for line in text.splitlines()]


def entries_of(table, words):
    """{name: its entries} of netc's vocabulary, and how many entries are about other names."""
    groups = {name: group for group in ("layers", "losses", "optimizers") for name in names_of(group)}
    found, others = collections.OrderedDict(), collections.Counter()
    for entry in table:
        name = entry["name"]
        if name not in groups:
            others[name] += 1
        elif not words or name in words:
            made = Entry(entry, groups[name])
            found.setdefault(name, collections.OrderedDict()).setdefault(made.key, made)
    return {name: list(made.values()) for name, made in found.items()}, others


def main(words, path):
    found, others = entries_of(read_tables(), words)
    every = [entry for made in found.values() for entry in made]
    finish(every, path)
    wrong, reasons, held = collections.defaultdict(list), collections.Counter(), collections.Counter()
    for entry, mistake, reason in compare(every, path):
        if mistake:
            wrong[entry.name].append("%s: %s" % (entry.key, mistake))
        elif reason:
            reasons[reason] += 1
        else:
            held[entry.name] += 1
    print("1..%d" % len(found))
    for number, (name, made) in enumerate(found.items(), 1):
        print("%s %d - %s: %d of %d held" % ("not ok" if wrong[name] else "ok", number, name, held[name], len(made)))
        for line in wrong[name]:
            print("# " + line)
    print("# held: %d of %d different entries about %d names" % (sum(held.values()), len(every), len(found)))
    for reason, count in reasons.most_common():
        print("# refused: %d: %s" % (count, reason))
    print("# wrong: %d" % sum(map(len, wrong.values())))
    print("# not netc's: %d entries about %d names" % (sum(others.values()), len(others)))
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    if not ORACLE:
        print("1..1\nok 1 - torch's tables # SKIP NETC_ORACLE names no Python with torch")
        sys.exit(0)
    with folder() as temporary:
        sys.exit(main(sys.argv[1:], temporary))
