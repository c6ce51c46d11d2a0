/* The step: a function for each phase, and pack. They list the kernels' calls, and so are the graph. The phase with
 * the loss is forward, backward, train and test; where there are no others, it is the whole step. */
#include "base/fail.h"
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/emit/repeats.h"

enum { WIDTH = 120 };

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

/* "16x32x32, 1 zeros around": what an instance holds. */
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
        return text.bytes;
    }
    const int64_t zeros[] = {b[0], a[0], b[1], a[1]};
    static const char *const sides[] = {"above", "below", "left", "right"};
    const char *between = ", zeros: ";
    for (int i = 0; i < 4; i++) {
        if (zeros[i]) {
            text_printf(&text, "%s%lld %s", between, (long long)zeros[i], sides[i]);
            between = ", ";
        }
    }
    return text.bytes;
}

/* What the C calls a buffer. Training and evaluation have buffers of the same layers at different places. */
static const char *buffer_name(Frame *f, const Buffer *buffer)
{
    bool second = f->plans->training && f->plan->graph->evaluates;
    return arena_printf(f->arena, "%s%s", second ? "test_" : "", buffer->name);
}

/* "float (*)[20][20 * 32]": what points to the first instance. */
static const char *pointer_type(Frame *f, const Buffer *buffer)
{
    const char *element = element_type(buffer), *row = row_extent(f, buffer);
    int64_t rows = buffer->before[0] + buffer->rows + buffer->after[0];
    if (has_rows(buffer) && buffer->per_sample)
        return arena_printf(f->arena, "%s (*)[%lld][%s]", element, (long long)rows, row);
    if (has_rows(buffer))
        return arena_printf(f->arena, "%s (*)[%s]", element, row);
    if (buffer->per_sample)
        return arena_printf(f->arena, "%s (*)[%lld]", element, (long long)buffer->stride);
    return arena_printf(f->arena, "%s *", element);
}

/* "mb->workspace + 1024": where a buffer starts, `offset` being its place in its memory. The instances are the
 * microbatch's samples, or the batch's where a function is about all of them: then mb->first is 0. */
static const char *buffer_start(Frame *f, const Buffer *buffer, const char *offset)
{
    const char *start = arena_printf(f->arena, "mb->%s + %s",
                                     buffer->space == SPACE_WORKSPACE ? "workspace" : "batch", offset);
    if (buffer->space != SPACE_BATCH || !buffer->per_sample)
        return start;
    return arena_printf(f->arena, "%s + mb->first * %lldL", start,
                        (long long)(buffer->stride * element_bytes(buffer->element)));
}

static const char *offset_text(Frame *f, const Buffer *buffer)
{
    return arena_printf(f->arena, "%lld", (long long)buffer->offset);
}

/* `text`, and behind it what the buffer holds where the line has room for that. */
static const char *with_comment(Frame *f, const char *text, const Buffer *buffer, int indent)
{
    const char *comment = arena_printf(f->arena, " /* %s */", buffer_comment(f, buffer));
    return arena_printf(f->arena, "%s%s", text,
                        (size_t)indent + strlen(text) + strlen(comment) <= WIDTH ? comment : "");
}

/* "#define conv2d_0(mb) ((float (*)[20][20 * 32])(mb->workspace + 1024))", and what it holds. */
static void define_buffer(Frame *f, const Buffer *buffer)
{
    const char *head = arena_printf(f->arena, "#define %s(mb)", buffer_name(f, buffer));
    const char *body = arena_printf(f->arena, "((%s)(%s))", pointer_type(f, buffer),
                                    buffer_start(f, buffer, offset_text(f, buffer)));
    if (strlen(head) + 1 + strlen(body) <= WIDTH)
        text_printf(&f->text, "%s\n", with_comment(f, arena_printf(f->arena, "%s %s", head, body), buffer, 0));
    else
        text_printf(&f->text, "%s \\\n    %s\n", head, with_comment(f, body, buffer, 4));
}

const char *buffer_variable(Frame *f, const Buffer *buffer, const char *name, const char *offset)
{
    const char *type = pointer_type(f, buffer), *place = strstr(type, "(*)");
    const char *declared = place ? arena_printf(f->arena, "%.*s(*%s)%s", (int)(place - type), type, name,
                                                place + strlen("(*)"))
                                 : arena_printf(f->arena, "%s%s", type, name);
    const char *start = arena_printf(f->arena, "(void *)(%s);", buffer_start(f, buffer, offset));
    if (strlen(declared) + strlen(start) + strlen("     = ") <= WIDTH)
        return with_comment(f, arena_printf(f->arena, "%s = %s", declared, start), buffer, 4);
    return arena_printf(f->arena, "%s =\n        %s", declared, with_comment(f, start, buffer, 8));
}

/* All buffers that kernels use outside of functions that have variables for them, in the order of their first use. */
static void define_buffers(Frame *f)
{
    bool *defined = arena_alloc(f->arena, (size_t)f->plan->buffers.count * sizeof *defined);
    bool any = false;
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->phase >= 0 && repeats(f, &f->plan->phases.at[kernel->phase]))
            continue;
        for (const Role *role = kernel->roles; *role; role++) {
            const Buffer *buffer = kernel->operand[*role].buffer;
            if (!buffer || !buffer_is_activation(buffer) || defined[buffer->id])
                continue;
            if (!any)
                text_printf(&f->text, "/* What the layers give%s, and where: in the thread's workspace, or in the"
                                      " batch's memory. */\n", f->plan->graph->evaluates ? " in evaluation" : "");
            any = defined[buffer->id] = true;
            define_buffer(f, buffer);
        }
    }
    if (any)
        text_add(&f->text, "\n");
}

/* "part / 7 % 4": the number of a part along a cut, or along several that follow each other as one, of which there are
 * `count` with `inner` parts each. */
static const char *part_number(Arena *arena, const Kernel *kernel, int64_t count, int64_t inner)
{
    const char *number = inner > 1 ? arena_printf(arena, "part / %lld", (long long)inner) : "part";
    if (count * inner == kernel->parts)
        return number;
    return arena_printf(arena, "%s %% %lld", number, (long long)count);
}

/* How much further on a part finds what lies `step[k]` apart along cut k: " + part / 7 * 32 + part % 7 * 112". */
static const char *part_text(Frame *f, const Kernel *kernel, const int64_t step[MAX_CUTS])
{
    Text text = text_new(f->arena);
    text_add(&text, "");
    if (kernel->scope != SCOPE_BATCH || kernel->parts == 1)
        return text.bytes;
    int64_t inner = kernel->parts;
    for (int k = 0; k < MAX_CUTS; k++) {
        int64_t count = kernel->cut[k], each = step[k];
        inner /= count;
        for (; k + 1 < MAX_CUTS; ) {
            const int64_t next = kernel->cut[k + 1];
            if (next > 1 && (count == 1 || each != next * step[k + 1]))
                break;
            if (kernel->cut[++k] == 1)
                continue;
            count *= kernel->cut[k];
            inner /= kernel->cut[k];
            each = step[k];
        }
        const char *number = part_number(f->arena, kernel, count, inner);
        if (count > 1 && each == 1)
            text_printf(&text, " + %s", number);
        else if (count > 1 && each)
            text_printf(&text, " + %s * %lld", number, (long long)each);
    }
    return text.bytes;
}

/* An operand as an expression; `sample` is the index of its instance: "i" or "0". */
static const char *operand_text(Frame *f, Operand operand, const char *sample)
{
    const Buffer *buffer = operand.buffer;
    long long offset = operand.offset;
    if (!buffer)
        return "0";
    if (!buffer_is_activation(buffer)) {
        static const char *const bases[] = {
            [SPACE_WEIGHTS] = "weights", [SPACE_GRADIENTS] = "gradients", [SPACE_PACKED] = "packed"};
        const char *name = block_name(f->arena, buffer), *start = name;
        const char *plain = name + strlen("AT_");
        if (f->places && *plain >= '0' && *plain <= '9')
            plain = arena_printf(f->arena, "layer_%s", plain);
        if (f->places)
            start = place_token(f, "long", plain, name, NULL);
        const char *base = bases[buffer->space], *of = f->in_microbatch ? "mb->" : "";
        const char *at = arena_printf(f->arena, "%s%s + %s", of, base, start);
        return offset ? arena_printf(f->arena, "%s + %lld", at, offset) : at;
    }
    const char *base = f->places ? place_token(f, "long", buffer->name, offset_text(f, buffer), buffer)
                                 : arena_printf(f->arena, "%s(mb)", buffer_name(f, buffer));
    if (buffer->per_sample)
        base = arena_printf(f->arena, "%s[%s]", base, sample);
    if (!has_rows(buffer))
        return offset ? arena_printf(f->arena, "%s + %lld", base, offset) : base;
    long long row = offset / buffer_row(buffer), rest = offset % buffer_row(buffer), pitch = buffer->pitch;
    if (rest == 0)
        return arena_printf(f->arena, "%s[%lld]", base, row);
    if (rest % pitch == 0 && pitch > 1)
        return arena_printf(f->arena, "&%s[%lld][%lld * %lld]", base, row, rest / pitch, pitch);
    return arena_printf(f->arena, "&%s[%lld][%lld]", base, row, rest);
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
                        part_text(f, kernel, kernel->operand[parameter->role].step));
}

static const char *call_text(Frame *f, const Call *call)
{
    const FamilyInfo *info = family_info(call->kernel->family);
    Text text = text_new(f->arena);
    if (info->call)
        return info->call(call);
    const char *between = "";
    text_printf(&text, "%s(", call->kernel->function);
    for (int i = 0; info->parameters[i].type; i++) {
        if (!call->kernel->same->printed->reads[i])
            continue;
        text_printf(&text, "%s%s", between, argument_text(f, call, &info->parameters[i]));
        between = ", ";
    }
    text_printf(&text, "%s);\n", takes_count(call->kernel) ? ", mb->count" : "");
    return text.bytes;
}

static const char *constant(const Call *call, const char *type, const char *name, const char *initialiser)
{
    Frame *f = call->context;
    if (f->places)
        return arena_printf(f->arena, "&%s", place_token(f, type, name, initialiser, NULL));
    return arena_printf(f->arena, "&(const %s)%s", type, initialiser);
}

static void emit_call(Frame *f, const Kernel *kernel, const char *indent)
{
    const FamilyInfo *info = family_info(kernel->family);
    const char *operand[ROLE_END] = {0};
    for (const Role *role = kernel->roles; *role; role++)
        operand[*role] = operand_text(f, kernel->operand[*role], kernel->scope == SCOPE_SAMPLE ? "i" : "0");
    const Call call = {.arena = f->arena, .plan = f->plan, .kernel = kernel, .operand = operand,
                       .constant = constant, .context = f};
    const char *before = info->before ? info->before(&call) : NULL;
    if (before)
        text_printf(&f->text, "%s%s", indent, before);
    bool guarded = info->only_training && info->only_training(f->plan, kernel);
    if (guarded)
        text_printf(&f->text, "%sif (mb->training)\n", indent);
    add_call(f, call_text(f, &call), guarded ? arena_printf(f->arena, "%s    ", indent) : indent);
    emit_lap(f, kernel, indent);
}

/* The next kernel of a stage from number `i` on, as far as `last`; or NULL. */
static const Kernel *next_call(const Plan *plan, int i, int last, Stage stage)
{
    for (; i <= last; i++)
        if (plan->kernels.at[i]->stage == stage)
            return plan->kernels.at[i];
    return NULL;
}

/* The calls of a stage in a stretch of kernels; those made for every sample stand together in loops. */
static void emit_calls(Frame *f, int first, int last, Stage stage)
{
    bool looping = false, braced = false;
    for (int i = first; i <= last; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->stage != stage)
            continue;
        const Kernel *next = next_call(f->plan, i + 1, last, stage);
        bool loops = kernel->scope == SCOPE_SAMPLE, goes_on = loops && next && next->scope == SCOPE_SAMPLE;
        if (loops && !looping) {
            const FamilyInfo *info = family_info(kernel->family);
            braced = goes_on || f->profile || info->before || info->only_training;
            text_printf(&f->text, "    for (int i = 0; i < mb->count; i++)%s\n", braced ? " {" : "");
        }
        emit_call(f, kernel, loops ? "        " : "    ");
        if (loops && !goes_on && braced)
            text_add(&f->text, "    }\n");
        looping = goes_on;
    }
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

static void open_function(Frame *f, const char *name)
{
    text_printf(&f->text, "static void %s(struct nc_microbatch *mb)\n{\n", name);
}

/* Leaves out a part whose samples a last, smaller batch has not. */
static void emit_guard(Frame *f, const Kernel *kernel)
{
    const int64_t step[MAX_CUTS] = {kernel->chunk};
    const char *first = part_text(f, kernel, step);
    if (kernel->chunk && *first)
        text_printf(&f->text, "    if (%s >= mb->count)\n        return;\n\n", first + 3);
}

const char *phase_comment(Frame *f, const Phase *phase)
{
    const Stage stage = f->plan->kernels.at[phase->first]->stage;
    if (phase->parts > 1)
        return arena_printf(f->arena, "/* For the whole batch, part mb->part of %d. */\n", phase->parts);
    if (phase->parts)
        return "/* For the whole batch. */\n";
    return arena_printf(f->arena, "/* For a microbatch, %s. */\n",
                        stage != STAGE_FORWARD       ? "what follows from gradients made for the whole batch"
                        : f->plans->training         ? "before what is made for the whole batch"
                                                     : "the forward pass");
}

const char *phase_body(Frame *f, const Phase *phase)
{
    const Text around = f->text;
    f->text = text_new(f->arena);
    if (phase->parts > 1)
        text_add(&f->text, "    const long part = mb->part;\n\n");
    emit_guard(f, f->plan->kernels.at[phase->first]);
    emit_calls(f, phase->first, phase->last, f->plan->kernels.at[phase->first]->stage);
    const char *body = f->text.bytes;
    f->text = around;
    return body;
}

/* What makes parts of a gradient: parameters learn from each at once, one stretch of the block, or rows of it. */
static void emit_learning_parts(Frame *f, const Phase *phase)
{
    const Kernel *kernel = f->plan->kernels.at[phase->first];
    const LearnedRows *rows = &kernel->rows;
    const Operand *made = &kernel->operand[kernel->output];
    const bool anew = family_info(kernel->family)->anew && family_info(kernel->family)->anew(kernel);
    const char *at = arena_printf(f->arena, "%s%s", block_name(f->arena, made->buffer),
                                  part_text(f, kernel, made->step));
    const long long floats = (long long)kernel->learns;
    if (phase->parts > 1)
        text_add(&f->text, "    const long part = mb->part;\n");
    if (rows->inner && anew)
        text_add(&f->text, "    float *gradients = mb->learned;\n\n");
    else if (rows->inner)
        text_printf(&f->text, "    float *gradients = nc_zero_learned(mb, %lld);\n\n",
                    (long long)kernel_learned(kernel));
    else if (anew)
        text_printf(&f->text, "    float *gradients = nc_gradient(mb, %s);\n\n", at);
    else
        text_printf(&f->text, "    float *gradients = nc_zero_gradient(mb, %s, %lld);\n\n", at, floats);
    emit_calls(f, phase->first, phase->last, kernel->stage);
    if (rows->inner)
        add_call(f, arena_printf(f->arena, "nc_learn_rows(mb, %s, &(const struct nc_rows){.outer = %lld,"
                                           " .outer_step = %lld, .inner = %lld, .inner_step = %lld}, %lld);\n", at,
                                 (long long)rows->outer, (long long)rows->outer_step, (long long)rows->inner,
                                 (long long)rows->inner_step, floats), "    ");
    else
        text_printf(&f->text, "    nc_learn(mb, %s, %lld);\n", at, floats);
}

/* A task is a part; or a shard, of which it takes one microbatch after another. */
static void emit_tasks(Frame *f, const Phase *phase)
{
    text_add(&f->text, phase_comment(f, phase));
    open_function(f, phase->name);
    if (phase->learns)
        emit_learning_parts(f, phase);
    else
        add_code(f, phase_body(f, phase));
    text_add(&f->text, "}\n\n");
}

/* The phase of the loss, in training and in evaluation. */
static void emit_turn(Frame *f, const Phase *phase)
{
    const Kernel *loss = loss_kernel(f->plan);
    bool forward = f->plan->kernels.at[phase->first]->stage == STAGE_FORWARD;
    if (forward) {
        text_add(&f->text, "/* From the samples of a microbatch to the model's output. */\n");
        open_function(f, "forward");
        emit_calls(f, phase->first, phase->last, STAGE_FORWARD);
        text_add(&f->text, "}\n\n");
    }
    text_add(&f->text, "/* The loss of what forward left, and its gradient by every parameter, added to"
                       " mb->gradients. */\n");
    open_function(f, "backward");
    text_add(&f->text, "    ");
    emit_loss(f, loss->operand[ROLE_DX].buffer != NULL);
    emit_lap(f, loss, "    ");
    emit_calls(f, phase->first, phase->last, STAGE_BACKWARD);

    const char *call = forward ? "    forward(mb);\n" : "";
    text_printf(&f->text, "}\n\nstatic void train(struct nc_microbatch *mb)\n{\n%s    backward(mb);\n}\n\n"
                          "static void test(struct nc_microbatch *mb)\n{\n", call);
    text_printf(&f->text, "%s    if (mb->target)\n        ", call);
    emit_loss(f, false);
    emit_lap(f, loss, "    ");
    text_add(&f->text, "}\n\n");
}

/* The phase of the loss in a plan of evaluation. */
static void emit_evaluation(Frame *f, const Phase *phase)
{
    const Kernel *loss = loss_kernel(f->plan);
    text_add(&f->text, "/* In evaluation, from the samples of a microbatch to the loss. */\n");
    open_function(f, phase->name);
    emit_calls(f, phase->first, phase->last, STAGE_FORWARD);
    text_add(&f->text, "    if (mb->target)\n        ");
    emit_loss(f, false);
    emit_lap(f, loss, "    ");
    text_add(&f->text, "}\n\n");
}

/* Whether it makes a layout of a weight, which is shared out among the threads. */
static bool makes_packed(const Kernel *kernel, bool forward)
{
    return kernel->stage == STAGE_PACK && !family_info(kernel->family)->call &&
           kernel->operand[kernel->output].buffer->read_forward == forward;
}

static bool plan_has_pack(const Plan *plan, bool forward)
{
    for (int i = 0; plan && i < plan->kernels.count; i++)
        if (makes_packed(plan->kernels.at[i], forward))
            return true;
    return false;
}

bool has_pack(const CpuPlans *plans, bool forward)
{
    return plan_has_pack(plans->training, forward) || plan_has_pack(plans->evaluation, forward);
}

static void emit_pack(Frame *f, bool forward)
{
    if (!plan_has_pack(f->plan, forward))
        return;
    text_printf(&f->text, "/* The layouts of the weights that %s read: part `part` of `parts`. */\n"
                          "static void %s(const float *weights, float *packed, int part, int parts)\n{\n",
                forward ? "forward kernels" : "only gradients of inputs", forward ? "pack" : "pack_backward");
    for (int i = 0; i < f->plan->kernels.count; i++)
        if (makes_packed(f->plan->kernels.at[i], forward))
            emit_call(f, f->plan->kernels.at[i], "    ");
    text_add(&f->text, "}\n\n");
}

static void emit_pack_norms(Frame *f)
{
    text_add(&f->text, "/* What norms are in evaluation, of their running statistics: before the first sample. */\n"
                       "static void pack_evaluation(const float *weights, float *packed)\n{\n");
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->stage == STAGE_PACK && family_info(kernel->family)->call)
            emit_call(f, kernel, "    ");
    }
    text_add(&f->text, "}\n\n");
}

bool packs_norms(const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        if (plan->kernels.at[i]->stage == STAGE_PACK && family_info(plan->kernels.at[i]->family)->call)
            return true;
    }
    return false;
}

void emit_steps(Frame *f)
{
    const Plan *plan = f->plan;
    find_repeats(f);
    define_buffers(f);
    f->in_microbatch = true;
    for (int i = 0; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        if (phase->loss)
            (plan->graph->evaluates ? emit_evaluation : emit_turn)(f, phase);
        else if (repeats(f, phase))
            emit_repeat(f, phase);
        else
            emit_tasks(f, phase);
    }
    f->in_microbatch = false;
    if (packs_norms(plan))
        emit_pack_norms(f);
    emit_pack(f, true);
    emit_pack(f, false);
}
