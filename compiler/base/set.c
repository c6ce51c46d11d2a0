#include "base/set.h"

#include <stdint.h>
#include <string.h>

/* FNV-1a of 64 bits. */
static uint64_t hash(const char *string)
{
    uint64_t sum = 0xcbf29ce484222325u;
    for (; *string; string++)
        sum = (sum ^ (unsigned char)*string) * 0x100000001b3u;
    return sum;
}

/* The slot that holds the string, or the free one where it belongs. */
static const char **find(const StringSet *set, const char *string)
{
    size_t at = hash(string) & (set->capacity - 1); /* capacity is a power of two */
    while (set->slot[at] && strcmp(set->slot[at], string))
        at = (at + 1) & (set->capacity - 1);
    return &set->slot[at];
}

bool string_set_add(Arena *arena, StringSet *set, const char *string)
{
    if (2 * set->count >= set->capacity) {
        StringSet grown = {.capacity = set->capacity ? 2 * set->capacity : 16, .count = set->count};
        grown.slot = arena_alloc(arena, grown.capacity * sizeof *grown.slot);
        for (size_t i = 0; i < set->capacity; i++)
            if (set->slot[i])
                *find(&grown, set->slot[i]) = set->slot[i];
        *set = grown;
    }
    const char **slot = find(set, string);
    if (*slot)
        return false;
    *slot = string;
    set->count++;
    return true;
}
