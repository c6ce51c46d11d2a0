#include "graph/eager.h"

#include <string.h>

#include "graph/op.h"

/* A reshaped value lies where the one it is made of lies. */
static const Value *root_of(const Value *value)
{
    while (value->producer && value->producer->kind == OP_RESHAPE)
        value = value->producer->in[0];
    return value;
}

void eager_keep(Eager *kept, const Value *value)
{
    const Value *root = root_of(value);
    if (root->parameter || kept->there[root->id])
        return;
    kept->there[root->id] = true;
    const int64_t bytes = shape_count(root->shape) * (root->type == TYPE_I64 ? 8 : 4);
    if (root->batched)
        kept->sample_bytes += bytes;
    else
        kept->batch_bytes += bytes;
}

void eager_keep_floats(Eager *kept, int64_t of_sample, int64_t of_batch)
{
    kept->sample_bytes += of_sample * (int64_t)sizeof(float);
    kept->batch_bytes += of_batch * (int64_t)sizeof(float);
}

void eager_input(Eager *kept, const Op *op)
{
    eager_keep(kept, op->in[0]);
}

void eager_output(Eager *kept, const Op *op)
{
    eager_keep(kept, op->out[0]);
}

int64_t eager_bytes(Arena *arena, const Graph *graph, int64_t batch)
{
    Eager kept = {.there = arena_alloc(arena, (size_t)graph->values.count)};
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        const bool learns = op->kind == OP_LOSS || (op->out[0] && op->out[0]->gradient);
        if (!op->backward && learns && op->info->eager)
            op->info->eager(&kept, op);
    }
    return kept.sample_bytes * batch + kept.batch_bytes;
}
