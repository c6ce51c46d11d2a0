/* The step: a function for each phase, and pack. They list the kernels' calls, and so are the graph. The phase with
 * the loss is forward, backward, train and test; where there are no others, it is the whole step. */
#include "base/fail.h"
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/emit/buffers.h"
#include "targets/cpu/emit/repeats.h"

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

/* "AT_0_weight": where a parameter starts, or its gradient, or its packed copy. */
static const char *parameter_start(Frame *f, const Buffer *buffer)
{
    const char *name = block_name(f->arena, buffer), *plain = name + strlen("AT_");
    if (!f->places)
        return name;
    if (*plain >= '0' && *plain <= '9')
        plain = arena_printf(f->arena, "layer_%s", plain);
    return place_token(f, "long", plain, name, NULL, false);
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
        const char *start = parameter_start(f, buffer);
        const char *base = bases[buffer->space], *of = f->in_microbatch ? "mb->" : "";
        const char *at = arena_printf(f->arena, "%s%s + %s", of, base, start);
        return offset ? arena_printf(f->arena, "%s + %lld", at, offset) : at;
    }
    const char *base = f->places ? place_token(f, "long", buffer->name, offset_text(f, buffer), buffer, false)
                                 : arena_printf(f->arena, "%s(mb)", buffer_name(f, buffer));
    if (buffer->per_sample)
        base = arena_printf(f->arena, "%s[%s]", base, sample);
    if (!buffer_has_rows(buffer))
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
        return arena_printf(f->arena, "&%s", place_token(f, type, name, initialiser, NULL, false));
    if (f->form == EMIT_LIBRARY) { /* C++ has no address of what has no name */
        text_printf(&f->constants, "static const %s %s_%d = %s;\n", type, name, ++f->constant_count, initialiser);
        return arena_printf(f->arena, "&%s_%d", name, f->constant_count);
    }
    return arena_printf(f->arena, "&(const %s)%s", type, initialiser);
}

static const char *number(const Call *call, const char *name, long long value)
{
    Frame *f = call->context;
    const char *text = arena_printf(f->arena, "%lld", value);
    return f->places ? place_token(f, "long", name, text, NULL, false) : text;
}

/* What a runtime's call over the batch is handed: a pointer to floats, whatever they are in an image. */
static const char *start_text(Frame *f, Operand operand)
{
    const Buffer *buffer = operand.buffer;
    if (!f->places || !buffer || !buffer_is_activation(buffer))
        return operand_text(f, operand, "0");
    const char *start = place_token(f, "long", buffer->name, offset_text(f, buffer), buffer, true);
    return operand.offset ? arena_printf(f->arena, "%s + %lld", start, (long long)operand.offset) : start;
}

static void emit_call(Frame *f, const Kernel *kernel, const char *indent)
{
    const FamilyInfo *info = family_info(kernel->family);
    const char *operand[ROLE_END] = {0};
    for (const Role *role = kernel->roles; *role; role++)
        operand[*role] = info->call && kernel->scope == SCOPE_BATCH
                             ? start_text(f, kernel->operand[*role])
                             : operand_text(f, kernel->operand[*role],
                                            kernel->scope == SCOPE_SAMPLE || kernel->loop ? "i" : "0");
    const Call call = {.arena = f->arena, .plan = f->plan, .kernel = kernel, .operand = operand,
                       .constant = constant, .number = number, .context = f};
    const char *before = info->before ? info->before(&call) : NULL;
    if (before)
        add_call(f, before, indent);
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

/* The calls of a stage in a stretch of kernels; those made for every sample stand together in loops. Where several
 * processes share the batch, some go over the samples of this one. */
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
            braced = goes_on || f->laps || info->before || info->only_training || f->form == EMIT_LIBRARY;
            text_printf(&f->text, "    for (int i = 0; i < mb->count; i++)%s\n", braced ? " {" : "");
        }
        if (f->form == EMIT_LIBRARY && f->plan->phases.at[kernel->phase].parts <= 1)
            emit_zeros(f, i, "mb", loops ? "        " : "    ");
        if (kernel->loop)
            text_printf(&f->text, "    for (int i = mb->own / %d * %d; i < mb->own_end; i += %d) {\n", kernel->loop,
                        kernel->loop, kernel->loop);
        emit_call(f, kernel, loops || kernel->loop ? "        " : "    ");
        if (kernel->loop)
            text_add(&f->text, "    }\n");
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

/* What makes parts of a gradient: parameters learn from each at once, one stretch of the block, or rows of it. */
static void emit_learning_parts(Frame *f, const Phase *phase)
{
    const Kernel *kernel = f->plan->kernels.at[phase->first];
    const LearnedRows *rows = &kernel->rows;
    const Operand *made = &kernel->operand[kernel->output];
    const bool anew = family_info(kernel->family)->anew && family_info(kernel->family)->anew(kernel);
    const char *at = arena_printf(f->arena, "%s%s", parameter_start(f, made->buffer), part_text(f, kernel, made->step));
    const long long floats = (long long)kernel->learns;
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

/* What shards, or parts, go through. */
static void emit_parts(Frame *f, const Phase *phase)
{
    const Kernel *first = f->plan->kernels.at[phase->first];
    emit_guard(f, first);
    emit_calls(f, phase->first, phase->last, first->stage);
}

const char *phase_body(Frame *f, const Phase *phase)
{
    const Text around = f->text;
    f->text = text_new(f->arena);
    if (phase->parts > 1)
        text_printf(&f->text, "    const long part = mb->part;\n%s", phase->learns ? "" : "\n");
    if (phase->learns)
        emit_learning_parts(f, phase);
    else
        emit_parts(f, phase);
    const char *body = f->text.bytes;
    f->text = around;
    return body;
}

/* A task is a part; or a shard, of which it takes one microbatch after another. */
static void emit_tasks(Frame *f, const Phase *phase)
{
    text_add(&f->text, phase_comment(f, phase));
    open_function(f, phase->name);
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

/* Whether a kernel that packs is a row of a table: a function of just the weight, its packed copy, and the part. */
static bool is_packing(const Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    int count = 0;
    for (; info->parameters[count].type; count++) {
        if (!kernel->same->printed->reads[count] || (info->parameters[count].role && count > 1))
            return false;
    }
    return count == 4 && info->parameters[0].role && info->parameters[1].makes && !takes_count(kernel) &&
           kernel->operand[info->parameters[0].role].buffer->space == SPACE_WEIGHTS;
}

/* "PACKED(conv2d_0_weights, 0_weight, 0, winograd)" */
static const char *packing_text(Frame *f, const Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    const Operand *from = &kernel->operand[info->parameters[0].role], *to = &kernel->operand[info->parameters[1].role];
    const char *weight = block_name(f->arena, from->buffer) + strlen("AT_"),
               *packed = block_name(f->arena, to->buffer) + strlen("AT_");
    const size_t length = strlen(weight);
    if (!strncmp(packed, weight, length) && packed[length] == '_' && !to->offset)
        return arena_printf(f->arena, "PACKED(%s, %s, %lld, %s),\n", kernel->function, weight,
                            (long long)from->offset, packed + length + 1);
    return arena_printf(f->arena, "{%s, AT_%s + %lld, AT_%s + %lld},\n", kernel->function, weight,
                        (long long)from->offset, packed, (long long)to->offset);
}

/* The table of all that is packed, where their numbers follow each other; false: there is none. */
static bool emit_packings(Frame *f, bool forward, const Kernel **first, int *count)
{
    enum { ENOUGH = 4 };
    *count = 0;
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (!makes_packed(kernel, forward))
            continue;
        *first = *count ? *first : kernel;
        if (!is_packing(kernel) || kernel->id != (*first)->id + (*count)++)
            return false;
    }
    if (*count < ENOUGH)
        return false;
    if (!f->defines_packed)
        text_add(&f->text, "#define PACKED(function, weight, first, form) {function, AT_##weight + first,"
                           " AT_##weight##_##form}\n\n");
    f->defines_packed = true;
    text_printf(&f->text, "static const struct nc_packing %s[] = {\n", forward ? "packings" : "backward_packings");
    for (int i = 0; i < *count; i++)
        add_wrapped(f, packing_text(f, f->plan->kernels.at[(*first)->id + i]), "    ", 5);
    text_add(&f->text, "};\n\n");
    return true;
}

static void emit_pack(Frame *f, bool forward)
{
    const Kernel *first = NULL;
    int count;
    if (!plan_has_pack(f->plan, forward))
        return;
    const bool table = emit_packings(f, forward, &first, &count);
    text_printf(&f->text, "/* The layouts of the weights that %s read: part `part` of `parts`. */\n"
                          "static void %s(const float *weights, float *packed, int part, int parts)\n{\n",
                forward ? "forward kernels" : "only gradients of inputs", forward ? "pack" : "pack_backward");
    if (table) {
        const char *rows = forward ? "packings" : "backward_packings";
        text_printf(&f->text, "    for (int i = 0; i < %d; i++)%s\n"
                              "        %s[i].pack(weights + %s[i].from, packed + %s[i].to, part, parts);\n",
                    count, f->laps ? " {" : "", rows, rows, rows);
        if (f->laps)
            text_printf(&f->text, "        nc_lap(%d + i);\n    }\n", f->plan->first_kernel + first->id);
    }
    for (int i = 0; !table && i < f->plan->kernels.count; i++)
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
    if (f->form != EMIT_LIBRARY) /* whose few phases are called one by one */
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
    if (f->form == EMIT_LIBRARY)
        return;
    if (packs_norms(plan))
        emit_pack_norms(f);
    emit_pack(f, true);
    emit_pack(f, false);
}
