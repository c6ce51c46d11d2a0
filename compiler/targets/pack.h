/* Pack: places in one memory for what lives only for a while. */
#ifndef NETC_TARGETS_PACK_H
#define NETC_TARGETS_PACK_H

#include <stdint.h>

#include "base/arena.h"

enum { PACK_LINE = 64 }; /* bytes: places are multiples of it, and so is what each block takes */

typedef struct PackBlock {
    int first, last; /* the steps between which it is alive, both included */
    int64_t bytes;
    int64_t offset;  /* out */
} PackBlock;

/* Places blocks from `begin` on, the largest first, each at the lowest offset where nothing stands that lives at the
 * same time. Of several as large the first one in the list goes first. Returns the end of all, in bytes. */
int64_t pack_blocks(Arena *arena, PackBlock *blocks, int count, int64_t begin);

#endif
