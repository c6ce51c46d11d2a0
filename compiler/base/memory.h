/* Memory of the C library that is there, or the program ends with one sentence and exit code 1. */
#ifndef NETC_BASE_MEMORY_H
#define NETC_BASE_MEMORY_H

#include <stddef.h>

/* `size` bytes, as they come. */
void *memory_take(size_t size);

/* `size` bytes, zeroed. */
void *memory_take_zeroed(size_t size);

/* As realloc; NULL grows to new memory. */
void *memory_grow(void *memory, size_t size);

/* What is said where there is none. */
_Noreturn void memory_is_out(void);

#endif
