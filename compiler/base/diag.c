#include "base/diag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/vec.h"
#include "system/cells.h"
#include "system/printable.h"

typedef enum Kind { KIND_ERROR, KIND_WARNING, KIND_NOTE } Kind;

typedef struct Message {
    Kind kind;
    Span span;
    const char *text;
    int owner;  /* of a note: the place of the error or warning it belongs to */
    int source; /* the place of its source among those seen: messages of one file stay together */
    const struct Use *use; /* of an error: what brought in the text it stands in; NULL: nothing */
} Message;

/* Text that another place brings in. */
typedef struct Use {
    Message note;
    const struct Use *around;
} Use;

struct Diag {
    Arena *arena;
    VEC(Message) messages; /* errors and warnings, in the order they came */
    VEC(Message) notes;
    VEC(const Source *) sources;
    const Use *use; /* the innermost one at hand */
    int errors;
    bool dropped; /* the last error was a repetition: its notes go too */
};

Diag *diag_new(Arena *arena)
{
    Diag *diag = arena_make(arena, Diag);
    diag->arena = arena;
    return diag;
}

enum { MOST_USES = 8 }; /* notes of blocks within blocks, the innermost first */
enum { MOST = 1000 }; /* messages kept: of a file that is no .net file at all, the rest is only counted */

static int source_place(Diag *diag, const Source *source)
{
    for (int i = 0; i < diag->sources.count; i++)
        if (diag->sources.at[i] == source)
            return i;
    vec_push(diag->arena, diag->sources, source);
    return diag->sources.count - 1;
}

static bool same_place(Span a, Span b)
{
    return a.source && a.source == b.source && a.start == b.start && a.end == b.end;
}

static void add(Diag *diag, Kind kind, Span span, const char *format, va_list args)
{
    const char *text = arena_vprintf(diag->arena, format, args);
    diag->dropped = false;
    for (int i = 0; i < diag->messages.count; i++) {
        const Message *other = &diag->messages.at[i];
        bool again = other->use == diag->use || strcmp(other->text, text) == 0;
        if (other->kind == kind && same_place(other->span, span) && again)
            diag->dropped = true;
    }
    if (diag->messages.count >= MOST) {
        diag->dropped = true;
        diag->errors += kind == KIND_ERROR;
    }
    if (diag->dropped)
        return;
    Message message = {.kind = kind, .span = span, .text = text,
                       .source = source_place(diag, span.source), .use = diag->use};
    vec_push(diag->arena, diag->messages, message);
    diag->errors += kind == KIND_ERROR;
}

void diag_enter(Diag *diag, Span span, const char *format, ...)
{
    Use *use = arena_make(diag->arena, Use);
    va_list args;
    va_start(args, format);
    use->note = (Message){.kind = KIND_NOTE, .span = span, .text = arena_vprintf(diag->arena, format, args)};
    va_end(args);
    use->around = diag->use;
    diag->use = use;
}

void diag_leave(Diag *diag)
{
    diag->use = diag->use->around;
}

void diag_error(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(diag, KIND_ERROR, span, format, args);
    va_end(args);
}

void diag_warning(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(diag, KIND_WARNING, span, format, args);
    va_end(args);
}

void diag_note(Diag *diag, Span span, const char *format, ...)
{
    if (diag->dropped || !diag->messages.count)
        return;
    va_list args;
    va_start(args, format);
    Message note = {.kind = KIND_NOTE, .span = span, .text = arena_vprintf(diag->arena, format, args),
                    .owner = diag->messages.count - 1};
    va_end(args);
    vec_push(diag->arena, diag->notes, note);
}

bool diag_has_error_at(const Diag *diag, Span span)
{
    for (int i = 0; i < diag->messages.count; i++)
        if (diag->messages.at[i].kind == KIND_ERROR && same_place(diag->messages.at[i].span, span))
            return true;
    return false;
}

int diag_error_count(const Diag *diag)
{
    return diag->errors;
}

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

enum { WIDEST = 200, BEFORE = 60 }; /* of a longer line, the bytes around the caret are shown */

/* Moves `offset` back to the first byte of its character. */
static int character_start(const Source *source, int offset, int least)
{
    while (offset > least && (source->text[offset] & 0xc0) == 0x80)
        offset--;
    return offset;
}

/* The line that `span` begins on, and the underline of the part of the span that stands on it. */
static void print_line(Text *out, Span span, const char *on, const char *off)
{
    const Source *source = span.source;
    int line, column;
    source_position(source, span.start, &line, &column);
    int start = source->line_start[line - 1];
    int end = line < source->line_count ? source->line_start[line] - 1 : source->length;
    int last = span.end < end ? span.end : end;
    const char *before = "", *after = "";
    if (end - start > WIDEST) {
        if (span.start - start > WIDEST - BEFORE)
            start = character_start(source, span.start - BEFORE, start), before = "...";
        if (end - start > WIDEST)
            end = character_start(source, start + WIDEST, start), after = "...";
        last = last < end ? last : end;
    }
    text_add(out, before);
    for (const char *c = source->text + start, *next = c; c < source->text + end; c = next) {
        int cells = nc_character_cells(nc_character(&next));
        if (nc_harmless(c, (size_t)(source->text + end - c)))
            text_add_bytes(out, c, (size_t)(next - c));
        else
            text_pad(out, '?', cells); /* as many as there are, for the caret's sake */
    }
    text_printf(out, "%s\n", after);
    text_pad(out, ' ', (int)strlen(before));
    const char *at = source->text + start;
    while (at < source->text + span.start) {
        bool tab = *at == '\t';
        int cells = nc_character_cells(nc_character(&at));
        text_pad(out, tab ? '\t' : ' ', tab ? 1 : cells);
    }
    int cells = 0;
    while (at < source->text + last)
        cells += nc_character_cells(nc_character(&at));
    text_printf(out, "%s^", on);
    text_pad(out, '~', cells - 1);
    text_printf(out, "%s\n", off);
}

static void print_message(Text *out, const Message *message, bool color)
{
    static const char *const names[] = {"error", "warning", "note"};
    static const char *const colors[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
    const char *on = color ? colors[message->kind] : "", *off = color ? "\033[0m" : "", *bold = color ? "\033[1m" : "";
    if (message->span.source) {
        int line, column;
        source_position(message->span.source, message->span.start, &line, &column);
        text_add(out, bold);
        text_add_printable(out, message->span.source->path);
        text_printf(out, ":%d:%d:%s ", line, column, off);
    } else {
        text_printf(out, "%snetc:%s ", bold, off);
    }
    text_printf(out, "%s%s:%s %s", on, names[message->kind], off, bold);
    text_add_printable(out, message->text);
    text_printf(out, "%s\n", off);
    if (message->span.source)
        print_line(out, message->span, on, off);
}

static int before(const Message *a, const Message *b)
{
    return a->source != b->source ? a->source < b->source : a->span.start < b->span.start;
}

void diag_print(Diag *diag, FILE *out, bool color)
{
    Text text = text_new(diag->arena);
    int count = diag->messages.count;
    int *order = arena_alloc(diag->arena, (size_t)count * sizeof *order);
    for (int i = 0; i < count; i++) { /* insertion keeps messages at one place in the order they came */
        int at = i;
        for (; at > 0 && before(&diag->messages.at[i], &diag->messages.at[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    int errors = 0;
    for (int i = 0; i < count; i++) {
        const Message *message = &diag->messages.at[order[i]];
        errors += message->kind == KIND_ERROR;
        if (errors > DIAG_MAX_ERRORS)
            continue;
        print_message(&text, message, color);
        for (int n = 0; n < diag->notes.count; n++)
            if (diag->notes.at[n].owner == order[i])
                print_message(&text, &diag->notes.at[n], color);
        int uses = 0;
        for (const Use *use = message->use; use && uses < MOST_USES; use = use->around, uses++)
            print_message(&text, &use->note, color);
    }
    if (diag->errors > DIAG_MAX_ERRORS)
        text_printf(&text, "netc: %d more error%s\n", diag->errors - DIAG_MAX_ERRORS,
                    diag->errors == DIAG_MAX_ERRORS + 1 ? "" : "s");
    fwrite(text.bytes, 1, text.length, out);
    diag->messages.count = diag->notes.count = diag->sources.count = diag->errors = 0;
}

/* ---- Did you mean ------------------------------------------------------------------------------------------------ */

enum { LONGEST = 64 }; /* names longer than this get no suggestion */

/* The characters of a name, ASCII in small letters. Gives how many, LONGEST + 1 of a longer one. */
static int characters_of(const char *name, uint32_t characters[LONGEST])
{
    int count = 0;
    while (*name && count < LONGEST) {
        uint32_t code = nc_character(&name);
        characters[count++] = code < 0x80 ? (uint32_t)tolower((int)code) : code;
    }
    return *name ? LONGEST + 1 : count;
}

/* Damerau-Levenshtein (optimal string alignment) of n and m characters; of what is further apart than `most`, most + 1.
 * A distance is found from two rows, so where all of both are above `most` what comes is too. */
static int edit_distance(const uint32_t *a, int n, const uint32_t *b, int m, int most)
{
    int row[3][LONGEST + 1], least_of_last = 0;
    if (abs(n - m) > most)
        return most + 1;
    for (int j = 0; j <= m; j++)
        row[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3], *older = row[(i + 1) % 3];
        int least = now[0] = i;
        for (int j = 1; j <= m; j++) {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && older[j - 2] + 1 < best)
                best = older[j - 2] + 1;
            now[j] = best;
            least = best < least ? best : least;
        }
        if (least > most && least_of_last > most)
            return most + 1;
        least_of_last = least;
    }
    return row[n % 3][m] > most ? most + 1 : row[n % 3][m];
}

const char *diag_closest(const char *name, const char *const *candidates, int count)
{
    uint32_t wanted[LONGEST], other[LONGEST];
    int length = characters_of(name, wanted);
    if (length > LONGEST)
        return NULL;
    int limit = length / 3 > 1 ? length / 3 : 1, nearest = limit + 1;
    const char *closest = NULL;
    for (int i = 0; i < count; i++) {
        int other_length = characters_of(candidates[i], other);
        if (other_length > LONGEST)
            continue;
        int distance = edit_distance(wanted, length, other, other_length, nearest < limit ? nearest : limit);
        bool begins = strncasecmp(candidates[i], name, strlen(candidates[i])) == 0; /* 'logs' is log rather than loss */
        if (distance <= limit && distance < length && (distance < nearest || (distance == nearest && begins))) {
            closest = candidates[i];
            nearest = distance;
        }
    }
    for (int i = 0; !closest && length > 2 && i < count; i++)
        if (strncasecmp(candidates[i], name, strlen(name)) == 0)
            closest = candidates[i];
    return closest;
}
