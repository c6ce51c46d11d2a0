#include "base/memory.h"

#include <stdlib.h>

#include "base/fail.h"

void memory_is_out(void)
{
    fail_system("out of memory: close other programs, or make the model smaller");
}

static void *must(void *memory)
{
    if (!memory)
        memory_is_out();
    return memory;
}

void *memory_take(size_t size)
{
    return must(malloc(size ? size : 1));
}

void *memory_take_zeroed(size_t size)
{
    return must(calloc(1, size ? size : 1));
}

void *memory_grow(void *memory, size_t size)
{
    return must(realloc(memory, size ? size : 1));
}
