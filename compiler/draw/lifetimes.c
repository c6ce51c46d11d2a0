#include "draw/lifetimes.h"

#include "draw/escape.h"
#include "draw/layout.h"
#include "draw/style.h"

enum { MARGIN = 16, LEFT = 96, TOP = 56, BAND = 18, STEP_MOST = 64, STEP_LEAST = 16, WIDE = 900, TALL = 380,
       CAPTION = 42, NAMES = 190 };

int64_t memory_end(const SharedMemory *memory)
{
    int64_t end = 0;
    for (int i = 0; i < memory->lives.count; i++) {
        const Lifetime *life = &memory->lives.at[i];
        end = life->offset + life->bytes > end ? life->offset + life->bytes : end;
    }
    return end;
}

int64_t memory_unshared(const SharedMemory *memory)
{
    int64_t sum = 0;
    for (int i = 0; i < memory->lives.count; i++)
        sum += memory->lives.at[i].bytes;
    return sum;
}

static int64_t memory_begin(const SharedMemory *memory)
{
    int64_t begin = memory_end(memory);
    for (int i = 0; i < memory->lives.count; i++)
        begin = memory->lives.at[i].offset < begin ? memory->lives.at[i].offset : begin;
    return begin;
}

static const char *bytes_text(Arena *arena, int64_t bytes)
{
    return bytes >= 10 << 20   ? arena_printf(arena, "%.1f MiB", (double)bytes / (1 << 20))
           : bytes >= 10 << 10 ? arena_printf(arena, "%.1f KiB", (double)bytes / (1 << 10))
                               : arena_printf(arena, "%lld bytes", (long long)bytes);
}

/* The beginning of a text that fits, "" where nothing does. */
static const char *fitting(Arena *arena, const char *text, double width)
{
    if (text_width(text, LINE_SIZE) <= width)
        return text;
    size_t length = width > 0 ? (size_t)(width / (0.6 * LINE_SIZE)) : 0;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length > 3 ? arena_printf(arena, "%.*s", (int)length, text) : "";
}

/* Behind the bars: which steps are forward, which are backward. */
static void print_bands(Text *out, const Lifetimes *l, double step, double height)
{
    static const char *const names[] = {"forward", "loss", "backward"};
    for (int i = 0, next; i < l->steps.count; i = next) {
        const Stage stage = l->steps.at[i].stage;
        for (next = i; next < l->steps.count && l->steps.at[next].stage == stage; next++)
            ;
        const double x = LEFT + step * i, width = step * (next - i);
        if (stage != STAGE_FORWARD)
            svg_rect(out, "nd-band", x, TOP - BAND, width, height + BAND, 0);
        svg_text(out, "nd-label", x + 4, TOP - 5, fitting(out->arena, names[stage], width - 6));
    }
}

static void print_life(Text *out, const Lifetimes *l, const Lifetime *life, double step, double y, double height)
{
    Arena *arena = out->arena;
    const double x = LEFT + step * life->first, width = step * (life->last - life->first + 1);
    text_add(out, "<g><title>");
    text_add_xml(out, arena_printf(arena, "%s: %s bytes at %s, from %s to %s%s%s", life->name,
                                   text_grouped(arena, life->bytes), text_grouped(arena, life->offset),
                                   l->steps.at[life->first].name, l->steps.at[life->last].name,
                                   *life->what ? "; " : "", life->what));
    text_add(out, "</title>\n");
    svg_rect(out, life->gradient ? "nd-backward" : "nd-forward", x, y, width, height, 2);
    if (height >= LINE_SIZE + 1)
        svg_text(out, "nd-middle", x + width / 2, y + height / 2 + 3.5, fitting(arena, life->name, width - 4));
    text_add(out, "</g>\n");
}

/* "workspace of a thread: 152,128 bytes; 571,392 if nothing were shared" */
static const char *caption(Arena *arena, const SharedMemory *memory)
{
    return arena_printf(arena, "%s: %s bytes; %s if nothing were shared", memory->name,
                        text_grouped(arena, memory_end(memory) - memory_begin(memory)),
                        text_grouped(arena, memory_unshared(memory)));
}

static double print_memory(Text *out, const Lifetimes *l, const SharedMemory *memory, double step, double top)
{
    const int64_t begin = memory_begin(memory), size = memory_end(memory) - begin;
    const double scale = size ? (double)TALL / (double)size : 0;
    svg_text(out, "nd-title", LEFT, top - 8, caption(out->arena, memory));
    for (int mark = 0; mark <= 4; mark++) {
        const double y = top + TALL * mark / 4.0;
        svg_text(out, "nd-label", MARGIN, y + 3.5, bytes_text(out->arena, begin + size * mark / 4));
        text_printf(out, "<path class=\"nd-tick\" d=\"M%d %.1fh%.1f\"/>\n", LEFT - 6, y, step * l->steps.count + 6);
    }
    for (int i = 0; i < memory->lives.count; i++) {
        const Lifetime *life = &memory->lives.at[i];
        if (life->bytes > 0)
            print_life(out, l, life, step, top + scale * (double)(life->offset - begin), scale * (double)life->bytes);
    }
    return top + TALL + CAPTION;
}

static void print_legend(Text *out)
{
    svg_rect(out, "nd-forward", MARGIN + 2, TOP - 27, 10, 10, 2);
    svg_text(out, "nd-label", MARGIN + 16, TOP - 18, "values");
    svg_rect(out, "nd-backward", MARGIN + 2, TOP - 12, 10, 10, 2);
    svg_text(out, "nd-label", MARGIN + 16, TOP - 3, "gradients");
}

void lifetimes_print_svg(Text *out, const Lifetimes *l)
{
    const int count = l->steps.count ? l->steps.count : 1;
    double step = (double)WIDE / count, right = LEFT;
    step = step > STEP_MOST ? STEP_MOST : step < STEP_LEAST ? STEP_LEAST : step;
    int shown = 0;
    for (int i = 0; i < l->memories.count; i++) {
        const double end = LEFT + text_width(caption(out->arena, &l->memories.at[i]), TITLE_SIZE);
        right = end > right ? end : right;
        shown += memory_end(&l->memories.at[i]) > 0;
    }
    const double inside = shown * (TALL + CAPTION) + 8;
    right = LEFT + step * count > right ? LEFT + step * count : right;
    svg_begin(out, right + MARGIN, TOP + inside + NAMES, l->title);
    svg_text(out, "nd-title", MARGIN, 20, l->title);
    print_legend(out);
    print_bands(out, l, step, inside);
    double top = TOP + 24;
    for (int i = 0; i < l->memories.count; i++)
        if (memory_end(&l->memories.at[i]) > 0)
            top = print_memory(out, l, &l->memories.at[i], step, top);
    for (int i = 0; i < l->steps.count; i++) {
        const double x = LEFT + step * (i + 0.5) + 3, y = TOP + inside + 8;
        text_printf(out, "<g transform=\"translate(%.1f %.1f) rotate(90)\">", x - 6, y);
        svg_text(out, "nd-label", 0, 0, fitting(out->arena, l->steps.at[i].name, NAMES - 16));
        text_add(out, "</g>\n");
    }
    text_add(out, "</svg>\n");
}
