"""The bench's tables, as Markdown."""
from sections import MODES, NETC_ALONE, NETC_INSIDE, TORCH


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
        one, share = section.line(line.label, 1), section.share_of_peak(line)
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
