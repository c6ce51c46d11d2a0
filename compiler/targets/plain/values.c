/* What values are called in the C, and how large they are there. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "targets/plain/plain.h"

/* "weight_features_0" of "features.0.weight", "weight" of a block that has it itself. */
static const char *parameter_name(Plain *p, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot)
        return character_identifier(p->arena, name);
    const char *layer = arena_copy(p->arena, name, (size_t)(dot - name));
    return character_identifier(p->arena, arena_printf(p->arena, "%s_%s", dot + 1, layer));
}

static const char *unique(Plain *p, StringSet *set, const char *name)
{
    const char *tried = name;
    for (int again = 2; !string_set_add(p->arena, set, tried); again++)
        tried = arena_printf(p->arena, "%s_%d", name, again);
    return tried;
}

/* Of a library, what functions call their arguments; each of its two passes has variables of its own. */
static void take_names(Plain *p)
{
    static const char *const taken[] = {"x", "y", "t", "a", "w", "g", "count", "divisor", "training"};
    p->members = (StringSet){0};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        string_set_add(p->arena, &p->members, taken[i]);
}

/* Whether it is an operation of a forward pass behind a step, which has need of more that its kind makes. */
static bool gives_less(const Plain *p, const Op *op)
{
    bool less = false;
    for (int k = 0; k < MAX_OUTPUTS; k++)
        less = less || (op->out[k] && !plain_is_read(p, op->out[k]));
    return less && p->trained && op->id >= p->trained;
}

void plain_name_values(Plain *p)
{
    const Graph *graph = p->graph;
    p->member = arena_alloc(p->arena, (size_t)graph->values.count * sizeof *p->member);
    p->function = arena_alloc(p->arena, (size_t)graph->ops.count * sizeof *p->function);
    p->call = arena_alloc(p->arena, (size_t)graph->ops.count * sizeof *p->call);
    for (int i = 0; i < graph->values.count; i++) {
        const Value *value = graph->values.at[i];
        const char *name = value->identifier;
        if (p->library && (i == 0 || value->producer->id == p->trained))
            take_names(p);
        if (value->parameter)
            name = arena_printf(p->arena, "%s%s", value->producer->kind == OP_PARAMETER ? "" : "d_",
                                parameter_name(p, value->parameter->name));
        p->member[i] = unique(p, &p->members, name);
    }
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        const PlainKernel *kernel = plain_kernels[op->kind];
        if (kernel)
            p->function[i] = kernel->named ? kernel->named(p, op) : kernel->name;
        if (kernel && gives_less(p, op))
            p->function[i] = arena_printf(p->arena, "%s_alone", p->function[i]);
    }
}

const char *plain_place(Plain *p, const Value *value)
{
    return arena_printf(p->arena, "%s%s", p->library ? "" : "a.", p->member[value->id]);
}

const char *plain_type(const Value *value)
{
    static const char *const types[] = {[TYPE_F32] = "real", [TYPE_I64] = "int", [TYPE_U8] = "int"};
    return types[value->type];
}

const char *plain_count(Plain *p, const Value *value)
{
    Text text = text_new(p->arena);
    if (value->batched)
        text_printf(&text, "%d", p->batch);
    for (int i = 0; i < value->shape.rank; i++)
        if (value->shape.dim[i] != 1)
            text_printf(&text, "%s%" PRId64, text.length ? " * " : "", value->shape.dim[i]);
    return text.length ? text.bytes : "1";
}

/* ---- Holes ------------------------------------------------------------------------------------------------------- */

void plain_optional(Plain *p, const char *hole, const Op *op, Role role, const char *with, const char *without)
{
    int slot = 0;
    while (op->info->in[slot].role != role)
        slot++;
    switch (p->present[slot]) {
    case ALWAYS:
        plain_set(p, hole, "%s", with);
        break;
    case SOMETIMES:
        plain_set(p, hole, "(%s ? %s : %s)", role_name(role), with, without);
        break;
    case ABSENT:
        plain_set(p, hole, "%s", without);
        break;
    }
}

const char *plain_at(Plain *p, const char *plane, const char *height, const char *row, const char *width,
                     const char *col)
{
    const char *factor = strchr(plane, ' ') ? arena_printf(p->arena, "(%s)", plane) : plane;
    if (plain_has(p, "rows"))
        return arena_printf(p->arena, "(%s * %s + %s) * %s + %s", factor, height, row, width, col);
    return arena_printf(p->arena, "%s * %s + %s", factor, width, col);
}

const char *plain_number(Plain *p, double number)
{
    if (isinf(number))
        return number > 0 ? "HUGE_VAL" : "-HUGE_VAL";
    const char *text = text_double(p->arena, number);
    return strpbrk(text, ".en") ? text : arena_printf(p->arena, "%s.0", text); /* 1 / 2 is 0 */
}
