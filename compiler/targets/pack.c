#include "targets/pack.h"

#include <stdbool.h>
#include <stdlib.h>

static int64_t lines(int64_t bytes)
{
    return (bytes + PACK_LINE - 1) / PACK_LINE * PACK_LINE;
}

/* The largest first; of some as large, the first one of the list. */
static int compare(const void *left, const void *right)
{
    const PackBlock *a = *(PackBlock *const *)left, *b = *(PackBlock *const *)right;
    const int64_t a_bytes = lines(a->bytes), b_bytes = lines(b->bytes);
    return a_bytes != b_bytes ? (a_bytes < b_bytes ? 1 : -1) : a < b ? -1 : a > b;
}

static bool meet(const PackBlock *a, const PackBlock *b)
{
    return a->first <= b->last && b->first <= a->last && a->offset < b->offset + lines(b->bytes) &&
           b->offset < a->offset + lines(a->bytes);
}

int64_t pack_blocks(Arena *arena, PackBlock *blocks, int count, int64_t begin)
{
    PackBlock **order = arena_alloc(arena, (size_t)(count + 1) * sizeof *order);
    int64_t total = begin;
    for (int i = 0; i < count; i++)
        order[i] = &blocks[i];
    qsort(order, (size_t)count, sizeof *order, compare);
    for (int next = 0; next < count; next++) {
        PackBlock *block = order[next];
        block->offset = begin;
        for (bool moved = true; moved;) {
            moved = false;
            for (int i = 0; i < next; i++)
                if (meet(block, order[i])) {
                    block->offset = order[i]->offset + lines(order[i]->bytes);
                    moved = true;
                }
        }
        if (block->offset + lines(block->bytes) > total)
            total = block->offset + lines(block->bytes);
    }
    return total;
}
