"""The bench's tables, as Markdown."""
from sections import MODES, NETC_ALONE, NETC_INSIDE, TORCH, TORCH_LAST


def row(cells):
    return "| " + " | ".join(cells) + " |"


def number(value):
    return "-" if value is None else "%.3f" % value if value < 1 else "%.2f" % value if value < 100 else "%.0f" % value


def spread(values):
    if not values:
        return "-"
    text = number(min(values))
    return text if len(values) == 1 else "%s (to %s)" % (text, number(max(values)))


def ratio(above, below):
    return "-" if not above or not below else "%.2f" % (above / below)


def share_of_peak(section, line):
    """Of the peak of as many threads, by the arithmetic of the definition."""
    mine, peaks = line.fastest(NETC_ALONE), section.peaks[line.threads]
    return 100 * line.work / mine / 1e6 / max(peaks) if mine and peaks else None


def section_table(section):
    if section.missing:
        return "### %s\n\nNot measured: %s.\n" % (section.title, section.missing.rstrip("."))
    whos = [who for who in (NETC_ALONE, NETC_INSIDE, *MODES) if any(line.found.get(who) for line in section.lines)]
    text = ["### %s\n" % section.title]
    if section.shared:
        text.append("**In a round others worked on the machine, or the threads shared a core: this says little.**\n")
    heads = ["", "threads"] + [who + ", ms" for who in whos] + ["x PyTorch", "x its best", "2 threads : 1", "of peak"]
    if NETC_INSIDE in whos:
        heads.append("in process : alone")
    text += [row(heads), "|---" * len(heads) + "|"]
    for line in section.lines:
        mine = line.fastest(NETC_ALONE)
        one, share = section.line(line.label, 1), share_of_peak(section, line)
        cells = [line.label, str(line.threads)] + [spread(line.found.get(who)) for who in whos]
        cells += [ratio(line.fastest(TORCH), mine), ratio(line.best_of_torch(), mine),
                  ratio(one and one.fastest(NETC_ALONE), mine) if line.threads == 2 else "",
                  "-" if share is None else "%.0f %%" % share]
        if NETC_INSIDE in whos:
            cells.append(ratio(line.fastest(NETC_INSIDE), mine))
        text.append(row(cells))
    peaks = [max(section.peaks[count]) if section.peaks[count] else 0 for count in (1, 2)]
    text.append("\nPeak of fused multiply-adds beside: %.0f GFLOP/s on one thread, %.0f on two.\n" % tuple(peaks))
    return "\n".join(text)


def single_table(title, rows):
    return "\n".join(["### %s\n" % title, row(["", "", ""]), "|---|---|---|"] + [row(cells) for cells in rows] + [""])


def goals(sections, numbers):
    """The goals of the project and what was reached, as far as it was measured: (what, goal, reached)."""
    found = []

    def add(what, goal, values, shape="%.2f"):
        values = [value for value in values if value is not None]
        if values:
            found.append(row([what, goal, ", ".join(shape % value for value in values)]))

    def times(line, who):
        mine = line and line.fastest(NETC_ALONE)
        theirs = line and (line.best_of_torch() if who == "best" else line.fastest(who))
        return theirs / mine if mine and theirs else None

    main = sections.get("main")
    if main:
        two, one, exact = (main.line(label, threads) for label, threads in
                           (("batch 64", 2), ("batch 64", 1), ("batch 64, precision exact", 2)))
        mine = two.fastest(NETC_ALONE)
        add("main job, 2 threads, x PyTorch", ">= 4.0", [times(two, TORCH)])
        add("main job, 2 threads, x its best", ">= 3.0", [times(two, "best")])
        add("dense-equivalent share of the peak, 2 threads", ">= 170 %", [share_of_peak(main, two)], "%.0f %%")
        add("`precision exact`, 2 threads, x PyTorch", ">= 3.0", [times(exact, TORCH)])
        add("2 threads against 1", ">= 1.9",
            [one.fastest(NETC_ALONE) / mine] if mine and one.fastest(NETC_ALONE) else [])
        add("in process against standalone", "<= 1.05",
            [two.fastest(NETC_INSIDE) / mine] if mine and two.fastest(NETC_INSIDE) else [])
    for name, label, who, goal in (("stacks", "3x3 layer, %s", TORCH_LAST, ">= 2.5"),
                                   ("norms", "3x3 layer with batch norm, %s", TORCH_LAST, ">= 2.5"),
                                   ("lenet", "LeNet, %s", "best", ">= 3"), ("mlp", "MLP, %s", "best", ">= 2")):
        for line in sections[name].lines if name in sections else []:
            add("%s, %d thread%s, x %s" % (label % line.label, line.threads, "s" * (line.threads > 1),
                                           "its best" if who == "best" else "channels_last"), goal, [times(line, who)])
    for line in [line for name in ("deep", "others") if name in sections for line in sections[name].lines]:
        if line.goal:
            add("%s, %d thread%s, x its best" % (line.label, line.threads, "s" * (line.threads > 1)),
                ">= %g" % line.goal, [times(line, "best")])
    alone = sections.get("inference") and sections["inference"].line("batch 1", 1)
    if alone and alone.fastest(NETC_ALONE):
        add("one picture's inference, 1 thread, us", "<= 70", [1e3 * alone.fastest(NETC_ALONE)], "%.0f")
        add("the same, x PyTorch's best", ">= 2", [times(alone, "best")])
    add("an epoch of CIFAR-10, x the tutorials' script", ">= 5", [numbers.get("epoch")])
    add("peak memory beside the data, MB", "<= 16", [numbers.get("memory")], "%.1f")
    add("`netc build` of the main job, s", "< 1.5", [numbers.get("build")])
    add("netc's own part of it, ms", "< 20", [numbers.get("own")], "%.0f")
    add("`netc run`: the first step, ms after the command", "< 50", [numbers.get("first step")], "%.0f")
    return found and "\n".join(["### Goals\n", row(["", "goal", "measured"]), "|---|---|---|"] + found + [""])
