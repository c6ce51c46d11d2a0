/* What processes that share a batch have to tell each other, in tables for the runtime. Each takes some of the samples:
 * a shard, or a part of a kernel that makes each sample's values of that sample alone, is done by whoever has its
 * samples. What sums over the batch reads all samples', so these are gathered before. Each process does such a kernel
 * as a whole, or, where its arithmetic takes longer than telling what it makes, some parts of it. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/emit/buffers.h"
#include "targets/cpu/emit/frame.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"

/* Arithmetic that takes as long as telling a byte: 1 TFLOP/s beside a link of 10 Gbit/s. Bits don't depend on it. */
enum { FLOPS_OF_BYTE = 800 };

static bool is_of_samples(const Buffer *buffer)
{
    return buffer && buffer->space == SPACE_BATCH && buffer->per_sample;
}

/* Whether a phase has an operand that is the buffer, or where that is NULL, any that is of samples; which it makes, or
 * only reads or makes. */
static bool phase_has(const Plan *plan, const Phase *phase, const Buffer *buffer, bool made)
{
    for (int i = phase->first; i <= phase->last; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            const Buffer *operand = kernel->operand[*role].buffer;
            if ((buffer ? operand == buffer : is_of_samples(operand)) && (!made || kernel_makes(kernel, *role)))
                return true;
        }
    }
    return false;
}

/* Whether a phase is about the whole batch: it sums over the samples. */
static bool sums(const Plan *plan, const Phase *phase)
{
    return phase->parts && !phase_has(plan, phase, NULL, true);
}

/* The first phase behind a number that sums what is in the buffer; -1: there is none. *forward: some phase does so in
 * the forward pass. */
static int summed_by(const Plan *plan, int behind, const Buffer *buffer, bool *forward)
{
    int found = -1;
    *forward = false;
    for (int i = behind + 1; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        if (!sums(plan, phase) || !phase_has(plan, phase, buffer, false))
            continue;
        found = found < 0 ? i : found;
        *forward = *forward || plan->kernels.at[phase->first]->stage == STAGE_FORWARD;
    }
    return found;
}

/* Whether another phase between two ones makes something of the buffer. */
static bool made_between(const Plan *plan, int first, int last, const Buffer *buffer)
{
    for (int i = first + 1; i < last; i++) {
        if (phase_has(plan, &plan->phases.at[i], buffer, true))
            return true;
    }
    return false;
}

/* Whether processes share out the parts of a kernel that learns. */
static bool is_shared_out(const Plan *plan, const Kernel *kernel)
{
    const double bytes = (double)kernel->parts * (double)kernel_learned(kernel) * sizeof(float);
    return kernel->learns > 0 && kernel->parts > 1 && kernel->flops * plan->batch > FLOPS_OF_BYTE * bytes;
}

/* The operand that is the buffer; NULL: there is none, or several. */
static const Operand *only_operand(const Kernel *kernel, const Buffer *buffer)
{
    const Operand *found = NULL;
    for (const Role *role = kernel->roles; *role; role++) {
        if (kernel->operand[*role].buffer != buffer)
            continue;
        if (found)
            return NULL;
        found = &kernel->operand[*role];
    }
    return found;
}

/* What of each pixel a part reads, in elements, where that are not all: `count` of them, from `step` by the part's
 * numbers on, modulo the pixel. */
typedef struct Channels {
    int64_t count, step[MAX_CUTS];
} Channels;

/* Parts lie side by side along a cut, so that a step is as long as what a part reads. */
static Channels channels_of_part(const Kernel *kernel, const Operand *operand)
{
    const int64_t pitch = operand->buffer->pitch;
    Channels channels = {0};
    for (int k = 0; k < MAX_CUTS; k++) {
        const int64_t step = kernel->cut[k] > 1 ? operand->step[k] : 0;
        if (step % pitch == 0)
            continue;
        if (channels.count || pitch % step)
            return (Channels){0};
        channels.count = channels.step[k] = step;
    }
    return operand->offset % pitch ? (Channels){0} : channels;
}

/* The channels of a buffer that a part reads of the one phase that sums it; none where it needs all, and where there
 * are several such phases. */
static Channels channels_read(const Plan *plan, int phase, const Buffer *buffer)
{
    const Kernel *kernel = plan->kernels.at[plan->phases.at[phase].first];
    const bool has_edge = buffer->before[0] || buffer->before[1] || buffer->after[0] || buffer->after[1];
    if (!is_shared_out(plan, kernel) || !only_operand(kernel, buffer) || (has_edge && !buffer->kept_zero))
        return (Channels){0};
    for (int i = phase + 1; i < plan->phases.count; i++) {
        if (sums(plan, &plan->phases.at[i]) && phase_has(plan, &plan->phases.at[i], buffer, false))
            return (Channels){0};
    }
    return channels_of_part(kernel, only_operand(kernel, buffer));
}

/* Where what is told of a buffer lies: the inside of images whose borders stay zero, or all; what parts read of it. */
static void form_row(const Plan *plan, Text *rows, int before, const Buffer *buffer)
{
    const Channels channels = channels_read(plan, before, buffer);
    const int64_t size = element_bytes(buffer->element), step = buffer->stride * size;
    int64_t offset = buffer->offset, count = 1, row_step = step, cols = 1, bytes = step;
    if (channels.count || (buffer->kept_zero && buffer_has_rows(buffer))) {
        offset += buffer_inside(buffer) * size;
        count = buffer->rows;
        row_step = buffer_row(buffer) * size;
        cols = channels.count ? buffer->cols : 1;
        bytes = buffer->cols * buffer->pitch / cols * size;
    }
    text_printf(rows, ".offset = %lld, /* %s */\n     .rows = %lld, .row_step = %lld, .cols = %lld, .col_step = %lld, "
                ".bytes = %lld, .step = %lld", (long long)offset, buffer->name, (long long)count, (long long)row_step,
                (long long)cols, (long long)bytes, (long long)bytes, (long long)step);
    if (channels.count)
        text_printf(rows, ",\n     .part = %lld, .part_step = {%lld, %lld, %lld}", (long long)(channels.count * size),
                    (long long)(channels.step[0] * size), (long long)(channels.step[1] * size),
                    (long long)(channels.step[2] * size));
    text_add(rows, "},\n");
}

static int gathered_rows(const Plan *plan, Text *rows)
{
    int count = 0;
    for (int p = 0; p < plan->phases.count; p++) {
        for (int i = 0; i < plan->buffers.count; i++) {
            const Buffer *buffer = plan->buffers.at[i];
            bool forward;
            if (buffer->space != SPACE_BATCH || !phase_has(plan, &plan->phases.at[p], buffer, true) ||
                sums(plan, &plan->phases.at[p]))
                continue;
            if (!buffer->per_sample)
                fail_bug("a phase of samples makes %s, which is about the batch", buffer->name);
            const int before = summed_by(plan, p, buffer, &forward);
            if (before < 0 || made_between(plan, p, before, buffer))
                continue;
            text_printf(rows, "    {.phase = %d, .before = %d, .forward = %d, ", p, before, forward);
            form_row(plan, rows, before, buffer);
            count++;
        }
    }
    return count;
}

static int shared_out_rows(Frame *f, const Plan *plan, Text *rows)
{
    int count = 0;
    for (int p = 0; p < plan->phases.count; p++) {
        const Kernel *kernel = plan->kernels.at[plan->phases.at[p].first];
        if (!is_shared_out(plan, kernel))
            continue;
        const Operand *made = &kernel->operand[kernel->output];
        const LearnedRows *r = &kernel->rows;
        text_printf(rows, "    {.phase = %d, .parts = %d, .floats = %lld, .rows = {%lld, %lld, %lld, %lld},\n"
                          "     .at = %s, .cut = {%d, %d, %d}, .step = {%lld, %lld, %lld}},\n",
                    p, kernel->parts, (long long)kernel->learns, (long long)r->outer, (long long)r->outer_step,
                    (long long)r->inner, (long long)r->inner_step, block_name(f->arena, made->buffer), kernel->cut[0],
                    kernel->cut[1], kernel->cut[2], (long long)made->step[0], (long long)made->step[1],
                    (long long)made->step[2]);
        count++;
    }
    return count;
}

/* The last phase that adds to a parameter's gradient in shards. */
static int finished_by(const Plan *plan, const Buffer *gradients)
{
    int phase = 0;
    for (int p = 0; p < plan->phases.count; p++) {
        if (!plan->phases.at[p].parts && phase_has(plan, &plan->phases.at[p], gradients, true))
            phase = p;
    }
    return phase;
}

/* The stretches of what shards learn, in the order of the block. */
static int finished_rows(const Plan *plan, Text *rows)
{
    const ParameterLayout *layout = plan->layout;
    int count = 0;
    for (int i = 0; i < layout->parameters.count; i++) {
        const Buffer *gradients = layout->parameters.at[i]->gradients;
        if (!gradients || gradients->offset >= layout->sharded)
            continue;
        const int phase = finished_by(plan, gradients);
        const long long end = (long long)(gradients->offset + gradients->count);
        text_printf(rows, "    {.phase = %d, .end = %lld},\n", phase, end);
        count++;
    }
    return count;
}

/* The prefix of a plan's tables. */
static const char *prefix_of(const Frame *f, const Plan *plan)
{
    return f->plans->training && plan == f->plans->evaluation ? "evaluation_" : "";
}

static void emit_plan_tables(Frame *f, const Plan *plan)
{
    Text gathered = text_new(f->arena), shared_out = text_new(f->arena), finished = text_new(f->arena);
    if (gathered_rows(plan, &gathered))
        text_printf(&f->text, "/* What processes that share a batch exchange behind phases: where it begins in the"
                              " memory of the batch, and the\n * rows of a sample. */\n"
                              "static const struct nc_gathered %sgathered[] = {\n%s};\n\n",
                    prefix_of(f, plan), gathered.bytes);
    if (shared_out_rows(f, plan, &shared_out))
        text_printf(&f->text, "/* Gradients of which each process makes some parts. */\n"
                              "static const struct nc_shared_out shared_out[] = {\n%s};\n\n", shared_out.bytes);
    if (plan == f->plans->training && finished_rows(plan, &finished))
        text_printf(&f->text, "/* Behind which phase the shards' gradients of a parameter are whole, and its end in the"
                              " block. */\n"
                              "static const struct nc_finished finished[] = {\n%s};\n\n", finished.bytes);
}

void emit_exchange(Frame *f)
{
    if (f->plans->training)
        emit_plan_tables(f, f->plans->training);
    if (f->plans->evaluation)
        emit_plan_tables(f, f->plans->evaluation);
}

void emit_exchange_fields(Frame *f, const Plan *plan)
{
    Text gathered = text_new(f->arena), shared_out = text_new(f->arena), rows = text_new(f->arena);
    const int count = f->shared ? gathered_rows(plan, &gathered) : 0,
              shared = f->shared ? shared_out_rows(f, plan, &shared_out) : 0,
              finished = f->shared && plan == f->plans->training ? finished_rows(plan, &rows) : 0;
    if (count)
        text_printf(&f->text, "    .gathered = %sgathered, .gathered_count = %d,\n", prefix_of(f, plan), count);
    if (shared)
        text_printf(&f->text, "    .shared_out = shared_out, .shared_out_count = %d,\n", shared);
    if (finished)
        text_printf(&f->text, "    .finished = finished, .finished_count = %d,\n", finished);
}

const char *samples_of_part(const Frame *f, const Plan *plan, const Phase *phase)
{
    const Kernel *kernel = plan->kernels.at[phase->first];
    if (!f->shared || !phase->parts || kernel->cut[0] == 1 || !kernel->chunk || sums(plan, phase))
        return "";
    return arena_printf(f->arena, ", .samples = %d, .pieces = %d", kernel->chunk, kernel->parts / kernel->cut[0]);
}
