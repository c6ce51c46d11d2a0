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

/* The layer of an operation, as its values are called: "conv2d_0"; "loss" of what is no layer's. */
static const char *layer_name(Plain *p, const Op *op)
{
    const Network *network = p->program->train->network;
    for (int i = 0; i < network->layers.count; i++)
        if (!strcmp(network->layers.at[i]->path, op->layer))
            return character_identifier(p->arena, layer_value_name(p->arena, network->layers.at[i]));
    return op->kind == OP_LOSS || op->kind == OP_LOSS_GRAD ? "loss" : "output";
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
        if (value->parameter)
            name = arena_printf(p->arena, "%s%s", value->producer->kind == OP_PARAMETER ? "" : "d_",
                                parameter_name(p, value->parameter->name));
        p->member[i] = unique(p, &p->members, name);
    }
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        const PlainKernel *kernel = plain_kernels[op->kind];
        if (kernel)
            p->function[i] = unique(p, &p->functions, arena_printf(p->arena, "%s_%s", layer_name(p, op), kernel->name));
    }
}

const char *plain_type(const Value *value)
{
    static const char *const types[] = {[TYPE_F32] = "real", [TYPE_I64] = "int", [TYPE_U8] = "int"};
    return types[value->type];
}

const char *plain_extents(Plain *p, const Value *value)
{
    const PlainKernel *kernel = plain_kernels[value->producer->kind];
    int rank = value->shape.rank - (kernel && kernel->channels);
    Text text = text_new(p->arena);
    if (value == p->graph->target && value->type == TYPE_I64 && rank > 1) /* the loss takes them in a row */
        return arena_printf(p->arena, "[%" PRId64 "]", shape_count(value->shape));
    for (int i = 0; i < rank; i++)
        text_printf(&text, "[%" PRId64 "]", value->shape.dim[i]);
    if (!rank && !value->batched)
        text_add(&text, "[1]");
    return text.bytes;
}

/* ---- Holes ------------------------------------------------------------------------------------------------------- */

void plain_set_image(Plain *p, const char *channels, const char *rows, const char *columns, Shape sample)
{
    Shape image = shape_image(sample);
    plain_set(p, channels, "%" PRId64, image.dim[0]);
    plain_set(p, rows, "%" PRId64, image.dim[1]);
    plain_set(p, columns, "%" PRId64, image.dim[2]);
}

static void add_loop(Text *loops, const char *variable, int64_t extent)
{
    text_printf(loops, "%sfor (int %s = 0; %s < %" PRId64 "; %s++)", loops->length ? "\n" : "", variable, variable,
                extent, variable);
}

void plain_set_elements(Plain *p, const Value *value)
{
    static const char *const variables[MAX_RANK] = {"i", "j", "k", "l", "m"};
    Text loops = text_new(p->arena), at = text_new(p->arena);
    if (value->batched) {
        text_add(&loops, "for (int n = 0; n < count; n++)");
        text_add(&at, "[n]");
    }
    for (int i = 0; i < value->shape.rank; i++) {
        add_loop(&loops, variables[i], value->shape.dim[i]);
        text_printf(&at, "[%s]", variables[i]);
    }
    plain_set(p, "loops", "%s", loops.bytes);
    plain_set(p, "at", "%s", at.bytes);
}

void plain_set_pixels(Plain *p, Shape sample)
{
    static const char *const variables[] = {"r", "c"};
    Text loops = text_new(p->arena), at = text_new(p->arena);
    int64_t count = 1;
    for (int i = 1; i < sample.rank; i++) {
        const char *variable = variables[i - 1 + (sample.rank == 2)];
        add_loop(&loops, variable, sample.dim[i]);
        text_printf(&at, "[%s]", variable);
        count *= sample.dim[i];
    }
    plain_set(p, "pixels", "%s", loops.bytes);
    plain_set(p, "at", "%s", at.bytes);
    plain_set(p, "pixel_count", "%" PRId64, count);
}

const char *plain_place(Plain *p, const char *out, int stride, int padding, const char *tap, int dilation)
{
    Text text = text_new(p->arena);
    text_add(&text, out);
    if (stride > 1)
        text_printf(&text, " * %d", stride);
    if (strcmp(tap, "0") != 0)
        text_printf(&text, " + %s", tap);
    if (strcmp(tap, "0") != 0 && dilation > 1)
        text_printf(&text, " * %d", dilation);
    if (padding)
        text_printf(&text, " - %d", padding);
    return text.bytes;
}

const char *plain_number(Plain *p, double number)
{
    if (isinf(number))
        return number > 0 ? "HUGE_VAL" : "-HUGE_VAL";
    const char *text = text_double(p->arena, number);
    return strpbrk(text, ".en") ? text : arena_printf(p->arena, "%s.0", text); /* 1 / 2 is 0 */
}
