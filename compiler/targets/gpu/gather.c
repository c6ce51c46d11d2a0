/* A batch out of a data set that is on the device: samples and targets by the epoch's order. */
#include "targets/gpu/gpu.h"

void gpu_gather(Gpu *g)
{
    const Value *input = g->graph->input;
    const int64_t elements = shape_count(input->shape), outputs = shape_count(g->graph->output->shape);
    const bool bytes = input->producer->attr.bytes && elements % 4; /* else four at once */
    const int64_t words = input->producer->attr.bytes && !bytes ? elements / 4 : elements;
    g->launches = &g->gather;
    gpu_extra(g, "data", bytes ? "const uchar" : "const int", (GpuOperand){.block = NC_ON_DATA});
    gpu_extra(g, "answers", "const int", (GpuOperand){.block = NC_ON_ANSWERS});
    gpu_extra(g, "order", "const int", (GpuOperand){.block = NC_ON_ORDER});
    gpu_extra(g, "at", "const int", (GpuOperand){.block = NC_ON_NUMBERS});
    gpu_extra(g, "samples", bytes ? "uchar" : "int", (GpuOperand){.block = NC_ON_SAMPLES});
    gpu_extra(g, "targets", "int", (GpuOperand){.block = NC_ON_TARGETS});
    gpu_constant(g, "S", words);
    gpu_constant(g, "FIRST", NC_NUMBER_FIRST);
    gpu_constant(g, "OF_TARGET", NC_NUMBER_OF_TARGET);
    gpu_kernel(g, NULL, "gather", "A batch of the data set: its samples and their targets, by the epoch's order.",
               gpu_each(words > outputs ? words : outputs),
               "int i = global_id(), each = at[OF_TARGET];\n"
               "if (i < count * S)\n"
               "samples[i] = data[(whole)order[at[FIRST] + i / S] * S + i % S];\n"
               "if (i < count * each)\n"
               "targets[i] = answers[(whole)order[at[FIRST] + i / each] * each + i % each];\n");
}
