/* A library's text: the phases of the evaluation plan, for one sample. */
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/emit/buffers.h"
#include "targets/cpu/parameter_layout.h"

/* What calls are handed, as the kernels' text names it. */
static const char *library_types(const Frame *f)
{
    return arena_printf(f->arena,
                        "/* What a phase of the model is handed. */\n"
                        "struct nc_microbatch {\n"
                        "    int count, first, part;\n"
                        "    const %s *const *input;       /* [count] samples */\n"
                        "    const float *weights, *packed; /* the parameters, and copies of them in other orders */\n"
                        "    unsigned char *workspace, *batch;\n"
                        "};\n\n%s", f->network->tokens ? "int" : "float",
                        !f->constants.length ? ""
                        : "/* A norm over `groups` equal groups of channels; `weight`, `bias`: places in the block,"
                          " or -1. */\n"
                          "struct nc_group_norm {\n"
                          "    long long channels, pixels, groups;\n"
                          "    double eps;\n"
                          "    long long weight, bias;\n"
                          "};\n\n"
                          "#include \"group_norm.h\"\n\n"
                          "#define nc_group_norm(mb, norm, moments, stats) "
                          "nc_norm_of_sample((mb)->weights, norm, moments, stats)\n\n");
}

/* Borders of zeros are made where a buffer begins to live, as the memory has held others before, or anything. */
static const char *const zeros =
    "/* Makes zero what is around `rows` rows of `used` of a buffer's numbers, which begin at `first` and lie `row`"
    " apart. */\n"
    "static void zero_around(float *x, long first, long rows, long used, long row, long size)\n"
    "{\n"
    "    memset(x, 0, (unsigned long)first * sizeof *x);\n"
    "    for (long r = 1; r < rows; r++, first += row)\n"
    "        memset(x + first + used, 0, (unsigned long)(row - used) * sizeof *x);\n"
    "    memset(x + first + used, 0, (unsigned long)(size - first - used) * sizeof *x);\n"
    "}\n\n";

/* Channels that fill up a vector are part of it: kernels may read them, times a weight of 0. */
static bool has_rest(const Buffer *buffer)
{
    return buffer_is_activation(buffer) && buffer->element == ELEMENT_FLOAT && buffer->channels != buffer->pitch;
}

void emit_zeros(Frame *f, int i, const char *mb, const char *indent)
{
    for (int b = 0; b < f->plan->buffers.count; b++) {
        const Buffer *buffer = f->plan->buffers.at[b];
        if (buffer->first != i || buffer->last < 0 || !(buffer->kept_zero || has_rest(buffer)))
            continue;
        const int64_t used = buffer->cols * buffer->pitch, row = buffer_row(buffer);
        const char *name = buffer_name(f, buffer);
        if (has_rest(buffer))
            text_printf(&f->text, "%smemset(%s(%s), 0, %lld);\n", indent, name, mb,
                        (long long)(buffer->stride * element_bytes(buffer->element)));
        else
            text_printf(&f->text, "%szero_around((float *)%s(%s), %lld, %lld, %lld, %lld, %lld);\n", indent, name,
                        mb, (long long)buffer_inside(buffer), (long long)buffer->rows, (long long)used,
                        (long long)row, (long long)buffer->stride);
    }
}

/* The function that all is for. */
static void emit_forward(Frame *f)
{
    const Plan *plan = f->plan;
    const ParameterLayout *layout = f->plans->layout;
    const Buffer *output = plan->buffer_of[plan->graph->output->id];
    text_printf(&f->text, "/* The model's outputs y of a sample x. a: memory for what the layers make, w: the"
                          " parameters. */\n"
                          "static void forward(const %s *x, float *y, float *a, const float *w)\n{\n"
                          "    struct nc_microbatch mb;\n"
                          "    mb.count = 1;\n"
                          "    mb.first = mb.part = 0;\n"
                          "    mb.input = &x;\n"
                          "    mb.weights = w;\n"
                          "    mb.packed = w + %lld;\n"
                          "    mb.workspace = (unsigned char *)a;\n"
                          "    mb.batch = mb.workspace + %lld;\n", f->network->tokens ? "int" : "float",
                (long long)layout->block, (long long)layout->workspace);
    for (int i = 0; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        if (phase->parts > 1) {
            emit_zeros(f, phase->first, "(&mb)", "    ");
            text_printf(&f->text, "    for (mb.part = 0; mb.part < %d; mb.part++)\n    ", phase->parts);
        }
        text_printf(&f->text, "    %s(&mb);\n", phase_function(f, phase));
    }
    text_printf(&f->text, "    memcpy(y, mb.%s + %lld, %lld * sizeof *y);\n}\n",
                output->space == SPACE_BATCH ? "batch" : "workspace", (long long)output->offset,
                (long long)shape_count(plan->graph->output->shape));
}

/* Whether weights are only packed, and read as that alone. */
static bool is_only_packed(const Plan *plan, const Buffer *weights)
{
    bool packed = false;
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            if (kernel->operand[*role].buffer != weights)
                continue;
            packed = kernel->stage == STAGE_PACK;
            if (!packed)
                return false;
        }
    }
    return packed;
}

/* What the model's functions leave in its block, as the library's text reads it: without the weights that are only
 * packed. These are NOWHERE then. */
static void keep_what_is_read(Lowering *lowering)
{
    const CpuPlans *plans = lowering->plans;
    ParameterLayout *layout = plans->layout;
    LibraryCore *core = &lowering->library;
    const int count = layout->parameters.count;
    Stretch *kept = arena_alloc(lowering->arena, (size_t)(count + 1) * sizeof *kept);
    core->loaded = layout->block + layout->packed_floats;
    core->block = 0;
    for (int i = 0; i < count; i++) {
        Buffer *weights = layout->parameters.at[i]->weights;
        const bool drop = is_only_packed(plans->evaluation, weights);
        if (!drop)
            kept[core->kept_count++] = (Stretch){weights->offset, core->block, weights->count};
        weights->offset = drop ? NOWHERE : core->block;
        core->block += drop ? 0 : weights->count;
    }
    kept[core->kept_count++] = (Stretch){layout->block, core->block, layout->packed_floats};
    core->kept = kept;
    layout->block = core->block;
    core->block += layout->packed_floats;
}

/* How what is packed was made: each kernel, and its dimensions. */
static const char *order_of_packed(Arena *arena, const Plan *plan)
{
    Text text = text_new(arena);
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const FamilyInfo *info = family_info(kernel->family);
        if (kernel->stage != STAGE_PACK)
            continue;
        text_printf(&text, "%s %lld", info->name, (long long)kernel->operand[kernel->output].buffer->offset);
        for (int d = 0; d < info->dim_count; d++)
            text_printf(&text, " %lld", (long long)kernel->dim[d]);
        text_add(&text, "\n");
    }
    return text.bytes ? text.bytes : "";
}

void emit_library(Lowering *lowering)
{
    Arena *arena = lowering->arena;
    const CpuPlans *plans = lowering->plans;
    const ParameterLayout *layout = plans->layout;
    LibraryCore *core = &lowering->library;
    core->model = emit_program(lowering, EMIT_OBJECT, NULL);
    core->order = order_of_packed(arena, plans->evaluation);
    keep_what_is_read(lowering);
    Frame f = {.arena = arena, .text = text_new(arena), .program = lowering->program,
               .network = lowering->program->networks.at[0], .plans = plans, .plan = plans->evaluation,
               .form = EMIT_LIBRARY, .constants = text_new(arena)};
    share_bodies(&f);
    emit_plan(&f, plans->evaluation);
    emit_forward(&f);
    const char *functions = f.text.bytes;
    if (strstr(functions, "zero_around("))
        functions = arena_printf(arena, "%s%s", zeros, functions);
    f.text = text_new(arena);
    text_printf(&f.text, "#include \"vector.h\"\n%s%s\n%s",
                plans_need(plans, "activations.h") || plans_activate(plans) ? "#include \"activations.h\"\n" : "",
                plans_need(plans, "winograd.h") ? "#include \"winograd_points.h\"\n#include \"winograd_tiles.h\"\n"
                                                  "#include \"winograd_forward.h\"\n"
                                                : "",
                library_types(&f));
    core->arena = layout->workspace + layout->batch_bytes;
    emit_offsets(&f, f.plan, SPACE_WEIGHTS);
    emit_offsets(&f, f.plan, SPACE_PACKED);
    text_printf(&f.text, "\n%s%s%s", f.constants.bytes, f.constants.length ? "\n" : "", functions);
    lowering->text = f.text.bytes;
}
