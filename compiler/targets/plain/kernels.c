/* Kernels: one function an operation. */
#include <ctype.h>
#include <string.h>

#include "targets/plain/plain.h"

typedef struct Lists {
    Text parameters, arguments;
} Lists;

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

/* Whether one of its values has an element for each sample. */
static bool counts(const Op *op)
{
    bool batched = false;
    for (int i = 0; i < MAX_INPUTS; i++)
        batched = batched || (op->in[i] && op->in[i]->batched);
    return batched;
}

bool plain_has_word(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
        bool begins = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (begins && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return true;
    }
    return false;
}

/* A parameter of a kernel's function: what it is in its list, and in that of the call. Those that the body does without
 * are left out. */
static void add(Lists *lists, const char *body, const char *name, const char *declaration, const char *argument)
{
    if (!plain_has_word(body, name))
        return;
    text_printf(&lists->parameters, "%s%s", lists->parameters.length ? ", " : "", declaration);
    text_printf(&lists->arguments, "%s%s", lists->arguments.length ? ", " : "", argument);
}

/* What a value is called: as its role is, but for those of a norm, of which a step makes others. */
static const char *port_name(Role role)
{
    switch (role) {
    case ROLE_MEAN: return "running_mean";
    case ROLE_VAR: return "running_var";
    case ROLE_COUNT: return "batches";
    default: return role_name(role);
    }
}

static void add_value(Plain *p, Lists *lists, const char *body, const Value *value, Role role)
{
    if (!value)
        return;
    const char *name = port_name(role);
    add(lists, body, name,
        arena_printf(p->arena, "%s %s%s%s", plain_type(value), name, value->batched ? "[]" : "",
                     plain_extents(p, value)),
        arena_printf(p->arena, "a.%s", p->member[value->id]));
}

static const char *body_of(Plain *p, const Op *op)
{
    Text kept = p->text;
    p->text = text_new(p->arena);
    plain_forget(p);
    plain_print(p, "{\n");
    plain_kernels[op->kind]->print(p, op);
    plain_print(p, "}\n\n");
    const char *body = p->text.bytes;
    p->text = kept;
    return body;
}

void plain_kernel(Plain *p, const Op *op)
{
    const PlainKernel *kernel = plain_kernels[op->kind];
    const char *body = body_of(p, op);
    Lists lists = {text_new(p->arena), text_new(p->arena)};
    if (counts(op))
        add(&lists, body, "count", "int count", "count");
    if (kernel->also) {
        const char *name = kernel->also + strcspn(kernel->also, " ") + 1;
        name += *name == '*';
        add(&lists, body, name, kernel->also, name);
    }
    for (int i = 0; i < MAX_INPUTS; i++)
        add_value(p, &lists, body, op->in[i], op->info->in[i].role);
    for (int i = 0; i < MAX_OUTPUTS && !kernel->gives; i++)
        add_value(p, &lists, body, op->out[i], op->info->out[i].role);
    plain_set(p, "gives", "%s", kernel->gives ? kernel->gives : "void");
    plain_set(p, "function", "%s", p->function[op->id]);
    plain_set(p, "parameters", "%s", lists.parameters.bytes);
    plain_print(p, "static $gives $function($parameters)\n");
    text_add(&p->text, body);
    p->call[op->id] = arena_printf(p->arena, "%s(%s)", p->function[op->id], lists.arguments.bytes);
}
