/* Vec: an array that grows in an arena.
 *     VEC(int) numbers = {0};
 *     vec_push(arena, numbers, 7);
 *     for (int i = 0; i < numbers.count; i++) use(numbers.at[i]); */
#ifndef NETC_BASE_VEC_H
#define NETC_BASE_VEC_H

#include <string.h>

#include "base/arena.h"

#define VEC(T)               \
    struct {                 \
        T *at;               \
        int count, capacity; \
    }

#define vec_push(arena, vec, item)                                                                      \
    do {                                                                                                \
        if ((vec).count == (vec).capacity) {                                                            \
            (vec).at = vec_grow((arena), (vec).at, (vec).count, sizeof *(vec).at, &(vec).capacity);      \
        }                                                                                               \
        (vec).at[(vec).count++] = (item);                                                               \
    } while (0)

static inline void *vec_grow(Arena *arena, const void *items, int count, size_t size, int *capacity)
{
    *capacity = *capacity ? 2 * *capacity : 8;
    void *grown = arena_alloc(arena, (size_t)*capacity * size);
    if (count)
        memcpy(grown, items, (size_t)count * size);
    return grown;
}

#endif
