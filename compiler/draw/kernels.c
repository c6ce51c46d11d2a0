/* Kernels as a drawing: what is fused. */
#include "draw/drawing.h"
#include "graph/op.h"

static const char *const stage_titles[] = {"forward", "loss", "backward"};

/* The values that a kernel reads and that another kernel makes. */
static GraphKernel *maker_of(const KernelGraph *kernels, const GraphKernel *kernel, Role role)
{
    const Value *value = kernel->value[role];
    if (!value || !kernel_reads(kernel, value))
        return NULL;
    return kernel_that_makes(kernels, value);
}

/* An arrow, or between the passes a line of text: arrows past all that is between them would hide it. */
static void add_reads(Arena *arena, Drawing *drawing, const KernelGraph *kernels, const GraphKernel *kernel,
                      const int *node_of)
{
    Text kept = text_new(arena);
    for (Role role = 0; role < ROLE_END; role++) {
        const Value *value = kernel->value[role];
        const GraphKernel *maker = maker_of(kernels, kernel, role);
        if (!maker || maker == kernel || node_of[maker->id] < 0)
            continue;
        if (maker->stage == STAGE_FORWARD && kernel->stage == STAGE_BACKWARD)
            text_printf(&kept, "%s%s", kept.length ? ", " : "reads again: ", value->name);
        else
            drawing_add_edge(arena, drawing, node_of[maker->id], node_of[kernel->id],
                             arena_printf(arena, "%s%s", shape_text(arena, value->shape),
                                          value->batched ? "" : " of the batch"));
    }
    drawing_add_text(arena, drawing, node_of[kernel->id], kept.bytes);
}

static const char *operations(Arena *arena, const GraphKernel *kernel)
{
    Text text = text_new(arena);
    print_kernel_ops(&text, kernel->ops, kernel->op_count);
    return text.bytes;
}

void draw_kernels(Arena *arena, Drawing *drawing, const KernelGraph *kernels, int box)
{
    int boxes[STAGE_PACK] = {-1, -1, -1};
    int *node_of = arena_alloc(arena, (size_t)kernels->kernels.count * sizeof *node_of);
    const bool stages = kernels->graph->loss != NULL;
    for (int i = 0; i < kernels->kernels.count; i++) {
        const GraphKernel *kernel = kernels->kernels.at[i];
        node_of[i] = -1;
        if (kernel->stage == STAGE_PACK)
            continue;
        if (stages && boxes[kernel->stage] < 0)
            boxes[kernel->stage] = drawing_add_box(arena, drawing, stage_titles[kernel->stage], box);
        node_of[i] = drawing_add_node(arena, drawing, kernel->name, kernel->op_count > 1 ? LOOK_FUSED : LOOK_PLAIN,
                                      stages ? boxes[kernel->stage] : box);
        drawing_add_text(arena, drawing, node_of[i], operations(arena, kernel));
        add_reads(arena, drawing, kernels, kernel, node_of);
    }
}
