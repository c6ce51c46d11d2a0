#include "targets/plain/homes.h"

#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "netc.h"
#include "targets/pack.h"

static void find_uses(const Plain *p, Homes *h)
{
    const Graph *graph = p->graph;
    for (int i = 0; i < graph->values.count; i++)
        h->last_use[i] = graph->values.at[i]->producer->id;
    for (int i = 0; i < graph->ops.count; i++)
        for (int k = 0; k < MAX_INPUTS; k++)
            if (graph->ops.at[i]->in[k])
                h->last_use[graph->ops.at[i]->in[k]->id] = i;
    h->last_use[graph->output->id] = graph->ops.count;
    for (int i = 0; i < graph->values.count; i++) /* the optimizer takes them behind the last operation */
        if (graph->values.at[i]->gradient && graph->values.at[i]->producer->kind == OP_PARAMETER)
            h->last_use[graph->values.at[i]->gradient->id] = p->trained;
}

/* Whether it is the caller's: what goes into the model, and what it is compared with. */
static bool is_given(const Value *value)
{
    return value->producer->kind == OP_INPUT || value->producer->kind == OP_TARGET;
}

static bool is_view(const Op *op)
{
    return op->kind == OP_RESHAPE || op->kind == OP_RESHAPE_GRAD;
}

/* Whether what an operation makes can stand where its first input does. */
static bool stays(const Plain *p, const Homes *h, const Op *op)
{
    const Value *x = op->in[0], *root = x ? h->root[x->id] : NULL;
    if (is_view(op))
        return !is_given(root) || op->out[0] != p->graph->output;
    return root && !is_given(root) && root->producer->kind != OP_PARAMETER && plain_kernels[op->kind] &&
           plain_kernels[op->kind]->in_place && h->of[root->id].last == op->id;
}

static void find_roots(const Plain *p, Homes *h)
{
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        const Op *op = value->producer;
        const Value *root = h->root[i] = stays(p, h, op) && value->output == 0 ? h->root[op->in[0]->id] : value;
        Home *home = &h->of[root->id];
        if (root == value)
            *home = (Home){value, op->id, h->last_use[i], 0};
        else if (h->last_use[i] > home->last)
            home->last = h->last_use[i];
    }
}

/* What variables are called: those that the caller has as the arguments are. */
static void name_places(Plain *p, const Homes *h)
{
    const Value *output = h->root[p->graph->output->id];
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *root = h->root[i];
        p->member[i] = root->producer->kind == OP_INPUT    ? "x"
                       : root->producer->kind == OP_TARGET ? "t"
                       : root == output                    ? "y"
                                                           : p->member[root->id];
    }
}

/* A view is no call, and nor is a Permute of a value that is read as it was before the Permute alone. */
static void drop_calls(Plain *p, const Homes *h)
{
    for (int i = 0; i < p->graph->ops.count; i++) {
        const Op *op = p->graph->ops.at[i];
        const bool idle = op->kind == OP_SWAP && h->last_use[op->out[0]->id] == op->id;
        if (idle || (is_view(op) && h->root[op->out[0]->id] != op->out[0]))
            p->function[i] = NULL;
    }
}

Homes homes_find(Plain *p)
{
    const size_t values = (size_t)p->graph->values.count;
    Homes h = {arena_alloc(p->arena, values * sizeof *h.of), arena_alloc(p->arena, values * sizeof *h.root),
               arena_alloc(p->arena, values * sizeof *h.last_use)};
    find_uses(p, &h);
    find_roots(p, &h);
    name_places(p, &h);
    drop_calls(p, &h);
    return h;
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

/* Whether a value needs memory of the library's own: not parameters, and what is the caller's, and not what nothing
 * reads. */
static bool needs_memory(const Plain *p, const Homes *h, const Value *value)
{
    return h->root[value->id] == value && plain_kernels[value->producer->kind] && plain_is_member(value) &&
           h->of[value->id].last > value->producer->id && h->root[p->graph->output->id] != value;
}

static bool is_within(const Value *value, int first, int end)
{
    return value->producer->id >= first && value->producer->id < end;
}

/* Places those that are floats, or those that are not: no place is ever read as both. */
static int64_t place(Plain *p, Homes *h, int first, int end, bool floats, int64_t begin)
{
    VEC(PackBlock) blocks = {0};
    VEC(Home *) homes = {0};
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (!is_within(value, first, end) || !needs_memory(p, h, value) || (value->type == TYPE_F32) != floats)
            continue;
        Home *home = &h->of[i];
        const int64_t samples = value->batched && home->first < p->trained ? p->batch : 1;
        const int64_t bytes = shape_count(value->shape) * samples * (int64_t)sizeof(float);
        vec_push(p->arena, homes, home);
        vec_push(p->arena, blocks, ((PackBlock){home->first, home->last, bytes, 0}));
    }
    const int64_t bytes = pack_blocks(p->arena, blocks.at, blocks.count, begin);
    for (int i = 0; i < blocks.count; i++)
        homes.at[i]->offset = blocks.at[i].offset;
    return bytes;
}

int64_t homes_place(Plain *p, Homes *h, int first, int end)
{
    return place(p, h, first, end, false, place(p, h, first, end, true, 0));
}

/* ---- Variables --------------------------------------------------------------------------------------------------- */

static void declare(Plain *p, const Homes *h, const Value *value)
{
    const char *changes = value->producer->id < p->trained ? "" : "const ";
    const char *name = p->member[value->id];
    if (value->producer->kind == OP_PARAMETER)
        text_printf(&p->t.text, "    %sreal *const %s = w + %lld;\n", changes, name,
                    plain_parameter_place(p, value->parameter));
    else if (value->type == TYPE_F32)
        text_printf(&p->t.text, "    real *const %s = a + %" PRId64 ";\n", name,
                    h->of[value->id].offset / (int64_t)sizeof(float));
    else
        text_printf(&p->t.text, "    int *const %s = (int *)(a + %" PRId64 ");\n", name,
                    h->of[value->id].offset / (int64_t)sizeof(float));
}

void homes_declare(Plain *p, const Homes *h, int first, int end, const char *calls)
{
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        const bool parameter = value->producer->kind == OP_PARAMETER;
        if (is_within(value, first, end) && (parameter || needs_memory(p, h, value)) &&
            text_has_word(calls, p->member[i]))
            declare(p, h, value);
    }
}
