/* Kernels: one function for all operations of a kind, which takes their sizes. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "targets/formulas.h"
#include "targets/plain/plain.h"

const PlainKernel *const plain_kernels[OP_COUNT] = {
    [OP_CONV2D] = &plain_conv2d,
    [OP_CONV_TRANSPOSE2D] = &plain_conv_transpose2d,
    [OP_CONV2D_GRAD_INPUT] = &plain_conv2d_grad_input,
    [OP_CONV2D_GRAD_WEIGHT] = &plain_conv2d_grad_weight,
    [OP_LINEAR] = &plain_linear,
    [OP_LINEAR_GRAD_INPUT] = &plain_linear_grad_input,
    [OP_LINEAR_GRAD_WEIGHT] = &plain_linear_grad_weight,
    [OP_GRAD_BIAS] = &plain_grad_bias,
    [OP_MAX_POOL2D] = &plain_max_pool2d,
    [OP_MAX_POOL2D_GRAD] = &plain_max_pool2d_grad,
    [OP_AVG_POOL2D] = &plain_avg_pool2d,
    [OP_AVG_POOL2D_GRAD] = &plain_avg_pool2d_grad,
    [OP_RELU] = &plain_relu,
    [OP_RELU_GRAD] = &plain_relu_grad,
    [OP_ACTIVATION] = &plain_activation,
    [OP_ACTIVATION_GRAD] = &plain_activation_grad,
    [OP_PRELU] = &plain_prelu,
    [OP_PRELU_GRAD] = &plain_prelu_grad,
    [OP_PRELU_GRAD_WEIGHT] = &plain_prelu_grad_weight,
    [OP_SOFTMAX] = &plain_softmax,
    [OP_SOFTMAX_GRAD] = &plain_softmax_grad,
    [OP_EMBEDDING] = &plain_embedding,
    [OP_EMBEDDING_GRAD] = &plain_embedding_grad,
    [OP_SWAP] = &plain_swap,
    [OP_DROPOUT] = &plain_dropout,
    [OP_DROPOUT_GRAD] = &plain_dropout_grad,
    [OP_DROPOUT_CHANNELS] = &plain_dropout_channels,
    [OP_DROPOUT_CHANNELS_GRAD] = &plain_dropout_channels_grad,
    [OP_RESHAPE] = &plain_reshape,
    [OP_RESHAPE_GRAD] = &plain_reshape_grad,
    [OP_PAD2D] = &plain_pad2d,
    [OP_EXTEND2D] = &plain_extend2d,
    [OP_EXTEND2D_GRAD] = &plain_extend2d_grad,
    [OP_UPSAMPLE2D] = &plain_upsample2d,
    [OP_UPSAMPLE2D_GRAD] = &plain_upsample2d_grad,
    [OP_MOMENTS] = &plain_moments,
    [OP_BATCH_STATISTICS] = &plain_batch_statistics,
    [OP_KEPT_STATISTICS] = &plain_kept_statistics,
    [OP_GROUP_STATISTICS] = &plain_group_statistics,
    [OP_INSTANCE_KEEP] = &plain_instance_keep,
    [OP_NORM] = &plain_norm,
    [OP_NORM_SUMS] = &plain_norm_sums,
    [OP_BATCH_STATISTICS_GRAD] = &plain_batch_statistics_grad,
    [OP_GROUP_STATISTICS_GRAD] = &plain_group_statistics_grad,
    [OP_NORM_GRAD] = &plain_norm_grad,
    [OP_NORM_GRAD_WEIGHT] = &plain_norm_grad_weight,
    [OP_NORM_GRAD_BIAS] = &plain_norm_grad_bias,
    [OP_SCALE] = &plain_scale,
    [OP_SCALE_GRAD] = &plain_scale_grad,
    [OP_SCALE_GRAD_WEIGHT] = &plain_scale_grad_weight,
    [OP_SCALE_GRAD_BIAS] = &plain_scale_grad_bias,
    [OP_ADD] = &plain_add,
    [OP_CONCAT] = &plain_concat,
    [OP_CONCAT_GRAD] = &plain_concat_grad,
    [OP_MULTIPLY] = &plain_multiply,
    [OP_LOSS] = &plain_loss,
    [OP_LOSS_GRAD] = &plain_loss_grad,
};

/* ---- Sizes ------------------------------------------------------------------------------------------------------- */

static void add_size(Plain *p, const char *type, const char *name, const char *value, bool usual)
{
    if (p->size_count == PLAIN_SIZES)
        fail_bug("the function of an operation has too many sizes");
    p->sizes[p->size_count++] = (PlainSize){name, type, value, usual};
}

void plain_setting(Plain *p, const char *name, int64_t value, int64_t usual)
{
    add_size(p, "int", name, arena_printf(p->arena, "%" PRId64, value), value == usual);
}

void plain_size(Plain *p, const char *name, int64_t value)
{
    plain_setting(p, name, value, value + 1);
}

void plain_condition(Plain *p, const char *name, bool holds)
{
    plain_setting(p, name, holds, false);
}

void plain_factor(Plain *p, const char *type, const char *name, const char *value)
{
    add_size(p, type, name, value, false);
}

void plain_elements(Plain *p, const Value *value)
{
    plain_size(p, "S", shape_count(value->shape));
}

void plain_pixels(Plain *p, Shape sample)
{
    plain_setting(p, "P", shape_count(shape_places(sample)), 1);
}

static void tell_sizes(Plain *p, const Op *op)
{
    p->size_count = 0;
    if (plain_kernels[op->kind]->sizes)
        plain_kernels[op->kind]->sizes(p, op);
}

/* ---- The function ------------------------------------------------------------------------------------------------ */

/* Whether one of its values has an element for each sample. */
static bool is_batched(const Op *op)
{
    bool batched = false;
    for (int i = 0; i < MAX_INPUTS; i++)
        batched = batched || (op->in[i] && op->in[i]->batched);
    return batched;
}

static bool shares_function(const Plain *p, const Op *a, const Op *b)
{
    return a->kind == b->kind && p->function[b->id] && !strcmp(p->function[a->id], p->function[b->id]);
}

bool plain_is_read(const Plain *p, const Value *value)
{
    for (int i = value->producer->id + 1; i < p->graph->ops.count; i++)
        if (op_reads(p->graph->ops.at[i], value))
            return true;
    return value == p->graph->output;
}

/* What all operations of the function have of inputs and outputs, and the sizes that it takes: holes of their names. */
static void gather(Plain *p, const Op *op)
{
    bool taken[PLAIN_SIZES] = {0}, some[MAX_INPUTS] = {0}, all[MAX_INPUTS];
    memset(all, true, sizeof all);
    memset(p->read, false, sizeof p->read);
    for (int i = 0; i < p->graph->ops.count; i++) {
        const Op *other = p->graph->ops.at[i];
        if (!shares_function(p, op, other))
            continue;
        tell_sizes(p, other);
        for (int s = 0; s < p->size_count; s++)
            taken[s] = taken[s] || !p->sizes[s].usual;
        for (int k = 0; k < MAX_INPUTS; k++) {
            some[k] = some[k] || other->in[k];
            all[k] = all[k] && other->in[k];
        }
        for (int k = 0; k < MAX_OUTPUTS; k++)
            p->read[k] = p->read[k] || (other->out[k] && plain_is_read(p, other->out[k]));
    }
    for (int k = 0; k < MAX_INPUTS; k++)
        p->present[k] = all[k] ? ALWAYS : some[k] ? SOMETIMES : ABSENT;
    plain_forget(p);
    for (int s = 0; s < p->size_count; s++)
        plain_set(p, p->sizes[s].name, "%s", taken[s] ? p->sizes[s].name : "");
}

static const char *body_of(Plain *p, const Op *op)
{
    Text kept = p->t.text;
    p->t.text = text_new(p->arena);
    plain_print(p, "{\n");
    plain_kernels[op->kind]->print(p, op);
    plain_print(p, "}\n\n");
    const char *body = p->t.text.bytes;
    p->t.text = kept;
    return body;
}

static void add(Text *list, const char *item)
{
    text_printf(list, "%s%s", list->length ? ", " : "", item);
}

/* Whether an operation changes an input with this role: in training what is kept for evaluation. */
static bool is_changed(const Plain *p, const Op *op, Role role)
{
    const bool trains = !p->graph->evaluates || op->id < p->trained;
    return trains && (role == ROLE_MEAN || role == ROLE_VAR || role == ROLE_COUNT);
}

/* "g" of "struct generator *g". */
static const char *name_declared(const char *declared)
{
    const char *name = strrchr(declared, ' ') + 1;
    return name + (*name == '*');
}

/* A value's parameter, or its argument. Values that the body does without are left out. */
static void add_value(Plain *p, Text *list, const char *body, const Value *value, const char *name, const char *type)
{
    if (!text_has_word(body, name))
        return;
    if (type)
        add(list, arena_printf(p->arena, "%s *%s", type, name));
    else
        add(list, value ? plain_place(p, value) : "NULL");
}

/* The parameters, or an operation's arguments for them. */
static const char *list_of(Plain *p, const Op *op, const char *body, bool parameters)
{
    static const char *const types[][2] = {[TYPE_F32] = {"real", "const real"}, [TYPE_I64] = {"int", "const int"},
                                           [TYPE_U8] = {"int", "const int"}};
    const PlainKernel *kernel = plain_kernels[op->kind];
    Text list = text_new(p->arena);
    if (text_has_word(body, "count"))
        add(&list, parameters ? "int count" : is_batched(op) && (!p->library || op->id < p->trained) ? "count" : "1");
    for (int s = 0; s < p->size_count; s++)
        if (plain_has(p, p->sizes[s].name) && text_has_word(body, p->sizes[s].name))
            add(&list, parameters ? arena_printf(p->arena, "%s %s", p->sizes[s].type, p->sizes[s].name)
                                  : p->sizes[s].value);
    for (int i = 0; i < PLAIN_ALSO && kernel->also[i]; i++)
        if (text_has_word(body, name_declared(kernel->also[i])))
            add(&list, parameters ? kernel->also[i] : name_declared(kernel->also[i]));
    for (int i = 0; op->info->in[i].role && !kernel->each_input; i++)
        if (p->present[i] != ABSENT)
            add_value(p, &list, body, op->in[i], port_name(op->info->in[i].role),
                      parameters ? types[op->in[i] ? op->in[i]->type : TYPE_F32]
                                        [!is_changed(p, op, op->info->in[i].role)]
                                 : NULL);
    if (kernel->each_input)
        add_value(p, &list, body, op->in[p->part], "x", parameters ? types[op->in[p->part]->type][true] : NULL);
    for (int i = 0; op->info->out[i].role && !kernel->gives; i++)
        add_value(p, &list, body, op->out[i], role_name(op->info->out[i].role),
                  parameters ? types[op->out[i]->type][false] : NULL);
    return list.bytes;
}

static const char *call_of(Plain *p, const Op *op, const char *body)
{
    Text calls = text_new(p->arena);
    const bool each = plain_kernels[op->kind]->each_input;
    for (p->part = 0; each ? p->part < op_input_count(op->kind) && op->in[p->part] : p->part < 1; p->part++) {
        tell_sizes(p, op);
        text_printf(&calls, "%s%s(%s);", calls.length ? "\n" : "", p->function[op->id], list_of(p, op, body, false));
    }
    p->part = 0;
    return calls.bytes;
}

/* Two lines of `about` are two of the comment. */
static void print_about(Plain *p, const char *about)
{
    Text comment = text_new(p->arena);
    text_add(&comment, "/* ");
    for (; *about; about++)
        if (*about == '\n')
            text_add(&comment, "\n * ");
        else
            text_add_bytes(&comment, about, 1);
    text_add(&comment, " */\n");
    plain_print(p, comment.bytes);
}

void plain_kernel(Plain *p, const Op *op)
{
    const PlainKernel *kernel = plain_kernels[op->kind];
    if (p->call[op->id])
        return;
    gather(p, op);
    const char *body = body_of(p, op);
    plain_set(p, "gives", "%s", kernel->gives ? kernel->gives : "void");
    plain_set(p, "function", "%s", p->function[op->id]);
    plain_set(p, "parameters", "%s", list_of(p, op, body, true));
    print_about(p, kernel->about);
    plain_print(p, "static $gives $function($parameters)\n");
    text_add(&p->t.text, body);
    for (int i = op->id; i < p->graph->ops.count; i++)
        if (shares_function(p, op, p->graph->ops.at[i]))
            p->call[i] = call_of(p, p->graph->ops.at[i], body);
}
