/* The gpu target: from the graphs of training and evaluation to kernels and launches. */
#include <math.h>
#include <string.h>

#include "targets/gpu/gpu.h"
#include "targets/layer_text.h"

GpuKernels *const gpu_kernels[OP_COUNT] = {
    [OP_INPUT] = gpu_input,
    [OP_CONV2D] = gpu_conv2d,
    [OP_CONV_TRANSPOSE2D] = gpu_conv_transpose2d,
    [OP_CONV2D_GRAD_INPUT] = gpu_conv2d_grad_input,
    [OP_CONV2D_GRAD_WEIGHT] = gpu_conv2d_grad_weight,
    [OP_LINEAR] = gpu_linear,
    [OP_LINEAR_GRAD_INPUT] = gpu_linear_grad_input,
    [OP_LINEAR_GRAD_WEIGHT] = gpu_linear_grad_weight,
    [OP_GRAD_BIAS] = gpu_grad_bias,
    [OP_MAX_POOL2D] = gpu_max_pool2d,
    [OP_MAX_POOL2D_GRAD] = gpu_max_pool2d_grad,
    [OP_AVG_POOL2D] = gpu_avg_pool2d,
    [OP_AVG_POOL2D_GRAD] = gpu_avg_pool2d_grad,
    [OP_RELU] = gpu_relu,
    [OP_RELU_GRAD] = gpu_relu_grad,
    [OP_ACTIVATION] = gpu_activation,
    [OP_ACTIVATION_GRAD] = gpu_activation_grad,
    [OP_PRELU] = gpu_prelu,
    [OP_PRELU_GRAD] = gpu_prelu_grad,
    [OP_PRELU_GRAD_WEIGHT] = gpu_prelu_grad_weight,
    [OP_SOFTMAX] = gpu_softmax,
    [OP_SOFTMAX_GRAD] = gpu_softmax_grad,
    [OP_EMBEDDING] = gpu_embedding,
    [OP_EMBEDDING_GRAD] = gpu_embedding_grad,
    [OP_SWAP] = gpu_swap,
    [OP_DROPOUT] = gpu_dropout,
    [OP_DROPOUT_GRAD] = gpu_dropout_grad,
    [OP_DROPOUT_CHANNELS] = gpu_dropout_channels,
    [OP_DROPOUT_CHANNELS_GRAD] = gpu_dropout_channels_grad,
    [OP_PAD2D] = gpu_pad2d,
    [OP_EXTEND2D] = gpu_extend2d,
    [OP_EXTEND2D_GRAD] = gpu_extend2d_grad,
    [OP_UPSAMPLE2D] = gpu_upsample2d,
    [OP_UPSAMPLE2D_GRAD] = gpu_upsample2d_grad,
    [OP_MOMENTS] = gpu_moments,
    [OP_BATCH_STATISTICS] = gpu_batch_statistics,
    [OP_KEPT_STATISTICS] = gpu_kept_statistics,
    [OP_GROUP_STATISTICS] = gpu_group_statistics,
    [OP_INSTANCE_KEEP] = gpu_instance_keep,
    [OP_NORM] = gpu_norm,
    [OP_NORM_SUMS] = gpu_norm_sums,
    [OP_BATCH_STATISTICS_GRAD] = gpu_batch_statistics_grad,
    [OP_GROUP_STATISTICS_GRAD] = gpu_group_statistics_grad,
    [OP_NORM_GRAD] = gpu_norm_grad,
    [OP_NORM_GRAD_WEIGHT] = gpu_norm_grad_weight,
    [OP_NORM_GRAD_BIAS] = gpu_norm_grad_bias,
    [OP_SCALE] = gpu_scale,
    [OP_SCALE_GRAD] = gpu_scale_grad,
    [OP_SCALE_GRAD_WEIGHT] = gpu_scale_grad_weight,
    [OP_SCALE_GRAD_BIAS] = gpu_scale_grad_bias,
    [OP_ADD] = gpu_add,
    [OP_CONCAT] = gpu_concat,
    [OP_CONCAT_GRAD] = gpu_concat_grad,
    [OP_MULTIPLY] = gpu_multiply,
    [OP_LOSS_GRAD] = gpu_loss_grad,
};

/* Whether an operation needs no kernel: the loss is made with its gradient, or in evaluation by the CPU. */
static bool is_nothing(const Op *op)
{
    return op->kind == OP_PARAMETER || op->kind == OP_TARGET || op->kind == OP_LOSS || op->kind == OP_RESHAPE ||
           op->kind == OP_RESHAPE_GRAD;
}

/* What a device does not know is refused before the first step, each with its place. */
static bool check(Gpu *g, const Graph *graph)
{
    const Train *train = g->program->train;
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        if (!is_nothing(op) && !gpu_kernels[op->kind])
            diag_error(g->diag, op->span, "%s does not know %s; device cpu does", g->device,
                       op_name(op->kind));
    }
    if (graph->shown.count)
        diag_error(g->diag, train->span, "%s does not show what layers make: leave 'layers' of 'log' out, or "
                   "take device cpu", g->device);
    if (train->precision > 0 && isfinite(train->precision))
        diag_error(g->diag, train->precision_span, "%s knows no bound of rounding errors: its sums are those "
                   "of 'precision exact', or take device cpu", g->device);
    return diag_error_count(g->diag) == 0;
}

static void add_kernels(Gpu *g, const GraphKernel *kernel)
{
    const Op *op = kernel->op->kind == OP_LOSS ? kernel->ops[kernel->op_count - 1] : kernel->op;
    if (is_nothing(op) || g->covered[kernel->id] || g->through[kernel->id])
        return;
    g->kernel = kernel;
    gpu_kernels[op->kind](g, op);
    g->kernel = NULL;
}

static void add_graph(Gpu *g, const KernelGraph *kernels, GpuLaunches *launches)
{
    gpu_begin_graph(g, kernels, launches);
    for (int i = 0; i < kernels->kernels.count; i++)
        if (kernels->kernels.at[i]->stage == STAGE_PACK)
            add_kernels(g, kernels->kernels.at[i]);
    for (int i = 0; i < kernels->kernels.count; i++)
        if (kernels->kernels.at[i]->stage != STAGE_PACK)
            add_kernels(g, kernels->kernels.at[i]);
    gpu_add_shares(g);
    if (g->graph->evaluates)
        g->output = gpu_operand_of(g, g->graph->output);
    gpu_end_graph(g);
}

/* ---- The text ---------------------------------------------------------------------------------------------------- */

/* What the constants of the kernels are. */
static const char sizes[] =
    " * S: elements of a sample, P: of one of its channels. Of a window C, H, W: channels, rows and columns of the\n"
    " * larger images; O, OH, OW: of the smaller ones; KH, KW: taps; SH, SW: strides; PH, PW: padding; DH, DW:\n"
    " * dilation. A size that changes nothing, as a stride of 1, is left out.\n"
    " *\n"
    " * Convolutions and linear layers are products of matrices: c[m][n] is the sum over k of a[m][k] b[k][n]. Those\n"
    " * of a convolution are never made: whoever loads the element at (k, n) finds which tap of which pixel it is. A\n"
    " * group of 16 x 16 work items makes ROWS x COLUMNS of c, each item up to 4 x 4 sums, 16 rows and columns apart,\n"
    " * which stay in its registers: so it loads 8 floats of shared memory for 16 products. STEP columns of a and\n"
    " * rows of b are there at a time, and each float that comes from global memory is used 16 to 64 times. Rows\n"
    " * there are one float longer than they need be: then those who write a column write to different banks.\n"
    " */\n\n";

static void print_banner(Text *out, const Gpu *g)
{
    const char *slash = strrchr(g->program->source->path, '/');
    const char *file = slash ? slash + 1 : g->program->source->path;
    text_printf(out, "/* %s: the model of %s as kernels for a GPU. Written by netc: change the .net file instead.\n"
                     " *\n", g->program->train->network->name, file);
    layer_table(out, g->program->train->network);
    text_printf(out, " *\n"
                     " * Kernels are C for CUDA and for OpenCL: nvcc -ptx compiles this file. `count` is the number of"
                     " samples, at most %d;\n"
                     " * values lie as [sample][channel][row][column]. The comments at the end list the launches.\n"
                     " *\n", g->capacity);
    text_add(out, sizes);
}

static void list_launches(Text *out, const char *title, const GpuLaunches *launches)
{
    static const char *const when[] = {
        [NC_ALWAYS] = "", [NC_ACCUMULATING] = ", where several batches make an update",
        [NC_CLIPPING] = ", where the gradients' norm is bounded",
    };
    text_printf(out, "/* %s\n *\n", title);
    for (int i = 0; i < launches->count; i++)
        text_printf(out, " *     %s%s\n", launches->at[i].kernel, when[launches->at[i].when]);
    text_add(out, " */\n");
}

/* The kernels as a text of their own. */
static const char *print_kernels(Gpu *g)
{
    Text out = text_new(g->arena);
    print_banner(&out, g);
    text_printf(&out, "%s\n%s", gpu_dialect, gpu_text(g));
    list_launches(&out, "In front of a batch, where the data set is on the device:", &g->gather);
    list_launches(&out, "A step of training:", &g->train);
    list_launches(&out, "Its update:", &g->update);
    list_launches(&out, "An evaluation:", &g->test);
    return out.bytes;
}

static void lower(Lowering *lowering)
{
    const Train *train = lowering->program->train;
    const int test = train->test.data ? train->test.batch_size : 0;
    Gpu g = {.arena = lowering->arena, .diag = lowering->diag, .program = lowering->program,
             .graph = lowering->training->graph, .t = template_new(lowering->arena),
             .device = train->device ? arena_printf(lowering->arena, "device '%s'", train->device) : "the target gpu",
             .capacity = test > train->data.batch_size ? test : train->data.batch_size};
    if (!check(&g, lowering->training->graph) || !check(&g, lowering->evaluation->graph) || lowering->last < STEP_C)
        return;
    gpu_place_parameters(&g);
    gpu_gather(&g);
    add_graph(&g, lowering->training, &g.train);
    gpu_update(&g);
    add_graph(&g, lowering->evaluation, &g.test);
    lowering->text = lowering->form == EMIT_OBJECT ? gpu_tables(&g, lowering->ptx) : print_kernels(&g);
}

const Target target_gpu = {
    .name = "gpu",
    .summary = "the kernels of 'device cuda' and 'device opencl', as CUDA C",
    .fuses = gpu_fuses,
    .needs_training = true,
    .evaluates_apart = true,
    .lower = lower,
};
