#include "targets/cpu/emit/repeats.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "graph/op.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/emit/buffers.h"
#include "targets/cpu/parameter_layout.h"

enum { OPEN = 1, CLOSE = 2 }; /* the bytes around a token's number */

/* A function for several phases. */
typedef struct Repeat {
    const char *key;     /* the statements, with tokens, and the variables' declarations */
    const char *body;
    const char *name;
    VEC(const Phase *) of;
    VEC(Places *) places; /* of each */
    const char **column;  /* by place: its name in the table; NULL: it is the same in all */
    const char **variable; /* by place: the name of the local variable */
    bool printed;
} Repeat;

const char *place_token(Frame *f, const char *type, const char *name, const char *value, const Buffer *local,
                        bool flat)
{
    Places *places = f->places;
    int i = 0;
    for (; i < places->at.count; i++) {
        const Place *place = &places->at.at[i];
        if (place->local == local && place->flat == flat && !strcmp(place->value, value) && !strcmp(place->type, type))
            break;
    }
    if (i == places->at.count)
        vec_push(f->arena, places->at, ((Place){type, name, value, local, flat}));
    return arena_printf(f->arena, "%c%d%c", OPEN, i, CLOSE);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static bool has_word(const char *name, const char *word, size_t length)
{
    for (const char *at = name; *at; at += strspn(at, "_")) {
        const size_t next = strcspn(at, "_");
        if (next == length && !strncmp(at, word, length))
            return true;
        at += next;
    }
    return false;
}

static bool is_among(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (!strcmp(names[i], name))
            return true;
    }
    return false;
}

/* The name without a word. */
static const char *without(Arena *arena, const char *name, const char *word, size_t length)
{
    Text text = text_new(arena);
    for (const char *at = name; *at; at += strspn(at, "_")) {
        const size_t next = strcspn(at, "_");
        if (next != length || strncmp(at, word, length))
            text_printf(&text, "%s%.*s", text.length ? "_" : "", (int)next, at);
        at += next;
    }
    return text.bytes;
}

/* Drops a word from all names, where they then still differ and are names. */
static void drop_word(Arena *arena, const char **names, int count, const char *word, size_t length)
{
    const char **shorter = arena_alloc(arena, (size_t)count * sizeof *shorter);
    for (int i = 0; i < count; i++) {
        shorter[i] = without(arena, names[i], word, length);
        if (!*shorter[i] || (*shorter[i] >= '0' && *shorter[i] <= '9') || is_among(shorter[i], shorter, i))
            return;
    }
    memcpy(names, shorter, (size_t)count * sizeof *names);
}

/* Drops the words that most of the names have, since they tell little: "layer1", "body", "0". */
static void drop_words(Arena *arena, const char **names, int count)
{
    for (int i = 0; i < count; i++) {
        const char *name = names[i];
        for (const char *at = name; *at; at += strspn(at, "_")) {
            const size_t length = strcspn(at, "_");
            int having = 0;
            for (int k = 0; k < count; k++)
                having += has_word(names[k], at, length);
            if (2 * having >= count && having > 1 && (length > 1 || (*at >= '0' && *at <= '9')))
                drop_word(arena, names, count, at, length);
            at += length;
        }
    }
}

/* What the places are called: by the words that all phases' names for one have, without those that all places have. */
static const char **name_places(Frame *f, const Repeat *repeat)
{
    const int count = repeat->places.at[0]->at.count;
    const char **names = arena_alloc(f->arena, (size_t)(count + 1) * sizeof *names),
               **words = arena_alloc(f->arena, (size_t)(count + 1) * sizeof *words);
    for (int p = 0; p < count; p++) {
        words[p] = repeat->places.at[0]->at.at[p].name;
        for (int i = 1; i < repeat->places.count; i++)
            words[p] = common_words(f->arena, words[p], repeat->places.at[i]->at.at[p].name);
    }
    drop_words(f->arena, words, count);
    for (int p = 0; p < count; p++) {
        const char *name = words[p];
        if (!*name)
            name = "values";
        else if (*name >= '0' && *name <= '9') /* a layer's number in a Sequential */
            name = arena_printf(f->arena, "of_%s", name);
        else if (repeat->places.at[0]->at.at[p].local && !strchr(name, '_'))
            name = arena_printf(f->arena, "%s_values", name); /* no function of C's library */
        names[p] = name;
        for (int other = 2; is_among(names[p], names, p); other++)
            names[p] = arena_printf(f->arena, "%s_%d", name, other);
    }
    return names;
}

/* ---- Which ------------------------------------------------------------------------------------------------------- */

/* What two phases have to have in common: all but the places. */
static const char *key_of(Frame *f, const Phase *phase, const char *body)
{
    Text key = text_new(f->arena);
    text_printf(&key, "%d %d %s", phase->parts, f->plan->kernels.at[phase->first]->stage, body);
    for (int i = 0; i < f->places->at.count; i++) {
        const Place *place = &f->places->at.at[i];
        text_printf(&key, "%s %s\n", place->type,
                    place->local ? buffer_variable(f, place->local, place->flat, "", "") : "");
    }
    return key.bytes;
}

/* Of those from number `first` on. */
static Repeat *repeat_like(Frame *f, int first, const char *key, const char *body)
{
    for (int i = first; i < f->repeats.count; i++) {
        if (!strcmp(f->repeats.at[i]->key, key))
            return f->repeats.at[i];
    }
    Repeat *repeat = arena_make(f->arena, Repeat);
    repeat->key = key;
    repeat->body = body;
    vec_push(f->arena, f->repeats, repeat);
    return repeat;
}

/* Whether another function, or a phase's, has its name. */
static bool is_taken(const Frame *f, const Repeat *repeat)
{
    for (int i = 0; i < f->repeats.count; i++) {
        const Repeat *other = f->repeats.at[i];
        if (other != repeat && other->name && !strcmp(other->name, repeat->name))
            return true;
    }
    for (int i = 0; i < f->plan->phases.count; i++) {
        bool own = false;
        for (int k = 0; k < repeat->of.count; k++)
            own = own || repeat->of.at[k] == &f->plan->phases.at[i];
        if (!own && !strcmp(f->plan->phases.at[i].name, repeat->name))
            return true;
    }
    for (int i = 0; i < f->plans->layout->functions.count; i++) {
        if (!strcmp(f->plans->layout->functions.at[i]->function, repeat->name))
            return true;
    }
    return false;
}

/* Names the function and what it finds in its table. */
static void settle(Frame *f, Repeat *repeat)
{
    const int count = repeat->places.at[0]->at.count;
    const int uses = repeat->of.count;
    const char **names = arena_alloc(f->arena, (size_t)uses * sizeof *names);
    for (int i = 0; i < uses; i++)
        names[i] = repeat->of.at[i]->name;
    const char *name = shared_name(f->arena, names, uses);
    repeat->name = name;
    for (int other = 2; is_taken(f, repeat); other++)
        repeat->name = arena_printf(f->arena, "%s_%d", name, other);
    repeat->variable = name_places(f, repeat);
    repeat->column = arena_alloc(f->arena, (size_t)(count + 1) * sizeof *repeat->column);
    for (int p = 0; p < count; p++) {
        repeat->column[p] = NULL;
        for (int i = 1; i < repeat->places.count; i++) {
            if (strcmp(repeat->places.at[i]->at.at[p].value, repeat->places.at[0]->at.at[p].value))
                repeat->column[p] = repeat->variable[p];
        }
    }
}

static Repeat *repeat_of(const Frame *f, const Phase *phase, int *row)
{
    for (int i = 0; i < f->repeats.count; i++) {
        for (int k = 0; k < f->repeats.at[i]->of.count; k++) {
            if (f->repeats.at[i]->of.at[k] == phase) {
                *row = k;
                return f->repeats.at[i];
            }
        }
    }
    return NULL;
}

bool repeats(const Frame *f, const Phase *phase)
{
    int row;
    return repeat_of(f, phase, &row) != NULL;
}

void find_repeats(Frame *f)
{
    const Plan *plan = f->plan;
    const int first = f->repeats.count;
    int kept = first;
    f->in_microbatch = true;
    for (int i = 0; i < plan->phases.count; i++) {
        Phase *phase = &plan->phases.at[i];
        if (phase->loss)
            continue;
        f->places = arena_make(f->arena, Places);
        const char *body = phase_body(f, phase);
        Repeat *repeat = repeat_like(f, first, key_of(f, phase, body), body);
        vec_push(f->arena, repeat->of, phase);
        vec_push(f->arena, repeat->places, f->places);
        f->places = NULL;
    }
    f->in_microbatch = false;
    for (int i = first; i < f->repeats.count; i++) {
        if (f->repeats.at[i]->of.count < 2)
            continue;
        settle(f, f->repeats.at[i]);
        f->repeats.at[kept++] = f->repeats.at[i];
    }
    f->repeats.count = kept;
}

/* ---- The text ---------------------------------------------------------------------------------------------------- */

/* The statements with what the tokens stand for. */
static const char *with_places(Frame *f, const Repeat *repeat, const char *body)
{
    Text text = text_new(f->arena);
    for (const char *at; (at = strchr(body, OPEN)); ) {
        char *end;
        const long p = strtol(at + 1, &end, 10);
        const Place *place = &repeat->places.at[0]->at.at[p];
        text_add_bytes(&text, body, (size_t)(at - body));
        if (place->local)
            text_add(&text, repeat->variable[p]);
        else if (repeat->column[p])
            text_printf(&text, "at->%s", repeat->column[p]);
        else
            text_add(&text, place->value);
        body = end + 1;
    }
    text_add(&text, body);
    return text.bytes;
}

/* Line by line, none too wide. */
static void add_lines(Frame *f, const char *text)
{
    while (*text) {
        const size_t indent = strspn(text, " "), length = strcspn(text, "\n") + 1;
        add_call(f, arena_printf(f->arena, "%.*s", (int)(length - indent), text + indent),
                 arena_printf(f->arena, "%.*s", (int)indent, text));
        text += length;
    }
}

/* Whether the phases have different places at all: the buffers of one may lie where another's have been. */
static bool has_table(const Repeat *repeat)
{
    for (int p = 0; p < repeat->places.at[0]->at.count; p++) {
        if (repeat->column[p])
            return true;
    }
    return false;
}

static void emit_table(Frame *f, const Repeat *repeat)
{
    const Places *first = repeat->places.at[0];
    Text members = text_new(f->arena);
    const char *type = NULL;
    for (int p = 0; p < first->at.count; p++) {
        if (!repeat->column[p])
            continue;
        const bool same = type && !strcmp(type, first->at.at[p].type);
        type = first->at.at[p].type;
        text_printf(&members, "%s%s%s%s", same ? ", " : members.length ? ";\n    " : "", same ? "" : type,
                    same ? "" : " ", repeat->column[p]);
    }
    text_printf(&f->text, "/* Where %s finds its values. */\nstatic const struct %s {\n", repeat->name, repeat->name);
    add_wrapped(f, arena_printf(f->arena, "%s;\n", members.bytes), "    ", 8);
    text_printf(&f->text, "} %s_at[] = {\n", repeat->name);
    for (int i = 0; i < repeat->of.count; i++) {
        Text row = text_new(f->arena);
        text_add(&row, "{");
        for (int p = 0; p < first->at.count; p++) {
            if (repeat->column[p])
                text_printf(&row, "%s%s", row.length > 1 ? ", " : "", repeat->places.at[i]->at.at[p].value);
        }
        text_add(&row, "},");
        const char *layer = f->plan->kernels.at[repeat->of.at[i]->first]->ops[0]->layer;
        const char *told = arena_printf(f->arena, "%s /* %s */", row.bytes, layer);
        add_wrapped(f, arena_printf(f->arena, "%s\n", strlen(told) + 4 <= 120 ? told : row.bytes), "    ", 5);
    }
    text_add(&f->text, "};\n\n");
}

void emit_repeat(Frame *f, const Phase *phase)
{
    int row;
    Repeat *repeat = repeat_of(f, phase, &row);
    if (repeat->printed)
        return;
    repeat->printed = true;
    const Places *first = repeat->places.at[0];
    if (has_table(repeat))
        emit_table(f, repeat);
    text_printf(&f->text, "%sstatic void %s(struct nc_microbatch *mb)\n{\n", phase_comment(f, phase), repeat->name);
    if (has_table(repeat))
        text_printf(&f->text, "    const struct %s *at = mb->at;\n", repeat->name);
    for (int p = 0; p < first->at.count; p++) {
        const Place *place = &first->at.at[p];
        if (!place->local)
            continue;
        const char *offset = repeat->column[p] ? arena_printf(f->arena, "at->%s", repeat->column[p]) : place->value;
        text_printf(&f->text, "    %s\n", buffer_variable(f, place->local, place->flat, repeat->variable[p], offset));
    }
    text_add(&f->text, "\n");
    add_lines(f, with_places(f, repeat, repeat->body));
    text_add(&f->text, "}\n\n");
}

const char *phase_function(const Frame *f, const Phase *phase)
{
    int row;
    const Repeat *repeat = repeat_of(f, phase, &row);
    return repeat ? repeat->name : phase->name;
}

int phase_row(const Frame *f, const Phase *phase)
{
    int row;
    const Repeat *repeat = repeat_of(f, phase, &row);
    return repeat && has_table(repeat) ? row : -1;
}
