/* A library's forward pass in integers. Its parameters are constants of the text. Its values lie in one memory of
 * bytes, where two share a place that are never alive at the same time. */
#include "targets/plain/int8.h"

#include <inttypes.h>
#include <string.h>

#include "graph/pool.h"
#include "netc.h"
#include "targets/layer_text.h"
#include "targets/pack.h"
#include "targets/plain/plain.h"

/* A value and those that stand in its place. */
typedef struct Home {
    int first, last;    /* the kernels between which one of them is alive */
    int64_t offset;     /* bytes in the arena */
} Home;

typedef struct Int8 {
    Plain p; /* names of values, and the text */
    const IntegerGraph *graph;
    const Value **root; /* by value id: the one in whose place it stands, itself for most; NULL: no kernel stores it */
    Home *home;         /* by its id */
} Int8;

static int64_t pixels(const Value *value)
{
    return shape_count(shape_places(value->shape));
}

static int64_t channels(const Value *value)
{
    return shape_count(value->shape) / pixels(value);
}

/* Whether the channels of a value's pixels stand in torch's order too. */
static bool is_flat(const Value *value)
{
    return pixels(value) == 1 || channels(value) == 1;
}

/* What a kernel's constants are called after: what its first operation makes. */
static const char *own_name(const Int8 *t, const IntegerKernel *kernel)
{
    return t->p.member[kernel->op->out[0]->id];
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

/* A reshape that changes nothing. */
static bool is_view(const IntegerKernel *kernel)
{
    return kernel->kind == INTEGER_RESHAPE && is_flat(kernel->in[0]) && is_flat(kernel->out);
}

/* Whether a kernel makes each element of what stands in that place of its first input. */
static bool is_elementwise(const IntegerKernel *kernel)
{
    return kernel->kind == INTEGER_SUM || kernel->kind == INTEGER_MULTIPLY || kernel->kind == INTEGER_TABLE;
}

static void find_homes(Int8 *t)
{
    const IntegerGraph *graph = t->graph;
    const int end = graph->kernels.count;
    int *last = arena_alloc(t->p.arena, (size_t)graph->graph->values.count * sizeof *last);
    const Value *input = graph->graph->input;
    for (int i = 0; i < end; i++)
        for (int k = 0; k < MAX_INPUTS; k++)
            if (graph->kernels.at[i]->in[k])
                last[graph->kernels.at[i]->in[k]->id] = i;
    last[graph->output->id] = end;
    t->root[input->id] = input;
    t->home[input->id] = (Home){-1, last[input->id], 0};
    for (int i = 0; i < end; i++) {
        const IntegerKernel *kernel = graph->kernels.at[i];
        const Value *out = kernel->out, *before = t->root[kernel->in[0]->id];
        const bool stays = is_view(kernel) || (is_elementwise(kernel) && t->home[before->id].last == i);
        const Value *root = t->root[out->id] = stays ? before : out;
        Home *home = &t->home[root->id];
        const int ends = last[out->id] > i ? last[out->id] : i;
        if (!stays)
            *home = (Home){i, ends, 0};
        else if (ends > home->last)
            home->last = ends;
    }
}

/* Returns the bytes of all. */
static int64_t place(Int8 *t)
{
    VEC(PackBlock) blocks = {0};
    VEC(Home *) homes = {0};
    for (int i = 0; i < t->graph->graph->values.count; i++) {
        const Value *value = t->graph->graph->values.at[i];
        if (t->root[i] != value)
            continue;
        Home *home = &t->home[i];
        vec_push(t->p.arena, homes, home);
        vec_push(t->p.arena, blocks, ((PackBlock){home->first, home->last, shape_count(value->shape), 0}));
    }
    const int64_t end = pack_blocks(t->p.arena, blocks.at, blocks.count, 0);
    for (int i = 0; i < blocks.count; i++)
        homes.at[i]->offset = blocks.at[i].offset;
    return end;
}

/* ---- Constants --------------------------------------------------------------------------------------------------- */

/* Numbers between commas, in lines of 112 columns. */
static void put_numbers(Text *out, const char *type, const char *name, const char *suffix, const int64_t *numbers,
                        int64_t count)
{
    size_t line = 0;
    text_printf(out, "static const %s %s_%s[] = {", type, name, suffix);
    for (int64_t i = 0; i < count; i++) {
        char number[24];
        const int length = snprintf(number, sizeof number, "%" PRId64, numbers[i]);
        const bool breaks = i == 0 || out->length - line + (size_t)length + 3 > 112;
        text_add(out, breaks && i ? ",\n" : breaks ? "\n" : ", ");
        if (breaks) {
            line = out->length;
            text_add(out, "    ");
        }
        text_add_bytes(out, number, (size_t)length);
    }
    text_add(out, "\n};\n");
}

/* Whether a product is one of windows, and not of all that there is. */
static bool has_windows(const IntegerKernel *kernel)
{
    return kernel->kind == INTEGER_MAX || kernel->kind == INTEGER_AVERAGE ||
           (kernel->kind == INTEGER_PRODUCT && kernel->op->kind != OP_LINEAR);
}

/* Whether each channel has a window of its own. */
static bool is_by_channel(const IntegerKernel *kernel)
{
    return has_windows(kernel) && kernel->window.groups > 1 && kernel->window.groups == channels(kernel->in[0]) &&
           kernel->window.groups == channels(kernel->out);
}

static void put_parameters(Int8 *t, const IntegerKernel *kernel)
{
    Text *out = &t->p.t.text;
    const char *name = own_name(t, kernel);
    const int64_t outputs = channels(kernel->out), groups = kernel->window.groups;
    const int64_t taps = (int64_t)kernel->window.kernel[0] * kernel->window.kernel[1];
    const int64_t count = outputs * taps * channels(kernel->in[0]) / groups;
    int64_t *numbers = arena_alloc(t->p.arena, (size_t)(count > outputs ? count : outputs) * sizeof *numbers);
    text_printf(out, "/* %s */\n", op_text(t->p.arena, kernel->op));
    for (int64_t i = 0; i < count; i++) /* of windows by the channel: the outputs side by side */
        numbers[i] = kernel->weight[is_by_channel(kernel) ? i % outputs * taps + i / outputs : i];
    put_numbers(out, "int8_t", name, "w", numbers, count);
    for (int64_t o = 0; o < outputs; o++)
        numbers[o] = kernel->bias[o];
    put_numbers(out, "int32_t", name, "bias", numbers, outputs);
    for (int64_t o = 0; o < outputs; o++)
        numbers[o] = kernel->rescale[o].multiplier;
    put_numbers(out, "int32_t", name, "multiplier", numbers, outputs);
    for (int64_t o = 0; o < outputs; o++)
        numbers[o] = kernel->rescale[o].shift;
    put_numbers(out, "uint8_t", name, "shift", numbers, outputs);
    text_add(out, "\n");
}

static void put_table(Int8 *t, const IntegerKernel *kernel)
{
    int64_t numbers[INT8_TABLE];
    for (int i = 0; i < INT8_TABLE; i++)
        numbers[i] = kernel->table[i];
    text_printf(&t->p.t.text, "/* %s */\n", op_text(t->p.arena, kernel->op));
    put_numbers(&t->p.t.text, "int8_t", own_name(t, kernel), "table", numbers, INT8_TABLE);
    text_add(&t->p.t.text, "\n");
}

static void put_windows(Int8 *t, const IntegerKernel *kernel)
{
    const Window *w = &kernel->window;
    const Shape x = shape_image(kernel->in[0]->shape), y = shape_image(kernel->out->shape);
    text_printf(&t->p.t.text,
                "static const struct windows %s_windows = {%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                ", %" PRId64 ", %d, %d, %d, %d, %d, %d, %d, %d};\n\n", own_name(t, kernel), x.dim[1], x.dim[2],
                x.dim[0], y.dim[1], y.dim[2], y.dim[0], w->kernel[0], w->kernel[1], w->stride[0], w->stride[1],
                w->padding[0], w->padding[1], w->dilation[0] ? w->dilation[0] : 1, w->dilation[1] ? w->dilation[1] : 1);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static int zero_of(const Int8 *t, const Value *value)
{
    return t->graph->of[value->id].zero;
}

static const char *name_of(const Int8 *t, const Value *value)
{
    return t->p.member[value->id];
}

static const char *product_call(Int8 *t, const IntegerKernel *kernel)
{
    Arena *arena = t->p.arena;
    const char *name = own_name(t, kernel);
    const Window *w = &kernel->window;
    const char *ends = arena_printf(arena, "%s_w, %s_bias, %s_multiplier, %s_shift, %d, %d, %d, %d);", name, name, name,
                                    name, zero_of(t, kernel->in[0]), zero_of(t, kernel->out), kernel->low,
                                    kernel->high);
    const char *values = arena_printf(arena, "%s, %s", name_of(t, kernel->in[0]), name_of(t, kernel->out));
    if (!has_windows(kernel))
        return arena_printf(arena, "linear(%s, %" PRId64 ", %" PRId64 ", %s", values, channels(kernel->in[0]),
                            channels(kernel->out), ends);
    if (is_by_channel(kernel))
        return arena_printf(arena, "conv2d_by_channel(%s, &%s_windows, %s", values, name, ends);
    if (w->groups == 1 && w->dilation[1] == 1)
        return arena_printf(arena, "conv2d(%s, &%s_windows, %s", values, name, ends);
    return arena_printf(arena, "conv2d_in_groups(%s, &%s_windows, %d, %s", values, name, w->groups, ends);
}

static const char *average_call(Int8 *t, const IntegerKernel *kernel)
{
    static const char *const suffixes[] = {[BY_A_NUMBER] = "", [BY_PIXELS] = "_by_pixels", [BY_PADDED] = "_by_padded"};
    const Divisor divisor = average_divisor(&kernel->op->attr.average);
    const char *suffix = divisor == ADAPTIVE ? kernel->alike ? "_adaptive" : "_adaptive_by_pixels" : suffixes[divisor];
    return arena_printf(t->p.arena, "avg_pool2d%s(%s, %s, &%s_windows, %" PRId32 ", %d, %d, %d);", suffix,
                        name_of(t, kernel->in[0]), name_of(t, kernel->out), own_name(t, kernel),
                        kernel->rescale->multiplier, kernel->rescale->shift, zero_of(t, kernel->in[0]),
                        zero_of(t, kernel->out));
}

static const char *sum_call(Int8 *t, const IntegerKernel *kernel)
{
    return arena_printf(t->p.arena, "add_scaled(%s, %s, %s, %" PRId64 ", %" PRId32 ", %" PRId32 ", %d, %d, %d, %d, %d,"
                                    " %d);", name_of(t, kernel->in[0]), name_of(t, kernel->in[1]),
                        name_of(t, kernel->out), shape_count(kernel->out->shape), kernel->rescale[0].multiplier,
                        kernel->rescale[1].multiplier, kernel->rescale[0].shift, zero_of(t, kernel->in[0]),
                        zero_of(t, kernel->in[1]), zero_of(t, kernel->out), kernel->low, kernel->high);
}

static const char *multiply_call(Int8 *t, const IntegerKernel *kernel)
{
    const int64_t count = shape_count(kernel->out->shape), each = shape_count(kernel->in[1]->shape);
    return arena_printf(t->p.arena, "multiply_scaled(%s, %s, %s, %" PRId64 ", %" PRId64 ", %" PRId32 ", %d, %d, %d,"
                                    " %d);", name_of(t, kernel->in[0]), name_of(t, kernel->in[1]),
                        name_of(t, kernel->out), count / each, each, kernel->rescale->multiplier,
                        kernel->rescale->shift, zero_of(t, kernel->in[0]), zero_of(t, kernel->in[1]),
                        zero_of(t, kernel->out));
}

static const char *concat_calls(Int8 *t, const IntegerKernel *kernel)
{
    Text calls = text_new(t->p.arena);
    int64_t first = 0;
    for (int i = 0; i < MAX_INPUTS && kernel->in[i]; i++) {
        text_printf(&calls, "%sjoin_channels(%s, %s", i ? "\n" : "", name_of(t, kernel->in[i]),
                    name_of(t, kernel->out));
        if (first)
            text_printf(&calls, " + %" PRId64, first);
        text_printf(&calls, ", %" PRId64 ", %" PRId64 ", %" PRId64 ");", pixels(kernel->out), channels(kernel->in[i]),
                    channels(kernel->out));
        first += channels(kernel->in[i]);
    }
    return calls.bytes;
}

static const char *pad_call(Int8 *t, const IntegerKernel *kernel)
{
    const Shape x = shape_image(kernel->in[0]->shape), y = shape_image(kernel->out->shape);
    return arena_printf(t->p.arena, "pad2d(%s, %s, %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64
                                    ", %" PRId64 ", %" PRId64 ", %d);", name_of(t, kernel->in[0]),
                        name_of(t, kernel->out), x.dim[1], x.dim[2], x.dim[0], y.dim[1], y.dim[2],
                        kernel->op->attr.pad.top, kernel->op->attr.pad.left, kernel->fill);
}

static const char *call_of(Int8 *t, const IntegerKernel *kernel)
{
    Arena *arena = t->p.arena;
    const Value *x = kernel->in[0], *y = kernel->out;
    switch (kernel->kind) {
    case INTEGER_PRODUCT: return product_call(t, kernel);
    case INTEGER_MAX:
        return arena_printf(arena, "max_pool2d%s(%s, %s, &%s_windows);", kernel->window.adaptive ? "_adaptive" : "",
                            name_of(t, x), name_of(t, y), own_name(t, kernel));
    case INTEGER_AVERAGE: return average_call(t, kernel);
    case INTEGER_SUM: return sum_call(t, kernel);
    case INTEGER_MULTIPLY: return multiply_call(t, kernel);
    case INTEGER_TABLE:
        return arena_printf(arena, "look_up(%s, %s, %" PRId64 ", %s_table);", name_of(t, x), name_of(t, y),
                            shape_count(y->shape), own_name(t, kernel));
    case INTEGER_CONCAT: return concat_calls(t, kernel);
    case INTEGER_RESHAPE:
        return arena_printf(arena, "reorder(%s, %s, %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 ");",
                            name_of(t, x), name_of(t, y), pixels(x), channels(x), pixels(y), channels(y));
    case INTEGER_PAD: return pad_call(t, kernel);
    }
    return NULL;
}

/* ---- The text ---------------------------------------------------------------------------------------------------- */

static void put_constants(Int8 *t)
{
    for (int i = 0; i < t->graph->kernels.count; i++) {
        const IntegerKernel *kernel = t->graph->kernels.at[i];
        if (kernel->kind == INTEGER_PRODUCT)
            put_parameters(t, kernel);
        if (kernel->kind == INTEGER_TABLE)
            put_table(t, kernel);
        if (has_windows(kernel))
            put_windows(t, kernel);
    }
}

/* "    int8_t *const input = a + 0;", with what its numbers stand for. */
static void declare(Int8 *t, const Value *value)
{
    const Quantization of = t->graph->of[value->id];
    text_printf(&t->p.t.text, "    int8_t *const %s = a + %" PRId64 ";", name_of(t, value),
                t->home[t->root[value->id]->id].offset);
    text_printf(&t->p.t.text, " /* %s, scale %.9g, zero %d */\n", shape_text(t->p.arena, value->shape),
                (double)of.scale, of.zero);
}

static const char *calls_of(Int8 *t)
{
    Text calls = text_new(t->p.arena);
    const char *layer = NULL;
    for (int i = 0; i < t->graph->kernels.count; i++) {
        const IntegerKernel *kernel = t->graph->kernels.at[i];
        if (is_view(kernel))
            continue;
        if (!layer || strcmp(layer, kernel->op->layer) != 0)
            text_printf(&calls, "%s/* %s */\n", calls.length ? "\n" : "", op_text(t->p.arena, kernel->op));
        else
            text_add(&calls, "\n");
        layer = kernel->op->layer;
        text_add(&calls, call_of(t, kernel));
    }
    return calls.bytes;
}

static void put_integers(Int8 *t)
{
    Text *out = &t->p.t.text;
    const char *calls = calls_of(t);
    text_add(out, "/* All layers in integers. A value is an image, channels last: real = scale * (number - zero). */\n"
                  "static void integers(int8_t *a)\n{\n");
    for (int i = 0; i < t->graph->graph->values.count; i++)
        if (t->root[i] && text_has_word(calls, t->p.member[i]))
            declare(t, t->graph->graph->values.at[i]);
    plain_forget(&t->p);
    t->p.t.indent = 1;
    plain_print(&t->p, calls);
    t->p.t.indent = 0;
    if (!*calls)
        text_add(out, "    (void)a;\n");
    text_add(out, "}\n\n");
}

/* The place of a value in torch's order, i, in an image. */
static const char *torch_index(Int8 *t, const Value *value)
{
    const int64_t p = pixels(value), c = channels(value);
    return is_flat(value) ? "i" : arena_printf(t->p.arena, "i %% %" PRId64 " * %" PRId64 " + i / %" PRId64, p, c, p);
}

static const char *place_of(Int8 *t, const Value *value)
{
    return arena_printf(t->p.arena, "a + %" PRId64, t->home[t->root[value->id]->id].offset);
}

/* A pass over integers in torch's order, and one over reals, with what is made in float at the end. */
static void put_passes(Int8 *t)
{
    Plain *p = &t->p;
    const Value *x = t->graph->graph->input, *y = t->graph->output;
    const Quantization of_x = t->graph->of[x->id], of_y = t->graph->of[y->id];
    plain_forget(p);
    plain_set(p, "x_at", "%s", place_of(t, x));
    plain_set(p, "y_at", "%s", place_of(t, y));
    plain_set(p, "x_index", "%s", torch_index(t, x));
    plain_set(p, "y_index", "%s", torch_index(t, y));
    plain_set(p, "inputs", "%" PRId64, shape_count(x->shape));
    plain_set(p, "outputs", "%" PRId64, shape_count(y->shape));
    plain_set(p, "x_scale", "%s", text_float_literal(p->arena, (double)of_x.scale));
    plain_set(p, "y_scale", "%s", text_float_literal(p->arena, (double)of_y.scale));
    plain_set(p, "x_zero", "%d", of_x.zero);
    plain_set(p, "y_zero", "%s", of_y.zero < 0 ? arena_printf(p->arena, "+ %d", -of_y.zero)
                                               : arena_printf(p->arena, "- %d", of_y.zero));
    plain_set(p, "softmax", "%s", t->graph->softmax ? p->call[t->graph->softmax->id] : "");
    plain_print(p, "static void forward_int8(const int8_t *x, int8_t *y, int8_t *a)\n"
                   "{\n"
                   "for (int i = 0; i < $inputs; i++)\n"
                   "($x_at)[$x_index] = x[i];\n"
                   "integers(a);\n"
                   "for (int i = 0; i < $outputs; i++)\n"
                   "y[i] = ($y_at)[$y_index];\n"
                   "}\n"
                   "\n"
                   "static void forward(const real *x, real *y, real *memory, const real *w)\n"
                   "{\n"
                   "int8_t *a = (int8_t *)memory;\n"
                   "(void)w;\n"
                   "for (int i = 0; i < $inputs; i++)\n"
                   "($x_at)[$x_index] = quantized(x[i], $x_scale, $x_zero);\n"
                   "integers(a);\n"
                   "for (int i = 0; i < $outputs; i++)\n"
                   "y[i] = (real)(($y_at)[$y_index] $y_zero) * $y_scale;\n"
                   "?softmax $softmax\n"
                   "}\n");
}

/* The softmax is the one that a library in float has; it is made in place. */
static void put_softmax(Int8 *t)
{
    const Op *softmax = t->graph->softmax;
    if (!softmax)
        return;
    t->p.member[softmax->in[0]->id] = t->p.member[softmax->out[0]->id] = "y";
    plain_kernel(&t->p, softmax);
}

static void name_places(Int8 *t)
{
    static const char *const taken[] = {"a", "y"};
    for (int i = 0; i < 2; i++)
        string_set_add(t->p.arena, &t->p.members, taken[i]);
    plain_name_values(&t->p);
}

void plain_lower_int8(Lowering *lowering, const IntegerGraph *graph)
{
    Arena *arena = lowering->arena;
    const size_t values = (size_t)graph->graph->values.count;
    Int8 t = {.p = {.arena = arena, .diag = lowering->diag, .program = lowering->program, .graph = graph->graph,
                    .t = template_new(arena), .batch = 1, .library = true},
              .graph = graph, .root = arena_alloc(arena, values * sizeof *t.root),
              .home = arena_alloc(arena, values * sizeof *t.home)};
    name_places(&t);
    find_homes(&t);
    lowering->library = (LibraryCore){.arena = place(&t), .parameters = lowering->library.parameters,
                                      .parameter_count = lowering->library.parameter_count, .int8 = graph};
    put_constants(&t);
    put_integers(&t);
    put_softmax(&t);
    put_passes(&t);
    const char *body = plain_with_wide(&t.p, t.p.t.text.bytes);
    t.p.t.text = text_new(arena);
    plain_print_helpers(&t.p, plain_int8_helpers, body);
    lowering->text = arena_printf(arena, "#include <stdint.h>\n\n%s", plain_library_text(&t.p, t.p.t.text.bytes));
}
