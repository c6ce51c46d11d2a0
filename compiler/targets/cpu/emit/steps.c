/* The step: a function for each sweep, and derive. They list the kernels' calls, and so are the graph. The sweep with
 * the loss is forward, backward, train and test; where there are no others, it is the whole step. */
#include "base/fail.h"
#include "targets/cpu/emit/frame.h"

/* Whether rows of `buffer` can be indexed: an image whose instances follow each other without a gap. */
static bool has_rows(const Buffer *buffer)
{
    int64_t rows = buffer->before[0] + buffer->rows + buffer->after[0];
    return rows > 1 && (!buffer->per_sample || rows * buffer_row(buffer) == buffer->stride);
}

static const char *element_type(const Buffer *buffer)
{
    static const char *const types[] = {
        [ELEMENT_FLOAT] = "float", [ELEMENT_BYTE] = "unsigned char", [ELEMENT_SHORT] = "unsigned short"};
    return types[buffer->element];
}

/* "36 * 3": columns by channels; "64". */
static const char *row_extent(Frame *f, const Buffer *buffer)
{
    int64_t cols = buffer->before[1] + buffer->cols + buffer->after[1];
    if (cols > 1 && buffer->pitch > 1)
        return arena_printf(f->arena, "%lld * %lld", (long long)cols, (long long)buffer->pitch);
    return arena_printf(f->arena, "%lld", (long long)buffer_row(buffer));
}

static const char *buffer_comment(Frame *f, const Buffer *buffer)
{
    Text text = text_new(f->arena);
    if (buffer->rows * buffer->cols > 1)
        text_printf(&text, "%lldx%lldx%lld", (long long)buffer->channels, (long long)buffer->rows,
                    (long long)buffer->cols);
    else
        text_printf(&text, "%lld", (long long)buffer->channels);
    const int64_t *b = buffer->before, *a = buffer->after;
    if (b[0] == b[1] && b[0] == a[0] && b[0] == a[1]) {
        if (b[0])
            text_printf(&text, ", %lld zeros around", (long long)b[0]);
    } else {
        text_printf(&text, ", zeros around: %lld above, %lld below, %lld left, %lld right", (long long)b[0],
                    (long long)a[0], (long long)b[1], (long long)a[1]);
    }
    return text.bytes;
}

static bool is_activation(const Buffer *buffer)
{
    return buffer && (buffer->space == SPACE_WORKSPACE || buffer->space == SPACE_BATCH);
}

/* "float (*conv2d_0)[20][20 * 32] = (void *)(g->workspace + 1024); " and what it holds. The instances are the group's
 * samples, or the batch's. */
static void declare(Frame *f, const Buffer *buffer, bool whole_batch)
{
    Text line = text_new(f->arena);
    text_printf(&line, "    %s ", element_type(buffer));
    const char *row = row_extent(f, buffer);
    int64_t rows = buffer->before[0] + buffer->rows + buffer->after[0];
    if (has_rows(buffer) && buffer->per_sample)
        text_printf(&line, "(*%s)[%lld][%s]", buffer->name, (long long)rows, row);
    else if (has_rows(buffer))
        text_printf(&line, "(*%s)[%s]", buffer->name, row);
    else if (buffer->per_sample)
        text_printf(&line, "(*%s)[%lld]", buffer->name, (long long)buffer->stride);
    else
        text_printf(&line, "*%s", buffer->name);
    if (buffer->space == SPACE_WORKSPACE)
        text_printf(&line, " = (void *)(g->workspace + %lld);", (long long)buffer->offset);
    else if (whole_batch || !buffer->per_sample)
        text_printf(&line, " = (void *)(g->batch + %lld);", (long long)buffer->offset);
    else
        text_printf(&line, " = (void *)(g->batch + %lld + g->first * %lldL);", (long long)buffer->offset,
                    (long long)(buffer->stride * element_bytes(buffer->element)));
    text_printf(&f->text, "%-76s /* %s */\n", line.bytes, buffer_comment(f, buffer));
}

/* Declares the buffers that the kernels of `sweep` use in stages `from` to `to`, in the order of their first use. */
static void declare_buffers(Frame *f, const Sweep *sweep, Stage from, Stage to)
{
    bool *declared = arena_alloc(f->arena, (size_t)f->plan->buffers.count * sizeof *declared);
    for (int i = sweep->first; i <= sweep->last; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        for (const Role *role = kernel->roles; kernel->stage >= from && kernel->stage <= to && *role; role++) {
            const Buffer *buffer = kernel->operand[*role].buffer;
            if (is_activation(buffer) && !declared[buffer->id]) {
                declared[buffer->id] = true;
                declare(f, buffer, sweep->parts > 0);
            }
        }
    }
}

/* How much further on a part finds its operand: " + part / 7 * 32 + part % 7 * 112". */
static const char *part_text(Frame *f, const Kernel *kernel, Operand operand)
{
    Text text = text_new(f->arena);
    bool several = kernel->across > 1 && kernel->parts > kernel->across; /* rows of parts */
    int64_t step = kernel->across > 1 ? operand.along : operand.down;
    text_add(&text, "");
    if (kernel->scope != SCOPE_BATCH || kernel->parts == 1)
        return text.bytes;
    if (!several && step)
        text_printf(&text, " + part * %lld", (long long)step);
    if (several && operand.down == kernel->across * operand.along && step)
        text_printf(&text, " + part * %lld", (long long)step);
    else if (several && operand.down)
        text_printf(&text, " + part / %d * %lld", kernel->across, (long long)operand.down);
    if (several && operand.along && operand.down != kernel->across * operand.along)
        text_printf(&text, " + part %% %d * %lld", kernel->across, (long long)operand.along);
    return text.bytes;
}

/* An operand as an expression; `sample` is the index of its instance: "i" or "0". */
static const char *operand_text(Frame *f, Operand operand, const char *sample)
{
    const Buffer *buffer = operand.buffer;
    long long offset = operand.offset;
    if (!buffer)
        return "0";
    if (!is_activation(buffer)) {
        static const char *const bases[] = {
            [SPACE_WEIGHTS] = "weights", [SPACE_GRADIENTS] = "gradients", [SPACE_DERIVED] = "derived"};
        const char *at = arena_printf(f->arena, "%s + %s", bases[buffer->space], block_name(f->arena, buffer));
        return offset ? arena_printf(f->arena, "%s + %lld", at, offset) : at;
    }
    const char *base =
        buffer->per_sample ? arena_printf(f->arena, "%s[%s]", buffer->name, sample) : buffer->name;
    if (!has_rows(buffer))
        return offset ? arena_printf(f->arena, "%s + %lld", base, offset) : base;
    long long row = offset / buffer_row(buffer), rest = offset % buffer_row(buffer), pitch = buffer->pitch;
    if (rest == 0)
        return arena_printf(f->arena, "%s[%lld]", base, row);
    if (rest % pitch == 0 && pitch > 1)
        return arena_printf(f->arena, "&%s[%lld][%lld * %lld]", base, row, rest / pitch, pitch);
    return arena_printf(f->arena, "&%s[%lld][%lld]", base, row, rest);
}

/* Appends a call, broken after a comma where it would be too wide. */
static void add_wrapped(Frame *f, const char *call, const char *indent)
{
    size_t width = strlen(indent), open = strcspn(call, "(") + 1 + width, at = width;
    text_add(&f->text, indent);
    while (*call) {
        size_t length = strcspn(call, ",") + (strchr(call, ',') != NULL);
        if (at + length > 118 && at > open) {
            text_add(&f->text, "\n");
            text_pad(&f->text, ' ', (int)open);
            at = open;
            call += *call == ' ';
            length = strcspn(call, ",") + (strchr(call, ',') != NULL);
        }
        text_add_bytes(&f->text, call, length);
        at += length;
        call += length;
    }
}

/* An argument of a kernel's call. */
static const char *argument_text(Frame *f, const Call *call, const FamilyParameter *parameter)
{
    const Kernel *kernel = call->kernel;
    if (!parameter->role)
        return parameter->argument ? parameter->argument : parameter->argument_of(call);
    if (kernel->learns && parameter->role == kernel->output)
        return "gradients";
    return arena_printf(f->arena, "%s%s", call->operand[parameter->role],
                        part_text(f, kernel, kernel->operand[parameter->role]));
}

static const char *call_text(Frame *f, const Call *call)
{
    const FamilyInfo *info = family_info(call->kernel->family);
    Text text = text_new(f->arena);
    if (info->call)
        return info->call(call);
    text_printf(&text, "%s(", call->kernel->function);
    for (const FamilyParameter *p = info->parameters; p->type; p++)
        text_printf(&text, "%s%s", p == info->parameters ? "" : ", ", argument_text(f, call, p));
    text_printf(&text, "%s);\n", takes_count(call->kernel) ? ", g->count" : "");
    return text.bytes;
}

static void emit_call(Frame *f, const Kernel *kernel, const char *indent)
{
    const FamilyInfo *info = family_info(kernel->family);
    const char *operand[ROLE_END] = {0};
    for (const Role *role = kernel->roles; *role; role++)
        operand[*role] = operand_text(f, kernel->operand[*role], kernel->scope == SCOPE_SAMPLE ? "i" : "0");
    const Call call = {.arena = f->arena, .plan = f->plan, .kernel = kernel, .operand = operand};
    const char *before = info->before ? info->before(&call) : NULL;
    if (before)
        text_printf(&f->text, "%s%s", indent, before);
    bool guarded = info->only_training && info->only_training(f->plan, kernel);
    if (guarded)
        text_printf(&f->text, "%sif (g->training)\n", indent);
    add_wrapped(f, call_text(f, &call), guarded ? arena_printf(f->arena, "%s    ", indent) : indent);
    emit_lap(f, kernel, indent);
}

/* The calls of a stage in a stretch of kernels; those made for every sample stand together in loops. */
static void emit_calls(Frame *f, int first, int last, Stage stage)
{
    bool looping = false;
    for (int i = first; i <= last; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->stage != stage)
            continue;
        if (looping && kernel->scope != SCOPE_SAMPLE)
            text_add(&f->text, "    }\n");
        else if (!looping && kernel->scope == SCOPE_SAMPLE)
            text_add(&f->text, "    for (int i = 0; i < g->count; i++) {\n");
        looping = kernel->scope == SCOPE_SAMPLE;
        emit_call(f, kernel, looping ? "        " : "    ");
    }
    if (looping)
        text_add(&f->text, "    }\n");
}

static const Kernel *loss_kernel(const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        if (plan->kernels.at[i]->stage == STAGE_LOSS)
            return plan->kernels.at[i];
    }
    fail_bug("a training step without a loss");
}

static void emit_loss(Frame *f, bool gradient)
{
    const Kernel *kernel = loss_kernel(f->plan);
    const char *operand[ROLE_END] = {0};
    operand[ROLE_X] = operand_text(f, kernel->operand[ROLE_X], "0");
    operand[ROLE_DX] = gradient ? operand_text(f, kernel->operand[ROLE_DX], "0") : "0";
    const Call call = {.arena = f->arena, .plan = f->plan, .kernel = kernel, .operand = operand};
    text_add(&f->text, call_text(f, &call));
}

static bool uses_space(const Plan *plan, const Sweep *sweep, Stage stage, Space space)
{
    for (int i = sweep->first; i <= sweep->last; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; kernel->stage == stage && *role; role++) {
            if (kernel->operand[*role].buffer && kernel->operand[*role].buffer->space == space)
                return true;
        }
    }
    return false;
}

/* The start of a function: the blocks and buffers that the kernels of a sweep's stage use, with those that the loss in
 * front of it or behind it reads, where `from` or `to` is its stage. */
static void open_function(Frame *f, const Sweep *sweep, const char *name, Stage stage, Stage from, Stage to)
{
    text_printf(&f->text, "static void %s(struct nc_group *g)\n{\n", name);
    if (uses_space(f->plan, sweep, stage, SPACE_WEIGHTS))
        text_add(&f->text, "    const float *weights = g->weights;\n");
    if (uses_space(f->plan, sweep, stage, SPACE_DERIVED))
        text_add(&f->text, "    const float *derived = g->derived;\n");
    if (uses_space(f->plan, sweep, stage, SPACE_GRADIENTS) && !sweep->learns)
        text_add(&f->text, "    float *gradients = g->gradients;\n");
    declare_buffers(f, sweep, from, to);
}

/* A task is a part. */
static void emit_parts(Frame *f, const Sweep *sweep)
{
    const Kernel *kernel = f->plan->kernels.at[sweep->first];
    if (sweep->parts > 1)
        text_printf(&f->text, "/* For the whole batch, part g->part of %d. */\n", sweep->parts);
    else
        text_add(&f->text, "/* For the whole batch. */\n");
    open_function(f, sweep, sweep->name, kernel->stage, kernel->stage, kernel->stage);
    if (sweep->parts > 1)
        text_add(&f->text, "    const long part = g->part;\n");
    if (sweep->learns) {
        const char *at = block_name(f->arena, kernel->operand[kernel->output].buffer);
        const char *more = sweep->parts > 1 ? arena_printf(f->arena, " + part * %lld", (long long)kernel->learns) : "";
        if (family_info(kernel->family)->anew && family_info(kernel->family)->anew(kernel))
            text_printf(&f->text, "    float *gradients = nc_gradient(g, %s%s);\n\n", at, more);
        else
            text_printf(&f->text, "    float *gradients = nc_zero_gradient(g, %s%s, %lld);\n\n", at, more,
                        (long long)kernel->learns);
        emit_calls(f, sweep->first, sweep->last, kernel->stage);
        text_printf(&f->text, "    nc_learn(g, %s%s, %lld);\n}\n\n", at, more, (long long)kernel->learns);
        return;
    }
    text_add(&f->text, "\n");
    emit_calls(f, sweep->first, sweep->last, kernel->stage);
    text_add(&f->text, "}\n\n");
}

/* A task is a slice, and takes one group after another. */
static void emit_slices(Frame *f, const Sweep *sweep)
{
    Stage stage = f->plan->kernels.at[sweep->first]->stage;
    text_printf(&f->text, "/* For a group of samples, %s. */\n",
                stage != STAGE_FORWARD       ? "what follows from gradients made for the whole batch"
                : f->plans->training         ? "before what is made for the whole batch"
                                             : "the forward pass");
    open_function(f, sweep, sweep->name, stage, stage, stage);
    text_add(&f->text, "\n");
    emit_calls(f, sweep->first, sweep->last, stage);
    text_add(&f->text, "}\n\n");
}

/* The sweep of the loss, in training and in evaluation. */
static void emit_turn(Frame *f, const Sweep *sweep)
{
    const Kernel *loss = loss_kernel(f->plan);
    bool forward = f->plan->kernels.at[sweep->first]->stage == STAGE_FORWARD;
    if (forward) {
        text_add(&f->text, "/* From the samples of a group to the model's output. */\n");
        open_function(f, sweep, "forward", STAGE_FORWARD, STAGE_FORWARD, STAGE_FORWARD);
        text_add(&f->text, "\n");
        emit_calls(f, sweep->first, sweep->last, STAGE_FORWARD);
        text_add(&f->text, "}\n\n");
    }
    text_add(&f->text, "/* The loss of what forward left, and its gradient by every parameter, added to"
                       " g->gradients. */\n");
    open_function(f, sweep, "backward", STAGE_BACKWARD, STAGE_LOSS, STAGE_BACKWARD);
    text_add(&f->text, "\n    ");
    emit_loss(f, loss->operand[ROLE_DX].buffer != NULL);
    emit_lap(f, loss, "    ");
    emit_calls(f, sweep->first, sweep->last, STAGE_BACKWARD);

    const char *call = forward ? "    forward(g);\n" : "";
    text_printf(&f->text, "}\n\nstatic void train(struct nc_group *g)\n{\n%s    backward(g);\n}\n\n"
                          "static void test(struct nc_group *g)\n{\n", call);
    declare(f, loss->operand[ROLE_X].buffer, false);
    text_printf(&f->text, "\n%s    if (g->target)\n        ", call);
    emit_loss(f, false);
    emit_lap(f, loss, "    ");
    text_add(&f->text, "}\n\n");
}

/* The sweep of the loss in a plan of evaluation. */
static void emit_evaluation(Frame *f, const Sweep *sweep)
{
    const Kernel *loss = loss_kernel(f->plan);
    text_add(&f->text, "/* In evaluation, from the samples of a group to the loss. */\n");
    open_function(f, sweep, sweep->name, STAGE_FORWARD, STAGE_FORWARD, STAGE_LOSS);
    text_add(&f->text, "\n");
    emit_calls(f, sweep->first, sweep->last, STAGE_FORWARD);
    text_add(&f->text, "    if (g->target)\n        ");
    emit_loss(f, false);
    emit_lap(f, loss, "    ");
    text_add(&f->text, "}\n\n");
}

/* Whether it makes a layout of a weight, which is shared out among the threads. */
static bool makes_derived(const Kernel *kernel, bool forward)
{
    return kernel->stage == STAGE_DERIVE && !family_info(kernel->family)->call &&
           kernel->operand[kernel->output].buffer->read_forward == forward;
}

static bool plan_has_derive(const Plan *plan, bool forward)
{
    for (int i = 0; plan && i < plan->kernels.count; i++)
        if (makes_derived(plan->kernels.at[i], forward))
            return true;
    return false;
}

bool has_derive(const CpuPlans *plans, bool forward)
{
    return plan_has_derive(plans->training, forward) || plan_has_derive(plans->evaluation, forward);
}

static void emit_derive(Frame *f, bool forward)
{
    if (!plan_has_derive(f->plan, forward))
        return;
    text_printf(&f->text, "/* The layouts of the weights that %s read: part `part` of `parts`. */\n"
                          "static void %s(const float *weights, float *derived, int part, int parts)\n{\n",
                forward ? "forward kernels" : "only gradients of inputs", forward ? "derive" : "derive_backward");
    for (int i = 0; i < f->plan->kernels.count; i++)
        if (makes_derived(f->plan->kernels.at[i], forward))
            emit_call(f, f->plan->kernels.at[i], "    ");
    text_add(&f->text, "}\n\n");
}

static void emit_derive_norms(Frame *f)
{
    text_add(&f->text, "/* What norms are in evaluation, of their running statistics: before the first sample. */\n"
                       "static void derive_evaluation(const float *weights, float *derived)\n{\n");
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->stage == STAGE_DERIVE && family_info(kernel->family)->call)
            emit_call(f, kernel, "    ");
    }
    text_add(&f->text, "}\n\n");
}

bool derives_norms(const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        if (plan->kernels.at[i]->stage == STAGE_DERIVE && family_info(plan->kernels.at[i]->family)->call)
            return true;
    }
    return false;
}

void emit_steps(Frame *f)
{
    const Plan *plan = f->plan;
    for (int i = 0; i < plan->sweeps.count; i++) {
        const Sweep *sweep = &plan->sweeps.at[i];
        if (sweep->loss)
            (plan->graph->evaluates ? emit_evaluation : emit_turn)(f, sweep);
        else if (sweep->parts)
            emit_parts(f, sweep);
        else
            emit_slices(f, sweep);
    }
    if (derives_norms(plan))
        emit_derive_norms(f);
    emit_derive(f, true);
    emit_derive(f, false);
}
